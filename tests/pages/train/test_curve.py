from covergenre.runs.record import Event
from pages.train.curve import curves, joint


def events(*figures: dict, what: str = "trees") -> list[Event]:
    return [Event(what, step, 100, metrics) for step, metrics in enumerate(figures, 1)]


def test_losses_and_accuracies_are_drawn_apart():
    found = curves(events(*[{"training loss": 1.0, "training accuracy": 0.5}] * 2))
    assert [curve.title for curve in found] == ["Loss", "Accuracy"]
    assert found[1].chart()["encoding"]["y"]["axis"]["format"] == ".0%"


def test_the_search_for_the_learning_rate_has_a_chart_of_its_own():
    sweep = events({"learning rate": 1e-4, "loss": 2.0}, {"learning rate": 1e-3, "loss": 1.9})
    found = curves([*sweep, *events({"training loss": 1.0}, {"training loss": 0.9})])
    assert [(curve.title, len(curve.points)) for curve in found] == [("Loss", 2), ("Search for the learning rate", 2)]


def test_the_search_is_drawn_over_the_rates_and_marks_the_suggested_one_once_there_is():
    sweep = events({"learning rate": 1e-4, "loss": 2.0}, {"learning rate": 1e-3, "loss": 1.9})
    (looking,) = curves(sweep)
    (found,) = curves([*sweep, *events({"suggested learning rate": 5e-4})])
    assert looking.chart()["layer"][0]["encoding"]["x"]["scale"] == {"type": "log"}
    assert len(looking.chart()["layer"]) == 1
    assert found.chart()["layer"][1]["data"]["values"] == [{"rate": 5e-4}]


def test_a_loss_that_runs_away_does_not_flatten_the_rest_of_the_search():
    sweep = events(*({"learning rate": 10.0**-n, "loss": loss} for n, loss in ((4, 2.0), (3, 1.9), (1, 90.0))))
    (found,) = curves(sweep)
    assert [point["loss"] for point in found.chart()["layer"][0]["data"]["values"]] == [2.0, 1.9]


def test_phases_are_named_where_they_begin():
    epochs = [Event(f"epoch {1 + step // 3} of 2", step, 6, {"training loss": 1.0}) for step in range(6)]
    axis = curves(epochs)[0].chart()["encoding"]["x"]["axis"]
    assert (axis["values"], axis["labelExpr"]) == ([0, 3], '({"0": "epoch 1", "3": "epoch 2"})[datum.value]')


def test_the_few_points_of_a_figure_are_dots_so_that_even_one_is_seen():
    steps = events(*[{"training loss": 1.0}] * 30)
    epoch = [Event("epoch 1", 30, 100, {"validation log loss": 1.1})]
    dots = curves([*steps, *epoch])[0].chart()["layer"][1]["data"]["values"]
    assert [point["figure"] for point in dots] == ["validation log loss"]


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


def test_several_runs_stand_in_one_chart_each_with_its_colour():
    short, long = (events(*[{"validation log loss": 1.0}] * most) for most in (4, 8))
    charts = joint({"A": short, "B": long, "C": []}, ["red", "blue", "green"])
    assert list(charts) == ["Loss"]
    points = charts["Loss"]["data"]["values"]
    assert {point["run"] for point in points} == {"A", "B"}
    assert max(point["done"] for point in points if point["run"] == "A") == 1
    assert charts["Loss"]["encoding"]["color"]["scale"] == {
        "domain": ["A", "B", "C"],
        "range": ["red", "blue", "green"],
    }
