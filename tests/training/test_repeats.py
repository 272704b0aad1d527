from dataclasses import replace

import pytest
from finished_runs import finished_run, random_probabilities

from covergenre.methods import TrainSpec
from covergenre.runs import launch
from covergenre.runs.notes import read_notes
from covergenre.training.repeats import repeats_of, spread, start_all, start_repeats
from covergenre.training.train import prepare


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    monkeypatch.setattr(launch, "ensure_worker", lambda: None)


def test_all_methods_that_learn_from_vectors_wait_with_one_tag(dataset, recipe, hide_packages):
    hide_packages("catboost")
    runs = start_all(dataset, TrainSpec("words", recipe=recipe, seed=7))
    assert [run.spec.method for run in runs] == ["knn", "logistic"]
    assert launch.queued_runs() == runs
    assert {run.spec.seed for run in runs} == {7}
    assert len({read_notes(run).tags for run in runs}) == 1


def test_a_run_is_repeated_with_other_seeds_and_known_again(dataset, recipe):
    first = prepare(dataset, TrainSpec("knn", {"k": 3}, recipe=recipe))
    more = start_repeats(dataset, first, 2)
    assert [run.spec.seed for run in more] == [43, 44]
    other = prepare(dataset, TrainSpec("knn", {"k": 5}, recipe=recipe))
    assert repeats_of(first, [first, *more, other]) == (first, *more)


def test_the_spread_is_that_of_the_figures():
    found = spread([0.5, 0.6, 0.7])
    assert (found.runs, found.mean, found.deviation) == (3, pytest.approx(0.6), pytest.approx(0.1))
    assert (found.low, found.high) == (0.5, 0.7)
    assert spread([0.5]) is None


def test_runs_of_other_covers_are_no_repeats():
    labels = [0, 1, 2]
    one, other = (finished_run(labels, random_probabilities(labels), dataset_hash=digit * 16) for digit in "ab")
    assert repeats_of(one, [one, other]) == (one,)
    assert replace(one.spec, seed=3) != one.spec
