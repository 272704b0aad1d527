import numpy as np
import pytest

from covergenre.audit import labels
from covergenre.audit.labels import (
    find_imbalance,
    find_outliers,
    find_similar_names,
    find_wrong_labels,
    likely_genres,
    score_labels,
)
from covergenre.errors import Cancelled
from covergenre.progress import SILENT, Monitor

GENRES = ["jazz", "pop", "rock"] * 50


def judged(covers, vectors, folder, monitor=SILENT):
    return score_labels(covers, vectors, folder, monitor)


def test_a_genre_with_less_than_half_its_share_is_rare(rows):
    covers = rows.covers(["jazz"] * 40 + ["pop"] * 40 + ["reggae"] * 10)
    found = find_imbalance(covers, 0.5)
    assert set(found.loc[found["flagged"], "path"]) == set(covers["path"][80:])
    assert found["score"].iloc[-1] == pytest.approx(1 - 10 / 30)
    assert found["detail"].iloc[-1] == "reggae has 10 covers; a fair share is 30"


def test_the_rarer_of_two_similar_genre_names_is_flagged(rows):
    covers = rows.covers(["Jazz"] * 4 + ["jazz"] * 2 + ["rap"] * 3)
    found = find_similar_names(covers)
    assert found["path"].tolist() == covers["path"][4:6].tolist()
    assert found["flagged"].all()
    assert found["detail"].iloc[0] == "the name of the genre 'jazz' is nearly that of 'Jazz'"


def test_different_genre_names_are_not_flagged(rows):
    assert find_similar_names(rows.covers(["jazz", "pop", "rap"])).empty


def test_probabilities_are_cross_validated(rows, tmp_path):
    covers = rows.covers(["jazz", "pop"] * 40)
    vectors = rows.rng.normal(size=(80, 200)).astype(np.float32)  # wide enough to learn any labels by heart
    found = judged(covers, vectors, tmp_path).probabilities
    assert (found.shape, found.dtype) == ((80, 2), np.float32)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    labels = (covers["genre"] == "pop").to_numpy().astype(int)
    assert (found.argmax(axis=1) == labels).mean() < 0.7


def test_covers_are_judged_without_others_of_their_artist(rows, tmp_path):
    covers = rows.covers(["jazz", "pop"] * 40, artist=["Miles"] * 10 + [""] * 70)
    vectors = rows.vectors(covers["genre"], apart=0)
    vectors[:10] += 5  # all and only of one artist: a look that nobody else can teach
    found = judged(covers, vectors, tmp_path).probabilities
    assert np.abs(found[:10, 0] - 0.5).max() < 0.5


def test_only_wrong_labels_are_flagged(rows, tmp_path):
    vectors = rows.vectors(GENRES, apart=6)
    genres = list(GENRES)
    genres[0], genres[7], genres[100] = "pop", "rock", "jazz"
    covers = rows.covers(genres)
    found = find_wrong_labels(covers, judged(covers, vectors, tmp_path), 0.95, ())
    assert set(found.index[found["flagged"]]) == {0, 7, 100}
    assert found["score"].between(0, 1).all()
    assert found["detail"].iloc[0].startswith("pop at ")
    assert ", jazz at " in found["detail"].iloc[0]


def test_a_genre_of_a_single_artist_is_not_flagged(rows, tmp_path):
    genres = ["jazz", "pop"] * 40 + ["reggae"] * 5
    covers = rows.covers(genres, artist=[""] * 80 + ["Bob"] * 5)
    found = judged(covers, rows.vectors(genres), tmp_path)
    np.testing.assert_allclose(found.probabilities[-5:], 1 / 3, atol=1e-6)
    assert not find_wrong_labels(covers, found, 0.9, ())["flagged"].iloc[-5:].any()


def test_a_cover_unlike_its_genre_is_an_outlier(rows, tmp_path):
    vectors = rows.vectors(GENRES, apart=20)
    vectors[4] = -vectors[4]
    covers = rows.covers(GENRES)
    found = find_outliers(covers, judged(covers, vectors, tmp_path).oddness, 0.9)
    assert found.index[found["flagged"]].tolist() == [4]
    assert found["detail"].iloc[4] == "unlike other covers of pop"


def test_a_genre_of_few_covers_has_no_outliers(rows, tmp_path):
    genres = ["jazz"] * 60 + ["reggae"] * 5
    assert not judged(rows.covers(genres), rows.vectors(genres), tmp_path).oddness[60:].any()


def test_the_likeliest_genre_of_each_cover_is_reported(rows, tmp_path):
    covers = rows.covers(GENRES)
    found = likely_genres(covers, judged(covers, rows.vectors(GENRES, apart=8), tmp_path))
    assert found.columns.tolist() == ["path", "genre", "probability"]
    assert (found["genre"].to_numpy() == covers["genre"].to_numpy()).mean() > 0.95
    assert likely_genres(covers, None).empty


def test_unchanged_labels_are_judged_once(rows, tmp_path):
    covers, vectors, steps = rows.covers(GENRES), rows.vectors(GENRES), []
    first = judged(covers, vectors, tmp_path, Monitor(steps.append))
    again = judged(covers, vectors, tmp_path, Monitor(steps.append))
    assert [step.done for step in steps] == list(range(1, 16))
    np.testing.assert_array_equal(first.probabilities, again.probabilities)
    judged(covers.assign(genre=["pop", *GENRES[1:]]), vectors, tmp_path, Monitor(steps.append))
    assert len(steps) == 30


def test_judging_can_be_stopped(rows, tmp_path):
    stops = iter([False, True])
    with pytest.raises(Cancelled, match="after 1 of 15"):
        judged(rows.covers(GENRES), rows.vectors(GENRES), tmp_path, Monitor(should_stop=lambda: next(stops)))


def test_outliers_of_a_large_genre_are_found_from_a_sample(rows, tmp_path, monkeypatch):
    vectors = rows.vectors(GENRES, apart=20)
    vectors[4] = -vectors[4]
    monkeypatch.setattr(labels, "_REFERENCE", 30)
    found = judged(rows.covers(GENRES), vectors, tmp_path).oddness
    assert found.argmax() == 4
    assert found[4] > 0.9


def test_many_covers_are_judged_by_a_model_of_a_sample(rows, tmp_path, monkeypatch):
    covers, vectors = rows.covers(GENRES), rows.vectors(GENRES, apart=8)
    whole = judged(covers, vectors, tmp_path / "whole").probabilities
    monkeypatch.setattr(labels, "LEARNED", 60)
    some = judged(covers, vectors, tmp_path / "some").probabilities
    assert not np.array_equal(some, whole)
    assert (some.argmax(axis=1) == whole.argmax(axis=1)).mean() > 0.95
