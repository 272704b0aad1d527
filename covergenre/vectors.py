"""Arithmetic of vectors that several parts need alike."""

import numpy as np


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """The rows of (n, d) brought to length 1, in their own floating type; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
