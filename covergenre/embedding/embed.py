"""Embeds a data set: each vector is computed once and cached."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from covergenre import augment, home, images
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset, require_pictures
from covergenre.embedding.engine import Engine, engine_for, fetch_weights
from covergenre.embedding.recipe import Recipe
from covergenre.embedding.store import VectorStore
from covergenre.errors import BadDataset, BadImage
from covergenre.progress import SILENT, Monitor
from covergenre.vectors import batches

_SHARD = 64  # covers whose vectors are stored at once: what a kill can cost, about a second of work a core

Stores = Mapping[str, VectorStore]
"""The stores of vectors, by variant."""


class Job(NamedTuple):
    """A cover, and its variants that are not in the store."""

    path: str
    key: str
    variants: Sequence[str]


Fill = Callable[[Stores, Dataset, Recipe, Sequence[Job], Monitor], None]
"""Computes the vectors of jobs, all of one data set, and puts them into the stores."""


def embed_dataset(
    dataset: Dataset,
    recipe: Recipe,
    variants: Sequence[str] = ("original",),
    monitor: Monitor = SILENT,
    fill: Fill | None = None,
) -> dict[str, np.ndarray]:
    """The vectors of all usable covers, by variant: float32 of shape (n_usable, width), in the manifest's order.

    Missing ones are computed first, see `embed_missing`.
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

    What is cached under `home.vectors()` is not computed again, and equal covers are computed once; when all is cached,
    neither the backbone nor a cover is opened. Work that was stopped or killed is resumed. `fill` computes what is
    missing; None: threads of this process.

    Raises BadDataset when there are no pictures, no cover is usable, or a cover can't be read or is no longer the one
    that was scanned; NoWeights when the backbone is not available; CoverGenreError for an unknown variant; Cancelled
    when stopped.
    """
    require_pictures(dataset)
    covers = usable(dataset.manifest)
    if covers.empty:
        raise BadDataset(f"the data set {dataset.name} has no usable cover: add covers and scan it again")
    stores, keys = stores_of(recipe, variants), covers["content_hash"].tolist()
    if jobs := _jobs(covers, {variant: store.holds(keys) for variant, store in stores.items()}):
        (fill or _fill)(stores, dataset, recipe, jobs, monitor)
    return stores


def stores_of(recipe: Recipe, variants: Sequence[str] = ("original",)) -> dict[str, VectorStore]:
    """The stores of a recipe's vectors, by variant."""
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
    with ThreadPoolExecutor(engine.workers) as pool:
        for part in batches(len(jobs), _SHARD):
            futures = [pool.submit(_vectors, engine, dataset, job) for job in jobs[part]]
            shards: dict[str, dict[str, np.ndarray]] = {variant: {} for variant in stores}
            try:
                for job, future in zip(jobs[part], futures, strict=True):
                    for variant, vector in future.result().items():
                        shards[variant][job.key] = vector
                    done += len(job.variants)
                    monitor.report(done, total, "embedding covers")
                    monitor.check(f"embedding was stopped after {done} of {total} vectors; those are kept")
            finally:
                for future in futures:
                    future.cancel()
                for variant, vectors in shards.items():
                    if vectors:
                        stores[variant].put(list(vectors), np.stack(list(vectors.values())))


def _vectors(engine: Engine, dataset: Dataset, job: Job) -> dict[str, np.ndarray]:
    image = read_cover(dataset, job.path, job.key)
    return {variant: engine.vector(augment.apply(image, variant)) for variant in job.variants}
