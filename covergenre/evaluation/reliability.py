"""How well a method is calibrated, and what it gains by abstaining where its confidence is low.

Labels, probabilities and genres are those of `evaluate`, and so is the CoverGenreError where they don't fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from covergenre.evaluation.compare import correct
from covergenre.evaluation.intervals import Interval, wilson
from covergenre.evaluation.metrics import BINS

_DRAWS = 200

MIN_ANSWERED = 10
"""Answered covers from which on their accuracy says anything."""


@dataclass(frozen=True)
class Bin:
    """The covers with a confidence from `low` to below `high` (to 1 in the last bin), its mean, and their accuracy."""

    low: float
    high: float
    covers: int
    confidence: float
    accuracy: Interval


@dataclass(frozen=True)
class CoveragePoint:
    """Accuracy where only covers with at least this `confidence` are answered: `covers` of them, a `share` of all."""

    confidence: float
    covers: int
    share: float
    accuracy: Interval


def reliability_bins(
    labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str], bins: int = BINS
) -> tuple[Bin, ...]:
    """The points of a reliability diagram, by rising confidence: those of `bins` evenly wide bins that hold any cover.

    Of a calibrated method, accuracy equals confidence in each.
    """
    confidence, right = _confidence(labels, probabilities, genres)
    inside = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    found = []
    for number in np.unique(inside):
        mine = inside == number
        accuracy = wilson(int(right[mine].sum()), int(mine.sum()))
        mean = float(confidence[mine].mean())
        found.append(Bin(float(number / bins), float((number + 1) / bins), int(mine.sum()), mean, accuracy))
    return tuple(found)


def coverage_curve(
    labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str], points: int = 50
) -> tuple[CoveragePoint, ...]:
    """Accuracy against coverage, from the most confident covers to all, in at most `points` steps of similar size.

    Covers of equal confidence are answered together. Also known as the risk-coverage curve (El-Yaniv and Wiener, On the
    Foundations of Noise-free Selective Classification, JMLR 2010).
    """
    confidence, right = _confidence(labels, probabilities, genres)
    order = np.argsort(-confidence, kind="stable")
    confidence, right = confidence[order], np.cumsum(right[order])
    wanted = confidence[np.ceil(np.linspace(0, len(order), points + 1)[1:]).astype(np.int64) - 1]
    covers = np.searchsorted(-confidence, -np.unique(wanted)[::-1], side="right")
    return tuple(
        CoveragePoint(float(confidence[n - 1]), int(n), float(n / len(order)), wilson(int(right[n - 1]), int(n)))
        for n in covers
    )


def confidence_threshold(
    labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str], right: float
) -> float | None:
    """The lowest confidence from which on this share of answers is right: to be chosen on validation.

    None where fewer than `MIN_ANSWERED` covers would be answered.
    """
    enough = [
        each.confidence
        for each in coverage_curve(labels, probabilities, genres, points=len(labels))
        if each.covers >= MIN_ANSWERED and each.accuracy.value >= right
    ]
    return min(enough, default=None)


def accuracy_above(
    labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str], confidence: float
) -> CoveragePoint:
    """Accuracy and coverage where only covers with at least this confidence are answered."""
    confidences, right = _confidence(labels, probabilities, genres)
    answered = confidences >= confidence
    covers = int(answered.sum())
    return CoveragePoint(confidence, covers, covers / len(answered), wilson(int(right[answered].sum()), covers))


def precision_recall(labels: np.ndarray, probabilities: np.ndarray, genre: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The precision-recall curve of a genre: recall and precision, float64 (m,), and the average precision.

    Covers of equal probability count together. Empty, and the average 0, where no cover is of the genre.
    """
    order = np.argsort(-probabilities[:, genre], kind="stable")
    right, shares = np.cumsum(labels[order] == genre), probabilities[order, genre]
    if not right[-1]:
        return np.empty(0), np.empty(0), 0.0
    ends = np.flatnonzero(np.append(np.diff(shares) != 0, True))
    recall, precision = right[ends] / right[-1], right[ends] / (ends + 1)
    return recall, precision, float(np.diff(recall, prepend=0) @ precision)


def chance_calibration_error(probabilities: np.ndarray) -> float:
    """The calibration error that a perfectly calibrated method would show on as many covers by chance.

    The mean over `_DRAWS` draws of correct and wrong answers (consistency resampling; Broecker and Smith, Weather and
    Forecasting, 2007). `probabilities`: (n, g).
    """
    confidence = probabilities.max(axis=1)
    inside = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    right = np.random.default_rng(0).random((_DRAWS, len(confidence))) < confidence
    gaps = (right - confidence) @ np.eye(BINS)[inside]
    return float(np.abs(gaps).sum(axis=1).mean() / len(confidence))


def undo_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """What a method's probabilities (n, g) were before its logits were divided by `temperature`."""
    from scipy.special import softmax

    return softmax(np.log(np.maximum(probabilities, np.finfo(np.float64).tiny)) * temperature, axis=1)


def _confidence(labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The highest probability of each cover, and whether it is the true genre's: float64 and bool, (n,)."""
    return np.max(probabilities, axis=1), correct(labels, probabilities, genres)
