import numpy as np
import pytest
from shelves import clouds, table

from covergenre.collection.library import Library
from pages.widgets.map_chart import figure, picked

GENRES = ["jazz"] * 5 + ["rap"] * 4


@pytest.fixture
def library() -> Library:
    return Library(table(GENRES, artist="Ada <b>Lane"), clouds(GENRES))


@pytest.fixture
def places(library) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (len(library), 2)).astype(np.float32)


def traces(chart: dict) -> dict:
    return {trace["name"]: trace for trace in chart["data"] if "name" in trace}


def test_every_genre_is_a_trace_in_its_colour_that_names_its_covers(library, places):
    drawn = traces(figure(library, places, np.arange(9), None, [], "light"))
    assert list(drawn) == ["Jazz", "Rap"]
    assert drawn["Rap"]["x"] == pytest.approx(places[5:, 0].tolist(), abs=1e-3)
    assert drawn["Rap"]["customdata"] == [f"{row:016x}" for row in range(5, 9)]
    assert drawn["Jazz"]["marker"]["color"] != drawn["Rap"]["marker"]["color"]


def test_covers_that_pass_no_filter_are_faint_and_can_not_be_pointed_at(library, places):
    chart = figure(library, places, np.arange(5), None, [], "light")
    assert list(traces(chart)) == ["Jazz"]
    faint = chart["data"][0]
    assert len(faint["x"]) == 4
    assert faint["hoverinfo"] == "skip"


def test_the_cover_and_its_neighbours_are_marked(library, places):
    drawn = traces(figure(library, places, np.arange(5), 7, [6, 8], "dark"))
    assert drawn["The cover"]["customdata"] == [f"{7:016x}"]
    assert drawn["Its nearest covers"]["customdata"] == [f"{6:016x}", f"{8:016x}"]


def test_of_very_many_covers_a_sample_is_drawn_with_all_that_are_marked():
    genres = ["jazz"] * 301
    many = Library(table(genres), clouds(genres))
    chart = figure(many, np.zeros((301, 2), np.float32), np.arange(301), 1, [2], "light", most=120)
    assert traces(chart)["Jazz"]["customdata"] == [f"{row:016x}" for row in sorted({*range(0, 301, 3), 1, 2})]


@pytest.mark.parametrize("said", [None, {}, {"selection": {"points": []}}, {"selection": {"points": [{"x": 1}]}}])
def test_a_click_beside_the_covers_picks_none(library, said):
    assert picked(said, library) == ""


@pytest.mark.parametrize("data", [f"{3:016x}", [f"{3:016x}"]])
def test_a_click_on_a_cover_picks_it(library, data):
    assert picked({"selection": {"points": [{"customdata": data}]}}, library) == f"{3:016x}"


def test_a_cover_that_is_not_there_is_not_picked(library):
    assert picked({"selection": {"points": [{"customdata": f"{99:016x}"}]}}, library) == ""
