from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, average_precision_score, precision_recall_curve
from statsmodels.stats.proportion import proportion_confint

from covergenre.errors import CoverGenreError
from covergenre.evaluation.metrics import evaluate
from covergenre.evaluation.reliability import (
    accuracy_above,
    chance_calibration_error,
    confidence_threshold,
    coverage_curve,
    precision_recall,
    reliability_bins,
    undo_temperature,
)
from covergenre.methods.calibration import softmax

GENRES = ("a", "b")


def sure(*confidences) -> np.ndarray:
    """Probabilities of two genres, of which the first has these."""
    first = np.array(confidences)
    return np.stack([first, 1 - first], axis=1)


# --- the reliability diagram


def test_the_curve_equals_scikit_learn(drawn):
    labels, probabilities, genres = drawn(500)
    right = probabilities.argmax(axis=1) == labels
    accuracies, confidences = calibration_curve(right, probabilities.max(axis=1), n_bins=12)
    bins = reliability_bins(labels, probabilities, genres, bins=12)
    assert [each.accuracy.value for each in bins] == pytest.approx(accuracies)
    assert [each.confidence for each in bins] == pytest.approx(confidences)


def test_every_cover_is_in_one_bin_which_contains_its_mean_confidence(drawn):
    labels, probabilities, genres = drawn(300)
    bins = reliability_bins(labels, probabilities, genres)
    assert sum(each.covers for each in bins) == 300
    assert all(each.low <= each.confidence <= each.high for each in bins)
    assert all(before.high <= after.low + 1e-12 for before, after in pairwise(bins))


def test_a_bin_has_the_wilson_interval_of_its_covers():
    (found,) = reliability_bins(np.array([0, 0, 1]), sure(0.7, 0.72, 0.74), GENRES, bins=4)
    assert (found.low, found.high, found.covers) == (0.5, 0.75, 3)
    assert found.confidence == pytest.approx(0.72)
    low, high = proportion_confint(2, 3, method="wilson")
    assert (found.accuracy.value, found.accuracy.low, found.accuracy.high) == pytest.approx((2 / 3, low, high))


def test_full_certainty_is_in_the_last_bin():
    (found,) = reliability_bins(np.array([0, 1]), sure(1.0, 0.95), GENRES, bins=10)
    assert (found.low, found.high, found.covers) == (0.9, 1.0, 2)


def test_the_calibration_error_is_the_mean_distance_from_the_diagonal(drawn):
    answers = drawn(400, sharpness=3)
    bins = reliability_bins(*answers)
    error = sum(each.covers * abs(each.accuracy.value - each.confidence) for each in bins) / 400
    assert evaluate(*answers).calibration_error.value == pytest.approx(error)


def test_bins_of_a_calibrated_method_contain_the_diagonal(drawn):
    bins = reliability_bins(*drawn(20_000))
    inside = [each.accuracy.low <= each.confidence <= each.accuracy.high for each in bins]
    assert sum(inside) >= len(bins) - 2
    too_sure = reliability_bins(*drawn(20_000, sharpness=3))
    assert too_sure[-1].accuracy.high < too_sure[-1].confidence


# --- accuracy against coverage


def test_the_coverage_curve_of_a_worked_example():
    labels, probabilities = np.array([0, 1, 0, 1]), sure(0.9, 0.8, 0.7, 0.6)
    curve = coverage_curve(labels, probabilities, GENRES)
    assert [(each.confidence, each.covers, each.share) for each in curve] == [
        (0.9, 1, 0.25),
        (0.8, 2, 0.5),
        (0.7, 3, 0.75),
        (0.6, 4, 1.0),
    ]
    assert [each.accuracy.value for each in curve] == pytest.approx([1, 1 / 2, 2 / 3, 1 / 2])


def test_every_point_is_the_accuracy_of_the_covers_above_its_confidence(drawn):
    labels, probabilities, genres = drawn(333)
    confidence, predicted = probabilities.max(axis=1), probabilities.argmax(axis=1)
    for point in coverage_curve(labels, probabilities, genres, points=20):
        answered = confidence >= point.confidence
        assert point.covers == answered.sum()
        assert point.share == answered.mean()
        assert point.accuracy.value == pytest.approx(accuracy_score(labels[answered], predicted[answered]))


def test_covers_of_equal_confidence_share_a_point():
    curve = coverage_curve(np.array([0, 1, 0]), sure(0.7, 0.7, 0.7), GENRES)
    assert [(each.covers, each.share) for each in curve] == [(3, 1.0)]


@given(st.lists(st.sampled_from([0.5, 0.6, 0.7, 0.8, 0.9]), min_size=1, max_size=40), st.integers(1, 60))
def test_coverage_rises_to_all_covers_in_at_most_the_given_number_of_points(confidences, points):
    curve = coverage_curve(np.zeros(len(confidences), np.int64), sure(*confidences), GENRES, points)
    covers = [each.covers for each in curve]
    assert covers == sorted(set(covers))
    assert covers[-1] == len(confidences)
    assert len(curve) <= points


def test_the_coverage_curve_ends_at_the_accuracy_of_the_evaluation(drawn):
    answers = drawn(200)
    assert coverage_curve(*answers)[-1].accuracy == evaluate(*answers).accuracy


def test_abstaining_when_unsure_makes_a_calibrated_method_more_accurate(drawn):
    curve = coverage_curve(*drawn(5000), points=4)
    assert curve[0].accuracy.low > curve[-1].accuracy.high


# --- before the temperature


@pytest.mark.parametrize("temperature", [0.2, 1.0, 3.0])
def test_undoing_the_temperature_restores_the_probabilities(temperature):
    logits = np.random.default_rng(0).normal(size=(20, 5)) * 3
    np.testing.assert_allclose(undo_temperature(softmax(logits / temperature), temperature), softmax(logits), rtol=1e-6)


def test_a_probability_of_0_stays_0():
    np.testing.assert_allclose(undo_temperature(np.array([[0.0, 1.0]]), 2.0), [[0, 1]], atol=1e-100)


# --- what can't be drawn


@pytest.mark.parametrize("curve", [reliability_bins, coverage_curve])
def test_curves_of_no_covers_are_refused(curve):
    with pytest.raises(CoverGenreError, match="at least one cover"):
        curve(np.zeros(0, np.int64), np.zeros((0, 2)), GENRES)


def test_the_chance_calibration_error_is_that_of_a_calibrated_method(drawn):
    few, many = (drawn(n, seed=3) for n in (150, 5000))
    assert chance_calibration_error(many.probabilities) < chance_calibration_error(few.probabilities) / 3
    shown = [evaluate(*drawn(150, seed=seed), resamples=2).calibration_error.value for seed in range(100)]
    assert chance_calibration_error(few.probabilities) == pytest.approx(np.mean(shown), rel=0.1)


# --- saying "don't know"


def test_the_threshold_is_the_lowest_confidence_with_the_wanted_accuracy():
    labels = np.array([0] * 12 + [1] * 8)
    answers = np.array([[0.9, 0.1]] * 12 + [[0.6, 0.4]] * 4 + [[0.3, 0.7]] * 4)
    assert confidence_threshold(labels, answers, GENRES[:2], 0.95) == pytest.approx(0.7)
    assert confidence_threshold(labels, answers, GENRES[:2], 0.8) == pytest.approx(0.6)


def test_a_few_confident_covers_give_no_threshold():
    labels, answers = np.array([0] * 9 + [1] * 20), np.array([[0.9, 0.1]] * 9 + [[0.6, 0.4]] * 20)
    assert confidence_threshold(labels, answers, GENRES[:2], 0.95) is None


def test_accuracy_above_a_confidence():
    point = accuracy_above(np.array([0, 1, 0]), np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6]]), GENRES[:2], 0.7)
    assert (point.covers, point.share, point.accuracy.value) == (2, pytest.approx(2 / 3), 0.5)


# --- precision against recall


def test_precision_and_recall_equal_scikit_learn(drawn):
    labels, answers, _ = drawn(300)
    recall, precision, average = precision_recall(labels, answers, 1)
    assert average == pytest.approx(average_precision_score(labels == 1, answers[:, 1]))
    precisions, recalls, _ = precision_recall_curve(labels == 1, answers[:, 1])
    theirs = set(zip(recalls.round(9), precisions.round(9), strict=True))
    assert set(zip(recall.round(9), precision.round(9), strict=True)) <= theirs


def test_a_genre_without_covers_has_no_curve():
    recall, precision, average = precision_recall(np.array([0, 0]), np.array([[0.9, 0.1], [0.8, 0.2]]), 1)
    assert (len(recall), len(precision), average) == (0, 0, 0.0)
