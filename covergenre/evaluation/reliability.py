"""Whether a method is as sure as it should be, and what it gains by keeping silent when it is not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from covergenre.evaluation.intervals import Interval, wilson
from covergenre.evaluation.metrics import BINS, check_inputs

MIN_ANSWERED = 10
"""Covers that have to be answered for it to say anything that they are answered rightly."""


@dataclass(frozen=True)
class Bin:
    """The covers of a confidence from `low` to below `high` (in the last bin, to 1), its mean, and what came of it."""

    low: float
    high: float
    covers: int
    confidence: float
    accuracy: Interval


@dataclass(frozen=True)
class CoveragePoint:
    """What comes of answering only where confidence is at least `confidence`: so many `covers`, this `share` of all."""

    confidence: float
    covers: int
    share: float
    accuracy: Interval


def reliability_bins(
    labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str], bins: int = BINS
) -> tuple[Bin, ...]:
    """The points of a reliability diagram, by rising confidence: those of `bins` evenly wide bins that hold any cover.

    Accuracy is Wilson's interval. A calibrated method is right as often as it is confident. Arguments, and
    CoverGenreError, are as for `evaluate`.
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
    """Accuracy against coverage, from the surest covers to all of them, in at most `points` steps of like size.

    Covers of equal confidence are answered together. Also known as the risk-coverage curve (El-Yaniv and Wiener, On the
    Foundations of Noise-free Selective Classification, JMLR 2010). Arguments, and CoverGenreError, are as for
    `evaluate`.
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

    None where fewer than `MIN_ANSWERED` covers would be answered. Arguments, and CoverGenreError, are as for
    `evaluate`.
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
    """What comes of answering from this confidence on. Arguments, and CoverGenreError, are as for `evaluate`."""
    sure, right = _confidence(labels, probabilities, genres)
    told = sure >= confidence
    covers = int(told.sum())
    return CoveragePoint(confidence, covers, covers / len(told), wilson(int(right[told].sum()), covers))


def precision_recall(labels: np.ndarray, probabilities: np.ndarray, genre: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Recall and precision of a genre, float64 (m,), as ever less probable covers are called by it; average precision.

    Covers of equal probability are called together. All is empty, and the average 0, where no cover is of the genre.
    """
    order = np.argsort(-probabilities[:, genre], kind="stable")
    right, shares = np.cumsum(labels[order] == genre), probabilities[order, genre]
    if not right[-1]:
        return np.empty(0), np.empty(0), 0.0
    ends = np.flatnonzero(np.append(np.diff(shares) != 0, True))
    recall, precision = right[ends] / right[-1], right[ends] / (ends + 1)
    return recall, precision, float(np.diff(recall, prepend=0) @ precision)


def chance_calibration_error(probabilities: np.ndarray, bins: int = BINS, draws: int = 200, seed: int = 0) -> float:
    """The calibration error that a method would show on as many covers if it were right just as often as it is sure.

    It isn't 0, and the more so the fewer covers there are: the mean over `draws` of such covers (consistency
    resampling; Broecker and Smith, Weather and Forecasting, 2007). `probabilities`: (n, g).
    """
    confidence = probabilities.max(axis=1)
    inside = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    right = np.random.default_rng(seed).random((draws, len(confidence))) < confidence
    gaps = (right - confidence) @ np.eye(bins)[inside]
    return float(np.abs(gaps).sum(axis=1).mean() / len(confidence))


def undo_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """What a method's probabilities (n, g) were before its logits were divided by `temperature`."""
    powers = np.log(np.maximum(probabilities, np.finfo(np.float64).tiny)) * temperature
    powers = np.exp(powers - powers.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def _confidence(labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The highest probability of each cover, and whether it is the true genre's: float64 and bool, (n,)."""
    labels, probabilities, _ = check_inputs(labels, probabilities, genres)
    return probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
