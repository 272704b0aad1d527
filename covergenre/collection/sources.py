"""Where a collection comes from: a run, the starter, or a data set as it is stored."""

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from covergenre.audit.inspection import Inspection
from covergenre.collecting.names import SOURCE as DISCOGS
from covergenre.collecting.names import read_names
from covergenre.collection.collection import Collection, Projection
from covergenre.collection.disk_index import DiskIndex, build_disk_index
from covergenre.collection.novelty import NoveltyDetector
from covergenre.collection.run_cache import RunCache
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.dataset.split import split_of
from covergenre.dataset.starter import COLUMNS, STARTER, open_starter
from covergenre.dataset.thumbnails import known_signatures
from covergenre.embedding.index import EXACT_LIMIT, IndexStats
from covergenre.methods import Covers, Fitted
from covergenre.methods.space import learn_space
from covergenre.progress import SILENT, Monitor

if TYPE_CHECKING:
    from covergenre.runs.record import Run

TABLE = (*COLUMNS, "name", "ext")
"""The columns that tell of a cover."""

INDEX_FOLDER = "near"
"""The folder in that of a data set or run where its index is kept."""

_NOVELTY = "novelty.npz"
_SAMPLE = 20_000  # covers that say where all are compared
_log = logging.getLogger(__name__)


def open_run_collection(name: str = STARTER) -> Collection:
    """The covers of a run that is done, or of the starter; BadRun when it is missing or damaged."""
    from covergenre.runs.record import Run

    if name == STARTER:
        starter = open_starter()
        return Collection(with_names(starter.covers), starter.vectors)
    run = Run.open(name)
    return known_covers(run, run.load_model())[0]


open_collection = RunCache(open_run_collection, size=4)
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


def known_covers(run: "Run", head: Fitted) -> tuple[Collection, NoveltyDetector]:
    """The covers of a run's genres, and what tells how unlike them a picture is; of many as `index_run` kept them.

    `head` is what the run learned. Raises BadDataset when its data set has gone.
    """
    from covergenre.embedding.embed import embed_dataset

    dataset = _dataset_of(run)
    covers = _table(dataset)
    if near := DiskIndex.open(run.folder / INDEX_FOLDER):
        rows, covers = near.place(covers)
        space = head if isinstance(head, Projection) else near.space
        novelty = NoveltyDetector.load(run.folder / INDEX_FOLDER / _NOVELTY)
        return Collection(covers, near.vectors, space, rows, index=near.index), novelty
    _say_what_helps(len(covers), run.id)
    covers, vectors = _parted(covers, run), embed_dataset(dataset, run.spec.recipe)["original"]
    projection = head if isinstance(head, Projection) else _space(covers, vectors, run.spec.genres)
    return Collection(covers, projection.project(vectors), projection), _novelty(run, covers, vectors)


def dataset_collection(dataset: Dataset, examined: Inspection | None = None) -> Collection:
    """All covers of a data set, those left out and unreadable ones too, with what was found in it.

    Their vectors and parts are those of `inspection.indexing` where it was made, else those of the examination.
    """
    covers, report = dataset_table(dataset), examined.audit if examined else None
    if dataset.has_pictures and (near := DiskIndex.open(dataset.folder / INDEX_FOLDER)):
        rows, covers = near.place(covers)
        return Collection(covers, near.vectors, near.space, rows, dataset, report, near.index)
    _say_what_helps(len(covers), dataset.name)
    if not examined:
        return Collection(covers.assign(part=""), dataset=dataset)
    parts = examined.split.parts if examined.split else pd.Series(dtype="str")
    covers = covers.assign(part=parts.reindex(covers["path"]).fillna("").to_numpy(str))
    position = {path: row for row, path in enumerate(covers["path"])}
    rows = np.array([position.get(path, -1) for path in usable(examined.dataset.manifest)["path"]], np.int64)
    return Collection(covers, examined.drawn, rows=rows, dataset=dataset, report=report)


def index_stamp(dataset: Dataset) -> int:
    """What changes when the index of a data set is made anew; 0 without one."""
    folder = dataset.folder / INDEX_FOLDER
    return folder.stat().st_mtime_ns if folder.exists() else 0


def index_run(run: "Run", monitor: Monitor = SILENT) -> IndexStats:
    """Make the index of the covers of a run that is done. Raises as `known_covers` and `embed_missing` do."""
    from covergenre.embedding.embed import embed_missing

    dataset, head = _dataset_of(run), run.load_model()
    store = embed_missing(dataset, run.spec.recipe, monitor=monitor)["original"]
    covers = _parted(_table(dataset), run)
    some = sample(covers)
    vectors = store.get(some["content_hash"].tolist())[1]
    projection = head if isinstance(head, Projection) else _space(some, vectors, run.spec.genres)
    novelty = _novelty(run, some, vectors)
    return build_disk_index(
        run.folder / INDEX_FOLDER,
        covers,
        store,
        projection,
        beside={_NOVELTY: novelty},
        monitor=monitor,
    )


def sample(covers: pd.DataFrame) -> pd.DataFrame:
    """As many of the covers, evenly spread, as say where all are compared."""
    return covers.iloc[:: -(-len(covers) // _SAMPLE)]


def dataset_table(dataset: Dataset) -> pd.DataFrame:
    """The manifest of a data set with the columns of a collection: an id is a path where covers are files."""
    manifest = dataset.manifest
    if not dataset.has_pictures:
        return manifest
    looks = known_signatures(dataset)
    signatures = {} if looks is None else looks["signature"].to_dict()
    known = [signatures.get(key, b"") for key in manifest["content_hash"].tolist()] if signatures else b""
    return manifest.assign(image_url=manifest.get("image_url", ""), id=manifest["path"], signature=known)


def _dataset_of(run: "Run") -> Dataset:
    """The data set of a run, without the covers of genres that it did not learn."""
    dataset = open_dataset(run.spec.dataset, run.spec.dataset_id)
    known = dataset.manifest["genre"].isin(run.spec.genres)
    return dataset if known.all() else replace(dataset, manifest=dataset.manifest[known])


def _table(dataset: Dataset) -> pd.DataFrame:
    """The usable covers of a run's data set as its collection holds them."""
    return usable(dataset_table(dataset)).reindex(columns=[*COLUMNS, "tags"])


def _parted(covers: pd.DataFrame, run: "Run") -> pd.DataFrame:
    """With the part that each is in of the run's split."""
    parts = split_of(open_dataset(run.spec.dataset), run.spec.split, run.spec.seed).parts
    return covers.assign(part=covers["id"].map(parts))


def _say_what_helps(n: int, name: str) -> None:
    if n > EXACT_LIMIT:
        _log.warning("%s: %d covers are compared one by one: run covergenre index %s", name, n, name)


def _novelty(run: "Run", covers: pd.DataFrame, vectors: np.ndarray) -> NoveltyDetector:
    from covergenre.embedding.engine import engine_for

    training, validation = (vectors[(covers["part"] == part).to_numpy()] for part in ("train", "validation"))
    return NoveltyDetector.learn(
        training, validation if len(validation) else training, engine_for(run.spec.recipe).plain
    )


def _space(covers: pd.DataFrame, vectors: np.ndarray, genres: tuple[str, ...]) -> Projection:
    training = (covers["part"] == "train").to_numpy()
    labels = pd.Categorical(covers["genre"], categories=genres).codes.astype(np.int64)
    known = Covers(vectors[training], labels[training], tuple(covers.loc[training, "content_hash"]))
    return learn_space("blend", known, len(genres), shrinkage=0.5)
