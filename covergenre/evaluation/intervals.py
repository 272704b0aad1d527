"""95 % confidence intervals."""

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
    """The share `count` / `of` with its Wilson interval; 0 within 0 to 1 where `of` is 0."""
    from scipy.stats import binomtest

    if not of:
        return Interval(0.0, 0.0, 1.0)
    bounds = binomtest(int(count), int(of)).proportion_ci(LEVEL, method="wilson")
    return _around(count / of, max(bounds.low, 0.0), min(bounds.high, 1.0))


def percentiles(value: float, resampled: np.ndarray) -> Interval:
    """`value` with the percentile bootstrap interval (Efron) of its values in resamples, (resamples,)."""
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return _around(value, low, high)


def weighted_sum(parts: Sequence[Interval], weights: np.ndarray, resampled: np.ndarray) -> Interval:
    """The sum of shares by their `weights` (n,), which add up to 1, with an interval from those of its parts.

    The intervals are combined by MOVER (Zou and Donner, Statistics in Medicine, 2008): each end is as far away as the
    root of the weighted squared distances of the parts. Unlike a bootstrap's it doesn't shrink to nothing where all of
    a few covers are right. As covers of one artist are alike, no end is nearer than 1.96 standard errors of the sum in
    `resampled` (resamples,), which draws whole groups.
    """
    value = float(weights @ [part.value for part in parts])
    ends = np.array([[part.value - part.low, part.high - part.value] for part in parts])
    below, above = np.maximum(np.sqrt((weights**2) @ ends**2), _DEVIATIONS * resampled.std(ddof=1))
    return _around(value, max(value - below, 0), min(value + above, 1))


def absolute_sum(gaps: np.ndarray, resampled: np.ndarray) -> Interval:
    """The sum of the absolute `gaps` (m,), a share from 0 to 1, given the gaps in resamples, (resamples, m).

    Such a sum is biased upwards, in a resample more than in the sample, so its percentiles lie too high. By the
    triangle inequality its error is at most the sum of the errors of the gaps, whose 97.5th percentile gives the lower
    end. The upper end is the basic bootstrap's (Davison and Hinkley, section 5.2).
    """
    value, summed = np.abs(gaps).sum(), np.abs(resampled).sum(axis=1)
    low = value - np.quantile(np.abs(resampled - gaps).sum(axis=1), (1 + LEVEL) / 2)
    high = 2 * value - np.quantile(summed, (1 - LEVEL) / 2)
    return _around(value, max(low, 0), min(high, 1))


def resample(values: np.ndarray, groups: np.ndarray | None, seed: int, resamples: int) -> np.ndarray:
    """The sums of `values` (n, m) over each of `resamples` bootstrap samples of the n covers, (resamples, m).

    With `groups` (n,) whole groups are drawn, because covers of one artist are alike (the cluster bootstrap; Davison
    and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8). The same seed draws the same samples.
    """
    sums = np.asarray(values, np.float64)
    if groups is not None:
        rows = np.unique(groups, return_inverse=True)[1]
        sums = np.stack([np.bincount(rows, column) for column in sums.T], axis=1)
    rng, n = np.random.default_rng(seed), len(sums)
    return np.stack([np.bincount(rng.integers(n, size=n), minlength=n) @ sums for _ in range(resamples)])


def _around(value: float, low: float, high: float) -> Interval:
    """The interval from `low` to `high`, stretched to `value` where rounding or a bias has left that outside."""
    return Interval(float(value), float(min(low, value)), float(max(high, value)))
