import numpy as np
import pandas as pd
import pytest
from known_covers import clustered_vectors, cover_table
from PIL import Image

from covergenre import images
from covergenre.collection.collection import Collection
from covergenre.collection.portraits import portrait

GENRES = ["jazz"] * 10 + ["rap"] * 10 + ["reggae"] * 10


@pytest.fixture
def vectors() -> np.ndarray:
    """Three clouds; the jazz cover in row 4 lies in that of rap."""
    vectors = clustered_vectors(GENRES, spread=0.2)
    vectors[4] = vectors[15]
    return vectors


def rows(covers) -> list[int]:
    return [int(cover.id) for cover in covers]


def test_the_covers_nearest_to_the_centre_are_typical_and_those_farthest_are_not(vectors, monkeypatch):
    monkeypatch.setattr("covergenre.collection.portraits._SIZE", 4)
    library = Collection(cover_table(GENRES), vectors)
    found = portrait(library, "jazz")
    order = np.argsort(-library.typicality[:10])
    assert rows(found.typical) == order[:4].tolist()
    assert rows(found.untypical) == order[::-1][:4].tolist()
    assert found.typical[0].similarity == pytest.approx(library.typicality[order[0]])


def test_a_cover_nearer_to_another_genre_is_mistaken_for_it(vectors):
    found = portrait(Collection(cover_table(GENRES), vectors), "jazz")
    assert {genre: rows(covers) for genre, covers in found.mistaken.items()} == {"rap": [4]}


def test_a_genre_resembles_those_nearest_to_its_covers(vectors):
    found = portrait(Collection(cover_table(GENRES), vectors), "jazz")
    assert found.resembles == pytest.approx({"jazz": 0.9, "rap": 0.1, "reggae": 0.0})
    assert list(found.resembles) == ["jazz", "rap", "reggae"]


def test_mistakes_are_counted_on_held_out_covers_if_there_are_any(vectors):
    parts = ["train"] * 5 + ["test"] * 5
    found = portrait(Collection(cover_table(GENRES, part=parts * 3), vectors), "jazz")
    assert (found.judged, found.resembles["jazz"], found.mistaken) == (5, 1.0, {})


def test_decades_hold_the_covers_of_a_known_year(vectors):
    dark, light = (images.signature(Image.new("RGB", (9, 9), colour)) for colour in ("black", "white"))
    covers = cover_table(
        GENRES,
        year=[1959, 1960, 1961, 1969, 1970, *[pd.NA] * 25],
        signature=[dark] * 4 + [light] * 26,
    )
    found = portrait(Collection(covers, vectors), "jazz")
    assert [(decade.start, decade.covers) for decade in found.decades] == [(1950, 1), (1960, 3), (1970, 1)]
    assert [swatch.colour for swatch in found.decades[1].palette] == ["#000000"]
    assert found.decades[0].palette == ()
    assert rows([found.decades[0].typical]) == [0]


def test_a_genre_without_known_years_has_no_decades(vectors):
    assert portrait(Collection(cover_table(GENRES), vectors), "rap").decades == ()
