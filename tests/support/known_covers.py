"""A table of known covers, and vectors that cluster by genre."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from covergenre.dataset.starter import COLUMNS


def cover_table(genres: Sequence[str], **columns) -> pd.DataFrame:
    """One row per cover, all different; `columns` (one value, or one per row) are what else is known."""
    n = len(genres)
    told = {
        "source": "discogs",
        "id": [str(row) for row in range(n)],
        "genre": list(genres),
        "content_hash": [f"{row:016x}{0:016x}" for row in range(n)],
        "year": pd.NA,
        "signature": b"",
        **columns,
    }
    return pd.DataFrame(told).reindex(columns=list(COLUMNS), fill_value="")


def clustered_vectors(genres: Sequence[str], width: int = 6, spread: float = 0.3) -> np.ndarray:
    """Vectors (n, width): each genre has an axis that its covers lie around, at different distances."""
    chance = np.random.default_rng(0)
    axes = np.eye(width)[[sorted(set(genres)).index(genre) for genre in genres]]
    return (axes + spread * chance.normal(size=axes.shape)).astype(np.float32)
