"""How unlike the training covers a picture is, and so whether a prediction for it means anything.

The greater of two distances counts, on standardised vectors, each relative to its 99th percentile on held-out covers.
One is the distance from the mean training cover: covers lie at much the same distance from it, while noise, plain
colours, gradients and pages of text lie farther out. The other is the residual outside the first principal components
of the training covers, which is large for photographs. Nearest neighbours, Mahalanobis distances and the profile over
the layers detect less, and so do the correlations in "texture" vectors, which are left out (see `Engine.plain`).
`benchmarks/trust.py` measures it; plots, which resemble plain white covers, are not detected.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np

from covergenre.errors import BadRun
from covergenre.methods.components import mean_and_deviation, principal_axes

ODD = 0.9
"""Above this, a picture is unusual for a cover and no answer is certain; one held-out cover in ten is."""

UNFAMILIAR = 0.99
"""Above this, a picture is called unlike all training covers; one held-out cover in a hundred is, by mistake."""

_QUANTILES = 201
_COMPONENTS = 128  # 64 to 512 do as well
_COVERS_PER_COMPONENT = 4  # of training; with fewer the components overfit


@dataclass(frozen=True)
class NoveltyDetector:
    """`mean` and `deviation` (d,) and principal `components` (d, k) of training vectors; of held-out covers, the 99th
    percentiles of both distances, `scales` (2,), and the ascending quantiles of the greater one, `distances`.
    """

    mean: np.ndarray
    deviation: np.ndarray
    components: np.ndarray
    scales: np.ndarray
    distances: np.ndarray

    @classmethod
    def learn(cls, training: np.ndarray, held_out: np.ndarray, plain: int | None = None) -> Self:
        """From the first `plain` numbers (None: all) of vectors of training (n, d) and held-out covers (m, d)."""
        training, held_out = training[:, :plain], held_out[:, :plain]
        mean, deviation = mean_and_deviation(training)
        components = _principal((training - mean) / deviation)
        distances = _distances(held_out, mean, deviation, components)
        scales = np.maximum(np.quantile(distances, UNFAMILIAR, axis=0), 1e-6)
        greater = (distances / scales).max(axis=1)
        return cls(mean, deviation, components, scales, np.quantile(greater, np.linspace(0, 1, _QUANTILES)))

    def unfamiliar(self, vectors: np.ndarray) -> np.ndarray:
        """The share of held-out covers that are less unusual than each of the vectors (n, d or more): float64, 0..1.

        Uniformly distributed for covers like those; near 1 for anything else.
        """
        distances = _distances(vectors[:, : len(self.mean)], self.mean, self.deviation, self.components)
        return np.interp((distances / self.scales).max(axis=1), self.distances, np.linspace(0, 1, len(self.distances)))

    def save(self, path: Path) -> None:
        """Write it as an .npz file."""
        np.savez(path, **{name: getattr(self, name) for name in _NAMES})

    @classmethod
    def load(cls, path: Path) -> Self:
        """What `save` wrote; BadRun when it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                detector = cls(*(stored[name] for name in _NAMES))
            if not detector._fits():
                raise ValueError("its arrays don't fit together")
        except Exception as error:  # A damaged archive brings any exception out of its reader.
            why = type(error).__name__
            raise BadRun(f"{path} is missing or damaged ({why}): restore it, or make it again") from error
        return detector

    def _fits(self) -> bool:
        return (
            self.mean.ndim == 1
            and self.mean.shape == self.deviation.shape
            and self.components.ndim == 2
            and len(self.components) == len(self.mean)
            and self.scales.shape == (2,)
            and len(self.distances) > 1
            and bool((self.deviation > 0).all() and (self.scales > 0).all())
        )


_NAMES = tuple(field.name for field in fields(NoveltyDetector))


def _principal(standardised: np.ndarray) -> np.ndarray:
    """The first principal components (d, k), float16 and of length 1; few where there are few covers."""
    n, d = standardised.shape
    k = min(_COMPONENTS, n // _COVERS_PER_COMPONENT, d // 2)
    if k < 1:
        return np.zeros((d, 0), np.float16)
    return principal_axes(standardised, k).astype(np.float16)


def _distances(vectors: np.ndarray, mean: np.ndarray, deviation: np.ndarray, components: np.ndarray) -> np.ndarray:
    """The two distances of each vector (n, d), as root mean squares over its numbers: float64 (n, 2)."""
    standardised = (vectors - mean) / deviation
    away = np.square(standardised).mean(axis=1, dtype=np.float64)
    held = np.square(standardised @ components.astype(np.float32)).sum(axis=1, dtype=np.float64)
    return np.sqrt(np.stack([away, np.maximum(away - held / len(mean), 0)], axis=1))
