"""Scanning and embedding a registered data set on a cluster, with the results stored as if done on one machine.

All workers must reach the covers under the same path, and `home.shards()`, which holds their rows until the data set
has them.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from covergenre import home
from covergenre.audit.measures import COLUMNS, add_measures
from covergenre.cluster.inputs import Item
from covergenre.cluster.job import run
from covergenre.cluster.shards import Shards
from covergenre.cluster.steps import Step, look, measures, thumbnails, vector_column, vectors
from covergenre.dataset.folder import CoverFile
from covergenre.dataset.manifest import NO_PIXELS, ReadPixels
from covergenre.dataset.registry import Dataset
from covergenre.dataset.thumbnails import add_signatures, save_thumbnail
from covergenre.embedding.embed import Fill, Job, Stores
from covergenre.embedding.recipe import Recipe
from covergenre.errors import BadDataset
from covergenre.progress import Monitor


def scanner(on: str) -> ReadPixels:
    """The function that reads covers for a scan, on the cluster `on`."""

    def read_pixels(root: Path, covers: Sequence[CoverFile], monitor: Monitor) -> list[dict[str, Any]]:
        keys = [f"{cover.path}\n{cover.bytes}\n{cover.modified}" for cover in covers]
        items = [Item(key, cover.path, str(root / cover.path)) for key, cover in zip(keys, covers, strict=True)]
        shards, looks = _process(root, items, [look()], on, monitor), {}
        for table in shards.tables(("problem", *NO_PIXELS)):
            for row in table.to_pylist():
                looks[row.pop("key")] = {**row, **NO_PIXELS} if row["problem"] else row
        shards.remove()
        return [looks[key] for key in keys]

    return read_pixels


def embedder(on: str) -> Fill:
    """The function that computes vectors on the cluster `on`, and measures and thumbnails of the covers as well."""

    def fill(stores: Stores, dataset: Dataset, recipe: Recipe, jobs: Sequence[Job], monitor: Monitor) -> None:
        items = [Item(job.key, job.path, str(dataset.file(job.path)), job.key) for job in jobs]
        steps = [vectors(recipe, tuple(stores)), measures(), thumbnails()]
        shards = _process(dataset.root, items, steps, on, monitor)
        found = []
        for table in shards.tables((*map(vector_column, stores), *COLUMNS, "thumbnail", "signature")):
            keys = table["key"].to_pylist()
            for variant, store in stores.items():
                flat = table[vector_column(variant)].combine_chunks().flatten().to_numpy(zero_copy_only=False)
                store.put(keys, flat.reshape(len(keys), -1))
            for key, jpeg in zip(keys, table["thumbnail"].to_pylist(), strict=True):
                save_thumbnail(key, jpeg)
            found.append(table.select(["key", *COLUMNS, "signature"]))
        known = pa.concat_tables(found).to_pandas().set_index("key")
        add_measures(known[list(COLUMNS)], dataset.folder / "audit")
        add_signatures(dataset, known[["signature"]])
        shards.remove()

    return fill


def _process(root: Path, items: Sequence[Item], steps: Sequence[Step], on: str, monitor: Monitor) -> Shards:
    """The shards of these covers of a folder; BadDataset when any of them failed: the rows of the others are kept."""
    folder = str(home.shards() / hashlib.blake2b(bytes(root), digest_size=8).hexdigest())
    undone = run(items, steps, folder, on, monitor).undone
    for path, why in undone.items():
        raise BadDataset(
            f"{len(undone)} of {len(items)} covers could not be processed, such as {path} ({why}): try again"
        )
    return Shards(folder, steps)
