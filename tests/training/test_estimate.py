from dataclasses import replace

import pytest
from finished_runs import finished_run, random_probabilities

from covergenre.augment import VARIANTS
from covergenre.embedding.recipe import Recipe
from covergenre.methods import METHODS, TrainSpec, method
from covergenre.runs.record import EMBEDDING_S, Event
from covergenre.training.estimate import seconds_for, usual_seconds
from covergenre.training.train import evaluate


def asked(method: str, parameters: dict, variants: int = 1) -> TrainSpec:
    return TrainSpec(method, parameters, variants=VARIANTS[:variants])


def done(covers: int = 20, **asked):
    """A run that took 12.5 s and had so many test covers, a fifth of all."""
    labels = [0, 1] * (covers // 2)
    run = finished_run(labels, random_probabilities(labels), **asked)
    run.write_evaluation(evaluate(run))
    return run


def test_nothing_is_known_before_a_run_of_the_method_is_done():
    assert seconds_for([], asked("knn", {}), 100) is None
    assert seconds_for([done(), done(state="failed", method="knn")], asked("knn", {}), 100) is None


def test_more_covers_variants_and_epochs_take_longer_in_proportion():
    run = done(20)
    assert seconds_for([run], asked("logistic", {}), 100) == pytest.approx(12.5)
    assert seconds_for([run], asked("logistic", {}, 3), 200) == pytest.approx(75)
    tuned = done(20, method="finetune", parameters={"frozen_epochs": 1, "epochs": 4})
    assert seconds_for([tuned], asked("finetune", {"frozen_epochs": 1, "epochs": 9}), 100) == pytest.approx(25)


def test_vectors_that_a_run_has_left_are_not_embedded_again():
    run = done(20, recipe=Recipe(), genres=("jazz", "pop", "rap"))  # 100 covers in 12.5 s
    run.append_event(Event("embedding covers", 1, 1, {EMBEDDING_S: 10.0}))
    here = TrainSpec("logistic", {}, "mine", ("jazz", "pop"))
    assert seconds_for([run], here, 100) == pytest.approx(2.5)
    assert seconds_for([run], replace(here, dataset="other"), 100) == pytest.approx(12.5)
    assert seconds_for([run], replace(here, variants=VARIANTS[:2]), 100) == pytest.approx(25)
    fresh = usual_seconds(replace(here, method="knn", dataset="other"), 100, [run])
    assert usual_seconds(replace(here, method="knn"), 100, [run]) < fresh / 5


def test_without_any_run_it_is_told_as_it_was_measured_elsewhere():
    known = {name: vars(method(name).Parameters()) for name in METHODS}
    seconds = {name: usual_seconds(asked(name, parameters), 4000) for name, parameters in known.items()}
    assert all(10 < seconds[name] < 120 for name in ("knn", "logistic", "boosting"))
    assert 600 < seconds["finetune"] < 3600
    assert usual_seconds(asked("finetune", {**known["finetune"], "side": 96}), 4000) == seconds["finetune"] / 4
    assert usual_seconds(asked("finetune", {**known["finetune"], "backbone": "resnet50"}), 4000) > seconds["finetune"]


def test_a_guess_learns_from_a_machine_that_is_slower_and_never_hopes_for_a_quicker_one():
    guess = usual_seconds(asked("finetune", {}), 1000)
    assert usual_seconds(asked("finetune", {}), 1000, [done(20)]) == pytest.approx(guess * 0.125 / 0.016)
    assert usual_seconds(asked("finetune", {}), 1000, [done(20_000)]) == guess


def test_parameters_that_ask_for_more_take_longer():
    """The reference's trees look at every number of a vector: some 13 minutes on 4,180 real covers, not 25 s."""
    own = vars(method("boosting").Parameters())
    reference = vars(method("boosting").presets["reference"])
    assert 500 < usual_seconds(asked("boosting", reference), 4180) < 1100
    run = done(20, method="boosting", parameters=own)
    assert seconds_for([run], asked("boosting", reference), 100) > 10 * seconds_for([run], asked("boosting", own), 100)
    tuned = done(20, method="finetune", parameters={"epochs": 5, "side": 96})
    assert seconds_for([tuned], asked("finetune", {"epochs": 5, "side": 192}), 100) == pytest.approx(50)


def test_runs_of_the_same_parameters_count_before_others():
    slow, quick = done(10, parameters={"trees": 200}), done(40, parameters={"trees": None})
    assert seconds_for([quick, slow], asked("logistic", {"trees": 200}), 50) == pytest.approx(12.5)


def test_a_damaged_run_is_passed_over():
    run = done()
    (run.folder / "evaluation.json").write_text("{")
    assert seconds_for([run], asked("logistic", {}), 100) is None
