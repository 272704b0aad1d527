from covergenre.runs.record import Event
from pages.train.curve import curves


def events(*figures: dict, what: str = "trees") -> list[Event]:
    return [Event(what, step, 100, metrics) for step, metrics in enumerate(figures, 1)]


def test_losses_and_accuracies_are_drawn_apart():
    found = curves(events(*[{"training loss": 1.0, "training accuracy": 0.5}] * 2))
    assert [curve.title for curve in found] == ["Loss", "Accuracy"]
    assert found[1].chart()["encoding"]["y"]["axis"]["format"] == ".0%"


def test_the_search_for_the_learning_rate_has_a_chart_of_its_own():
    sweep = events({"learning rate": 1e-4, "loss": 2.0}, {"learning rate": 1e-3, "loss": 1.9})
    found = curves([*sweep, *events({"training loss": 1.0}, {"training loss": 0.9})])
    assert [(curve.title, len(curve.points)) for curve in found] == [("Search for the learning rate", 2), ("Loss", 2)]


def test_a_few_named_reports_stand_under_their_names():
    named = [Event(f"C = {c}", step, 7, {"validation log loss": 1.0}) for step, c in enumerate((0.1, 1), 1)]
    assert curves(named)[0].chart()["encoding"]["x"]["field"] == "what"
    assert curves(events({"loss": 1.0}, {"loss": 0.9}))[0].chart()["encoding"]["x"]["field"] == "step"


def test_a_figure_that_is_not_finite_is_left_out_and_a_single_point_is_no_curve():
    assert curves(events({"loss": 1.0}, {"loss": None})) == []


def test_of_very_many_points_an_even_part_is_drawn_and_every_rare_one():
    many = events(*[{"training loss": 1.0}] * 5000)
    rare = [Event("epoch 1", 2500, 100, {"validation log loss": 1.1})]
    (curve,) = curves([*many, *rare])
    assert len(curve.points) < 500
    assert sum(point["figure"] == "validation log loss" for point in curve.points) == 1
