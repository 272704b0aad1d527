import numpy as np
import pandas as pd
import pytest

from covergenre.audit import cues
from covergenre.audit.cues import cached_cues, find_cues, measure_cues

GENRES = ["jazz", "pop", "rock"] * 40


def measured(covers, brightness=None):
    """Balanced accuracy by cue, and AUC by cue and genre."""
    overall, by_genre = measure_cues(covers, np.full(len(covers), 0.5) if brightness is None else brightness)
    return overall.set_index("cue")["balanced_accuracy"], by_genre.set_index(["cue", "genre"])["auc"]


def test_a_property_unrelated_to_genre_is_no_cue(rows):
    covers = rows.covers(GENRES)
    overall, by_genre = measured(covers, rows.rng.random(120))
    assert overall.index.tolist() == ["size", "resolution", "brightness", "compression"]
    assert overall.max() < 0.45
    assert by_genre.max() < 0.65


def test_chance_is_one_over_the_number_of_genres(rows):
    assert measure_cues(rows.covers(GENRES), np.zeros(120))[0]["chance"].tolist() == pytest.approx([1 / 3] * 4)


@pytest.mark.parametrize(
    ("cue", "change"),
    [
        ("resolution", {"width": [240, 300, 300] * 40, "height": [240, 300, 300] * 40}),
        ("size", {"bytes": [9_000, 30_000, 31_000] * 40}),
        ("compression", {"bytes": [9_000, 30_000, 31_000] * 40}),
        ("source", {"source": ["here", "there", "there"] * 40}),
    ],
)
def test_a_property_that_coincides_with_a_genre_is_a_cue(rows, cue, change):
    overall, by_genre = measured(rows.covers(GENRES, **change))
    assert by_genre[cue, "jazz"] == pytest.approx(1)
    assert overall[cue] >= 0.66


def test_brightness_is_a_cue_even_if_unknown_for_some_covers(rows):
    brightness = np.array([0.1, 0.6, 0.9] * 40) + rows.rng.random(120) / 20
    brightness[:3] = np.nan
    overall, _ = measured(rows.covers(GENRES), brightness)
    assert overall["brightness"] > 0.9


def test_the_covers_of_a_genre_that_a_cue_gives_away_are_flagged(rows):
    covers = rows.covers(GENRES, width=[240, 300, 300] * 40)
    _, by_genre = measure_cues(covers, np.full(120, 0.5))
    found = find_cues(covers, by_genre, 0.8)
    assert set(found.loc[found["flagged"], "path"]) == set(covers.loc[covers["genre"] == "jazz", "path"])
    assert found["detail"].iloc[0].startswith("jazz is given away by resolution (1.00)")
    assert found["score"].iloc[0] == pytest.approx(1)


def test_a_genre_of_few_covers_is_not_judged(rows):
    covers = rows.covers([*GENRES, "reggae"], width=[300] * 120 + [10])
    _, by_genre = measure_cues(covers, np.full(121, 0.5))
    assert set(by_genre["genre"]) == {"jazz", "pop", "rock"}
    assert not find_cues(covers, by_genre, 0.8)["flagged"].iloc[-1]


def test_a_genre_that_comes_from_one_of_several_sources_is_flagged(rows):
    covers = rows.covers(GENRES, source=["here", "here", "there"] * 20 + ["here", "there", "there"] * 20)
    found = find_cues(covers, pd.DataFrame({"cue": ["source"], "genre": ["jazz"], "auc": [0.6]}), 0.9)
    flagged = found[found["flagged"]]
    assert set(flagged["path"]) == set(covers["path"][covers["genre"].isin(["jazz", "rock"])])
    assert "jazz comes from one source only: here" in set(flagged["detail"])
    assert not find_cues(covers.assign(source="here"), pd.DataFrame(columns=["cue", "genre", "auc"]), 0.9)[
        "flagged"
    ].any()


def test_a_single_genre_has_no_cues(rows):
    covers = rows.covers(["jazz"] * 30)
    overall, by_genre = measure_cues(covers, np.full(30, 0.5))
    assert overall.empty
    assert not find_cues(covers, by_genre, 0.8)["flagged"].any()


def test_cues_are_cached(rows, tmp_path, monkeypatch):
    covers = rows.covers(GENRES, width=[240, 300, 300] * 40)
    first = cached_cues(covers, np.full(120, 0.5), tmp_path)
    monkeypatch.setattr(cues, "measure_cues", None)
    for one, again in zip(first, cached_cues(covers, np.full(120, 0.5), tmp_path), strict=True):
        pd.testing.assert_frame_equal(one, again)
    with pytest.raises(TypeError):
        cached_cues(covers.assign(width=300), np.full(120, 0.5), tmp_path)


def test_the_absence_of_cues_is_cached(rows, tmp_path):
    covers = rows.covers(["jazz"] * 30)
    for _ in range(2):
        overall, by_genre = cached_cues(covers, np.full(30, 0.5), tmp_path)
        assert (len(overall), len(by_genre)) == (0, 0)
        assert not find_cues(covers, by_genre, 0.8)["flagged"].any()
