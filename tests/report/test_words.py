import pytest
from finished import answers, finished

from covergenre.evaluation.intervals import Interval
from covergenre.report.words import duration, milliseconds, percent, size, span, verdict
from covergenre.runs.comparison import compare_runs

LABELS = [0, 1, 2] * 30
TIMES = {"oracle": 9, "prophet": 9, "guess": 0}


def _compared(*skills: float):
    runs = [finished(LABELS, answers(LABELS, skill=skill, seed=n), f"m{n}") for n, skill in enumerate(skills)]
    return compare_runs(runs, resamples=100)


def test_of_two_runs_the_verdict_is_what_the_pair_comes_to():
    compared = _compared(0, 4)
    assert verdict(compared) == compared.comparison.pairs[0].sentence
    assert verdict(compared).startswith("m1 is better than m0")


def test_a_run_that_beats_all_others_is_the_best():
    assert verdict(_compared(0, 9, 0.1)) == "m1 is better than each of the other 2 runs on these 90 covers."


def test_where_two_lead_neither_is_the_best():
    said = verdict(_compared(9, 9, 0))
    assert said.startswith("None of the 3 runs is truly better than all the others on these 90 covers.")
    assert said.endswith("Beaten by none: m0, m1.")


def test_runs_that_cannot_be_told_apart_are_said_so():
    assert verdict(_compared(0, 0.1, 0)) == "None of the 3 runs is truly better than another on these 90 covers."


def test_shares_are_read_in_per_cent():
    assert percent(0.4873) == "48.7\u202f%"
    assert percent(0.4873, 0) == "49\u202f%"
    assert span(Interval(0.5, 0.451, 0.549)) == "45.1–54.9"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0.84, "0.8 s"),
        (14.2, "14 s"),
        (59.7, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h 0 min"),
        (3900, "1 h 5 min"),
    ],
)
def test_times_are_read_in_the_units_that_fit(seconds, words):
    assert duration(seconds).replace("\u202f", " ") == words


@pytest.mark.parametrize(("value", "words"), [(None, "–"), (0.253, "0.25 ms"), (12.4, "12 ms")])
def test_milliseconds(value, words):
    assert milliseconds(value).replace("\u202f", " ") == words


@pytest.mark.parametrize(("number", "words"), [(None, "–"), (98405, "98 KB"), (2744189, "2.7 MB")])
def test_sizes(number, words):
    assert size(number).replace("\u202f", " ") == words
