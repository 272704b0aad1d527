"""Where a collection comes from: a run, the starter, or a data set as it is stored."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from covergenre.audit.examined import Examined
from covergenre.collecting.names import SOURCE as DISCOGS
from covergenre.collecting.names import read_names
from covergenre.collection.collection import Collection, Projection
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.dataset.split import split_of
from covergenre.dataset.starter import COLUMNS, STARTER, open_starter
from covergenre.dataset.thumbnails import known_looks
from covergenre.methods import Covers, Fitted
from covergenre.sharing import Shared

if TYPE_CHECKING:
    from covergenre.runs.record import Run

TABLE = (*COLUMNS, "name", "ext")
"""The columns that tell of a cover."""


def open_run_collection(name: str = STARTER) -> Collection:
    """The covers of a run that is done, or of the starter; BadRun when it is missing or damaged."""
    from covergenre.runs.record import Run

    if name == STARTER:
        starter = open_starter()
        return Collection(with_names(starter.covers), starter.vectors)
    run = Run.open(name)
    covers, vectors, projection = known_covers(run, run.load_model())
    return Collection(covers, projection.project(vectors), projection)


open_collection = Shared(open_run_collection, most=4)
"""`open_run_collection` for all who live in one process."""


def with_names(covers: pd.DataFrame) -> pd.DataFrame:
    """The covers with the names, years and addresses of pictures that were fetched for those known by number only."""
    names = {number: name for number, name in read_names().items() if not name.reason}
    rows = np.flatnonzero((covers["source"] == DISCOGS) & (covers["artist"] == "") & covers["id"].isin(list(names)))
    if not len(rows):
        return covers
    covers = covers.copy()
    found = [names[number] for number in covers["id"].iloc[rows]]
    for column in ("artist", "album", "year", "image_url"):
        covers.iloc[rows, covers.columns.get_loc(column)] = [
            pd.NA if getattr(name, column) is None else getattr(name, column) for name in found
        ]
    return covers


def known_covers(run: "Run", head: Fitted) -> tuple[pd.DataFrame, np.ndarray, Projection]:
    """The covers of a run's genres as a collection takes them, their vectors (n, d), and where they are compared.

    `head` is what the run learned. Raises BadDataset when its data set has gone.
    """
    from dataclasses import replace

    from covergenre.embedding.embed import embed_dataset

    dataset = open_dataset(run.spec.dataset, run.spec.dataset_id)
    parts = split_of(dataset, run.spec.split, run.spec.seed).parts
    own = replace(dataset, manifest=dataset.manifest[dataset.manifest["genre"].isin(run.spec.genres)])
    covers, vectors = _table(own, parts), embed_dataset(own, run.spec.recipe)["original"]
    return covers, vectors, head if isinstance(head, Projection) else _space(covers, vectors, run.spec.genres)


def dataset_collection(dataset: Dataset, examined: Examined | None = None) -> Collection:
    """All covers of a data set, those left out and unreadable ones too, with what was found in it."""
    manifest = dataset.manifest
    parts = examined.split.parts if examined and examined.split else pd.Series(dtype="str")
    covers = dataset_table(dataset).assign(part=parts.reindex(manifest["path"]).fillna("").to_numpy(str))
    if not examined:
        return Collection(covers, dataset=dataset)
    rows = {path: row for row, path in enumerate(manifest["path"])}
    about = [rows.get(path, -1) for path in usable(examined.dataset.manifest)["path"]]
    return Collection(covers, examined.drawn, rows=np.array(about, np.int64), dataset=dataset, report=examined.report)


def dataset_table(dataset: Dataset) -> pd.DataFrame:
    """The manifest of a data set with the columns of a collection: an id is a path where covers are files."""
    manifest = dataset.manifest
    if not dataset.has_pictures:
        return manifest
    looks = known_looks(dataset)
    signatures = {} if looks is None else looks["signature"].to_dict()
    known = [signatures.get(key, b"") for key in manifest["content_hash"].tolist()] if signatures else b""
    return manifest.assign(image_url=manifest.get("image_url", ""), id=manifest["path"], part="", signature=known)


def _table(dataset: Dataset, parts: pd.Series) -> pd.DataFrame:
    """The usable covers of a data set as a run's collection holds them."""
    covers = usable(dataset_table(dataset))
    return covers.assign(part=covers["path"].map(parts)).reindex(columns=[*COLUMNS, "tags"])


def _space(covers: pd.DataFrame, vectors: np.ndarray, genres: tuple[str, ...]) -> Projection:
    from covergenre.methods.space import learn_space

    training = (covers["part"] == "train").to_numpy()
    labels = pd.Categorical(covers["genre"], categories=genres).codes.astype(np.int64)
    known = Covers(vectors[training], labels[training], tuple(covers.loc[training, "content_hash"]))
    return learn_space("blend", known, len(genres), shrinkage=0.5)
