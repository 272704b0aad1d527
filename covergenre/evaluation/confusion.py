"""Reading a confusion matrix: as shares, in an order that shows something, and its largest mistakes.

A matrix is int of shape (g, g): rows are the true genres, columns the predicted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from covergenre.errors import CoverGenreError
from covergenre.evaluation.intervals import Interval, wilson

ORDERS = ("alphabet", "size", "similarity")


@dataclass(frozen=True)
class Mistaken:
    """`covers` covers of the genre `true` are taken for `predicted`: this `share` of all that are truly of it."""

    true: str
    predicted: str
    covers: int
    share: Interval


def shares(confusion: np.ndarray, of: str = "true") -> np.ndarray:
    """The matrix as shares, float64 (g, g), that add up to 1 in each row (`of` "true") or column (`of` "predicted").

    All 0 where a genre has no covers or is never predicted.
    """
    counts = np.asarray(confusion, np.float64)
    sums = counts.sum(axis=_axis(of), keepdims=True)
    return counts / np.where(sums > 0, sums, 1)


def most_confused(confusion: np.ndarray, genres: Sequence[str], most: int = 10) -> tuple[Mistaken, ...]:
    """The cells beside the diagonal that hold the most covers, at most `most` of them, the fullest first.

    Of equally full ones the one of the smaller true genre comes first, for it loses more by it.
    """
    counts = np.asarray(confusion)
    sizes = counts.sum(axis=1)
    cells = [(true, predicted) for true, predicted in np.argwhere(counts) if true != predicted]
    cells.sort(key=lambda cell: (-counts[cell], sizes[cell[0]]))
    return tuple(
        Mistaken(genres[true], genres[predicted], int(count), wilson(int(count), int(sizes[true])))
        for true, predicted in cells[:most]
        for count in [counts[true, predicted]]
    )


def order(confusion: np.ndarray, genres: Sequence[str], by: str = "similarity") -> tuple[int, ...]:
    """The positions of the genres in an order of `ORDERS`.

    "size": most covers first. "similarity": genres that are taken for each other side by side, by the leaves of a
    hierarchical clustering (average linkage, leaves in optimal order: Bar-Joseph, Gifford and Jaakkola, Fast Optimal
    Leaf Ordering, Bioinformatics 2001) of the mean share in which each of two genres is taken for the other.
    CoverGenreError for another order.
    """
    if by not in ORDERS:
        raise CoverGenreError(f"genres can't be ordered by {by!r}: choose from {', '.join(ORDERS)}")
    positions = range(len(genres))
    if by == "alphabet":
        return tuple(sorted(positions, key=lambda position: genres[position]))
    if by == "size":
        sizes = np.asarray(confusion).sum(axis=1)
        return tuple(sorted(positions, key=lambda position: (-sizes[position], genres[position])))
    return _leaves(confusion) if len(genres) > 2 else tuple(positions)


def _leaves(confusion: np.ndarray) -> tuple[int, ...]:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    taken = shares(confusion)
    distances = 1 - (taken + taken.T) / 2
    np.fill_diagonal(distances, 0)
    return tuple(leaves_list(linkage(squareform(distances), "average", optimal_ordering=True)).tolist())


def _axis(of: str) -> int:
    if of not in ("true", "predicted"):
        raise CoverGenreError(f"there are no shares of {of!r}: choose true or predicted")
    return 1 if of == "true" else 0
