import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from covergenre.evaluation.intervals import Interval, absolute_sum, percentiles, resample, weighted_sum, wilson

# --- an interval


@pytest.mark.parametrize(
    "bounds", [(0.5, 0.6, 0.7), (0.5, 0.3, 0.4), (np.nan, 0, 1), (0.5, np.nan, 1), (0, -np.inf, 0)]
)
def test_a_value_outside_its_interval_is_refused(bounds):
    with pytest.raises(ValueError, match="no interval"):
        Interval(*bounds)


# --- proportions


@given(st.integers(0, 500), st.integers(1, 500))
def test_wilson_equals_statsmodels(count, more):
    interval = wilson(count, count + more)
    other = proportion_confint(count, count + more, method="wilson")
    assert (interval.low, interval.high) == pytest.approx(other, rel=0, abs=4e-16)
    assert interval.value == count / (count + more)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(706, 44.2, 49.2), (882, 55.9, 60.8), (878, 55.6, 60.6)], ids=["kNN", "LR", "CatBoost"]
)
def test_wilson_equals_the_published_intervals(count, low, high):
    interval = wilson(count, 1511)
    assert (round(100 * interval.low, 1), round(100 * interval.high, 1)) == (low, high)


def test_intervals_of_0_and_1_have_a_width():
    assert wilson(10, 10).low < 0.75
    assert wilson(10, 10).high == 1
    assert wilson(0, 10).high > 0.25
    assert wilson(0, 10).low == 0


def test_the_interval_of_no_trials_is_0_to_1():
    assert wilson(0, 0) == Interval(0.0, 0.0, 1.0)


# --- the bootstrap


def test_percentiles_cut_off_two_and_a_half_percent_at_each_end():
    interval = percentiles(50, np.arange(1001) / 10)
    assert (interval.value, interval.low, interval.high) == pytest.approx((50, 2.5, 97.5))


def test_a_value_beyond_its_resamples_stretches_the_interval():
    interval = percentiles(200, np.arange(1001) / 10)
    assert (interval.value, interval.low, interval.high) == pytest.approx((200, 2.5, 200))


def test_the_upper_bound_of_a_distance_is_that_of_the_basic_bootstrap_of_scipy():
    sample = np.random.default_rng(0).beta(2, 5, size=400)
    other = stats.bootstrap((sample,), np.mean, method="basic", n_resamples=5000, rng=1).confidence_interval
    interval = absolute_sum(sample[:1] * 0 + sample.mean(), resample(sample[:, None], None, 0, 5000) / 400)
    assert interval.value == sample.mean()
    assert interval.high == pytest.approx(other.high, abs=1e-3)


def test_a_distance_that_chance_explains_may_be_0():
    gaps = np.array([0.01, -0.02])
    noise = np.array([[0.05, 0.01], [-0.03, 0.02]])
    interval = absolute_sum(gaps, gaps + noise)
    assert (interval.value, interval.low) == (0.03, 0)
    assert interval.high == pytest.approx(2 * 0.03 - 0.02, abs=0.002)
    assert absolute_sum(10 * gaps, 10 * gaps + noise).low == pytest.approx(0.3 - 0.06, abs=0.001)


def test_a_distance_is_at_most_1():
    assert absolute_sum(np.array([0.98]), np.array([[0.9], [0.97]])).high == 1


def test_resamples_agree_with_scipy():
    sample = np.random.default_rng(0).exponential(size=300)
    other = stats.bootstrap((sample,), np.mean, method="percentile", n_resamples=5000, rng=1)
    interval = percentiles(sample.mean(), resample(sample[:, None], None, 0, 5000)[:, 0] / 300)
    low, high = other.confidence_interval
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=0.01)


def test_a_resample_draws_as_many_covers_as_there_are():
    values = np.column_stack([np.ones(7), np.arange(7)])
    sums = resample(values, None, 0, 500)
    assert sums.shape == (500, 2)
    assert (sums[:, 0] == 7).all()
    assert sums[:, 1].min() < 21 < sums[:, 1].max()


def test_groups_are_drawn_whole():
    values = np.eye(5)
    drawn = resample(values, np.array([8, 3, 8, 3, 8]), 0, 500)
    np.testing.assert_array_equal(drawn[:, [0, 2]], drawn[:, [2, 4]])
    np.testing.assert_array_equal(drawn[:, 1], drawn[:, 3])
    assert (drawn[:, 0] + drawn[:, 1] == 2).all()


def test_groups_of_one_change_nothing():
    values = np.random.default_rng(0).random((20, 3))
    np.testing.assert_allclose(resample(values, np.arange(20), 5, 50), resample(values, None, 5, 50))


def test_the_seed_determines_the_resamples():
    values = np.random.default_rng(0).random((20, 1))
    np.testing.assert_array_equal(resample(values, None, 5, 50), resample(values, None, 5, 50))
    assert (resample(values, None, 5, 50) != resample(values, None, 6, 50)).any()


# --- sums of shares


def test_the_interval_of_a_mean_of_ones_has_a_width():
    parts, still = [wilson(4, 4)] * 3, np.full(1000, 1.0)
    interval = weighted_sum(parts, np.full(3, 1 / 3), still)
    low = proportion_confint(4, 4, method="wilson")[0]
    assert (interval.value, interval.high) == (1, 1)
    assert interval.low == pytest.approx(1 - np.sqrt(3 * (1 - low) ** 2) / 3)


def test_the_interval_of_a_mean_of_two_shares_equals_statsmodels():
    """A difference of shares is a sum of one and the other's complement."""
    one, other = wilson(30, 50), wilson(9, 40)
    low, high = confint_proportions_2indep(30, 50, 9, 40, method="newcomb", compare="diff")
    half = np.full(2, 0.5)
    interval = weighted_sum([one, Interval(1 - other.value, 1 - other.high, 1 - other.low)], half, np.zeros(2))
    assert 2 * interval.low - 1 == pytest.approx(low)
    assert 2 * interval.high - 1 == pytest.approx(high)


def test_the_interval_of_a_mean_is_at_least_as_wide_as_its_resamples():
    resampled = np.random.default_rng(0).normal(0.5, 0.1, 4000)
    interval = weighted_sum([wilson(50, 100)] * 4, np.full(4, 0.25), resampled)
    assert (interval.low, interval.high) == pytest.approx((0.5 - 0.196, 0.5 + 0.196), abs=0.01)


@pytest.mark.parametrize("shares", [(0.95, 0.9, 0.99), (0.3, 0.5, 0.7)])
def test_intervals_of_mean_recall_cover_the_truth(shares):
    chance, held = np.random.default_rng(0), 0
    for _ in range(400):
        parts = [wilson(int(chance.binomial(of, share)), of) for of, share in zip((4, 12, 30), shares, strict=True)]
        interval = weighted_sum(parts, np.full(3, 1 / 3), np.zeros(2))
        held += interval.low <= np.mean(shares) <= interval.high
    assert held >= 360  # of 400; Wilson's own intervals of 4 covers are a little short of 95 %
