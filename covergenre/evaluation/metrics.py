"""The metrics of one method on one set of covers, each with its confidence interval.

Proportions (accuracy, precision, recall) have Wilson's interval, and so has a genre's F1, which is a function of a
proportion. Intervals of means over genres combine those of the genres, and are no narrower than a bootstrap over groups
of covers; the rest are bootstrapped alone. Values agree with scikit-learn's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from covergenre.errors import CoverGenreError
from covergenre.evaluation.intervals import Interval, absolute_sum, percentiles, resample, weighted_sum, wilson

BINS = 15
"""How many bins of confidence, evenly wide, the calibration error is taken over."""

RESAMPLED = ("balanced_accuracy", "f1_weighted", "f1_macro", "log_loss")
"""The metrics that methods are compared in by bootstrap, beside accuracy; a calibration error's would be biased."""

_OVER_GENRES = {"balanced_accuracy": ("recall", True), "f1_weighted": ("f1", False), "f1_macro": ("f1", True)}
"""The metrics that are means over genres: of which score, and whether unweighted (else by covers)."""

_SUM_TOLERANCE = 1e-3  # probabilities may have been stored with few digits
_LEAST = float(np.finfo(np.float64).eps)  # what a probability of 0 counts as in the log loss, as in scikit-learn


@dataclass(frozen=True)
class GenreScores:
    """The scores of one genre. `covers`: how many are truly of it."""

    genre: str
    covers: int
    precision: Interval
    recall: Interval
    f1: Interval


@dataclass(frozen=True)
class Evaluation:
    """The metrics of a method on `covers` covers; see `evaluate` for their definitions.

    `by_genre` is in the order of `genres`. `confusion` counts covers: rows are the true genres, columns the predicted.
    ValueError when the fields contradict each other.
    """

    covers: int
    genres: tuple[str, ...]
    accuracy: Interval
    balanced_accuracy: Interval
    f1_weighted: Interval
    f1_macro: Interval
    log_loss: Interval
    calibration_error: Interval
    by_genre: tuple[GenreScores, ...]
    confusion: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        rows = tuple(sum(row) for row in self.confusion)
        if {len(row) for row in self.confusion} != {len(self.genres)} or len(self.confusion) != len(self.genres):
            raise ValueError("the confusion matrix is not as large as the list of genres")
        if sum(rows) != self.covers or min(map(min, self.confusion)) < 0:
            raise ValueError("the confusion matrix does not count every cover once")
        if [(scores.genre, scores.covers) for scores in self.by_genre] != list(zip(self.genres, rows, strict=True)):
            raise ValueError("the scores by genre are not those of the confusion matrix")

    @property
    def absent(self) -> tuple[str, ...]:
        """The genres without a cover, whose scores are unknown."""
        return tuple(scores.genre for scores in self.by_genre if not scores.covers)

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, fit for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """What `to_dict` wrote, before or after JSON; ValueError, KeyError or TypeError when it is damaged."""
        from pydantic import TypeAdapter

        return TypeAdapter(cls).validate_json(json.dumps(dict(fields)), strict=True)


def absent_genres_note(genres: Sequence[str]) -> str:
    """A sentence on genres without a cover."""
    return (
        f"No test cover is of {', '.join(genres)}: its scores are unknown, and the intervals of figures "
        "that are means over genres reach as far as that could move them."
    )


def evaluate(
    labels: np.ndarray,
    probabilities: np.ndarray,
    genres: Sequence[str],
    groups: np.ndarray | None = None,
    seed: int = 0,
    resamples: int = 1000,
) -> Evaluation:
    """The metrics of `probabilities`, (n, g), for covers of the genres `labels`, int (n,): positions in `genres`.

    A cover is predicted to be of its most probable genre, the first of equals.

    - `accuracy`: the share of correct predictions. `balanced_accuracy`: the mean recall of the genres that occur.
    - `f1_macro`, `f1_weighted`: the mean F1 of the genres that occur, and that weighted by covers.
    - `log_loss`: the mean negative natural logarithm of the true genre's probability.
    - `calibration_error`: the mean distance of confidence, the highest probability, from accuracy in `BINS` bins,
      weighted by covers (Guo et al., On Calibration of Modern Neural Networks, ICML 2017).

    The score of a genre without a cover could be anything from 0 to 1: the intervals of `balanced_accuracy` and
    `f1_macro` allow for that.

    `groups`, int (n,): covers that depend on each other, such as those of one artist; `resamples` bootstrap samples
    draw whole groups. CoverGenreError unless there are covers, and labels, probabilities and groups fit them.
    """
    return evaluate_resampled(labels, probabilities, genres, groups, seed, resamples)[0]


def evaluate_resampled(
    labels: np.ndarray,
    probabilities: np.ndarray,
    genres: Sequence[str],
    groups: np.ndarray | None,
    seed: int,
    resamples: int,
) -> tuple[Evaluation, dict[str, np.ndarray]]:
    """What `evaluate` returns, and accuracy and the metrics of `RESAMPLED` in each resample, (resamples,).

    The same covers, groups and seed give the same resamples, so that the differences between methods are paired.
    """
    labels, probabilities, groups = check_inputs(labels, probabilities, genres, groups)
    confusion = confusion_matrix(labels, probabilities.argmax(axis=1), len(genres))
    summands = _summands(labels, probabilities)
    figures, gaps = _figures(summands.sum(axis=0), len(genres))
    resampled, resampled_gaps = _figures(resample(summands, groups, seed, resamples), len(genres))
    by_genre = tuple(_genre_scores(confusion, position, genre) for position, genre in enumerate(genres))
    evaluation = Evaluation(
        covers=len(labels),
        genres=tuple(genres),
        accuracy=wilson(int(confusion.trace()), len(labels)),
        **{name: _over_genres(name, by_genre, resampled[name]) for name in _OVER_GENRES},
        log_loss=percentiles(float(figures["log_loss"]), resampled["log_loss"]),
        calibration_error=absolute_sum(gaps, resampled_gaps),
        by_genre=by_genre,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
    )
    return evaluation, resampled


def confusion_matrix(labels: np.ndarray, predicted: np.ndarray, n_genres: int) -> np.ndarray:
    """How many covers of each true genre (rows) were predicted to be of each genre (columns): int64 (g, g)."""
    return np.bincount(labels * n_genres + predicted, minlength=n_genres**2).reshape(n_genres, n_genres)


def check_inputs(
    labels: np.ndarray, probabilities: np.ndarray, genres: Sequence[str], groups: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """The three as int64 (n,), float64 (n, g) and int64 (n,); CoverGenreError unless they can be evaluated."""
    labels, probabilities = np.asarray(labels), np.asarray(probabilities, np.float64)
    if labels.ndim != 1 or not len(labels):
        raise CoverGenreError(f"found labels of shape {labels.shape}: give one for each of at least one cover")
    if probabilities.shape != (len(labels), len(genres)):
        raise CoverGenreError(
            f"found probabilities of shape {probabilities.shape} for {len(labels)} covers and {len(genres)} genres: "
            "give one for each cover and genre"
        )
    if labels.dtype.kind not in "iu" or not 0 <= labels.min() <= labels.max() < len(genres):
        raise CoverGenreError(f"a label is not the position of one of {len(genres)} genres: leave out other covers")
    if not (probabilities >= 0).all() or (np.abs(probabilities.sum(axis=1) - 1) > _SUM_TOLERANCE).any():
        raise CoverGenreError("the probabilities of a cover are not numbers from 0 that add up to 1: predict it again")
    if groups is not None and (np.shape(groups) != labels.shape or np.asarray(groups).dtype.kind not in "iu"):
        raise CoverGenreError(f"found groups of shape {np.shape(groups)} for {len(labels)} covers: give a number each")
    return labels.astype(np.int64), probabilities, None if groups is None else np.asarray(groups, np.int64)


def _summands(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """What each cover adds to the sums that `_figures` takes, (n, 3 g + 1 + BINS)."""
    n, n_genres = probabilities.shape
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    right, genres = predicted == labels, np.arange(n_genres)
    true = labels[:, None] == genres
    bins = np.minimum((confidence * BINS).astype(np.int64), BINS - 1)
    gap = np.where(bins[:, None] == np.arange(BINS), (confidence - right)[:, None], 0)
    loss = -np.log(np.clip(probabilities[np.arange(n), labels], _LEAST, 1))
    return np.column_stack([true & right[:, None], true, predicted[:, None] == genres, loss, gap])


def _figures(sums: np.ndarray, n_genres: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """From sums of `_summands`, (..., 3 g + 1 + BINS): the metrics by name, each (...), and the calibration gaps.

    A gap is confidence minus accuracy in a bin, times the bin's share of the covers: (..., BINS).
    """
    right, true, predicted, loss, gap = np.split(sums, np.cumsum([n_genres, n_genres, n_genres, 1]), axis=-1)
    covers = true.sum(axis=-1)
    f1 = 2 * right / np.maximum(true + predicted, 1)
    figures = {
        "accuracy": right.sum(axis=-1) / covers,
        "balanced_accuracy": (right / np.maximum(true, 1)).sum(axis=-1) / (true > 0).sum(axis=-1),
        "f1_weighted": (f1 * true).sum(axis=-1) / covers,
        "f1_macro": (f1 * (true > 0)).sum(axis=-1) / (true > 0).sum(axis=-1),
        "log_loss": loss[..., 0] / covers,
    }
    return figures, gap / covers[..., None]


def _over_genres(name: str, by_genre: Sequence[GenreScores], resampled: np.ndarray) -> Interval:
    """A metric of `_OVER_GENRES` with its interval; the score of a genre without a cover may be 0 to 1."""
    score, alike = _OVER_GENRES[name]
    known = [scores for scores in by_genre if scores.covers]
    weights = np.array([1.0 if alike else scores.covers for scores in known])
    found = weighted_sum([getattr(scores, score) for scores in known], weights / weights.sum(), resampled)
    occur = len(known) / len(by_genre)
    if not alike or occur == 1:
        return found
    return Interval(found.value, occur * found.low, max(found.value, occur * found.high + 1 - occur))


def _genre_scores(confusion: np.ndarray, position: int, genre: str) -> GenreScores:
    """F1 is 2 s / (1 + s), where s is the share of true positives among covers that are or are predicted of the genre.

    Its interval is Wilson's of s: the indirect Wilson method of Lam, Gopal and Qian, Confidence Intervals for the F1
    Score: A Comparison of Four Methods (2023, arXiv:2309.14621).
    """
    right, true, predicted = confusion[position, position], confusion[position].sum(), confusion[:, position].sum()
    shared = wilson(right, true + predicted - right)
    f1 = Interval(*(2 * share / (1 + share) for share in (shared.value, shared.low, shared.high)))
    return GenreScores(genre, int(true), wilson(right, predicted), wilson(right, true), f1)
