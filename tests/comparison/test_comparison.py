import json
import shutil

import numpy as np
import pytest
from drawing import genre_folders
from finished_runs import GENRES, confident_probabilities, finished_run, random_probabilities

from covergenre.collection.collection import SOFT_SIDE
from covergenre.comparison.comparison import compare_runs
from covergenre.dataset.manifest import fingerprint, usable
from covergenre.dataset.registry import register, remove
from covergenre.dataset.starter import open_starter
from covergenre.errors import BadDataset, BadRun, CoverGenreError
from covergenre.evaluation.metrics import evaluate
from covergenre.runs.record import PREDICTION_MS, Event, Run

LABELS = [0, 1, 2] * 20


@pytest.fixture
def pair():
    """A good run and a poor one, tested on the same 60 covers."""
    return [
        finished_run(LABELS, random_probabilities(LABELS, skill=3)),
        finished_run(LABELS, random_probabilities(LABELS, skill=0, seed=1), "knn"),
    ]


def test_runs_with_the_same_test_part_are_compared_on_all_of_it(pair):
    compared = compare_runs(pair)
    assert [run.id for run in compared.runs] == [run.id for run in pair]
    assert len(compared.covers) == 60
    assert compared.left_out == ()
    assert compared.comparison.best == "Logistic regression"


def test_comparing_does_not_change_the_metrics_of_a_run(pair):
    compared = compare_runs(pair)
    alone = evaluate(np.array(LABELS), random_probabilities(LABELS, skill=3), GENRES, np.arange(60), seed=42)
    assert compared.runs[0].evaluation == alone
    assert compared.comparison.evaluations["Logistic regression"] == alone


def test_predictions_are_aligned_when_runs_order_covers_differently():
    order = np.random.default_rng(0).permutation(60)
    paths = [f"{n}.jpg" for n in range(60)]
    one = finished_run(LABELS, random_probabilities(LABELS), paths=paths)
    other = finished_run(
        np.array(LABELS)[order], random_probabilities(LABELS)[order], "knn", paths=[paths[n] for n in order]
    )
    compared = compare_runs([one, other])
    assert np.array_equal(compared.runs[0].probabilities, compared.runs[1].probabilities)
    assert list(compared.covers.paths) == paths
    assert compared.labels.tolist() == LABELS


def test_only_covers_tested_by_all_runs_count_and_the_rest_is_reported():
    one = finished_run(LABELS[:6], random_probabilities(LABELS[:6]), paths=list("abcdef"))
    other = finished_run(LABELS[2:6], random_probabilities(LABELS[2:6]), "knn", paths=list("cdef"))
    compared = compare_runs([one, other])
    assert list(compared.covers.paths) == list("cdef")
    assert compared.left_out == (
        "The runs were not all tested on the same covers. They are compared on the 4 that they share; "
        "left out: 2 of Logistic regression.",
    )


def test_runs_with_different_genres_are_compared_on_the_common_ones():
    wide = finished_run(
        [0, 1, 2, 3],
        confident_probabilities([3, 1, 2, 3], 4, 0.7),
        genres=("country", "jazz", "pop", "rap"),
        paths="abcd",
    )
    narrow = finished_run([0, 1, 2], confident_probabilities([0, 1, 2]), "knn", paths="abd")
    compared = compare_runs([wide, narrow])
    assert compared.genres == ("country", "jazz", "rap")
    assert list(compared.covers.paths) == ["a", "b", "d"]
    assert np.allclose(compared.runs[0].probabilities[1], [1 / 9, 7 / 9, 1 / 9])
    assert "left out: pop" in compared.left_out[0]


def test_covers_of_different_data_sets_are_matched_by_pixels(tmp_path):
    first, _ = register("first", genre_folders(tmp_path / "first", GENRES, 3))
    second, _ = register("second", genre_folders(tmp_path / "second", GENRES, 2))
    (tmp_path / "second" / "jazz" / "001.jpg").rename(tmp_path / "second" / "jazz" / "renamed.jpg")
    second, _ = register("second", tmp_path / "second")
    runs = [
        finished_run(
            [GENRES.index(path.split("/")[0]) for path in usable(dataset.manifest)["path"]],
            confident_probabilities([0] * len(usable(dataset.manifest))),
            method,
            paths=usable(dataset.manifest)["path"],
            dataset=dataset.name,
            dataset_hash=fingerprint(dataset.manifest),
        )
        for dataset, method in ((first, "knn"), (second, "logistic"))
    ]
    compared = compare_runs(runs)
    assert list(compared.covers.paths) == [f"{genre}/00{n}.jpg" for genre in GENRES for n in (0, 1)]
    assert compared.left_out[0].endswith("left out: 3 of Nearest neighbours.")
    assert compared.covers.file(0) == tmp_path / "first" / "country" / "000.jpg"
    assert set(compared.covers.hashes) <= set(second.manifest["content_hash"])
    remove("second")
    with pytest.raises(BadDataset, match=r"the data set second of the run .* is gone"):
        compare_runs(runs)


def test_covers_relabelled_between_the_runs_are_excluded(tmp_path):
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", GENRES, 1))
    paths = dataset.manifest["path"]
    before = finished_run([0, 1, 2], confident_probabilities([0, 1, 2]), paths=paths)
    after = finished_run([0, 1, 1], confident_probabilities([0, 1, 1]), "knn", paths=paths, dataset_hash="f" * 16)
    compared = compare_runs([before, after])
    assert list(compared.covers.column("genre")) == ["country", "jazz"]
    assert compared.left_out[0] == "1 cover is left out that stand under another genre in one run than in the others."
    assert compared.left_out[1].startswith("No test cover is of rap: ")


def test_the_starter_is_compared_on_covers_that_only_it_has(starter):
    compared = compare_runs([Run.open("starter-knn"), Run.open("starter-logistic")])
    known = open_starter().covers
    assert set(compared.covers.hashes) == set(known.loc[known["part"] == "test", "content_hash"])
    assert [run.name for run in compared.runs] == ["Nearest neighbours (starter)", "Logistic regression (starter)"]
    assert compared.covers.file(0) is None
    assert compared.covers.picture(0).size == (SOFT_SIDE, SOFT_SIDE)
    assert compared.covers.title(0).startswith(("Discogs ", "Spotify "))


def test_compared_with_the_starter_covers_come_from_the_users_data_set(starter, starter_folder):
    dataset, _ = register("mine", starter_folder.parent.parent / "covers")
    tested = open_starter().covers.query("part == 'test'")
    rows = dataset.manifest[dataset.manifest["content_hash"].isin(tested["content_hash"])]
    genres = open_starter().card.genres
    labels = [genres.index(genre) for genre in rows["genre"]]
    own = finished_run(labels, confident_probabilities(labels, len(genres)), genres=genres, paths=rows["path"])
    compared = compare_runs([Run.open("starter-knn"), own])
    assert set(compared.covers.hashes) == set(tested["content_hash"])
    assert set(compared.covers.paths) <= set(rows["path"])
    assert compared.covers.file(0) == dataset.file(compared.covers.paths[0])
    shutil.rmtree(own.folder)
    alone = compare_runs([Run.open("starter-knn"), Run.open("starter-logistic")])
    assert alone.covers.file(0) in {dataset.file(path) for path in rows["path"]}


def test_runs_of_a_removed_data_set_are_compared_without_its_facts(pair):
    compared = compare_runs(pair)
    assert compared.dataset is None
    assert compared.covers.file(0) is None
    assert set(compared.covers.column("artist")) == {""}


def test_a_run_reports_its_cost(pair):
    pair[0].append_event(Event("evaluating", 1, 2, {PREDICTION_MS: 0.25}))
    first, second = compare_runs(pair).runs
    assert first.temperature == 1.5
    assert first.seconds == 12.5
    assert first.model_bytes == len(json.dumps({"temperature": 1.5}))
    assert (first.prediction_ms, second.prediction_ms) == (0.25, None)


@pytest.mark.parametrize(
    "choices",
    [
        "",
        "[]",
        "{}",
        '{"temperature": 0}',
        '{"temperature": NaN}',
        '{"temperature": 2}',
        '{"temperature": 2.0, "spread": 1.0}',
    ],
)
def test_an_invalid_temperature_is_unknown(pair, choices):
    (pair[0].folder / "model" / "choices.json").write_text(choices)
    assert compare_runs(pair).runs[0].temperature is None


def test_a_run_is_found_by_its_id(pair):
    compared = compare_runs(pair)
    assert compared.of(pair[1].id) is compared.runs[1]


def test_no_run_or_a_repeated_run_is_rejected(pair):
    with pytest.raises(CoverGenreError, match="found no run"):
        compare_runs([])
    with pytest.raises(CoverGenreError, match="named twice"):
        compare_runs([pair[0], pair[1], pair[0]])


def test_an_unfinished_run_is_rejected(pair):
    failed = finished_run(LABELS, random_probabilities(LABELS), state="failed")
    with pytest.raises(BadRun, match=f"{failed.id} is failed"):
        compare_runs([pair[0], failed])


def test_runs_without_a_common_cover_or_genre_are_rejected(pair):
    elsewhere = finished_run(LABELS, random_probabilities(LABELS), paths=[f"other/{n}.jpg" for n in range(60)])
    with pytest.raises(CoverGenreError, match="any cover in common"):
        compare_runs([pair[0], elsewhere])
    otherwise = finished_run([0, 1], confident_probabilities([0, 1], 2), genres=("jazz", "pop"))
    with pytest.raises(CoverGenreError, match="share 1 genres"):
        compare_runs([pair[0], otherwise])
