import json

import numpy as np
import pytest

from pages.compare.matrix import BLUE, MEASURES, ORANGE, cells, chart, clicked, difference

GENRES = ("edm", "jazz")
COUNTS = np.array([[3, 1], [2, 4]])


def cell(table, true, predicted):
    return table[(table["true"] == true) & (table["predicted"] == predicted)].iloc[0]


@pytest.mark.parametrize(("measure", "text"), [("true", "33"), ("predicted", "40"), ("covers", "2")])
def test_a_cell_shows_a_row_share_a_column_share_or_a_count(measure, text):
    assert cell(cells(COUNTS, GENRES, measure), "jazz", "edm")["text"] == text


@pytest.mark.parametrize("measure", MEASURES)
def test_the_intensity_of_a_cell_grows_with_its_value(measure):
    table = cells(COUNTS, GENRES, measure)
    strengths = [cell(table, *place)["strength"] for place in (("edm", "jazz"), ("jazz", "edm"), ("jazz", "jazz"))]
    assert 0 < strengths[0] < strengths[1] < strengths[2] <= 1


def test_an_empty_cell_has_no_text():
    assert cell(cells(np.array([[0, 1], [2, 4]]), GENRES, "true"), "edm", "edm")["text"] == ""


def test_a_cell_has_an_accessible_label():
    table = cells(COUNTS, GENRES, "true")
    assert cell(table, "edm", "jazz")["tip"] == "EDM taken for jazz: 1 of 4 covers"
    assert cell(table, "jazz", "jazz")["tip"] == "jazz, correct: 4 of 6 covers"


def test_the_margins_are_recall_and_precision():
    table = cells(COUNTS, GENRES, "true")
    assert cell(table, "jazz", "")["text"] == "67%"
    assert cell(table, "", "jazz")["text"] == "80%"
    assert cell(table, "", "")["text"] == "70%"


def test_a_genre_that_is_never_predicted_has_no_precision():
    assert cell(cells(np.array([[2, 0], [1, 0]]), GENRES, "true"), "", "jazz")["text"] == ""


def test_the_difference_is_orange_where_the_first_has_more():
    table = difference(COUNTS, np.array([[4, 0], [2, 4]]), GENRES, ("A", "B"))
    more, fewer, same = (cell(table, *place) for place in (("edm", "jazz"), ("edm", "edm"), ("jazz", "jazz")))
    assert (more["text"], more["hue"]) == ("+1", ORANGE)
    assert (fewer["text"], fewer["hue"]) == ("−1", BLUE)
    assert (same["text"], same["strength"]) == ("", 0)
    assert more["tip"] == "EDM taken for jazz: A 1, B 0"


def test_the_chart_keeps_the_order_of_the_genres():
    spec = chart(("rap", "edm"), True, None, "light")
    assert spec["encoding"]["x"]["sort"] == spec["encoding"]["y"]["sort"] == ["rap", "edm", ""]
    assert chart(("rap", "edm"), False, None, "light")["encoding"]["x"]["sort"] == ["rap", "edm"]


def test_only_the_selected_cell_has_a_frame_whatever_the_genre_name():
    assert len(chart(GENRES, True, None, "light")["layer"]) == 2
    framed = chart(('a "b"', "jazz"), True, ('a "b"', ""), "light")["layer"][1]
    assert framed["transform"][0]["filter"] == 'datum.true === "a \\"b\\"" && datum.predicted === ""'


def test_a_large_matrix_has_no_numbers_and_a_smaller_step():
    small, large = (chart([str(n) for n in range(count)], True, None, "light") for count in (10, 40))
    assert [layer["mark"]["type"] for layer in small["layer"]] == ["rect", "text"]
    assert [layer["mark"]["type"] for layer in large["layer"]] == ["rect"]
    assert large["height"] < 4 * small["height"]


def test_small_shares_stay_visible_without_numbers():
    genres = [str(n) for n in range(21)]
    counts = np.full((21, 21), 1) + np.diag(np.full(21, 79))
    assert cell(cells(counts, genres, "true"), "0", "1")["strength"] == pytest.approx(0.1)
    assert cell(cells(counts[:2, :2], genres[:2], "true"), "0", "1")["strength"] == pytest.approx(1 / 81)


def test_text_colour_follows_the_theme():
    light, dark = (json.dumps(chart(GENRES, True, ("jazz", ""), theme)) for theme in ("light", "dark"))
    assert light != dark
    assert json.dumps(chart(GENRES, True, ("jazz", ""), None)) == light


def test_a_click_selects_the_cell():
    assert clicked({"cell": [{"true": "jazz", "predicted": "edm"}]}) == ("jazz", "edm")
    assert clicked({"cell": [{"true": "jazz", "predicted": ""}]}) == ("jazz", "")


@pytest.mark.parametrize("selection", [None, {}, {"cell": {}}, {"cell": []}])
def test_a_click_outside_the_cells_selects_none(selection):
    assert clicked(selection) is None
