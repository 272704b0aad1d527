"""The reference study's published confusion matrix, and covers whose true figures are known."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

_REFERENCE = """
209   0   2   4   0   7   5  16   0   2
  1  71   0   1   0   2   2   0   1   1
  1   2 176  13   1   1  10   1   0   1
  8   6   6 181   4   5  11  20   3   9
  3   0   1  14  29  10  11  12   3  17
  8   1   3   4   2  92   4  25   3   4
  4   1  12  20   1   8  91   6   3  13
 18   0   2  18   2  12   5  97   0   1
  2   0   0   2   1   4   3   6  38   3
  0   1   3  11   1   4   6   2   5  75
"""


class Answers(NamedTuple):
    """What a method says of covers: labels (n,), probabilities (n, g) and the genres."""

    labels: np.ndarray
    probabilities: np.ndarray
    genres: tuple[str, ...]


@pytest.fixture(scope="session")
def reference() -> Answers:
    """Each cover of the reference's fastai matrix (rows true, columns predicted), its prediction 0.9 certain."""
    counts = np.array([row.split() for row in _REFERENCE.strip().splitlines()], np.int64)
    genres = ("anime", "black metal", "classical", "country", "disco", "edm", "jazz", "pop", "rap", "reggae")
    labels, predicted = (np.repeat(side.ravel(), counts.ravel()) for side in np.indices(counts.shape))
    return Answers(labels, np.eye(10)[predicted] * 0.8 + 0.02, genres)


@pytest.fixture(scope="session")
def drawn() -> Callable[..., Answers]:
    return _drawn


def _drawn(n: int, n_genres: int = 4, sharpness: float = 1.0, seed: int = 0) -> Answers:
    """Answers to `n` covers whose genres are truly drawn from the probabilities to the power of 1 / `sharpness`.

    1: perfectly calibrated. More: too sure.
    """
    chance = np.random.default_rng(seed)
    truth = chance.dirichlet(np.linspace(0.5, 1.5, n_genres), n)
    labels = (truth.cumsum(axis=1) > chance.random((n, 1))).argmax(axis=1)
    powers = np.maximum(truth, 1e-12) ** sharpness
    return Answers(labels, powers / powers.sum(axis=1, keepdims=True), tuple(f"genre {i}" for i in range(n_genres)))
