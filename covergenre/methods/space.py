"""The spaces of nearest neighbours: affine maps of vectors, learned from training covers, compared by cosine.

- "cosine": vectors as they are.
- "standardised": each column with mean 0 and deviation 1.
- "blend": half look, half genre, side by side. The look is the first principal components of the standardised vectors,
  each scaled by the root of its deviation so that the first few don't dominate. The genre is the directions of linear
  discriminant analysis among more of these components, with a shrunken covariance (Friedman, Regularized Discriminant
  Analysis, JASA 1989), as they overfit otherwise. Neighbours by the look alone predict the genre worse, those by the
  directions alone look less alike.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from covergenre.methods.base import Covers
from covergenre.methods.components import Components, mean_and_deviation

METRICS = ("cosine", "standardised", "blend")

_LOOKS = 128  # principal components; 64 and 256 were measured to do alike


@dataclass(frozen=True)
class Space:
    """Takes vectors (n, d) to (n, e). `matrix` has shape (d, e), or (d,) to scale column by column; `offset` (e,)."""

    matrix: np.ndarray
    offset: np.ndarray

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors of shape (n, d) in this space: float32 of shape (n, e)."""
        vectors = np.asarray(vectors, np.float32)
        return (vectors * self.matrix if self.matrix.ndim == 1 else vectors @ self.matrix) + self.offset


class Spaces:
    """Learns spaces from the same training covers, of which every genre needs one; principal components are shared."""

    def __init__(self, training: Covers, n_genres: int) -> None:
        self._training = training
        self._n_genres = n_genres

    def learn(self, metric: str, shrinkage: float) -> Space:
        """The space of a metric in `METRICS`; `shrinkage`, above 0 and at most 1, matters to "blend" only."""
        if metric == "cosine":
            width = self._training.vectors.shape[1]
            return Space(np.ones(width, np.float32), np.zeros(width, np.float32))
        if metric == "standardised":
            mean, deviation = mean_and_deviation(self._training.vectors)
            return Space(1 / deviation, -mean / deviation)
        scores, labels, width = self._components.scores, self._training.labels, self._components.width
        directions = [_looks(scores), _discriminants(scores, labels, self._n_genres, shrinkage, width)]
        return Space(*self._components.unfold(np.hstack([_of_length_one(scores, each) for each in directions])))

    @cached_property
    def _components(self) -> Components:
        return Components.learn(self._training.vectors)


def _of_length_one(scores: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """The directions (k, e) scaled alike, so that the covers' scores along them are of length 1 in root mean square."""
    length = np.sqrt(np.square(scores @ directions).sum(axis=1).mean())
    return directions / (length or 1)


def _looks(scores: np.ndarray) -> np.ndarray:
    """The first components (k, e), half whitened; zeros for those along which nothing varies."""
    count = min(_LOOKS, scores.shape[1])
    strengths = np.linalg.norm(scores[:, :count], axis=0)
    varies = strengths > 1e-6 * max(strengths.max(), 1)
    return np.eye(scores.shape[1], count) * np.where(varies, 1 / np.sqrt(np.where(varies, strengths, 1)), 0)


def _discriminants(scores: np.ndarray, labels: np.ndarray, n_genres: int, shrinkage: float, width: int) -> np.ndarray:
    """Directions (k, n_genres - 1) with unit covariance inside the genres, of vectors that were `width` wide.

    Every genre counts alike, however many covers it has.
    """
    from scipy.linalg import solve

    means = np.stack([scores[labels == genre].mean(axis=0) for genre in range(n_genres)])
    between = (means - means.mean(axis=0)).T
    within = _within(scores, labels, means, shrinkage, width)
    solved = solve(within, between, assume_a="pos", overwrite_a=True, check_finite=False)
    strengths, axes = np.linalg.eigh(between.T @ solved)
    strengths, axes = strengths[1:], axes[:, 1:]  # ascending; the means add up to 0, so the first is 0
    return solved @ (axes / np.sqrt(np.maximum(strengths, np.finfo(np.float32).tiny)))


def _within(scores: np.ndarray, labels: np.ndarray, means: np.ndarray, shrinkage: float, width: int) -> np.ndarray:
    """The mean covariance inside a genre (k, k), drawn towards a multiple of the identity: the mean variance of a
    column of the vectors, `width` wide, that the scores stand for."""
    counts = np.bincount(labels, minlength=len(means))
    residuals = (scores - means[labels]) / np.sqrt(len(means) * counts[labels, None]).astype(np.float32)
    covariance = residuals.T @ residuals
    variance = np.trace(covariance) / width or 1.0
    covariance *= 1 - shrinkage
    covariance.flat[:: len(covariance) + 1] += shrinkage * variance
    return covariance
