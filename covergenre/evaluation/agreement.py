"""Which covers: those in a cell of a confusion matrix, those that only one method gets right, the hard and the typical.

Every answer is positions of covers, int64 (m,). `probabilities` are (n, g), `labels` are (n,); a cover is predicted to
be of its most probable genre, the first of equals, and how sure a method is of that is the genre's probability.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_LEAST = np.finfo(np.float64).tiny


@dataclass(frozen=True, eq=False)
class Split:
    """The covers that two methods answer alike and otherwise."""

    only_a: np.ndarray
    only_b: np.ndarray
    both: np.ndarray
    neither: np.ndarray


def cell_members(
    labels: np.ndarray, probabilities: np.ndarray, true: int | None = None, predicted: int | None = None
) -> np.ndarray:
    """The covers of the genre `true` that are predicted to be of the genre `predicted`, the surest first.

    None is any genre: with `true` only, it is a row of the confusion matrix; with `predicted` only, a column.
    """
    named = probabilities.argmax(axis=1)
    inside = np.full(len(labels), True) if true is None else labels == true
    inside = inside if predicted is None else inside & (named == predicted)
    return _descending(probabilities.max(axis=1), inside)


def in_top(labels: np.ndarray, probabilities: np.ndarray, most: int = 3) -> np.ndarray:
    """Whether the true genre of each cover is among its most probable ones, the first of equals: bool (n,)."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :most]
    return (order == labels[:, None]).any(axis=1)


def mistakes(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The covers predicted wrongly, those first whose true genre was held the least probable: the top losses."""
    return _descending(-_of_truth(labels, probabilities), probabilities.argmax(axis=1) != labels)


def disagreement(labels: np.ndarray, a: np.ndarray, b: np.ndarray) -> Split:
    """Which of two methods gets which covers right. Each part begins with the covers on which they differ the most.

    That is by how probable they hold the true genre.
    """
    right_a, right_b = a.argmax(axis=1) == labels, b.argmax(axis=1) == labels
    apart = np.abs(_of_truth(labels, a) - _of_truth(labels, b))
    parts = (right_a & ~right_b, right_b & ~right_a, right_a & right_b, ~right_a & ~right_b)
    return Split(*(_descending(apart, part) for part in parts))


def hardest(labels: np.ndarray, methods: Sequence[np.ndarray]) -> np.ndarray:
    """The covers that every method gets wrong, those first whose true genre they hold the least probable by and large.

    Candidates for a wrong label. By and large is the geometric mean of the methods' probabilities.
    """
    wrong = np.all([each.argmax(axis=1) != labels for each in methods], axis=0)
    return _descending(-_by_and_large(labels, methods), wrong)


def typical(labels: np.ndarray, methods: Sequence[np.ndarray]) -> np.ndarray:
    """The covers that every method gets right, the surest by and large first (see `hardest`)."""
    right = np.all([each.argmax(axis=1) == labels for each in methods], axis=0)
    return _descending(_by_and_large(labels, methods), right)


def _by_and_large(labels: np.ndarray, methods: Sequence[np.ndarray]) -> np.ndarray:
    return np.mean([np.log(np.maximum(_of_truth(labels, each), _LEAST)) for each in methods], axis=0)


def _of_truth(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    return np.take_along_axis(probabilities, labels[:, None], axis=1)[:, 0]


def _descending(scores: np.ndarray, inside: np.ndarray) -> np.ndarray:
    found = np.flatnonzero(inside)
    return found[np.argsort(-scores[found], kind="stable")]
