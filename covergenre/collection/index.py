"""The covers that an answer points at: which lie nearest to a cover, and whether it is one of them."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from covergenre.collection.table import CoverTable, Neighbour
from covergenre.embedding.index import Index


@runtime_checkable
class Projection(Protocol):
    """Something that takes vectors to where neighbours are looked for: a head of nearest neighbours, or a space."""

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (n, d) to float32 (n, e)."""


class CoverIndex:
    """Known covers and their vectors. Any number of threads may ask at once."""

    def __init__(self, covers: pd.DataFrame, vectors: np.ndarray, projection: Projection) -> None:
        """`covers`: as `CoverTable` takes them. `vectors`: (n, e), already projected."""
        self._catalogue = CoverTable(covers)
        self._projection = projection
        self._index = Index(vectors)

    def __len__(self) -> int:
        return len(self._index)

    def nearest(self, vectors: np.ndarray, hashes: Sequence[str], k: int) -> list[tuple[Neighbour, ...]]:
        """The `k` covers most like each of the vectors (n, d), best first, without those of its own content hash."""
        if k < 1:
            return [() for _ in hashes]
        known = self._catalogue
        similarities, rows = self._index.search(self._projection.project(vectors), k + known.most_copies)
        return [
            known.neighbours(
                [
                    (row, similarity)
                    for similarity, row in zip(similarities[query], rows[query], strict=True)
                    if known.hashes[row] != own
                ][:k]
            )
            for query, own in enumerate(hashes)
        ]

    def place(self, vector: np.ndarray) -> np.ndarray:
        """Where a cover of this vector (d,) lies among them: float32 (e,)."""
        return self._projection.project(vector[None])[0]

    def known(self, content_hash: str) -> Neighbour | None:
        """The cover with these very pixels, if there is one."""
        row = self._catalogue.with_pixels(content_hash)
        return None if row is None else self._catalogue.neighbour(row)

    def copy_of(self, phash: str) -> Neighbour | None:
        """The cover that a picture with this perceptual hash is a near copy of, if there is one."""
        row = self._catalogue.copy_of(phash)
        return None if row is None else self._catalogue.neighbour(row)
