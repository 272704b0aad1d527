"""Covers as rows of a manifest, drawn nowhere, and vectors for them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest


class Rows:
    """Rows of a manifest and vectors for them, all from one seed."""

    def __init__(self) -> None:
        self.rng = np.random.default_rng(7)

    def phash(self) -> str:
        """A hash with half of its bits set, some 32 bits from any other."""
        bits = self.rng.permutation([0, 1] * 32)
        return f"{int(''.join(map(str, bits)), 2):016x}"

    def covers(self, genres: Sequence[str], **known: Sequence) -> pd.DataFrame:
        """Covers of these genres that have only the `known` columns in common."""
        n = len(genres)
        columns = {
            "path": [f"{genre}/{row:04}.jpg" for row, genre in enumerate(genres)],
            "genre": list(genres),
            "source": [""] * n,
            "width": [300] * n,
            "height": [300] * n,
            "bytes": self.rng.integers(20_000, 60_000, n).tolist(),
            "content_hash": [f"{row:032x}" for row in range(n)],
            "phash": [self.phash() for _ in range(n)],
            "artist": [""] * n,
        }
        return pd.DataFrame({**columns, **known})

    def vectors(self, genres: Sequence[str], apart: float = 3.0, width: int = 24) -> np.ndarray:
        """One vector a cover, around a centre of its genre's own; `apart` is how far centres are, in deviations."""
        labels = np.unique(genres, return_inverse=True)[1]
        centres = self.rng.normal(size=(labels.max() + 1, width)) * apart / np.sqrt(2 * width)
        return (centres[labels] + self.rng.normal(size=(len(labels), width)) / np.sqrt(width)).astype(np.float32)


@pytest.fixture
def rows() -> Rows:
    return Rows()
