import json
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics
from statsmodels.stats.contingency_tables import mcnemar as exact_mcnemar
from statsmodels.stats.multitest import multipletests

from covergenre.errors import CoverGenreError
from covergenre.evaluation.compare import Comparison, Pair, bootstrap_p, compare, correct, holm, mcnemar
from covergenre.evaluation.intervals import Interval
from covergenre.evaluation.metrics import evaluate, evaluate_resampled

GENRES = ("a", "b")


def answers(right) -> np.ndarray:
    """Probabilities of a method that is right on these covers, all of which are of the genre 0."""
    return np.where(np.asarray(right)[:, None], [0.8, 0.2], [0.3, 0.7])


def two(only_a: int, only_b: int, both: int = 0, neither: int = 0, groups=None) -> Pair:
    """The pair of two methods with so many covers that only one, both or neither get right."""
    a = np.repeat([True, False, True, False], [only_a, only_b, both, neither])
    b = np.repeat([False, True, True, False], [only_a, only_b, both, neither])
    methods = {"knn": answers(a), "logistic": answers(b)}
    return compare(methods, np.zeros(len(a), np.int64), GENRES, groups).pairs[0]


def pair(p: float = 0.9, adjusted: float | None = None, difference=(0.01, -0.02, 0.04), covers: int = 1511) -> Pair:
    interval = Interval(*difference)
    return Pair("logistic", "boosting", covers, 40, 36, interval, p, p if adjusted is None else adjusted)


# --- the test


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_equals_the_exact_test_of_statsmodels(only_a, only_b):
    expected = exact_mcnemar([[0, only_a], [only_b, 0]], exact=True).pvalue
    assert mcnemar(only_a, only_b) == pytest.approx(expected, rel=1e-12, abs=4e-16)


def test_mcnemar_of_a_worked_example():
    assert mcnemar(5, 1) == pytest.approx(2 * (1 + 6) / 2**6)


def test_a_difference_of_four_covers_of_1511_is_not_significant():
    reference = two(only_a=100, only_b=104, both=778, neither=529)
    assert reference.covers == 1511
    assert reference.p > 0.5
    assert reference.better is None


@patch("gc.collect", int)  # which statsmodels does each time
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_equals_statsmodels(p_values):
    expected = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == pytest.approx(expected.tolist(), rel=0, abs=4e-16)


def test_holm_of_a_worked_example():
    assert holm([0.04, 0.01, 0.03, 0.9]) == pytest.approx([0.09, 0.04, 0.09, 0.9])


def test_mcnemar_has_few_false_positives():
    chance, found = np.random.default_rng(0), 0
    for _ in range(400):
        discordant = chance.binomial(200, 0.3)
        found += mcnemar(only_a := chance.binomial(discordant, 0.5), discordant - only_a) < 0.05
    assert 2 <= found <= 20 + 3 * np.sqrt(400 * 0.05 * 0.95)


# --- a pair


def test_a_pair_counts_the_covers_that_one_alone_gets_right():
    found = two(only_a=7, only_b=3, both=20, neither=10)
    assert (found.a, found.b, found.covers) == ("knn", "logistic", 40)
    assert (found.only_a, found.only_b) == (7, 3)
    assert found.difference.value == pytest.approx(0.1)
    assert found.p == found.adjusted == pytest.approx(mcnemar(7, 3))


def test_the_interval_of_the_difference_equals_the_paired_bootstrap_of_scipy():
    found = two(only_a=30, only_b=12, both=120, neither=60)
    gains = np.repeat([1, -1, 0], [30, 12, 180])
    low, high = stats.bootstrap((gains,), np.mean, method="percentile", n_resamples=5000, rng=0).confidence_interval
    assert (found.difference.low, found.difference.high) == pytest.approx((low, high), abs=0.006)


def test_the_interval_of_the_difference_draws_whole_groups():
    groups = np.repeat(np.arange(12), 10)  # 4 groups where a alone is right, 2 where b alone is
    alone, grouped = (two(40, 20, 30, 30, groups=each) for each in (None, groups))
    assert grouped.difference.high - grouped.difference.low > 2 * (alone.difference.high - alone.difference.low)
    assert alone.p == grouped.p


def test_intervals_of_the_difference_cover_the_truth():
    chance, covered = np.random.default_rng(0), 0
    for seed in range(40):
        a, b = chance.random((2, 150)) < [[0.6], [0.5]]
        labels = np.zeros(150, np.int64)
        difference = (
            compare({"a": answers(a), "b": answers(b)}, labels, GENRES, seed=seed, resamples=200).pairs[0].difference
        )
        covered += difference.low <= 0.1 <= difference.high
    assert 34 <= covered < 40


def test_swapping_the_methods_swaps_the_figures():
    forth, back = two(30, 12, 50, 20), two(12, 30, 50, 20)
    assert (back.only_a, back.only_b, back.p) == (forth.only_b, forth.only_a, forth.p)
    assert back.difference.value == -forth.difference.value
    assert back.difference.low == pytest.approx(-forth.difference.high, abs=0.03)


def test_a_method_is_better_when_test_and_interval_say_so():
    assert two(60, 20, 100, 100).better == "knn"
    assert two(20, 60, 100, 100).better == "logistic"
    assert two(21, 20, 100, 100).better is None
    assert pair(p=0.01, difference=(0.02, -0.001, 0.04)).better is None
    assert pair(p=0.06, difference=(0.02, 0.001, 0.04)).better is None
    assert pair(p=0.01, adjusted=0.06, difference=(0.02, 0.001, 0.04)).better is None


def test_a_pair_converts_to_json():
    found = two(30, 12, 50, 20)
    assert json.loads(json.dumps(found.to_dict())) == {
        "a": "knn",
        "b": "logistic",
        "covers": 112,
        "only_a": 30,
        "only_b": 12,
        "p": found.p,
        "adjusted": found.adjusted,
        "difference": found.difference.value,
        "low": found.difference.low,
        "high": found.difference.high,
    }


# --- the sentence


def test_an_insignificant_difference_is_stated():
    expected = "logistic and boosting don't differ significantly on these 1,511 covers (p = 0.9)."
    assert pair(p=0.88).sentence == expected
    assert pair(p=0.01, adjusted=0.88).sentence == expected


def test_the_better_method_is_named_first_with_the_difference():
    ahead = pair(p=0.004, difference=(0.032, 0.01, 0.054))
    behind = replace(ahead, difference=Interval(-0.032, -0.054, -0.01))
    rest = "on these 1,511 covers: 3.2 points more accurate, 95 % interval 1.0 to 5.4 (p = 0.004)."
    assert ahead.sentence == f"logistic is better than boosting {rest}"
    assert behind.sentence == f"boosting is better than logistic {rest}"


def test_a_disagreement_of_test_and_interval_is_stated():
    assert pair(p=0.03, difference=(-0.02, -0.041, 0.003)).sentence == (
        "boosting is right on more of these 1,511 covers than logistic (p = 0.03), but the 95 % interval of the "
        "difference, −0.3 to 4.1 points, includes 0."
    )


@pytest.mark.parametrize(("p", "stated"), [(1.0, "1.0"), (0.26, "0.3"), (0.0982, "0.10"), (0.0512, "0.05")])
def test_p_is_rounded_to_its_significant_digits(p, stated):
    assert pair(p=p).sentence.endswith(f"(p = {stated}).")


def test_a_tiny_p_is_stated_as_a_bound():
    assert "(p < 0.001)" in pair(p=1e-9, difference=(0.3, 0.2, 0.4)).sentence


# --- several methods


@pytest.fixture
def three() -> Comparison:
    chance = np.random.default_rng(0)
    good, worse = chance.random(400) < 0.8, chance.random(400) < 0.5
    like = good.copy()
    like[np.flatnonzero(good)[:9]], like[np.flatnonzero(~good)[:9]] = False, True
    methods = {"worse": answers(worse), "good": answers(good), "like": answers(like)}
    return compare(methods, np.zeros(400, np.int64), GENRES)


def test_every_pair_is_compared_in_the_order_given(three):
    assert [(each.a, each.b) for each in three.pairs] == [("worse", "good"), ("worse", "like"), ("good", "like")]
    assert list(three.evaluations) == ["worse", "good", "like"]


def test_p_values_of_several_pairs_are_adjusted(three):
    assert [each.adjusted for each in three.pairs] == pytest.approx(holm([each.p for each in three.pairs]))
    assert max(each.adjusted / each.p for each in three.pairs) > 1.9


def test_every_method_has_its_own_evaluation(drawn):
    labels, probabilities, genres = drawn(100)
    other = np.roll(probabilities, 1, axis=1)
    groups = np.arange(100) // 2
    comparison = compare({"one": probabilities, "other": other}, labels, genres, groups, seed=3, resamples=50)
    assert comparison.evaluations["one"] == evaluate(labels, probabilities, genres, groups, 3, 50)
    assert comparison.evaluations["other"] == evaluate(labels, other, genres, groups, 3, 50)


def test_the_best_is_better_than_every_other(three):
    assert three.best is None
    without_like = replace(three, pairs=three.pairs[:1], evaluations=dict(list(three.evaluations.items())[:2]))
    assert without_like.best == "good"


# --- figures that no test is made for


@pytest.fixture
def rare():
    """Two methods on 300 covers, 30 of them of a rare genre: one knows these, the other the many by a little more."""
    chance = np.random.default_rng(0)
    labels = np.repeat([0, 1], [270, 30])
    known = {"often": np.where(labels == 0, 0.99, 0.2), "evenly": np.where(labels == 0, 0.8, 0.8)}
    methods = {}
    for name, shares in known.items():
        named = np.where(chance.random(300) < shares, labels, 1 - labels)
        methods[name] = np.where(np.arange(2) == named[:, None], 0.8, 0.2)
    return labels, methods


def test_each_metric_may_have_another_leader(rare):
    labels, methods = rare
    comparison = compare(methods, labels, GENRES)
    assert comparison.best == "often"
    assert comparison.leaders["balanced_accuracy"] == "evenly"
    assert comparison.leaders["log_loss"] == "often"


def test_paired_resamples_of_a_metric_agree_with_scipy_and_scikit_learn(rare):
    labels, methods = rare

    def difference(rows):
        named = [each[rows].argmax(axis=1) for each in methods.values()]
        often, evenly = (metrics.balanced_accuracy_score(labels[rows], each) for each in named)
        return often - evenly

    rows = np.arange(300)
    other = stats.bootstrap((rows,), difference, method="percentile", n_resamples=1000, vectorized=False, rng=1)
    mine = (
        evaluate_resampled(labels, each, GENRES, None, 0, 1000)[1]["balanced_accuracy"] for each in methods.values()
    )
    apart = np.subtract(*mine)
    low, high = other.confidence_interval
    assert np.quantile(apart, [0.025, 0.975]) == pytest.approx([low, high], abs=0.02)
    assert np.std(apart) == pytest.approx(other.standard_error, rel=0.1)


def test_the_bootstrap_has_few_false_positives():
    chance, found = np.random.default_rng(0), 0
    for _ in range(200):
        gains = chance.normal(size=100)
        found += bootstrap_p(gains[chance.integers(100, size=(200, 100))].mean(axis=1)) < 0.05
    assert 2 <= found <= 10 + 3 * np.sqrt(200 * 0.05 * 0.95)


def test_a_leader_is_ahead_of_all_others(rare):
    labels, methods = rare
    comparison = compare({**methods, "twin": methods["evenly"].copy()}, labels, GENRES)
    assert "balanced_accuracy" not in comparison.leaders


@pytest.mark.parametrize(
    ("differences", "p"), [([1] * 99, 0.02), ([1] * 97 + [-1] * 2, 0.06), ([0] * 99, 1), ([-1] * 50 + [1] * 49, 1)]
)
def test_bootstrap_p_counts_the_resamples_beyond_0(differences, p):
    assert bootstrap_p(np.array(differences)) == pytest.approx(p)
    assert bootstrap_p(-np.array(differences)) == pytest.approx(p)


def test_a_method_does_not_differ_from_itself(drawn):
    labels, probabilities, genres = drawn(50)
    twin = compare({"one": probabilities, "twin": probabilities.copy()}, labels, genres).pairs[0]
    assert (twin.only_a, twin.only_b, twin.p) == (0, 0, 1)
    assert twin.difference == Interval(0.0, 0.0, 0.0)
    assert twin.better is None


def test_the_seed_determines_the_comparison(drawn):
    labels, probabilities, genres = drawn(60)
    methods = {"one": probabilities, "other": probabilities[::-1]}
    assert compare(methods, labels, genres, seed=4) == compare(methods, labels, genres, seed=4)


# --- what can't be compared


def test_a_single_method_is_evaluated_but_not_the_best():
    alone = compare({"alone": answers([True, False])}, np.zeros(2, int), GENRES)
    assert (alone.pairs, alone.best, alone.leaders) == ((), None, {})
    assert alone.evaluations["alone"].accuracy.value == 0.5


def test_no_method_is_refused():
    with pytest.raises(CoverGenreError, match="give at least one"):
        compare({}, np.zeros(1, np.int64), GENRES)


def test_methods_on_different_covers_are_refused():
    with pytest.raises(CoverGenreError, match=r"shape \(3, 2\) for 2 covers"):
        compare({"a": answers([True, False]), "b": answers([True] * 3)}, np.zeros(2, np.int64), GENRES)


def test_correct_answers_need_valid_probabilities():
    assert correct(np.array([0, 1]), answers([True, True]), GENRES).tolist() == [True, False]
    with pytest.raises(CoverGenreError, match="add up to 1"):
        correct(np.array([0]), np.array([[np.nan, 1]]), GENRES)
