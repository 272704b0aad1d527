"""How unlike the covers learned from a picture is: whether an answer about it means anything.

Two distances, both in standard deviations of each number of a vector. How far a vector lies from the mean training
cover: covers are spread around that mean at much the same distance, while noise, plain colours, gradients and pages of
text lie farther out. And how much of it the first principal components of the training covers leave over: photographs
hold what covers don't. The greater counts, each measured by what one held-out cover in a hundred has. Nearest
neighbours, Mahalanobis distances and the profile over the layers were measured too: each lets more of those pass. So do
the correlations of "texture" vectors, so the numbers before them decide (see `Engine.plain`).
`benchmarks/trust.py` tells how well it does; plots, which are like plain white covers, stay below the line.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np

from covergenre.errors import BadRun
from covergenre.methods.components import mean_and_deviation, principal_axes

ODD = 0.9
"""Above this, a picture is odd for a cover, and no answer about it is certain: so is one held-out cover in ten."""

UNFAMILIAR = 0.99
"""Above this, a picture is called unlike the covers learned from: one cover in a hundred is so by mistake."""

_QUANTILES = 201
_COMPONENTS = 128  # 64 to 512 do alike
_FEWEST = 4  # training covers a component, or it would fit them only


@dataclass(frozen=True)
class NoveltyDetector:
    """What was learned from training vectors of d numbers, and what held-out covers have.

    `mean` and `deviation`, (d,) each; `components`, (d, k), the first principal ones; `scales`, (2,), the distances of
    one held-out cover in a hundred; `distances` of covers held out, as ascending quantiles.
    """

    mean: np.ndarray
    deviation: np.ndarray
    components: np.ndarray
    scales: np.ndarray
    distances: np.ndarray

    @classmethod
    def learn(cls, training: np.ndarray, held_out: np.ndarray, plain: int | None = None) -> Self:
        """From the first `plain` (None: all) numbers of vectors, (n, d) of training and (m, d) of held-out covers."""
        training, held_out = training[:, :plain], held_out[:, :plain]
        mean, deviation = mean_and_deviation(training)
        components = _principal((training - mean) / deviation)
        both = _both(held_out, mean, deviation, components)
        scales = np.maximum(np.quantile(both, UNFAMILIAR, axis=0), 1e-6)
        greater = (both / scales).max(axis=1)
        return cls(mean, deviation, components, scales, np.quantile(greater, np.linspace(0, 1, _QUANTILES)))

    def unfamiliar(self, vectors: np.ndarray) -> np.ndarray:
        """The share of held-out covers that are less far off than each of the vectors (n, d or more): float64, 0..1.

        For covers like those it is spread evenly from 0 to 1; for anything else it is near 1.
        """
        both = _both(vectors[:, : len(self.mean)], self.mean, self.deviation, self.components)
        return np.interp((both / self.scales).max(axis=1), self.distances, np.linspace(0, 1, len(self.distances)))

    def save(self, path: Path) -> None:
        """Write it as an .npz file."""
        np.savez(path, **{name: getattr(self, name) for name in _NAMES})

    @classmethod
    def load(cls, path: Path) -> Self:
        """What `save` wrote; BadRun when it is missing or damaged."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                made = cls(*(stored[name] for name in _NAMES))
            if not made._fits():
                raise ValueError("its arrays don't fit together")
        except Exception as error:  # A damaged archive brings any exception out of its reader.
            why = type(error).__name__
            raise BadRun(f"{path} is missing or damaged ({why}): restore it, or make it again") from error
        return made

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
    k = min(_COMPONENTS, n // _FEWEST, d // 2)
    if k < 1:
        return np.zeros((d, 0), np.float16)
    return principal_axes(standardised, k).astype(np.float16)


def _both(vectors: np.ndarray, mean: np.ndarray, deviation: np.ndarray, components: np.ndarray) -> np.ndarray:
    """The two distances of each vector (n, d), as root mean squares over its numbers: float64 (n, 2)."""
    standardised = (vectors - mean) / deviation
    away = np.square(standardised).mean(axis=1, dtype=np.float64)
    held = np.square(standardised @ components.astype(np.float32)).sum(axis=1, dtype=np.float64)
    return np.sqrt(np.stack([away, np.maximum(away - held / len(mean), 0)], axis=1))
