"""Nearest neighbours by cosine similarity, exact."""

from typing import Any

import numpy as np

from covergenre.errors import CoverGenreError
from covergenre.vectors import unit_rows


class Index:
    """Finds the rows of a set of vectors that point the same way as a query.

    Built from plain arrays in a fraction of a second and never stored: reading a stored faiss index means trusting its
    bytes with memory. Up to some 200,000 vectors an exact search stays fast enough to need no approximation.
    """

    def __init__(self, vectors: np.ndarray) -> None:
        """`vectors`: float array of shape (n, d), copied; a row of zeros is like nothing (similarity 0)."""
        import faiss

        unit = _unit(vectors)
        self._width = unit.shape[1]
        self._index: Any = faiss.IndexFlatIP(self._width)
        self._index.add(unit)

    def __len__(self) -> int:
        return self._index.ntotal

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The `k` most similar rows of each query, best first; all rows when there are fewer than `k`.

        `queries` has shape (q, d). Returns the cosine similarities, float32 in [-1, 1], and the row numbers, int64,
        both of shape (q, min(k, n)). Raises CoverGenreError when the queries are not `d` wide or `k` is less than 1.
        """
        unit = _unit(queries)
        if unit.shape[1] != self._width:
            raise CoverGenreError(
                f"these vectors are {unit.shape[1]} wide, those of the index {self._width}: embed both by one recipe"
            )
        if k < 1:
            raise CoverGenreError(f"{k} neighbours were asked for: ask for at least 1")
        if not len(self) or not len(unit):
            shape = (len(unit), min(k, len(self)))
            return np.empty(shape, np.float32), np.empty(shape, np.int64)
        similarities, rows = self._index.search(unit, min(k, len(self)))
        return np.clip(similarities, -1, 1), rows


def _unit(vectors: np.ndarray) -> np.ndarray:
    return unit_rows(np.ascontiguousarray(vectors, np.float32))
