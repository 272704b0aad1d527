"""Which of several methods is better, and whether it truly is: all of them judged on the very same covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from covergenre.errors import CoverGenreError
from covergenre.evaluation.intervals import LEVEL, Interval, percentiles, resample
from covergenre.evaluation.metrics import RESAMPLED, Evaluation, check_inputs, evaluate_resampled


@dataclass(frozen=True)
class Pair:
    """Two methods on the same `covers` covers.

    `only_a`, `only_b`: how many only one of them predicts rightly. `difference`: the accuracy of a less that of b.
    `p`: how probable counts so uneven would be if both were equally good, by McNemar's test; `adjusted`: the same with
    Holm's allowance for every other pair that was tested, one of which may well look uneven by chance.
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
        """The method that is truly better; None unless both the test and the interval of the difference say so."""
        if self.adjusted >= 1 - LEVEL or self.difference.low <= 0 <= self.difference.high:
            return None
        return self.a if self.difference.value > 0 else self.b

    @property
    def sentence(self) -> str:
        """What the pair comes to, in plain English."""
        covers, p = f"these {self.covers:,} covers", _p(self.adjusted)
        if self.adjusted >= 1 - LEVEL:
            return f"{self.a} and {self.b} cannot be told apart on {covers} ({p})."
        ahead, behind, sign = (self.a, self.b, 1) if self.difference.value > 0 else (self.b, self.a, -1)
        low, high = sorted((100 * sign * self.difference.low, 100 * sign * self.difference.high))
        around = f"{low:.1f} to {high:.1f}".replace("-", "−")
        if self.better is None:
            return (
                f"{ahead} names the genre of more of {covers} than {behind} ({p}), but the 95 % interval of the "
                f"difference, {around} points, allows for none."
            )
        points = 100 * abs(self.difference.value)
        return (
            f"{ahead} is better than {behind} on {covers}: {points:.1f} points more accurate, 95 % interval {around} "
            f"({p})."
        )

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, fit for JSON; `low` and `high` bound `difference`."""
        return {
            "a": self.a,
            "b": self.b,
            "covers": self.covers,
            "only_a": self.only_a,
            "only_b": self.only_b,
            "p": self.p,
            "adjusted": self.adjusted,
            "difference": self.difference.value,
            "low": self.difference.low,
            "high": self.difference.high,
        }


@dataclass(frozen=True)
class Comparison:
    """Several methods on the same covers: the evaluation of each, by name, and every pair of them.

    `leaders`: by figure of `metrics.RESAMPLED`, the method that is truly better in it than each of the others, where
    there is one.
    """

    evaluations: Mapping[str, Evaluation]
    pairs: tuple[Pair, ...]
    leaders: Mapping[str, str]

    @property
    def best(self) -> str | None:
        """The method that is truly more accurate than each of the others; None when there is no such."""
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
    judged = {
        name: evaluate_resampled(labels, chances, genres, groups, seed, resamples)
        for name, chances in probabilities.items()
    }
    right = np.stack([correct(labels, chances, genres) for chances in probabilities.values()], axis=1)
    drawn = resample(np.column_stack([right, np.ones(len(right))]), groups, seed, resamples)
    accuracies = drawn[:, :-1] / drawn[:, -1:]
    found = [
        _pair(right[:, [a, b]], accuracies[:, a] - accuracies[:, b]) for a, b in combinations(range(right.shape[1]), 2)
    ]
    adjusted = holm([counts["p"] for counts in found])
    pairs = zip(combinations(probabilities, 2), found, adjusted, strict=True)
    return Comparison(
        {name: evaluation for name, (evaluation, _) in judged.items()},
        tuple(Pair(*names, **counts, adjusted=p) for names, counts, p in pairs),
        _leaders({name: resampled for name, (_, resampled) in judged.items()}),
    )


def correct(labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str]) -> np.ndarray:
    """Which covers are predicted to be of their true genre, bool (n,); CoverGenreError as `evaluate` raises it."""
    labels, probabilities, _ = check_inputs(labels, probabilities, genres)
    return probabilities.argmax(axis=1) == labels


def bootstrap_p(differences: np.ndarray) -> float:
    """The two-sided p-value of there being no difference, from its values in resamples, (resamples,).

    It is where the percentile interval would just touch 0, and never less than so many resamples can tell.
    """
    beyond = min((differences <= 0).sum(), (differences >= 0).sum())
    return min(1.0, 2 * float(beyond + 1) / (len(differences) + 1))


def mcnemar(only_a: int, only_b: int) -> float:
    """The two-sided p-value of McNemar's exact test: `only_a` and `only_b` covers are predicted rightly by one only."""
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
    """`Comparison.leaders`, from the figures of each method in the same resamples; with Holm's allowance for pairs."""
    found = {}
    for figure in RESAMPLED:
        sign = -1 if figure == "log_loss" else 1
        apart = {(a, b): sign * (resampled[a][figure] - resampled[b][figure]) for a, b in combinations(resampled, 2)}
        p_values = holm([bootstrap_p(each) for each in apart.values()])
        ahead = [
            (pair if np.median(each) > 0 else pair[::-1])[0]
            for (pair, each), p in zip(apart.items(), p_values, strict=True)
            if p < 1 - LEVEL
        ]
        for name in resampled if apart else ():
            if ahead.count(name) == len(resampled) - 1:
                found[figure] = name
    return found


def _pair(right: np.ndarray, differences: np.ndarray) -> dict[str, Any]:
    """The counts of two methods, from who is right (n, 2), and the resampled differences of their accuracies."""
    only_a, only_b = int((right[:, 0] & ~right[:, 1]).sum()), int((right[:, 1] & ~right[:, 0]).sum())
    return {
        "covers": len(right),
        "only_a": only_a,
        "only_b": only_b,
        "difference": percentiles((only_a - only_b) / len(right), differences),
        "p": mcnemar(only_a, only_b),
    }


def _p(p: float) -> str:
    if p < 0.001:
        return "p < 0.001"
    return f"p = {p:.{1 if p >= 0.1 else 2 if p >= 0.01 else 3}f}"
