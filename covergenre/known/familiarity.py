"""How unlike the covers learned from a picture is: whether an answer about it means anything.

The measure is how far a vector lies from the mean training cover, in standard deviations of each of its numbers.
Covers are spread around that mean at much the same distance; photographs, pages of text, plots, plain colours and noise
lie farther out. Distances to the nearest neighbours, Mahalanobis distances and what principal components leave over
were measured too: each lets some of those pass, plain colours above all, for there are plain black and white covers.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from covergenre.errors import BadRun
from covergenre.methods.scaling import scale_of

UNFAMILIAR = 0.99
"""Above this, a picture is called unlike the covers learned from: one cover in a hundred is so by mistake."""

_QUANTILES = 201


@dataclass(frozen=True)
class Familiarity:
    """`mean` and `deviation` of training vectors, (d,) each; `distances` of covers held out, as ascending quantiles."""

    mean: np.ndarray
    deviation: np.ndarray
    distances: np.ndarray

    @classmethod
    def learn(cls, training: np.ndarray, held_out: np.ndarray) -> Self:
        """From the vectors (n, d) of training covers and (m, d) of covers held out."""
        mean, deviation = scale_of(training)
        distances = _distances(held_out, mean, deviation)
        return cls(mean, deviation, np.quantile(distances, np.linspace(0, 1, _QUANTILES)))

    def unfamiliar(self, vectors: np.ndarray) -> np.ndarray:
        """The share of held-out covers that lie nearer to the mean than each of the vectors (n, d): float64 (n,), 0..1.

        For covers like those it is spread evenly from 0 to 1; for anything else it is near 1.
        """
        return np.interp(
            _distances(vectors, self.mean, self.deviation), self.distances, np.linspace(0, 1, len(self.distances))
        )

    def save(self, path: Path) -> None:
        """Write it as an .npz file."""
        np.savez(path, mean=self.mean, deviation=self.deviation, distances=self.distances)

    @classmethod
    def load(cls, path: Path) -> Self:
        """What `save` wrote; BadRun when it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                mean, deviation, distances = (stored[name] for name in ("mean", "deviation", "distances"))
            if mean.ndim != 1 or mean.shape != deviation.shape or not (deviation > 0).all() or len(distances) < 2:
                raise ValueError("its arrays don't fit together")
        except Exception as error:  # A damaged archive brings any exception out of its reader.
            why = type(error).__name__
            raise BadRun(f"{path} is missing or damaged ({why}): restore it, or make it again") from error
        return cls(mean, deviation, distances)


def _distances(vectors: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """The root mean square, over the d numbers of each vector, of how many deviations it is from the mean: (n,)."""
    return np.sqrt(np.square((vectors - mean) / deviation).mean(axis=1, dtype=np.float64))
