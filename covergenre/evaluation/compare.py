"""Which of several methods is better, and whether significantly: all evaluated on the same covers."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np

from covergenre.errors import CoverGenreError
from covergenre.evaluation.intervals import LEVEL, Interval, percentiles
from covergenre.evaluation.metrics import RESAMPLED, Evaluation, check_inputs, evaluate_resampled


@dataclass(frozen=True)
class Pair:
    """Two methods on the same `covers` covers.

    `only_a`, `only_b`: how many covers only one of them predicts correctly. `difference`: the accuracy of a minus that
    of b. `p`: the p-value of McNemar's test; `adjusted`: the same, adjusted by Holm for the number of pairs tested.
    """

    a: str
    b: str
    covers: int
    only_a: int
    only_b: int
    difference: Interval
    p: float
    adjusted: float

    @property
    def better(self) -> str | None:
        """The significantly better method; None unless both the test and the interval of the difference say so."""
        if self.adjusted >= 1 - LEVEL or self.difference.low <= 0 <= self.difference.high:
            return None
        return self.a if self.difference.value > 0 else self.b

    @property
    def sentence(self) -> str:
        """The result in plain English."""
        covers, p = f"these {self.covers:,} covers", _p(self.adjusted)
        if self.adjusted >= 1 - LEVEL:
            return f"{self.a} and {self.b} don't differ significantly on {covers} ({p})."
        ahead, behind, sign = (self.a, self.b, 1) if self.difference.value > 0 else (self.b, self.a, -1)
        low, high = sorted((100 * sign * self.difference.low, 100 * sign * self.difference.high))
        around = f"{low:.1f} to {high:.1f}".replace("-", "−")
        if self.better is None:
            return (
                f"{ahead} is right on more of {covers} than {behind} ({p}), but the 95 % interval of the "
                f"difference, {around} points, includes 0."
            )
        points = 100 * abs(self.difference.value)
        return (
            f"{ahead} is better than {behind} on {covers}: {points:.1f} points more accurate, 95 % interval {around} "
            f"({p})."
        )

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, fit for JSON; `low` and `high` bound `difference`."""
        fields = asdict(self)
        interval = fields.pop("difference")
        return {**fields, "difference": interval["value"], "low": interval["low"], "high": interval["high"]}


@dataclass(frozen=True)
class Comparison:
    """Several methods on the same covers: the evaluation of each, by name, and every pair of them.

    `leaders`: for each of `metrics.RESAMPLED`, the method that is significantly better than all others, if any.
    """

    evaluations: Mapping[str, Evaluation]
    pairs: tuple[Pair, ...]
    leaders: Mapping[str, str]

    @property
    def best(self) -> str | None:
        """The method that is significantly more accurate than all others; None when there is none."""
        for name in self.evaluations if self.pairs else ():
            if all(pair.better == name for pair in self.pairs if name in (pair.a, pair.b)):
                return name
        return None


def compare(
    probabilities: Mapping[str, np.ndarray],
    labels: np.ndarray,
    genres: Sequence[str],
    groups: np.ndarray | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Comparison:
    """Methods by name, each with its probabilities (n, g) for the same n covers; the rest is as for `evaluate`.

    McNemar's test (Psychometrika, 1947) is exact for any number of covers. It takes covers to be independent; the
    bootstrap interval of the difference draws whole groups where there are `groups`. CoverGenreError without a method,
    and as `evaluate` does.
    """
    if not probabilities:
        raise CoverGenreError("found no method to judge: give at least one")
    evaluations, resampled, right = {}, {}, {}
    for name, answers in probabilities.items():
        evaluations[name], resampled[name] = evaluate_resampled(labels, answers, genres, groups, seed, resamples)
        right[name] = correct(labels, answers, genres)
    pairs = [
        _pair(a, b, right[a], right[b], resampled[a]["accuracy"] - resampled[b]["accuracy"])
        for a, b in combinations(probabilities, 2)
    ]
    adjusted = holm([pair.p for pair in pairs])
    return Comparison(
        evaluations,
        tuple(replace(pair, adjusted=p) for pair, p in zip(pairs, adjusted, strict=True)),
        _leaders(resampled),
    )


def correct(labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str]) -> np.ndarray:
    """Which covers are predicted correctly, bool (n,); CoverGenreError as `evaluate` raises it."""
    labels, probabilities, _ = check_inputs(labels, probabilities, genres)
    return probabilities.argmax(axis=1) == labels


def bootstrap_p(differences: np.ndarray) -> float:
    """The two-sided p-value of no difference, from the differences in resamples, (resamples,).

    The level at which the percentile interval just touches 0; at least 2 / (resamples + 1).
    """
    beyond = min((differences <= 0).sum(), (differences >= 0).sum())
    return min(1.0, 2 * float(beyond + 1) / (len(differences) + 1))


def mcnemar(only_a: int, only_b: int) -> float:
    """The two-sided p-value of McNemar's exact test; `only_a`, `only_b`: covers that only one predicts correctly."""
    from scipy.stats import binomtest

    return float(binomtest(only_a, only_a + only_b).pvalue) if only_a + only_b else 1.0


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values adjusted for there being several (Holm, Scandinavian Journal of Statistics, 1979)."""
    values = np.asarray(p_values, np.float64)
    order = values.argsort()
    adjusted = np.empty_like(values)
    adjusted[order] = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)).clip(max=1)
    return adjusted.tolist()


def _leaders(resampled: Mapping[str, Mapping[str, np.ndarray]]) -> dict[str, str]:
    """`Comparison.leaders`, from the metrics of each method in the same resamples; pairs are adjusted by Holm."""
    leaders = {}
    for metric in RESAMPLED:
        sign = -1 if metric == "log_loss" else 1
        gaps = {(a, b): sign * (resampled[a][metric] - resampled[b][metric]) for a, b in combinations(resampled, 2)}
        p_values = holm([bootstrap_p(gap) for gap in gaps.values()])
        winners = [
            a if np.median(gap) > 0 else b
            for ((a, b), gap), p in zip(gaps.items(), p_values, strict=True)
            if p < 1 - LEVEL
        ]
        for name in winners:
            if winners.count(name) == len(resampled) - 1:
                leaders[metric] = name
    return leaders


def _pair(a: str, b: str, right_a: np.ndarray, right_b: np.ndarray, differences: np.ndarray) -> Pair:
    """Two methods, from which covers each gets right (n,) and the differences of their accuracies in resamples."""
    only_a, only_b, covers = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum()), len(right_a)
    difference = percentiles((only_a - only_b) / covers, differences)
    p = mcnemar(only_a, only_b)
    return Pair(a, b, covers, only_a, only_b, difference, p, adjusted=p)


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.{1 if p >= 0.1 else 2 if p >= 0.01 else 3}f}"
