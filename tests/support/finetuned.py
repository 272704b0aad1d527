"""Drawn covers to fine-tune on, and a quick training on them."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from drawing import cover

from covergenre.methods import Context, Covers, TrainSpec, method
from covergenre.methods.finetune import FineTuned
from covergenre.progress import SILENT, Progress

GENRES = ("jazz", "disco", "black metal")
SIDE = 64


def drawn(n: int, first: int = 0) -> Covers:
    """`n` drawn covers of the genres in turn, numbered from `first`."""
    labels = np.arange(n) % 3
    pictures = [partial(cover, GENRES[label], first + row, SIDE) for row, label in enumerate(labels)]
    return Covers(np.zeros((n, 0), np.float32), labels, tuple(f"{first + row:032x}" for row in range(n)), pictures)


TRAINING, VALIDATION, TEST = drawn(36), drawn(18, 1000), drawn(60, 2000)
NO_COVERS = drawn(0)


def fit(parameters, training=TRAINING, validation=VALIDATION, monitor=SILENT, folder=None, seed=42) -> FineTuned:
    spec = TrainSpec(method="finetune", parameters=parameters, genres=GENRES, seed=seed)
    return method("finetune").fit(training, validation, spec, Context(monitor, folder))


def epoch_reports(reports: Sequence[Progress]) -> list[Progress]:
    """The reports of whole epochs."""
    return [progress for progress in reports if "validation log loss" in progress.metrics]
