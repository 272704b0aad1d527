"""Which covers methods get right or wrong: by cell of a confusion matrix, by method, and by all methods together.

`probabilities` are (n, g), `labels` are (n,). A cover is predicted to be of its most probable genre, the first of
equals. All functions but `in_top` return the positions of covers, int64 (m,), in a telling order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True, eq=False)
class Disagreement:
    """The covers that only one of two methods predicts correctly, that both do, and that neither does."""

    only_a: np.ndarray
    only_b: np.ndarray
    both: np.ndarray
    neither: np.ndarray


def cell_members(
    labels: np.ndarray, probabilities: np.ndarray, true: int | None = None, predicted: int | None = None
) -> np.ndarray:
    """The covers in a cell of the confusion matrix, the most confident first; None stands for any genre."""
    inside = np.full(len(labels), True)
    if true is not None:
        inside &= labels == true
    if predicted is not None:
        inside &= probabilities.argmax(axis=1) == predicted
    return _descending(probabilities.max(axis=1), inside)


def in_top(labels: np.ndarray, probabilities: np.ndarray, k: int) -> np.ndarray:
    """Whether the true genre of each cover is among its `k` most probable ones: bool (n,)."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :k]
    return (order == labels[:, None]).any(axis=1)


def mistakes(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The covers predicted wrongly, by descending loss."""
    return _descending(-_true_probability(labels, probabilities), probabilities.argmax(axis=1) != labels)


def disagreement(labels: np.ndarray, a: np.ndarray, b: np.ndarray) -> Disagreement:
    """Which of two methods is correct on which covers, by descending difference in the true genre's probability."""
    right_a, right_b = a.argmax(axis=1) == labels, b.argmax(axis=1) == labels
    gap = np.abs(_true_probability(labels, a) - _true_probability(labels, b))
    parts = (right_a & ~right_b, right_b & ~right_a, right_a & right_b, ~right_a & ~right_b)
    return Disagreement(*(_descending(gap, part) for part in parts))


def hardest(labels: np.ndarray, methods: Sequence[np.ndarray]) -> np.ndarray:
    """The covers that every method gets wrong, candidates for a wrong label.

    By ascending probability of the true genre, in the geometric mean over the methods.
    """
    wrong = np.all([each.argmax(axis=1) != labels for each in methods], axis=0)
    return _descending(-_mean_log_probability(labels, methods), wrong)


def typical(labels: np.ndarray, methods: Sequence[np.ndarray]) -> np.ndarray:
    """The covers that every method gets right, the most confident first (see `hardest`)."""
    right = np.all([each.argmax(axis=1) == labels for each in methods], axis=0)
    return _descending(_mean_log_probability(labels, methods), right)


def _mean_log_probability(labels: np.ndarray, methods: Sequence[np.ndarray]) -> np.ndarray:
    return np.mean([np.log(np.maximum(_true_probability(labels, each), _TINY)) for each in methods], axis=0)


def _true_probability(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return probabilities[np.arange(len(labels)), labels]


def _descending(scores: np.ndarray, inside: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(inside)
    return rows[np.argsort(-scores[rows], kind="stable")]
