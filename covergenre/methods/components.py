"""Principal components of standardised vectors: thousands of numbers a cover become a few hundred.

Heads trained on the first components are as good and take a fraction of the time (see `benchmarks/accuracy`).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from covergenre.vectors import batches

COMPONENTS = 768
"""At most so many are kept; 512 and 1,024 do alike."""

_ROUNDS = 2  # of the randomised SVD; more change no metric in its third digit


@dataclass(frozen=True, eq=False)
class Components:
    """Learned from vectors (n, d). `scores` (n, k): these along the components, the first varying most.

    `mean` and `deviation`, (d,) each; `axes` (d, k), orthonormal: `scores` are `(vectors - mean) / deviation @ axes`.
    """

    mean: np.ndarray
    deviation: np.ndarray
    axes: np.ndarray
    scores: np.ndarray

    @classmethod
    def learn(cls, vectors: np.ndarray) -> Self:
        """Those of vectors (n, d); fewer than `COMPONENTS` where n or d is less."""
        mean, deviation = mean_and_deviation(vectors)
        standardised = (vectors - mean) / deviation
        count = min(COMPONENTS, *standardised.shape)
        axes = principal_axes(standardised, count)
        return cls(mean, deviation, axes, standardised @ axes)

    @property
    def width(self) -> int:
        """How many numbers a vector has."""
        return len(self.mean)

    def unfold(self, directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Directions among the components (k, e) as a matrix (d, e) and an offset (e,), float32, for plain vectors.

        `vectors @ matrix + offset` is what `scores @ directions` would be.
        """
        matrix = (self.axes @ directions) / self.deviation[:, None]
        return matrix.astype(np.float32), (-self.mean @ matrix).astype(np.float32)


def principal_axes(standardised: np.ndarray, count: int) -> np.ndarray:
    """The first `count` directions (d, count), orthonormal, in which standardised vectors (n, d) vary most."""
    from sklearn.utils.extmath import randomized_svd

    return randomized_svd(standardised, count, n_iter=_ROUNDS, random_state=0)[2].T


def mean_and_deviation(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean and standard deviation of each column, float32 of shape (d,); 1 for a column that doesn't vary."""
    n = max(len(vectors), 1)
    mean = sum(vectors[part].sum(axis=0, dtype=np.float64) for part in batches(n)) / n
    strayed = sum(np.square(vectors[part] - mean).sum(axis=0, dtype=np.float64) for part in batches(n))
    deviation = np.sqrt(strayed / n)
    varies = deviation > 1e-6 * np.maximum(np.abs(mean), 1e-6)
    return mean.astype(np.float32), np.where(varies, deviation, 1).astype(np.float32)
