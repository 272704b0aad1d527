"""Reading a confusion matrix: shares, an order of the genres that groups similar ones, the largest mistakes.

A matrix is int of shape (g, g): rows are the true genres, columns the predicted.
"""

from collections.abc import Sequence

import numpy as np

from covergenre.errors import CoverGenreError

ORDERS = ("alphabet", "size", "similarity")


def shares(confusion: np.ndarray, of: str = "true") -> np.ndarray:
    """The matrix as shares, float64 (g, g), that add up to 1 in each row (`of` "true") or column (`of` "predicted").

    All 0 where a genre has no covers or is never predicted.
    """
    if of not in ("true", "predicted"):
        raise CoverGenreError(f"there are no shares of {of!r}: choose true or predicted")
    counts = np.asarray(confusion, np.float64)
    sums = counts.sum(axis=1 if of == "true" else 0, keepdims=True)
    return counts / np.where(sums > 0, sums, 1)


def most_confused(confusion: np.ndarray, most: int) -> list[tuple[int, int]]:
    """The off-diagonal cells (true, predicted) with the most covers, at most `most` of them, the largest first.

    Of equally large ones the one of the smaller true genre comes first, for it loses more by it.
    """
    sizes = confusion.sum(axis=1)
    cells = [(int(true), int(predicted)) for true, predicted in np.argwhere(confusion) if true != predicted]
    return sorted(cells, key=lambda cell: (-confusion[cell], sizes[cell[0]]))[:most]


def order(confusion: np.ndarray, genres: Sequence[str], by: str = "similarity") -> tuple[int, ...]:
    """The positions of the genres in an order of `ORDERS`; CoverGenreError for another order.

    "size": most covers first. "similarity": often confused genres side by side, by hierarchical clustering of the mean
    share in which two genres are taken for each other (average linkage, optimal leaf order: Bar-Joseph, Gifford and
    Jaakkola, Fast Optimal Leaf Ordering, Bioinformatics 2001).
    """
    if by not in ORDERS:
        raise CoverGenreError(f"genres can't be ordered by {by!r}: choose from {', '.join(ORDERS)}")
    positions = range(len(genres))
    if by == "similarity":
        return _leaves(confusion) if len(genres) > 2 else tuple(positions)
    sizes = np.asarray(confusion).sum(axis=1) if by == "size" else np.zeros(len(genres))
    return tuple(sorted(positions, key=lambda position: (-sizes[position], genres[position])))


def _leaves(confusion: np.ndarray) -> tuple[int, ...]:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    taken = shares(confusion)
    distances = 1 - (taken + taken.T) / 2
    np.fill_diagonal(distances, 0)
    return tuple(leaves_list(linkage(squareform(distances), "average", optimal_ordering=True)).tolist())
