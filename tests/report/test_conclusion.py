import numpy as np
from finished_runs import confident_probabilities, finished_run, random_probabilities

from covergenre.comparison.comparison import compare_runs
from covergenre.report.conclusion import verdict

LABELS = [0, 1, 2] * 30
TIMES = {"oracle": 9, "prophet": 9, "guess": 0}


def _compared(*skills: float):
    runs = [
        finished_run(LABELS, random_probabilities(LABELS, skill=skill, seed=n), f"m{n}")
        for n, skill in enumerate(skills)
    ]
    return compare_runs(runs, resamples=100)


def test_the_verdict_on_two_runs_is_that_of_their_pair():
    compared = _compared(0, 4)
    assert verdict(compared) == compared.comparison.pairs[0].sentence
    assert verdict(compared).startswith("m1 is better than m0")


def test_a_run_that_beats_all_others_is_the_best():
    assert verdict(_compared(0, 9, 0.1)) == "m1 is better than each of the other 2 runs on these 90 covers."


def test_with_two_leaders_the_runs_they_significantly_beat_are_named():
    assert verdict(_compared(9, 9, 0)) == (
        "m0 is right most often, on 100.0\u202f% of these 90 covers: significantly more often than m2. "
        "Its lead over m1 may be chance."
    )


def test_indistinguishable_runs_are_called_so():
    text = verdict(_compared(0, 0.1, 0))
    assert text.endswith("but that may be chance: none of the 3 runs is significantly better than another.")


def test_the_leader_in_balanced_accuracy_is_named_too():
    labels = [0] * 200 + [1] * 20 + [2] * 20
    often, evenly = np.array(labels), np.array(labels)
    often[200:] = 0
    evenly[:80] = 1
    runs = [
        finished_run(labels, confident_probabilities(named), method)
        for named, method in ((often, "m0"), (evenly, "m1"))
    ]
    compared = compare_runs(runs, resamples=200)
    pair = compared.comparison.pairs[0].sentence
    assert pair.startswith("m0 is better than m1")
    assert verdict(compared) == f"{pair} By balanced accuracy, m1 is better than the other."
