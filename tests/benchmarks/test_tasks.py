import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy.tasks import TASKS, Parts, Task, contradicting, labels_of, parts_of
from covergenre.dataset.groups import group_covers
from covergenre.dataset.manifest import usable

GENRES = ("country", "rap")
HELD_OUT = Task("held out", GENRES, ("discogs",))
OTHER = Task("other", GENRES, ("discogs",), "spotify")


@pytest.fixture
def table() -> pd.DataFrame:
    """Two sources of 40 covers of two genres, and of rock; the first few of each are copies of one another."""
    chance = np.random.default_rng(0)
    count = 120
    hashes = [f"{number:064x}" for number in chance.permutation(count)]
    made = pd.DataFrame(
        {
            "path": [f"{number}.jpg" for number in range(count)],
            "genre": ["country", "rap", "rock"] * 40,
            "source": np.repeat(["discogs", "spotify"], 60),
            "phash": [_phash(chance) for _ in range(count)],
            "content_hash": hashes,
            "artist": "",
            "problem": "",
            "excluded": "",
        }
    )
    made.loc[[0, 3, 60, 63], "content_hash"] = hashes[0]  # country alone, in both sources
    made.loc[[6, 8, 66], "content_hash"] = hashes[6]  # country and rock
    return made


def _phash(chance: np.random.Generator) -> str:
    bits = chance.permutation(np.repeat([0, 1], 32))
    return f"{int(''.join(map(str, bits)), 2):016x}"


@pytest.mark.parametrize("task", [HELD_OUT, OTHER])
@pytest.mark.parametrize("seed", range(3))
def test_no_picture_is_in_two_parts(table, task, seed):
    pictures = group_covers(table["phash"].tolist(), [""] * len(table), table["content_hash"].tolist())
    train, validation, test = (set(pictures[rows]) for rows in _rows(parts_of(task, table, seed)))
    assert not train & validation | train & test | validation & test


@pytest.mark.parametrize("task", [HELD_OUT, OTHER])
def test_only_the_requested_genres_and_sources_are_used(table, task):
    parts = parts_of(task, table, 0)
    used = table.iloc[np.concatenate(_rows(parts))]
    assert set(used["genre"]) == set(GENRES)
    assert set(table["source"].iloc[np.concatenate(_rows(parts)[:2])]) == {"discogs"}
    assert set(table["source"].iloc[parts.test]) == {task.other or "discogs"}


def test_pictures_with_conflicting_labels_are_only_used_for_training(table):
    for seed in range(5):
        parts = parts_of(HELD_OUT, table, seed)
        assert not {6, 66} & {*parts.validation, *parts.test}
    assert set(np.flatnonzero(contradicting(table))) == {6, 8, 66}


def test_parts_depend_on_the_seed_alone(table):
    first, again, other = (_rows(parts_of(HELD_OUT, table, seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    assert not np.array_equal(first[2], other[2])


def test_a_label_is_the_position_of_the_genre(table):
    assert labels_of(table.head(3), GENRES).tolist() == [0, 1, -1]


@pytest.mark.covers
def test_every_task_has_covers_of_real_albums(real_scan):
    known = usable(real_scan.manifest)
    for task in TASKS:
        parts = parts_of(task, known, 0)
        assert min(len(rows) for rows in _rows(parts)) > 100
        assert set(labels_of(known.iloc[parts.train], task.genres)) == set(range(len(task.genres)))


def _rows(parts: Parts) -> tuple[np.ndarray, ...]:
    return parts.train, parts.validation, parts.test
