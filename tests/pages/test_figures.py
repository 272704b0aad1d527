import re

from covergenre.evaluation.intervals import Interval
from covergenre.formatting import span
from pages.widgets.figures import figure, genre_cell, table


def test_a_table_has_column_and_row_headers():
    html = table(("Genre", "Covers"), [["Jazz", "12"], ["Pop", "7"]])
    assert re.findall(r'<th scope="col">(.*?)</th>', html) == ["Genre", "Covers"]
    assert re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', html) == [("Jazz", "12"), ("Pop", "7")]
    assert "\n" not in html


def test_a_figure_is_shown_with_its_interval_at_its_position():
    html = figure(Interval(0.513, 0.476, 0.55))
    assert "51\u202f%" in html
    assert "48–55" in html
    assert "--value: 51.3%; --low: 47.6%; --high: 55.0%" in html


def test_a_figure_of_a_genre_has_its_colour():
    assert "light-dark(#6c7dce, #4ba8ed)" in figure(Interval(0.5, 0.4, 0.6), "jazz")


def test_an_interval_is_formatted_in_per_cent():
    assert span(Interval(0.02, 0.0, 0.046), digits=0) == "0–5"


def test_markup_in_a_users_genre_is_escaped():
    assert "<script" not in genre_cell("<script>")
