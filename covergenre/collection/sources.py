"""Opens the collection of a run, of the starter, or of a data set."""

import logging
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from covergenre.audit.cache import digest, load_or_compute
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
from covergenre.dataset.starter import COLUMNS, STARTER, Starter, open_starter
from covergenre.dataset.thumbnails import known_signatures
from covergenre.embedding.index import EXACT_LIMIT, IndexStats
from covergenre.methods import Covers, Fitted
from covergenre.methods.space import Space, Spaces
from covergenre.progress import SILENT, Monitor

if TYPE_CHECKING:
    from covergenre.runs.record import Run

TABLE = (*COLUMNS, "name", "ext")
"""The columns of a collection's table that every data set can fill."""

INDEX_FOLDER = "near"
"""The name of the index folder, inside that of a data set or run."""

_NOVELTY = "novelty.npz"
_SAMPLE = 20_000  # covers that the space of many is learned from
_log = logging.getLogger(__name__)


def open_run_collection(name: str = STARTER) -> Collection:
    """The covers of a finished run, or of the starter; BadRun when it is missing or damaged."""
    from covergenre.runs.record import Run

    if name == STARTER:
        starter = open_starter()
        return Collection(with_names(starter.covers), starter.vectors)
    run = Run.open(name)
    return known_covers(run, run.load_model())[0]


open_collection = RunCache(open_run_collection, size=4)
"""`open_run_collection`, cached for the process."""


def with_names(covers: pd.DataFrame) -> pd.DataFrame:
    """The covers, with names, years and picture addresses fetched for those known only by a Discogs number."""
    names = {number: name for number, name in read_names().items() if not name.reason}
    rows = np.flatnonzero((covers["source"] == DISCOGS) & (covers["artist"] == "") & covers["id"].isin(list(names)))
    if not len(rows):
        return covers
    covers = covers.copy()
    found = [names[number] for number in covers["id"].iloc[rows]]
    for column in ("artist", "album", "year", "image_url"):
        values = [getattr(name, column) for name in found]
        covers.iloc[rows, covers.columns.get_loc(column)] = [pd.NA if value is None else value for value in values]
    return covers


def known_covers(run: "Run", head: Fitted) -> tuple[Collection, NoveltyDetector]:
    """The covers that a run knows, and their novelty detector; from the index that `index_run` built, if there is one.

    `head` is the model of the run. Raises BadDataset when its data set has gone.
    """
    from covergenre.embedding.embed import embed_dataset

    dataset = _dataset_of(run)
    if not dataset.has_pictures:
        from covergenre.methods.knn import NearestNeighbours

        starter = open_starter()
        return starter_covers(starter, NearestNeighbours().load(starter.head("knn")))
    covers = _table(dataset)
    if near := DiskIndex.open(run.folder / INDEX_FOLDER):
        rows, covers = near.match(covers)
        space = head if isinstance(head, Projection) else near.space
        novelty = NoveltyDetector.load(run.folder / INDEX_FOLDER / _NOVELTY)
        return Collection(covers, near.vectors, space, rows, index=near.index), novelty
    _warn_if_slow(len(covers), run.id)
    covers, vectors = _with_parts(covers, run), embed_dataset(dataset, run.spec.recipe)["original"]
    projection = head if isinstance(head, Projection) else _space(run, covers, vectors)
    return Collection(covers, projection.project(vectors), projection), _novelty(run, covers, vectors)


def starter_covers(starter: Starter, knn: Projection) -> tuple[Collection, NoveltyDetector]:
    """The covers of the starter, and their novelty detector; `knn` is its head that projected their vectors."""
    collection = Collection(with_names(starter.covers), starter.vectors, knn)
    return collection, NoveltyDetector.load(starter.folder / "familiarity.npz")


def dataset_collection(dataset: Dataset, examined: Inspection | None = None) -> Collection:
    """All covers of a data set, also those left out or unreadable, with the findings of its inspection.

    Their vectors and parts are those of the data set's index, if there is one, else those of the inspection.
    """
    covers, report = dataset_table(dataset), examined.audit if examined else None
    if dataset.has_pictures and (near := DiskIndex.open(dataset.folder / INDEX_FOLDER)):
        rows, covers = near.match(covers)
        return Collection(covers, near.vectors, near.space, rows, dataset, report, near.index)
    _warn_if_slow(len(covers), dataset.name)
    if not examined:
        return Collection(covers.assign(part=""), dataset=dataset)
    parts = examined.split.parts if examined.split else pd.Series(dtype="str")
    covers = covers.assign(part=parts.reindex(covers["path"]).fillna("").to_numpy(str))
    position = {path: row for row, path in enumerate(covers["path"])}
    rows = np.array([position.get(path, -1) for path in usable(examined.dataset.manifest)["path"]], np.int64)
    return Collection(covers, examined.drawn, rows=rows, dataset=dataset, report=report)


def index_stamp(dataset: Dataset) -> int:
    """Changes when the index of a data set is built again; 0 without one."""
    folder = dataset.folder / INDEX_FOLDER
    return folder.stat().st_mtime_ns if folder.exists() else 0


def index_run(run: "Run", monitor: Monitor = SILENT) -> IndexStats:
    """Build the index of a finished run's covers. Raises as `known_covers` and `embed_missing` do."""
    from covergenre.embedding.embed import embed_missing

    dataset, head = _dataset_of(run), run.load_model()
    store = embed_missing(dataset, run.spec.recipe, monitor=monitor)["original"]
    covers = _with_parts(_table(dataset), run)
    some = sample(covers)
    vectors = store.get(some["content_hash"].tolist())[1]
    projection = head if isinstance(head, Projection) else _space(run, some, vectors)
    novelty = _novelty(run, some, vectors)
    return build_disk_index(
        run.folder / INDEX_FOLDER, covers, store, projection, extra={_NOVELTY: novelty}, monitor=monitor
    )


def sample(covers: pd.DataFrame) -> pd.DataFrame:
    """Evenly spread covers, enough to learn the space of all."""
    return covers.iloc[:: -(-len(covers) // _SAMPLE)]


def dataset_table(dataset: Dataset) -> pd.DataFrame:
    """The manifest of a data set with the columns of a collection; the id of a file is its path."""
    manifest = dataset.manifest
    if not dataset.has_pictures:
        return manifest
    looks = known_signatures(dataset)
    signatures = {} if looks is None else looks["signature"].to_dict()
    known = [signatures.get(key, b"") for key in manifest["content_hash"].tolist()] if signatures else b""
    return manifest.assign(image_url=manifest.get("image_url", ""), id=manifest["path"], signature=known)


def _dataset_of(run: "Run") -> Dataset:
    """The data set of a run, without genres that the run does not know."""
    dataset = open_dataset(run.spec.dataset, run.spec.dataset_id)
    known = dataset.manifest["genre"].isin(run.spec.genres)
    return dataset if known.all() else replace(dataset, manifest=dataset.manifest[known])


def _table(dataset: Dataset) -> pd.DataFrame:
    """The usable covers of a run's data set, with the columns of a collection."""
    return usable(dataset_table(dataset)).reindex(columns=[*COLUMNS, "tags"])


def _with_parts(covers: pd.DataFrame, run: "Run") -> pd.DataFrame:
    """The covers with their parts of the run's split."""
    parts = split_of(open_dataset(run.spec.dataset), run.spec.split, run.spec.seed).parts
    return covers.assign(part=covers["id"].map(parts))


def _warn_if_slow(n: int, name: str) -> None:
    if n > EXACT_LIMIT:
        _log.warning("%s: %d covers are compared one by one: run covergenre index %s", name, n, name)


def _novelty(run: "Run", covers: pd.DataFrame, vectors: np.ndarray) -> NoveltyDetector:
    """The detector for these covers, cached with the run."""
    training, validation = (vectors[(covers["part"] == part).to_numpy()] for part in ("train", "validation"))
    held_out = validation if len(validation) else training

    def learn() -> dict[str, np.ndarray]:
        from covergenre.embedding.engine import engine_for

        return asdict(NoveltyDetector.learn(training, held_out, engine_for(run.spec.recipe).plain))

    return NoveltyDetector(**load_or_compute(run.cache / "novelty-1.npz", digest(training, held_out), learn))


def _space(run: "Run", covers: pd.DataFrame, vectors: np.ndarray) -> Space:
    """The space in which these covers are compared, cached with the run."""
    training, genres = (covers["part"] == "train").to_numpy(), run.spec.genres
    labels = pd.Categorical(covers["genre"], categories=genres).codes.astype(np.int64)
    known = Covers(vectors[training], labels[training], tuple(covers.loc[training, "content_hash"]))

    def learn() -> dict[str, np.ndarray]:
        return asdict(Spaces(known, len(genres)).learn("blend", shrinkage=0.5))

    return Space(**load_or_compute(run.cache / "space-1.npz", digest(known.vectors, known.labels), learn))
