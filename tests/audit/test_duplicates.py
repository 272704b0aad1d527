import numpy as np
import pandas as pd
import pytest

from covergenre.audit.duplicates import (
    candidates,
    find_alike,
    find_contradictions,
    find_duplicates,
    find_leaks,
)
from covergenre.audit.space import Space

CLEAR = "0f" * 8


def flipped(bits):
    """`CLEAR` with its lowest bits turned."""
    return f"{int(CLEAR, 16) ^ (2**bits - 1):016x}"


def alike(covers, cosines=None, threshold=0.65):
    """Which covers are alike; `cosines` by pair, or else pHash alone."""
    space = None
    if cosines:
        space = Space(np.zeros((len(covers), 1)), np.array(list(cosines)), np.array(list(cosines.values()), np.float32))
    return find_alike(covers, candidates(covers)[1], space, threshold)


def duplicates(covers, **options):
    """The paths' numbers of each group, by issue."""
    found = pd.concat(find_duplicates(covers, alike(covers, **options)))
    found["number"] = found["path"].str[-8:-4].astype(int)
    groups = found.groupby(["issue", "group"], sort=False)["number"].agg(list)
    return {issue: groups[issue].tolist() for issue in groups.index.unique("issue")}


def test_covers_with_nothing_in_common_are_no_duplicates(rows):
    assert duplicates(rows.covers(["jazz"] * 30)) == {}


def test_equal_pixels_are_exact_duplicates_and_not_near_ones(rows):
    covers = rows.covers(["jazz"] * 4, content_hash=["a", "b", "a", "a"], phash=[CLEAR, flipped(30), CLEAR, CLEAR])
    assert duplicates(covers) == {"exact duplicates": [[0, 2, 3]]}


@pytest.mark.parametrize(("bits", "found"), [(2, True), (8, True), (10, False)])
def test_without_vectors_only_close_phashes_are_near_duplicates(rows, bits, found):
    covers = rows.covers(["jazz"] * 2, phash=[CLEAR, flipped(bits)])
    assert bool(duplicates(covers)) == found


@pytest.mark.parametrize(
    ("bits", "cosine", "found"), [(2, 0.2, False), (8, 0.6, True), (14, 0.7, False), (14, 0.8, True), (24, 0.95, False)]
)
def test_phash_and_vectors_are_weighed_together(rows, bits, cosine, found):
    covers = rows.covers(["jazz"] * 2, phash=[CLEAR, flipped(bits)])
    assert bool(duplicates(covers, cosines={(0, 1): cosine})) == found


def test_covers_with_uninformative_phashes_are_not_near_duplicates(rows):
    assert duplicates(rows.covers(["jazz"] * 2, phash=["0" * 16, "8" + "0" * 15]), cosines={(0, 1): 1.0}) == {}


def test_a_group_of_near_duplicates_includes_exact_copies(rows):
    covers = rows.covers(["jazz"] * 4, content_hash=["a", "b", "a", "c"], phash=[CLEAR, flipped(4), CLEAR, flipped(31)])
    assert duplicates(covers) == {"exact duplicates": [[0, 2]], "near duplicates": [[0, 1, 2]]}


def test_the_score_is_the_similarity_to_the_nearest_cover(rows):
    covers = rows.covers(["jazz"] * 3, phash=[CLEAR, flipped(2), flipped(8)])
    near = find_duplicates(covers, alike(covers))[1]
    assert near["score"].tolist() == pytest.approx([1 - 2 / 24, 1 - 2 / 24, 1 - 6 / 24])


def test_a_higher_threshold_finds_fewer(rows):
    covers = rows.covers(["jazz"] * 3, phash=[CLEAR, flipped(2), flipped(8)])
    assert duplicates(covers, threshold=0.9) == {"near duplicates": [[0, 1]]}


def test_the_detail_of_thousands_of_copies_is_short(rows):
    covers = rows.covers(["jazz"] * 5000, content_hash=["a"] * 5000, phash=[CLEAR] * 5000)
    (exact, near) = find_duplicates(covers, alike(covers))
    assert len(exact) == 5000
    assert near.empty
    assert exact["detail"].iloc[0] == "the same pixels as jazz/0001.jpg, jazz/0002.jpg, jazz/0003.jpg and 4996 more"


def contradictions(covers, threshold=0.65):
    return find_contradictions(covers, alike(covers), threshold)


def test_the_same_picture_under_two_genres_is_a_contradiction(rows):
    covers = rows.covers(["jazz", "pop", "jazz", "jazz"], content_hash=["a", "a", "b", "b"])
    found = contradictions(covers)
    assert found["path"].tolist() == ["jazz/0000.jpg", "pop/0001.jpg"]
    assert found["score"].tolist() == [1, 1]
    assert found["detail"].tolist() == ["as pop/0001.jpg (pop)", "as jazz/0000.jpg (jazz)"]


def test_a_near_copy_under_another_genre_scores_by_its_similarity(rows):
    covers = rows.covers(["jazz", "pop"], phash=[CLEAR, flipped(4)])
    assert contradictions(covers)["score"].tolist() == pytest.approx([1 - 4 / 24] * 2)
    assert contradictions(covers, threshold=0.9).empty


def leaks(covers, parts, threshold=0.5):
    named = pd.Series(parts, index=covers["path"])
    return find_leaks(covers, alike(covers), named[named != ""], threshold)


def test_a_picture_in_both_training_and_test_leaks(rows):
    covers = rows.covers(["jazz"] * 3, content_hash=["a", "a", "b"])
    found = leaks(covers, ["train", "test", "test"])
    assert found["score"].tolist() == [1, 1]
    assert found["detail"].tolist() == ["with jazz/0001.jpg (test)", "with jazz/0000.jpg (train)"]
    assert leaks(covers, ["train", "train", "test"]).empty


def test_an_artist_in_both_training_and_test_leaks_less(rows):
    covers = rows.covers(["jazz"] * 4, artist=["Miles", "miles ", "Various", "Various"])
    found = leaks(covers, ["train", "test", "train", "test"])
    assert found["score"].tolist() == [0.5, 0.5]
    assert leaks(covers, ["train", "test", "train", "test"], threshold=0.6).empty


def test_a_cover_outside_the_split_does_not_leak(rows):
    covers = rows.covers(["jazz"] * 3, content_hash=["a", "a", "a"])
    assert leaks(covers, ["train", "train", ""]).empty


def test_no_covers_have_no_duplicates(rows):
    covers = rows.covers([])
    assert duplicates(covers) == {}
    assert leaks(covers, []).empty
