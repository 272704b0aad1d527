import copy
import json
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

from covergenre.errors import CoverGenreError
from covergenre.evaluation.metrics import BINS, Evaluation, Interval, confusion_matrix, evaluate

BOOTSTRAPPED = ("balanced_accuracy", "f1_weighted", "f1_macro", "log_loss", "calibration_error")


def answers_for(labels, predicted, n_genres: int):
    return np.array(labels), np.eye(n_genres)[predicted], tuple(f"genre {number}" for number in range(n_genres))


@st.composite
def answers(draw):
    n, n_genres = draw(st.integers(1, 30)), draw(st.integers(2, 5))
    labels = draw(st.lists(st.integers(0, n_genres - 1), min_size=n, max_size=n))
    chances = draw(st.lists(st.lists(st.floats(0.01, 1), min_size=n_genres, max_size=n_genres), min_size=n, max_size=n))
    probabilities = np.array(chances) / np.sum(chances, axis=1, keepdims=True)
    return np.array(labels), probabilities, tuple(f"genre {number}" for number in range(n_genres))


def calibration_error_by_hand(labels, probabilities) -> float:
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    error = 0.0
    for number in range(BINS):
        inside = (confidence >= number / BINS) & ((confidence < (number + 1) / BINS) | (number == BINS - 1))
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error


def intervals(evaluation: Evaluation) -> dict[str, Interval]:
    return {
        field.name: value
        for field in fields(evaluation)
        if isinstance(value := getattr(evaluation, field.name), Interval)
    }


# --- the figures


def test_the_reference_matrix_gives_the_reference_figures(reference):
    evaluation = evaluate(*reference)
    assert evaluation.covers == 1510
    assert round(evaluation.accuracy.value, 4) == 0.7013
    assert round(evaluation.f1_macro.value, 3) == 0.678
    assert round(evaluation.f1_weighted.value, 3) == 0.696
    assert (round(evaluation.accuracy.low, 3), round(evaluation.accuracy.high, 3)) == (0.678, 0.724)
    assert evaluation.confusion[0] == (209, 0, 2, 4, 0, 7, 5, 16, 0, 2)
    assert evaluation.confusion[9] == (0, 1, 3, 11, 1, 4, 6, 2, 5, 75)


@settings(max_examples=40)
@given(answers())
def test_every_metric_equals_scikit_learn(given_answers):
    labels, probabilities, genres = given_answers
    predicted, numbers = probabilities.argmax(axis=1), np.arange(len(genres))
    evaluation = evaluate(*given_answers, resamples=5)
    found = {name: interval.value for name, interval in intervals(evaluation).items()}
    recalls = metrics.recall_score(labels, predicted, average=None, labels=np.unique(labels), zero_division=0)
    assert found == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(labels, predicted),
            "balanced_accuracy": recalls.mean(),
            "f1_weighted": metrics.f1_score(labels, predicted, average="weighted", zero_division=0),
            "f1_macro": metrics.f1_score(labels, predicted, average="macro", labels=np.unique(labels), zero_division=0),
            "log_loss": metrics.log_loss(labels, probabilities, labels=numbers),
            "calibration_error": calibration_error_by_hand(labels, probabilities),
        }
    )
    assert (np.array(evaluation.confusion) == metrics.confusion_matrix(labels, predicted, labels=numbers)).all()


@settings(max_examples=40)
@given(answers())
def test_scores_by_genre_equal_scikit_learn(given_answers):
    labels, probabilities, genres = given_answers
    evaluation = evaluate(*given_answers, resamples=5)
    expected = metrics.precision_recall_fscore_support(
        labels, probabilities.argmax(axis=1), labels=np.arange(len(genres)), zero_division=0
    )
    for scores, genre, precision, recall, f1, covers in zip(evaluation.by_genre, genres, *expected, strict=True):
        assert (scores.genre, scores.covers) == (genre, covers)
        assert (scores.precision.value, scores.recall.value, scores.f1.value) == pytest.approx((precision, recall, f1))


def test_balanced_accuracy_equals_scikit_learn(drawn):
    labels, probabilities, genres = drawn(200)
    expected = metrics.balanced_accuracy_score(labels, probabilities.argmax(axis=1))
    assert evaluate(labels, probabilities, genres).balanced_accuracy.value == pytest.approx(expected)


def test_the_calibration_error_of_a_worked_example():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.62, 0.38], [0.62, 0.38]])
    evaluation = evaluate(np.array([0, 0, 0, 1]), probabilities, ("a", "b"))
    assert evaluation.calibration_error.value == pytest.approx(((1 - 0.9) + (0.62 - 0.5)) / 2)


def test_the_log_loss_of_a_certain_mistake_is_finite():
    assert evaluate(*answers_for([0, 1], [1, 1], 2)).log_loss.value == pytest.approx(-np.log(np.finfo(float).eps) / 2)


def test_ties_go_to_the_first_genre():
    evaluation = evaluate(np.array([0, 1]), np.full((2, 2), 0.5), ("a", "b"))
    assert evaluation.confusion == ((1, 0), (1, 0))


def test_averages_leave_out_absent_genres():
    absent = evaluate(*answers_for([0, 0, 1], [0, 0, 1], 3))
    named = evaluate(*answers_for([0, 0, 1, 1], [0, 0, 1, 2], 3))
    assert (absent.balanced_accuracy.value, absent.f1_macro.value) == (1, 1)
    assert named.balanced_accuracy.value == 0.75
    assert named.f1_macro.value == pytest.approx((1 + 2 / 3) / 2)
    assert absent.by_genre[2].precision == absent.by_genre[2].recall == absent.by_genre[2].f1 == Interval(0.0, 0.0, 1.0)


def test_absent_genres_widen_the_intervals_of_averages():
    found = evaluate(*answers_for([0, 0, 1], [0, 0, 1], 4))
    assert found.absent == ("genre 2", "genre 3")
    known = evaluate(*answers_for([0, 0, 1], [0, 0, 1], 2))
    for name in ("balanced_accuracy", "f1_macro"):
        low = getattr(known, name).low / 2
        assert getattr(found, name) == Interval(1.0, low, 1.0)
    assert known.absent == ()


def test_intervals_of_twelve_correct_answers_are_wide():
    labels = [0, 1, 2] * 4
    found = evaluate(*answers_for(labels, labels, 3))
    for name in ("balanced_accuracy", "f1_macro", "f1_weighted"):
        assert getattr(found, name).low < 0.85


def test_a_rare_genre_does_not_skew_an_interval(drawn):
    labels, probabilities, genres = drawn(60, 8)
    found = evaluate(labels, probabilities, genres).f1_macro
    middle = (found.low + found.high) / 2
    assert abs(found.value - middle) < 0.2 * (found.high - found.low)


def test_rows_of_a_confusion_matrix_are_true_genres():
    np.testing.assert_array_equal(confusion_matrix(np.array([0, 0, 1]), np.array([1, 1, 0]), 2), [[0, 2], [1, 0]])


# --- the intervals


def test_intervals_of_proportions_equal_the_wilson_intervals_of_statsmodels(reference):
    evaluation = evaluate(*reference)
    jazz = evaluation.by_genre[6]
    for interval, count, of in (
        (evaluation.accuracy, 1059, 1510),
        (jazz.precision, 91, 148),
        (jazz.recall, 91, 159),
    ):
        low, high = proportion_confint(count, of, method="wilson")
        assert (interval.value, interval.low, interval.high) == pytest.approx((count / of, low, high))


def test_the_interval_of_an_f1_is_as_wide_as_its_bootstrap(reference):
    labels, probabilities, genres = reference
    predicted, chance = probabilities.argmax(axis=1), np.random.default_rng(0)
    resampled = []
    for _ in range(300):
        rows = chance.integers(1510, size=1510)
        resampled.append(metrics.f1_score(labels[rows], predicted[rows], labels=[6], average=None)[0])
    f1 = evaluate(labels, probabilities, genres).by_genre[6].f1
    assert (f1.low, f1.high) == pytest.approx(np.quantile(resampled, [0.025, 0.975]), abs=0.015)


@pytest.mark.parametrize("grouped", [False, True])
def test_other_intervals_equal_a_bootstrap_of_scikit_learn(drawn, grouped):
    labels, probabilities, genres = drawn(200)
    groups = np.arange(200) // 5 if grouped else np.arange(200)
    chance, members = np.random.default_rng(1), [np.flatnonzero(groups == group) for group in np.unique(groups)]
    resampled = []
    for _ in range(300):
        rows = np.concatenate([members[group] for group in chance.integers(len(members), size=len(members))])
        true, predicted = labels[rows], probabilities[rows].argmax(axis=1)
        _, recalls, f1s, sizes = metrics.precision_recall_fscore_support(
            true, predicted, labels=np.unique(true), zero_division=0
        )
        loss = metrics.log_loss(true, probabilities[rows], labels=np.arange(4))
        resampled.append([recalls.mean(), np.average(f1s, weights=sizes), f1s.mean(), loss])
    evaluation = evaluate(labels, probabilities, genres, groups=groups if grouped else None)
    for name, expected in zip(BOOTSTRAPPED, np.quantile(resampled, [0.025, 0.975], axis=0).T, strict=False):
        interval = getattr(evaluation, name)
        assert (interval.low, interval.high) == pytest.approx(expected, abs=0.03), name


@given(answers())
def test_values_lie_inside_their_intervals_and_shares_between_0_and_1(given_answers):
    evaluation = evaluate(*given_answers, resamples=20)
    for name, interval in intervals(evaluation).items():
        assert interval.low <= interval.value <= interval.high
        assert name == "log_loss" or (interval.low >= 0 and interval.high <= 1)


def test_intervals_have_their_nominal_coverage(drawn):
    huge = drawn(200_000, seed=1)
    truth = evaluate(*huge, resamples=2)
    covered = dict.fromkeys(intervals(truth), 0)
    f1s = 0
    for seed in range(200):
        labels, probabilities, genres = drawn(250, seed=100 + seed)
        sample = evaluate(labels, probabilities, genres, resamples=200)
        for name, interval in intervals(sample).items():
            covered[name] += interval.low <= getattr(truth, name).value <= interval.high
        f1s += sample.by_genre[0].f1.low <= truth.by_genre[0].f1.value <= sample.by_genre[0].f1.high
    for name, count in {**covered, "f1": f1s}.items():
        assert count >= 180, name  # of 200: three deviations below 95 %
    assert min(covered["accuracy"], covered["log_loss"], f1s) < 200


def test_groups_of_similar_covers_widen_the_intervals(drawn):
    few = drawn(60)
    labels, probabilities, groups = (np.repeat(part, 8, axis=0) for part in (few.labels, few.probabilities, range(60)))
    genres = few.genres
    alone, grouped = (evaluate(labels, probabilities, genres, groups=each) for each in (None, groups))
    for name in ("f1_macro", "log_loss", "balanced_accuracy"):
        assert _width(getattr(grouped, name)) > 2 * _width(getattr(alone, name))
    assert {name: interval.value for name, interval in intervals(alone).items()} == {
        name: interval.value for name, interval in intervals(grouped).items()
    }


def _width(interval: Interval) -> float:
    return interval.high - interval.low


def test_more_covers_narrow_every_interval(drawn):
    few, many = (evaluate(*drawn(n, sharpness=2)) for n in (150, 3000))
    for name in intervals(few):
        assert _width(getattr(many, name)) < _width(getattr(few, name)) / 2


def test_overconfidence_shows_in_the_calibration_error(drawn):
    assert evaluate(*drawn(1000)).calibration_error.low == 0
    assert evaluate(*drawn(1000, sharpness=3)).calibration_error.low > 0.05


def test_the_seed_determines_the_intervals(drawn):
    assert evaluate(*drawn(100), seed=3) == evaluate(*drawn(100), seed=3)
    assert evaluate(*drawn(100), seed=3) != evaluate(*drawn(100), seed=4)


def test_one_cover_can_be_evaluated():
    evaluation = evaluate(*answers_for([1], [1], 2))
    assert evaluation.covers == 1
    assert evaluation.accuracy.value == 1
    assert evaluation.accuracy.low < 0.3


# --- kept as JSON


def test_an_evaluation_round_trips_through_json(reference):
    evaluation = evaluate(*reference)
    assert Evaluation.from_dict(json.loads(json.dumps(evaluation.to_dict()))) == evaluation
    assert Evaluation.from_dict(evaluation.to_dict()) == evaluation


def _without(fields_, name):
    del fields_[name]


@pytest.mark.parametrize(
    "damage",
    [
        lambda fields_: _without(fields_, "accuracy"),
        lambda fields_: _without(fields_["by_genre"][0], "f1"),
        lambda fields_: fields_["accuracy"].update(low=0.99),
        lambda fields_: fields_["log_loss"].update(value=None),
        lambda fields_: fields_["log_loss"].update(high=float("nan")),
        lambda fields_: fields_["log_loss"].update(high=float("inf")),
        lambda fields_: fields_.update(covers="1510"),
        lambda fields_: fields_.update(covers=1509),
        lambda fields_: fields_.update(by_genre={}),
        lambda fields_: fields_["by_genre"].pop(),
        lambda fields_: fields_["by_genre"].reverse(),
        lambda fields_: fields_["confusion"].pop(),
        lambda fields_: fields_["confusion"][0].append(0),
        lambda fields_: fields_["confusion"][0].__setitem__(0, 209.5),
        lambda fields_: fields_["confusion"][0].__setitem__(slice(2), [-1, 210]),
        lambda fields_: fields_["confusion"].reverse(),
        lambda fields_: fields_["genres"].reverse(),
        lambda fields_: fields_.update(genres=[], by_genre=[], confusion=[]),
    ],
)
def test_a_damaged_evaluation_is_refused(reference, damage):
    damaged = json.loads(json.dumps(evaluate(*reference, resamples=2).to_dict()))
    intact = copy.deepcopy(damaged)
    damage(damaged)
    assert damaged != intact
    with pytest.raises((ValueError, KeyError, TypeError)):
        Evaluation.from_dict(damaged)


@pytest.mark.parametrize("whole", [None, 3, [], ["covers"], {}])
def test_other_json_is_refused(whole):
    with pytest.raises((ValueError, KeyError, TypeError)):
        Evaluation.from_dict(whole)


# --- what can't be evaluated


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": np.zeros(0, np.int64), "probabilities": np.zeros((0, 3))}, "at least one cover"),
        ({"labels": np.zeros((2, 1), np.int64)}, "one for each of at least one cover"),
        ({"labels": np.array([0, 3])}, "position of one of 3 genres"),
        ({"labels": np.array([0, -1])}, "position of one of 3 genres"),
        ({"labels": np.array([0.0, 1.0])}, "position of one of 3 genres"),
        ({"probabilities": np.full((2, 2), 0.5)}, r"shape \(2, 2\) for 2 covers and 3 genres"),
        ({"probabilities": np.full((1, 3), 1 / 3)}, r"shape \(1, 3\) for 2 covers"),
        ({"probabilities": np.array([[1, np.nan, 0], [1, 0, 0]])}, "add up to 1"),
        ({"probabilities": np.array([[1.5, -0.5, 0], [1, 0, 0]])}, "add up to 1"),
        ({"probabilities": np.array([[0.9, 0, 0], [1, 0, 0]])}, "add up to 1"),
        ({"groups": np.array([0])}, r"groups of shape \(1,\) for 2 covers"),
        ({"groups": np.array([0.5, 1])}, "groups"),
    ],
)
def test_invalid_input_is_refused(change, message):
    fitting = {"labels": np.array([0, 1]), "probabilities": np.eye(3)[:2], "genres": ("a", "b", "c")}
    with pytest.raises(CoverGenreError, match=message):
        evaluate(**{**fitting, **change})


def test_probabilities_may_be_float32(drawn):
    labels, probabilities, genres = drawn(50)
    assert (
        evaluate(labels, probabilities.astype(np.float32), genres).accuracy
        == evaluate(labels, probabilities, genres).accuracy
    )
