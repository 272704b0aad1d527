"""Clouds of vectors, one a genre: what a method can learn without a backbone."""

from collections.abc import Callable

import numpy as np
import pytest

from covergenre.methods import Covers


@pytest.fixture(scope="session")
def clouds() -> Callable[..., Covers]:
    return _clouds


def _clouds(n: int, n_genres: int = 3, width: int = 12, apart: float = 1.0, seed: int = 0, first: int = 0) -> Covers:
    """`n` covers of genres 0, 1, ... in turn, with hashes numbered from `first`.

    The genres' centres are the same for every `seed`, about `apart` deviations from 0; columns differ in scale.
    """
    centres = apart * np.random.default_rng(n_genres).normal(size=(n_genres, width))
    scales = np.geomspace(0.1, 10, width)
    labels = np.arange(n) % n_genres
    vectors = (centres[labels] + np.random.default_rng(1000 + seed).normal(size=(n, width))) * scales + scales
    return Covers(vectors.astype(np.float32), labels, tuple(f"{first + number:032x}" for number in range(n)))
