from covergenre.evaluation.intervals import Interval
from covergenre.runs.studies import Outcome
from pages.widgets import study_view


def point(part: str, method: str, x: int) -> Outcome:
    share = Interval(0.5, 0.4, 0.6)
    return Outcome(f"{part}{method}{x}", part, method, x, f"{x} of them", 30, share, share, share, 1.0)


def values(chart: dict, whose: str) -> list[dict]:
    return [value for value in chart["data"]["values"] if value["whose"] == whose]


def test_each_method_has_its_points_with_intervals_and_what_was_published_beside_them():
    chart = study_view.chart([point("ladder", "knn", 2), point("ladder", "logistic", 2)], "ladder")
    assert [(each["x"], each["low"], each["high"]) for each in values(chart, "here")] == [(2, 0.4, 0.6)] * 2
    assert [each["accuracy"] for each in values(chart, "published") if each["x"] == 2] == [0.947, 0.964]


def test_of_methods_that_were_not_studied_nothing_published_is_drawn():
    chart = study_view.chart([point("variants", "knn", 1)], "variants")
    assert {each["method"] for each in values(chart, "published")} == {"Nearest neighbours"}


def test_the_table_has_every_point_and_an_empty_cell_where_nothing_was_published():
    table = study_view.frame([point("ladder", "knn", 2), point("k", "knn", 9)])
    assert [bool(cell) for cell in table["published"]] == [True, False]
