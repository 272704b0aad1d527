"""What both heads do to vectors and genres before they learn: even scales, and a say in how much rare genres count."""

import numpy as np

from covergenre.vectors import parts


def scale_of(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean and standard deviation of each column, float32 of shape (d,); 1 for a column that doesn't vary."""
    n = max(len(vectors), 1)
    mean = sum(vectors[part].sum(axis=0, dtype=np.float64) for part in parts(n)) / n
    strayed = sum(np.square(vectors[part] - mean).sum(axis=0, dtype=np.float64) for part in parts(n))
    deviation = np.sqrt(strayed / n)
    varies = deviation > 1e-6 * np.maximum(np.abs(mean), 1e-6)
    return mean.astype(np.float32), np.where(varies, deviation, 1).astype(np.float32)


def genre_weights(labels: np.ndarray, n_genres: int, balance: float) -> np.ndarray:
    """How much a training cover of each genre counts, float64 of shape (n_genres,), 1 on average over the covers.

    Proportional to (covers of the genre) ** -balance: 0 lets every cover count alike, 1 every genre, and what lies
    between favours rare genres less than fully.
    """
    counts = np.bincount(labels, minlength=n_genres)
    weights = counts.astype(np.float64) ** -balance
    return weights * len(labels) / (weights * counts).sum()
