"""Examining a data set: its split, its vectors and its audit together, as the page and the command line show them."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from covergenre import home
from covergenre.dataset.audit import AuditReport, audit
from covergenre.dataset.audit.duplicates import candidates
from covergenre.dataset.audit.space import ENOUGH, open_space
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import Split, split_of
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.embedding.store import VectorStore
from covergenre.errors import BadDataset
from covergenre.progress import Report, ShouldStop, never, silent

RECIPE = Recipe(limit=150)
"""The starter's: covers brought to 150 px, so that resolution doesn't part genres in the audit's eyes."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Examined:
    """A data set with its audit. `split`: None where it can't be split. `units`: float32 (n, e), each usable cover at
    length 1 where likeness is a cosine; None where there are no vectors yet.
    """

    dataset: Dataset
    report: AuditReport
    split: Split | None
    units: np.ndarray | None


def examine(
    dataset: Dataset,
    report: Report = silent,
    should_stop: ShouldStop = never,
    publish: Callable[[Examined], None] | None = None,
    thresholds: Mapping[str, float] | None = None,
    recipe: Recipe = RECIPE,
) -> Examined:
    """Split, embed and audit a data set; `thresholds` as `audit` takes them.

    What takes no vectors is found first and given to `publish`, because embedding takes minutes; what is there already
    is not made again. Raises as `audit` and `embed_dataset` do.
    """
    split, vectors = split_if_possible(dataset), known_vectors(dataset, recipe)
    if vectors is None:
        if publish:
            publish(Examined(dataset, audit(dataset, split, None, report, should_stop, thresholds), split, None))
        vectors = embed_dataset(dataset, recipe, report=report, should_stop=should_stop)["original"]
    found = audit(dataset, split, vectors, report, should_stop, thresholds)
    return Examined(dataset, found, split, _units(dataset, vectors))


def known_vectors(dataset: Dataset, recipe: Recipe = RECIPE) -> np.ndarray | None:
    """The vectors of the usable covers, float32 (n, d), if all of them were computed before; else None."""
    found, vectors = VectorStore(home.vectors() / recipe.key / "original").get(
        usable(dataset.manifest)["content_hash"].tolist()
    )
    return vectors if len(found) and found.all() else None


def split_if_possible(dataset: Dataset) -> Split | None:
    """The honest split; None for a data set too small or too much of one piece to be split."""
    try:
        return split_of(dataset)
    except BadDataset as error:
        _log.info("%s is not split: %s", dataset.name, error)
        return None


def _units(dataset: Dataset, vectors: np.ndarray) -> np.ndarray:
    """Where the audit compares covers, which it remembers; of few covers, how their vectors stray from the mean."""
    if len(vectors) >= ENOUGH:
        rows, pairs = candidates(usable(dataset.manifest))
        vectors = open_space(vectors, rows, pairs, dataset.folder / "audit").short
    else:
        vectors = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
