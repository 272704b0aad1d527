"""The spaces in which nearest neighbours are looked for: affine maps of vectors, learned from training covers.

Similarity in a space is the cosine. Three kinds:

- "cosine": vectors as they are.
- "standardised": each column at mean 0 and deviation 1, so that no column outweighs the others.
- "lda": the directions that tell the genres apart best, by linear discriminant analysis with a shrunken covariance
  (Friedman, Regularized Discriminant Analysis, JASA 1989): vectors are wide beside the number of covers, and without
  shrinkage the directions fit the training covers only. Distances inside a genre are even in every direction.
"""

from dataclasses import dataclass

import numpy as np

from covergenre.methods.base import Covers
from covergenre.methods.scaling import scale_of

METRICS = ("cosine", "standardised", "lda")

# LDA leaves one direction less than there are genres; for two genres, all cosines would be 1 or -1. One more
# coordinate, the same for every cover, makes the cosine tell a cover far out from one in the middle. Its length is in
# units of the spread inside a genre: 1 to 3 were measured to do alike, and better than none.
_ANCHOR = 2.0


@dataclass(frozen=True)
class Space:
    """Takes vectors (n, d) to (n, e). `matrix` has shape (d, e), or (d,) to scale column by column; `offset` (e,)."""

    matrix: np.ndarray
    offset: np.ndarray

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors of shape (n, d) in this space: float32 of shape (n, e)."""
        vectors = np.asarray(vectors, np.float32)
        return (vectors * self.matrix if self.matrix.ndim == 1 else vectors @ self.matrix) + self.offset


def learn_space(metric: str, training: Covers, n_genres: int, shrinkage: float) -> Space:
    """The space of a metric in `METRICS`; `shrinkage`, above 0 and at most 1, matters to "lda" only.

    Every genre needs a training cover.
    """
    width = training.vectors.shape[1]
    if metric == "cosine":
        return Space(np.ones(width, np.float32), np.zeros(width, np.float32))
    mean, deviation = scale_of(training.vectors)
    if metric == "standardised":
        return Space(1 / deviation, -mean / deviation)
    standardised = (training.vectors - mean) / deviation
    centre, directions = _discriminants(standardised, training.labels, n_genres, shrinkage)
    matrix = np.column_stack([directions / deviation[:, None], np.zeros(width)])
    offset = np.append(-(mean / deviation + centre) @ directions, _ANCHOR)
    return Space(matrix.astype(np.float32), offset.astype(np.float32))


def _discriminants(
    vectors: np.ndarray, labels: np.ndarray, n_genres: int, shrinkage: float
) -> tuple[np.ndarray, np.ndarray]:
    """The mean of the genres' means (d,), and directions (d, n_genres - 1) with unit covariance inside the genres.

    Every genre counts alike, however many covers it has.
    """
    from scipy.linalg import solve

    means = np.stack([vectors[labels == genre].mean(axis=0) for genre in range(n_genres)])
    centre = means.mean(axis=0)
    between = (means - centre).T
    within = _within(vectors, labels, means, shrinkage)
    solved = solve(within, between, assume_a="pos", overwrite_a=True, check_finite=False)
    strengths, axes = np.linalg.eigh(between.T @ solved)
    strengths, axes = strengths[1:], axes[:, 1:]  # ascending; the means add up to 0, so the first is 0
    return centre, solved @ (axes / np.sqrt(np.maximum(strengths, np.finfo(np.float32).tiny)))


def _within(vectors: np.ndarray, labels: np.ndarray, means: np.ndarray, shrinkage: float) -> np.ndarray:
    """The mean covariance inside a genre (d, d), drawn towards a multiple of the identity."""
    counts = np.bincount(labels, minlength=len(means))
    residuals = (vectors - means[labels]) / np.sqrt(len(means) * counts[labels, None]).astype(np.float32)
    covariance = residuals.T @ residuals
    variance = np.trace(covariance) / len(covariance) or 1.0
    covariance *= 1 - shrinkage
    covariance.flat[:: len(covariance) + 1] += shrinkage * variance
    return covariance
