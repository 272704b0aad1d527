"""Intervals of 95 %: what a figure from a sample of covers says of the covers it was drawn from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEVEL = 0.95
_DEVIATIONS = 1.959964  # of a normal distribution, to either side of its middle 95 %


@dataclass(frozen=True)
class Interval:
    """A figure and the 95 % interval around it; ValueError unless low <= value <= high, all finite."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not -math.inf < self.low <= self.value <= self.high < math.inf:
            raise ValueError(f"{self.low} <= {self.value} <= {self.high} does not hold, so this is no interval")


def wilson(count: int, of: int) -> Interval:
    """The share `count` / `of` with its Wilson interval. Of nothing at all, it is 0 and may be anything from 0 to 1."""
    from scipy.stats import binomtest

    if not of:
        return Interval(0.0, 0.0, 1.0)
    bounds = binomtest(int(count), int(of)).proportion_ci(LEVEL, method="wilson")
    return _around(count / of, max(bounds.low, 0.0), min(bounds.high, 1.0))


def percentiles(value: float, resampled: np.ndarray) -> Interval:
    """`value` and the middle 95 % of its values in resamples, (resamples,), by the percentile bootstrap (Efron)."""
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return _around(value, low, high)


def weighted_sum(parts: Sequence[Interval], weights: np.ndarray, resampled: np.ndarray) -> Interval:
    """The sum of shares by their `weights` (n,), which add up to 1, with an interval from those of its parts.

    Each end lies as far away as those of the independent parts together: the square root of the sum of their weighted
    squared distances (MOVER; Zou and Donner, Statistics in Medicine, 2008). So it holds its figure, and doesn't shrink
    to nothing where all of a few covers are right, as a bootstrap does. Covers of one artist are alike, which the parts
    don't know: no end is nearer than 1.96 standard errors of the sum in `resampled` (resamples,) of whole groups.
    """
    value = float(weights @ [part.value for part in parts])
    ends = np.array([[part.value - part.low, part.high - part.value] for part in parts])
    below, above = np.maximum(np.sqrt((weights**2) @ ends**2), _DEVIATIONS * resampled.std(ddof=1))
    return _around(value, max(value - below, 0), min(value + above, 1))


def absolute_sum(gaps: np.ndarray, resampled: np.ndarray) -> Interval:
    """The sum of the absolute `gaps` (m,), a share from 0 to 1, given the gaps in resamples, (resamples, m).

    Chance alone makes such a sum greater than it is, in a resample more than in the sample, so that its percentiles lie
    beyond the truth. By the triangle inequality the sum is off by at most the sum of what chance adds to each gap: its
    97.5th percentile bounds the interval below. Above, it is the basic bootstrap's (Davison and Hinkley, section 5.2).
    """
    value, summed = np.abs(gaps).sum(), np.abs(resampled).sum(axis=1)
    low = value - np.quantile(np.abs(resampled - gaps).sum(axis=1), (1 + LEVEL) / 2)
    high = 2 * value - np.quantile(summed, (1 - LEVEL) / 2)
    return _around(value, max(low, 0), min(high, 1))


def resample(values: np.ndarray, groups: np.ndarray | None, seed: int, resamples: int) -> np.ndarray:
    """The sums of `values` (n, m) over each of `resamples` bootstrap samples of the n covers, (resamples, m).

    Whole groups are drawn where `groups` (n,) is given, as many as there are: covers of one artist are alike, and
    drawing them one by one would make a figure look surer than it is (the cluster bootstrap; Davison and Hinkley,
    Bootstrap Methods and their Application, 1997, section 3.8). The same seed draws the same samples of the same
    groups.
    """
    sums = np.asarray(values, np.float64) if groups is None else _by_group(values, groups)
    rng, n = np.random.default_rng(seed), len(sums)
    return np.stack([np.bincount(rng.integers(n, size=n), minlength=n) @ sums for _ in range(resamples)])


def _around(value: float, low: float, high: float) -> Interval:
    """The interval from `low` to `high`, stretched to `value` where rounding or a bias has left that outside."""
    return Interval(float(value), float(min(low, value)), float(max(high, value)))


def _by_group(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    names, rows = np.unique(groups, return_inverse=True)
    sums = np.zeros((len(names), values.shape[1]))
    np.add.at(sums, rows, values)
    return sums
