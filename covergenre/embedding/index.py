"""Nearest neighbours by cosine similarity, exact."""

from typing import Any

import numpy as np

from covergenre.errors import CoverGenreError


class Index:
    """Finds the rows of a set of vectors that point the same way as a query.

    Built from plain arrays in a fraction of a second and never stored: reading a stored faiss index means trusting its
    bytes with memory. Up to some 200,000 vectors an exact search stays fast enough to need no approximation; of more,
    see `many`.
    """

    def __init__(self, vectors: np.ndarray) -> None:
        """`vectors`: float array of shape (n, d), copied; a row of zeros is like nothing (similarity 0)."""
        import faiss

        units = unit(vectors)
        self._width = units.shape[1]
        self._index: Any = faiss.IndexFlatIP(self._width)
        self._index.add(units)

    def __len__(self) -> int:
        return self._index.ntotal

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The `k` most similar rows of each query, best first; all rows when there are fewer than `k`.

        `queries` has shape (q, d). Returns the cosine similarities, float32 in [-1, 1], and the row numbers, int64,
        both of shape (q, min(k, n)). Raises CoverGenreError when the queries are not `d` wide or `k` is less than 1.
        """
        wanted = check_queries(queries, k, self._width)
        if not len(self) or not len(wanted):
            shape = (len(wanted), min(k, len(self)))
            return np.empty(shape, np.float32), np.empty(shape, np.int64)
        similarities, rows = self._index.search(wanted, min(k, len(self)))
        return np.clip(similarities, -1, 1), rows


def check_queries(queries: np.ndarray, k: int, width: int) -> np.ndarray:
    """The queries at length 1; CoverGenreError when they are not `width` wide or `k` is less than 1."""
    wanted = unit(queries)
    if wanted.shape[1] != width:
        raise CoverGenreError(
            f"these vectors are {wanted.shape[1]} wide, those of the index {width}: embed both by one recipe"
        )
    if k < 1:
        raise CoverGenreError(f"{k} neighbours were asked for: ask for at least 1")
    return wanted


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (n, d) as faiss takes them: float32, of length 1; a row of zeros stays one."""
    vectors = np.ascontiguousarray(vectors, np.float32)
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, None]
    return vectors / np.where(lengths > 0, lengths, 1)
