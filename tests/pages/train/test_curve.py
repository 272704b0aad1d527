from covergenre.runs.record import Event
from pages.train.curve import curves


def events(*figures: dict, what: str = "trees") -> list[Event]:
    return [Event(what, step, 100, metrics) for step, metrics in enumerate(figures, 1)]


def points(chart) -> list[dict]:
    return chart.spec["layer"][0]["data"]["values"]


def test_losses_and_accuracies_have_separate_charts_with_units():
    found = curves({"": events(*[{"training loss": 1.0, "training accuracy": 0.5}] * 2)})
    assert [chart.title for chart in found] == ["Loss by trees", "Accuracy by trees"]
    assert [chart.spec["encoding"]["y"]["title"] for chart in found] == ["nats", "share of covers"]
    assert found[1].spec["encoding"]["y"]["axis"]["format"] == ".0%"


def test_the_learning_rate_search_has_its_own_chart():
    sweep = events({"learning rate": 1e-4, "loss": 2.0}, {"learning rate": 1e-3, "loss": 1.9})
    found = curves({"": [*sweep, *events({"training loss": 1.0}, {"training loss": 0.9})]})
    assert [(chart.title, len(points(chart))) for chart in found] == [
        ("Loss by trees", 2),
        ("Search for the learning rate", 2),
    ]


def test_the_learning_rate_search_marks_the_suggested_rate_once_known():
    sweep = events({"learning rate": 1e-4, "loss": 2.0}, {"learning rate": 1e-3, "loss": 1.9})
    (looking,) = curves({"": sweep})
    (found,) = curves({"": [*sweep, *events({"suggested learning rate": 5e-4})]})
    assert looking.spec["layer"][0]["encoding"]["x"]["scale"] == {"type": "log"}
    assert len(looking.spec["layer"]) == 1
    assert found.spec["layer"][1]["data"]["values"] == [{"rate": 5e-4}]


def test_a_diverging_loss_does_not_flatten_the_search():
    sweep = events(*({"learning rate": 10.0**-n, "loss": loss} for n, loss in ((4, 2.0), (3, 1.9), (1, 90.0))))
    (found,) = curves({"": sweep})
    assert [point["loss"] for point in points(found)] == [2.0, 1.9]


def test_steps_are_placed_within_their_epoch():
    epochs = [Event(f"epoch {1 + step // 4} of 3", step + 1, 12, {"training loss": 1.0}) for step in range(6)]
    (chart,) = curves({"": epochs})
    assert chart.spec["encoding"]["x"]["title"] == "epochs"
    assert [point["x"] for point in points(chart)] == [0.25, 0.5, 0.75, 1.0, 1.25, 1.5]


def test_few_points_are_drawn_as_dots():
    steps = events(*[{"training loss": 1.0}] * 30, what="epoch 1 of 1")
    epoch = [Event("epoch 1 of 1", 30, 100, {"validation log loss": 1.1})]
    dots = curves({"": [*steps, *epoch]})[0].spec["layer"][1]["data"]["values"]
    assert [point["figure"] for point in dots] == ["validation log loss"]


def test_a_few_candidates_are_labelled_by_name():
    named = [Event(f"C = {c}", step, 7, {"validation log loss": 1.0}) for step, c in enumerate((0.1, 1), 1)]
    (chart,) = curves({"": named})
    assert chart.title == "Loss by C"
    assert [point["x"] for point in points(chart)] == ["0.1", "1"]


def test_non_finite_values_are_omitted_and_a_single_point_is_no_curve():
    assert curves({"": events({"loss": 1.0}, {"loss": None})}) == []
    assert curves({"": []}) == []


def test_long_curves_are_thinned_evenly_and_keep_rare_events():
    many = events(*[{"training loss": 1.0}] * 5000, what="epoch 1 of 1")
    rare = [Event("epoch 1 of 1", 2500, 100, {"validation log loss": 1.1})]
    (chart,) = curves({"": [*many, *rare]})
    assert len(points(chart)) < 500
    assert sum(point["figure"] == "validation log loss" for point in points(chart)) == 1


def test_runs_with_the_same_unit_share_a_chart():
    short, long = (events(*[{"validation log loss": 1.0}] * most) for most in (4, 8))
    epochs = [Event(f"epoch {n} of 2", n, 2, {"validation log loss": 1.0}) for n in (1, 2)]
    trees, other = curves({"A": short, "B": long, "C": [], "D": epochs}, ["red", "blue", "green", "grey"])
    assert [trees.title, other.title] == ["Loss by trees", "Loss by epochs"]
    assert trees.spec["encoding"]["color"]["scale"] == {"domain": ["A", "B"], "range": ["red", "blue"]}
    assert other.spec["encoding"]["color"]["scale"] == {"domain": ["D"], "range": ["grey"]}
