"""What methods can learn from without much ado: clouds of vectors, one a genre, and drawn covers."""

from collections.abc import Callable

import numpy as np
import pytest
from finetuned import SIDE, fit
from tiny import TINY, tiny_weights

from covergenre.methods import Covers
from covergenre.methods.finetune import FineTuned
from covergenre.methods.finetuning.parameters import Parameters
from covergenre.progress import Monitor, Progress


@pytest.fixture(scope="session")
def clouds() -> Callable[..., Covers]:
    return _clouds


@pytest.fixture(scope="session")
def quick(tmp_path_factory) -> Parameters:
    """Parameters of a training that takes a moment."""
    weights = str(tiny_weights(tmp_path_factory.mktemp("weights")))
    return Parameters(TINY, weights, SIDE, frozen_epochs=1, epochs=3, lr_mult=100, batch=8, augmentation=False)


@pytest.fixture(scope="session")
def reports() -> list[Progress]:
    """What `fitted` reported."""
    return []


@pytest.fixture(scope="session")
def fitted(quick, reports) -> FineTuned:
    return fit(quick, monitor=Monitor(reports.append))


def _clouds(n: int, n_genres: int = 3, width: int = 12, apart: float = 1.0, seed: int = 0, first: int = 0) -> Covers:
    """`n` covers of genres 0, 1, ... in turn, with hashes numbered from `first`.

    The genres' centres are the same for every `seed`, about `apart` deviations from 0; columns differ in scale.
    """
    centres = apart * np.random.default_rng(n_genres).normal(size=(n_genres, width))
    scales = np.geomspace(0.1, 10, width)
    labels = np.arange(n) % n_genres
    vectors = (centres[labels] + np.random.default_rng(1000 + seed).normal(size=(n, width))) * scales + scales
    return Covers(vectors.astype(np.float32), labels, tuple(f"{first + number:032x}" for number in range(n)))
