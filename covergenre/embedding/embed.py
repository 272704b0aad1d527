"""The vectors of a whole data set, each computed once and kept."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from covergenre import augment, home, images
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.embedding.engine import Engine, engine_for, fetch_weights
from covergenre.embedding.recipe import Recipe
from covergenre.embedding.store import VectorStore
from covergenre.errors import BadDataset, BadImage
from covergenre.progress import SILENT, Monitor

# Vectors held in memory before they are put into the store: what a kill can cost, about a second of work a core.
_SHARD = 64

Stores = Mapping[str, VectorStore]
"""The stores of vectors, by variant."""

_Vectors = list[np.ndarray]


class Job(NamedTuple):
    """A cover to be read once, and the variants of it that are not in the store."""

    path: str
    key: str
    variants: Sequence[str]


Fill = Callable[[Stores, Dataset, Recipe, Sequence[Job], Monitor], None]
"""Puts the vectors of these jobs, all of one data set, into the stores."""


def embed_dataset(
    dataset: Dataset,
    recipe: Recipe,
    variants: Sequence[str] = ("original",),
    monitor: Monitor = SILENT,
    fill: Fill | None = None,
) -> dict[str, np.ndarray]:
    """The vectors of all usable covers, by variant: float32 of shape (n_usable, width), in the manifest's order.

    What is missing is computed first, see `embed_missing`.
    """
    stores = embed_missing(dataset, recipe, variants, monitor, fill)
    keys = usable(dataset.manifest)["content_hash"].tolist()
    return {variant: store.get(keys)[1] for variant, store in stores.items()}


def embed_missing(
    dataset: Dataset,
    recipe: Recipe,
    variants: Sequence[str] = ("original",),
    monitor: Monitor = SILENT,
    fill: Fill | None = None,
) -> Stores:
    """The stores, by variant, once they hold the vectors of all usable covers; few are in memory at a time.

    What the store under `home.vectors()` holds is not computed again, and equal covers are computed once; when it holds
    all, neither the backbone nor a single cover is opened. Work that was stopped or killed goes on where it was.
    `fill`: who computes what is not there; None: threads of this process.

    Raises BadDataset when no cover is usable, or a cover can't be read or is no longer the one that was scanned;
    NoWeights when the backbone can't be had; CoverGenreError for an unknown variant; Cancelled when stopped.
    """
    covers = usable(dataset.manifest)
    if covers.empty:
        raise BadDataset(f"the data set {dataset.name} has no usable cover: add covers and scan it again")
    stores, keys = stores_of(recipe, variants), covers["content_hash"].tolist()
    if jobs := _jobs(covers, {variant: store.holds(keys) for variant, store in stores.items()}):
        (fill or _fill)(stores, dataset, recipe, jobs, monitor)
    return stores


def stores_of(recipe: Recipe, variants: Sequence[str] = ("original",)) -> dict[str, VectorStore]:
    """Where the vectors of a recipe are kept, by variant."""
    return {variant: VectorStore(home.vectors() / recipe.key / variant) for variant in variants}


def read_cover(dataset: Dataset, path: str, key: str) -> Image.Image:
    """The RGB cover at `path` of the manifest; BadDataset unless it can be read and has the content hash `key`."""
    try:
        image = images.decode(images.read(dataset.file(path))).image
    except BadImage as error:
        raise BadDataset(f"{path} can't be read any more ({error}): scan {dataset.name} again") from error
    if images.content_hash(image) != key:
        raise BadDataset(f"{path} is no longer the picture that was scanned: scan {dataset.name} again")
    return image


def _jobs(covers: pd.DataFrame, found: Mapping[str, np.ndarray]) -> list[Job]:
    jobs: dict[str, Job] = {}
    for row, (path, key) in enumerate(zip(covers["path"], covers["content_hash"], strict=True)):
        missing = [variant for variant, has in found.items() if not has[row]]
        if missing:
            jobs.setdefault(key, Job(path, key, missing))
    return list(jobs.values())


def _fill(stores: Stores, dataset: Dataset, recipe: Recipe, jobs: Sequence[Job], monitor: Monitor) -> None:
    fetch_weights(recipe, monitor)
    done, total = 0, sum(len(job.variants) for job in jobs)
    monitor.report(done, total, "opening the network, seconds or at its first use a minute")
    engine = engine_for(recipe)
    shelf = _Shelf(stores)
    try:
        with ThreadPoolExecutor(engine.workers) as pool:
            for job, vectors in _ahead(pool, partial(_vectors, engine, dataset), jobs, 2 * engine.workers):
                shelf.add(job, vectors)
                done += len(vectors)
                monitor.report(done, total, "embedding covers")
                monitor.check(f"embedding was stopped after {done} of {total} vectors; those are kept")
    finally:
        shelf.clear()


def _ahead(
    pool: ThreadPoolExecutor, make: Callable[[Job], _Vectors], jobs: Iterable[Job], most: int
) -> Iterator[tuple[Job, _Vectors]]:
    """`pool.map`, but with at most `most` jobs under way: a long list neither fills memory nor delays a stop."""
    under_way: deque[tuple[Job, Future[_Vectors]]] = deque()
    for job in jobs:
        under_way.append((job, pool.submit(make, job)))
        if len(under_way) == most:
            first, future = under_way.popleft()
            yield first, future.result()
    for job, future in under_way:
        yield job, future.result()


def _vectors(engine: Engine, dataset: Dataset, job: Job) -> _Vectors:
    image = read_cover(dataset, job.path, job.key)
    return [engine.vector(augment.apply(image, variant)) for variant in job.variants]


class _Shelf:
    """Gathers vectors for the store, so that it gets a shard of many at a time."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._held: dict[str, list[tuple[str, np.ndarray]]] = {variant: [] for variant in stores}

    def add(self, job: Job, vectors: _Vectors) -> None:
        for variant, vector in zip(job.variants, vectors, strict=True):
            self._held[variant].append((job.key, vector))
            if len(self._held[variant]) == _SHARD:
                self._put(variant)

    def clear(self) -> None:
        for variant, held in self._held.items():
            if held:
                self._put(variant)

    def _put(self, variant: str) -> None:
        keys, vectors = zip(*self._held[variant], strict=True)
        self._stores[variant].put(keys, np.stack(vectors))
        self._held[variant].clear()
