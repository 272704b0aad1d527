"""Many covers where they are compared, on disk: made once, by a job, and mapped by every process that looks.

    FOLDER/vectors.npy       float16 (n, e), each of length 1
    FOLDER/covers.arrow      which covers they are of, in their order: content hash, id, part of the split
    FOLDER/space.npz         what takes other vectors there, unless the head of a run does
    FOLDER/index.faiss       and index.json, see `embedding.index`

A cover that changed or went since is passed over, and one that is new is not among them until it is made again. One
process makes it at a time, in `.FOLDER.new`; what a killed one left there goes when it is made the next time.
"""

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock, Timeout

from covergenre.collection.collection import Projection
from covergenre.collection.novelty import NoveltyDetector
from covergenre.embedding.index import IndexStats, IVFIndex, build_index
from covergenre.embedding.store import VectorStore
from covergenre.errors import CoverGenreError
from covergenre.files import publish_folder
from covergenre.methods.space import Space
from covergenre.progress import SILENT, Monitor
from covergenre.vectors import unit_rows

_log = logging.getLogger(__name__)

_SAME = 0.01  # the most that a number of a vector of length 1 may stray by being kept in two bytes
_VECTORS, _COVERS, _SPACE = "vectors.npy", "covers.arrow", "space.npz"


@dataclass(frozen=True, eq=False)
class DiskIndex:
    """`vectors`, their `index`, and whose they are; `space`: None where the head of a run takes vectors there."""

    vectors: np.ndarray
    index: IVFIndex
    space: Space | None
    covers: pa.Table

    @classmethod
    def open(cls, folder: Path) -> "DiskIndex | None":
        """What `build_disk_index` made; None where nothing was, or what there is is damaged."""
        if not folder.is_dir():
            return None
        try:
            index = IVFIndex.open(folder)
            vectors = np.load(folder / _VECTORS, mmap_mode="r", allow_pickle=False)
            covers = pa.ipc.open_file(pa.memory_map(str(folder / _COVERS))).read_all()
            space = None
            if (folder / _SPACE).exists():
                with np.load(folder / _SPACE, allow_pickle=False) as stored:
                    space = Space(stored["matrix"], stored["offset"])
            if vectors.shape != (index.stats.vectors, index.stats.width) or len(covers) != len(vectors):
                raise ValueError("its parts are of different covers")
        except Exception as error:  # A damaged file brings any exception out of its reader.
            _log.warning("%s is passed over, so make the index again: %s", folder, error)
            return None
        return cls(vectors, index, space, covers)

    def place(self, covers: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
        """The row that each vector's cover has among `covers` (content_hash, id), int64 (n,), -1 for those gone.

        And `covers` with the part of the split that each is in, "" for those that are new.
        """
        there = _told(covers)
        if there.equals(self.covers.select(there.column_names)):
            rows = np.arange(len(covers))
        else:
            rows = pc.fill_null(pc.index_in(_keys(self.covers), value_set=_keys(there)), -1).to_numpy()
        names = ["", *(parts := self.covers["part"].combine_chunks().dictionary_encode()).dictionary.to_pylist()]
        codes, known = np.zeros(len(covers), np.int8), rows >= 0
        codes[rows[known]] = 1 + parts.indices.to_numpy()[known]
        return rows.astype(np.int64), covers.assign(part=pd.Categorical.from_codes(codes, names))

    def holds(self, at: np.ndarray, vectors: np.ndarray) -> bool:
        """Whether the space takes `vectors` (m, d or more) to those that are kept at these positions (m,)."""
        if self.space is None or vectors.shape[1] != len(self.space.matrix):
            return False
        placed = unit_rows(self.space.project(vectors))
        return placed.shape[1] == self.vectors.shape[1] and bool(np.allclose(placed, self.vectors[at], atol=_SAME))


def build_disk_index(
    folder: Path,
    covers: pd.DataFrame,
    store: VectorStore,
    projection: Projection,
    width: int | None = None,
    beside: Mapping[str, NoveltyDetector] | None = None,
    monitor: Monitor = SILENT,
) -> IndexStats:
    """Bring the vectors of these covers (content_hash, id, part) to where they are compared, and make their index.

    Of each vector in the store the first `width` numbers count; `beside` is kept, too, by name. One shard is in memory
    at a time; the folder takes the place of the one before when all is there. CoverGenreError when covers have no
    vector or somebody else is making it, Cancelled when stopped.
    """
    n, found = len(covers), np.zeros(len(covers), bool)
    with _staging(folder) as staged:
        placed = None
        for rows, part in store.parts(covers["content_hash"].tolist()):
            monitor.check(f"stopped after {found.sum()} of {n} covers: no index was made")
            near = unit_rows(projection.project(part[:, :width]))
            if placed is None:
                shape = n, near.shape[1]
                placed = np.lib.format.open_memmap(staged / _VECTORS, "w+", np.float16, shape)
            placed[rows], found[rows] = near, True
            monitor.report(int(found.sum()), n, "placing covers")
        if placed is None or not found.all():
            raise CoverGenreError(f"only {found.sum()} of {n} covers have vectors: embed the data set first")
        made = build_index(placed, staged, monitor)
        _keep(staged, covers, projection)
        for name, detector in (beside or {}).items():
            detector.save(staged / name)
        _replace(staged, folder)
    return made


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A folder to fill for `folder`, of one process at a time, which is removed unless it was given its name."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged, lock = (folder.with_name(f".{folder.name}.{what}") for what in ("new", "lock"))
    try:
        with FileLock(lock, timeout=0):
            for left in set(folder.parent.glob(f".{folder.name}.*")) - {lock}:
                shutil.rmtree(left)
            staged.mkdir()
            try:
                yield staged
            finally:
                shutil.rmtree(staged, ignore_errors=True)
    except Timeout as error:
        raise CoverGenreError(f"the index in {folder} is being made by another process: wait for that one") from error


def _keep(staged: Path, covers: pd.DataFrame, projection: Projection) -> None:
    table = _told(covers, "part")
    with pa.ipc.new_file(str(staged / _COVERS), table.schema) as writer:
        writer.write_table(table)
    if isinstance(projection, Space):
        np.savez(staged / _SPACE, matrix=projection.matrix, offset=projection.offset)


def _replace(staged: Path, folder: Path) -> None:
    """Whoever has the old files mapped keeps them until it opens the new ones."""
    old = staged.with_suffix(".old")
    if folder.exists():
        folder.rename(old)
    publish_folder(staged, folder)
    shutil.rmtree(old, ignore_errors=True)


def _told(covers: pd.DataFrame, *further: str) -> pa.Table:
    names = ["content_hash", "id", *further]
    return pa.table({name: pa.array(covers[name], pa.large_string()) for name in names})


def _keys(covers: pa.Table) -> pa.Array:
    blank = pa.scalar(" ", pa.large_string())
    return pc.binary_join_element_wise(covers["content_hash"], covers["id"], blank).combine_chunks()
