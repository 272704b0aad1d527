import numpy as np
import pandas as pd
import pytest
from drawing import genre_folders
from hypothesis import given, settings
from hypothesis import strategies as st

from covergenre.dataset.groups import artist_keys
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset, register
from covergenre.dataset.split import (
    PARTS,
    honest_folds,
    honest_split,
    load_split,
    reference_split,
    save_split,
    split_of,
)
from covergenre.errors import BadDataset


def table(genres, artists=None, problems=None):
    """A manifest of covers that have nothing in common but, where given, their artist."""
    n = len(genres)
    return pd.DataFrame(
        {
            "path": [f"{genre}/{row:05}.jpg" for row, genre in enumerate(genres)],
            "genre": genres,
            "content_hash": [f"{row:032x}" for row in range(n)],
            "phash": [""] * n,
            "artist": artists or [""] * n,
            "problem": problems or [""] * n,
            "excluded": [""] * n,
        }
    )


def counts(split, manifest):
    """Covers by genre and part."""
    genres = manifest.set_index("path").loc[split.parts.index, "genre"]
    return pd.crosstab(genres.to_numpy(), split.parts.to_numpy()).reindex(columns=PARTS, fill_value=0)


@st.composite
def manifests(draw):
    """Covers of a few genres, some of artists (some in two genres), some unusable; enough to split."""
    rows = draw(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 25), st.booleans()), min_size=5, max_size=60))
    rows += [("a", 100 + row, False) for row in range(3)]
    genres, artists, broken = zip(*rows, strict=True)
    return table(list(genres), [f"artist {number}" for number in artists], ["no" if bad else "" for bad in broken])


@given(manifest=manifests(), seed=st.integers(0, 2**32 - 1))
def test_every_usable_cover_is_in_one_part_and_no_group_in_two(manifest, seed):
    split = honest_split(manifest, seed)
    assert split.parts.index.tolist() == split.groups.index.tolist() == usable(manifest)["path"].tolist()
    assert set(split.parts) <= set(PARTS)
    assert split.parts.groupby(split.groups).nunique().max() == 1
    artists = manifest.set_index("path").loc[split.parts.index, "artist"]
    assert split.parts.groupby(artists.to_numpy()).nunique().max() == 1


@given(manifest=manifests(), seed=st.integers(0, 2**32 - 1))
def test_a_genre_with_three_groups_of_its_own_is_in_every_part(manifest, seed):
    found = counts(honest_split(manifest, seed), manifest)
    covers = usable(manifest)
    own = covers[covers.groupby("artist")["genre"].transform("nunique") == 1].groupby("genre")["artist"].nunique()
    assert (found.loc[own[own >= 3].index] > 0).all(axis=None)


@settings(max_examples=20)
@given(manifest=manifests(), seed=st.integers(0, 2**32 - 1))
def test_the_same_seed_gives_the_same_split(manifest, seed):
    pd.testing.assert_series_equal(honest_split(manifest, seed).parts, honest_split(manifest, seed).parts)


@settings(max_examples=40)
@given(
    sizes=st.lists(st.integers(20, 200), min_size=1, max_size=4),
    validation=st.sampled_from((0.0, 0.1, 0.15, 0.3)),
    test=st.sampled_from((0.1, 0.2, 0.4)),
)
def test_with_small_groups_each_genre_has_the_requested_shares(sizes, validation, test):
    manifest = table([f"genre {genre}" for genre, size in enumerate(sizes) for _ in range(size)])
    wanted = np.outer(sizes, (1 - validation - test, validation, test))
    found = counts(honest_split(manifest, validation=validation, test=test), manifest)
    assert np.abs(found.to_numpy() - wanted).max() <= 1.5


def test_another_seed_gives_another_split():
    manifest = table(["jazz", "pop"] * 50)
    assert not honest_split(manifest, 1).parts.equals(honest_split(manifest, 2).parts)


def test_a_genre_of_four_large_artists_is_in_every_part():
    manifest = table(["reggae"] * 60 + ["rock"] * 600, [f"artist {row // 15}" for row in range(60)] + [""] * 600)
    assert counts(honest_split(manifest), manifest).loc["reggae"].tolist() == [30, 15, 15]


def test_a_genre_of_one_artist_is_in_training_only():
    manifest = table(["reggae"] * 20 + ["rock"] * 100, ["Bob"] * 20 + [""] * 100)
    assert counts(honest_split(manifest), manifest).loc["reggae"].tolist() == [20, 0, 0]


def test_covers_of_one_artist_alone_cannot_be_split():
    with pytest.raises(BadDataset, match="20 usable covers in 1 groups"):
        honest_split(table(["jazz"] * 20, ["Miles"] * 20))


def test_a_data_set_without_usable_covers_cannot_be_split():
    for make in (honest_split, reference_split):
        with pytest.raises(BadDataset):
            make(table(["jazz"] * 3, problems=["broken"] * 3))


@pytest.mark.parametrize(("validation", "test"), [(0.5, 0.5), (-0.1, 0.2), (0.2, 0.0), (float("nan"), 0.2), (0.9, 0.9)])
def test_shares_that_leave_nothing_are_refused(validation, test):
    with pytest.raises(BadDataset, match="leave more than 0"):
        honest_split(table(["jazz"] * 9), validation=validation, test=test)


def test_the_reference_split_is_that_of_scikit_learn():
    from sklearn.model_selection import train_test_split

    manifest = table(["jazz", "pop", "rock"] * 20, problems=["", "", "broken"] * 20)
    split = reference_split(manifest)
    train, test = train_test_split(usable(manifest)["path"].tolist(), test_size=0.2, random_state=42)
    assert (split.name, split.seed) == ("reference", 42)
    assert set(split.parts.index[split.parts == "train"]) == set(train)
    assert set(split.parts.index[split.parts == "test"]) == set(test)


@settings(max_examples=50)
@given(manifest=manifests(), count=st.integers(2, 5))
def test_no_artist_is_in_two_folds(manifest, count):
    covers = usable(manifest)
    folds = honest_folds(covers, count)
    assert (folds.shape, folds.dtype) == ((len(covers),), np.int64)
    assert set(folds) <= set(range(count))
    assert covers.assign(fold=folds).groupby("artist")["fold"].nunique().max() == 1


def test_folds_are_stratified_by_genre():
    covers = table(["jazz"] * 20 + ["pop"] * 40)
    assert pd.crosstab(covers["genre"], honest_folds(covers, 4)).to_numpy().tolist() == [[5] * 4, [10] * 4]


@pytest.fixture
def dataset(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "pop"), 12, side=32))[0]


def edited(dataset, **columns):
    return Dataset(dataset.name, dataset.root, dataset.folder, dataset.manifest.assign(**columns))


@pytest.mark.parametrize("name", ["honest", "reference"])
def test_a_stored_split_loads_unchanged(dataset, name):
    made, found = split_of(dataset, name, 7), load_split(dataset, name, 7)
    assert (found.name, found.seed) == (name, 7)
    pd.testing.assert_series_equal(found.parts, made.parts)
    pd.testing.assert_series_equal(found.groups, made.groups)


def test_a_stored_split_survives_unrelated_edits(dataset):
    before = split_of(dataset)
    artists = before.parts.where(before.parts == "test", "").tolist()
    after = split_of(edited(dataset, genre="pop", artist=artists))
    pd.testing.assert_series_equal(before.parts, after.parts)


def test_a_stored_split_that_lacks_a_cover_is_replaced(dataset):
    split_of(edited(dataset, problem=["broken"] + [""] * 23))
    assert len(split_of(dataset).parts) == len(load_split(dataset, "honest", 42).parts) == 24


def test_an_excluded_cover_moves_no_other_and_returns_to_its_part(dataset):
    before = split_of(dataset)
    after = split_of(edited(dataset, excluded=["a back cover"] * 3 + [""] * 21))
    pd.testing.assert_series_equal(after.parts, before.parts[3:])
    pd.testing.assert_series_equal(split_of(dataset).parts, before.parts)


def test_a_stored_split_left_without_a_test_part_is_replaced(dataset):
    left_out = split_of(dataset).parts.eq("test").map({True: "a back cover", False: ""}).astype("str")
    assert set(split_of(edited(dataset, excluded=left_out.tolist())).parts) == set(PARTS)


def test_a_stored_split_with_an_artist_in_two_parts_is_replaced(dataset):
    before = split_of(dataset)
    train, test = (before.parts.index[before.parts == part][0] for part in ("train", "test"))
    artists = dataset.manifest["path"].isin((train, test)).map({True: "Miles", False: ""})
    after = split_of(edited(dataset, artist=artists.astype("str")))
    assert after.parts[train] == after.parts[test]


def test_an_unknown_split_is_refused(dataset):
    with pytest.raises(BadDataset, match="honest, reference"):
        split_of(dataset, "lucky")


def test_a_missing_split_cannot_be_loaded(dataset):
    with pytest.raises(BadDataset, match="there is no file"):
        load_split(dataset, "honest", 1)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",train,", ",training,", "row [0-9]+, column 'part' holds 'training'; expected one of train"),
        ("path,part", "file,part", "row 1 names no column 'path'"),
        ("jazz/000.jpg", "../000.jpg", "row 2, column 'path'"),
        ("jazz/001.jpg", "jazz/000.jpg", "row 3, column 'path'"),
        (",0\r\n", ",none\r\n", "row 2, column 'group'"),
    ],
)
def test_a_damaged_split_is_reported_by_row_and_column(dataset, old, new, message):
    split_of(dataset)
    file = dataset.folder / "splits" / "honest-42.csv"
    with file.open(newline="") as opened:
        text = opened.read()
    file.write_text(text.replace(old, new, 1), newline="")
    with pytest.raises(BadDataset, match=message):
        split_of(dataset)


def test_a_saved_split_replaces_the_one_before(dataset):
    split = split_of(dataset)
    save_split(dataset, honest_split(dataset.manifest, validation=0, test=0.5))
    assert not load_split(dataset, "honest", 42).parts.equals(split.parts)


@pytest.mark.covers
def test_on_real_covers_every_genre_is_in_every_part_and_no_artist_in_two(real_scan):
    manifest = real_scan.manifest
    split = honest_split(manifest)
    found = counts(split, manifest)
    assert found.index.tolist() == sorted(set(manifest["genre"]))
    assert (found > 0).all(axis=None)
    assert found.div(found.sum(axis=1), axis=0).to_numpy() == pytest.approx(
        np.tile([0.65, 0.15, 0.2], (len(found), 1)), abs=0.05
    )
    shares = found.sum() / len(manifest)
    assert shares.round(2).tolist() == [0.65, 0.15, 0.2]
    artists = np.array(artist_keys(manifest["artist"].tolist()))
    assert split.parts[artists != ""].groupby(artists[artists != ""]).nunique().max() == 1
