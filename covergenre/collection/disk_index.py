"""The vectors and the index of many covers on disk: built once, memory-mapped by every process that searches.

    FOLDER/vectors.npy       float16 (n, e), projected and of length 1
    FOLDER/covers.arrow      the covers they belong to, in their order: content hash, id, part of the split
    FOLDER/space.npz         what projects other vectors, unless the head of a run does
    FOLDER/index.faiss       and index.json, see `embedding.index`

A cover that has changed or gone since is ignored, and a new one is not found until the index is built again. One
process builds it at a time, in `.FOLDER.new`; what a killed one left there is removed by the next.
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

_TOLERANCE = 0.01  # how far a number of a vector of length 1 may change by being stored in two bytes
_VECTORS, _COVERS, _SPACE = "vectors.npy", "covers.arrow", "space.npz"


@dataclass(frozen=True, eq=False)
class DiskIndex:
    """`space` is None where the head of a run projects vectors."""

    vectors: np.ndarray
    index: IVFIndex
    space: Space | None
    covers: pa.Table

    @classmethod
    def open(cls, folder: Path) -> "DiskIndex | None":
        """What `build_disk_index` wrote; None where there is none, or a damaged one."""
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
            _log.warning("%s is ignored, so build the index again: %s", folder, error)
            return None
        return cls(vectors, index, space, covers)

    def match(self, covers: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
        """The row among `covers` (content_hash, id) that each vector belongs to, int64 (n,), -1 where it has gone.

        And `covers` with the part of the split that each is in, "" for those that are new.
        """
        now = _as_table(covers)
        if now.equals(self.covers.select(now.column_names)):
            rows = np.arange(len(covers))
        else:
            rows = pc.fill_null(pc.index_in(_keys(self.covers), value_set=_keys(now)), -1).to_numpy()
        parts = self.covers["part"].combine_chunks().dictionary_encode()
        codes, known = np.zeros(len(covers), np.int8), rows >= 0
        codes[rows[known]] = 1 + parts.indices.to_numpy()[known]
        names = ["", *parts.dictionary.to_pylist()]
        return rows.astype(np.int64), covers.assign(part=pd.Categorical.from_codes(codes, names))

    def agrees(self, at: np.ndarray, vectors: np.ndarray) -> bool:
        """Whether the space projects `vectors` (m, d or more) to those that are stored at the positions `at` (m,)."""
        if self.space is None or vectors.shape[1] != len(self.space.matrix):
            return False
        near = unit_rows(self.space.project(vectors))
        return near.shape[1] == self.vectors.shape[1] and np.allclose(near, self.vectors[at], atol=_TOLERANCE)


def build_disk_index(
    folder: Path,
    covers: pd.DataFrame,
    store: VectorStore,
    projection: Projection,
    width: int | None = None,
    extra: Mapping[str, NoveltyDetector] | None = None,
    monitor: Monitor = SILENT,
) -> IndexStats:
    """Project the vectors of covers (content_hash, id, part) and build their index; one shard is in memory at a time.

    Of each vector in the store the first `width` numbers count. `extra` is saved into the folder by name. The folder
    replaces an earlier one once it is complete. Raises CoverGenreError when covers have no vector or another process is
    building it, Cancelled when stopped.
    """
    n, found = len(covers), np.zeros(len(covers), bool)
    with _staging(folder) as staged:
        placed = None
        for rows, part in store.parts(covers["content_hash"].tolist()):
            monitor.check(f"stopped after {found.sum()} of {n} covers: no index was built")
            near = unit_rows(projection.project(part[:, :width]))
            if placed is None:
                shape = n, near.shape[1]
                placed = np.lib.format.open_memmap(staged / _VECTORS, "w+", np.float16, shape)
            placed[rows], found[rows] = near, True
            monitor.report(int(found.sum()), n, "placing covers")
        if placed is None or not found.all():
            raise CoverGenreError(f"only {found.sum()} of {n} covers have vectors: embed the data set first")
        stats = build_index(placed, staged, monitor)
        table = _as_table(covers, "part")
        with pa.ipc.new_file(str(staged / _COVERS), table.schema) as writer:
            writer.write_table(table)
        if isinstance(projection, Space):
            np.savez(staged / _SPACE, matrix=projection.matrix, offset=projection.offset)
        for name, detector in (extra or {}).items():
            detector.save(staged / name)
        _replace(staged, folder)
    return stats


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """A folder in which one process at a time can prepare `folder`; it is removed unless it was renamed to that."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged, lock = (folder.with_name(f".{folder.name}.{ending}") for ending in ("new", "lock"))
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
        raise CoverGenreError(f"the index in {folder} is being built by another process: wait for that one") from error


def _replace(staged: Path, folder: Path) -> None:
    """Processes that have mapped the old files keep them until they open the new ones."""
    old = staged.with_suffix(".old")
    if folder.exists():
        folder.rename(old)
    publish_folder(staged, folder)
    shutil.rmtree(old, ignore_errors=True)


def _as_table(covers: pd.DataFrame, *further: str) -> pa.Table:
    return pa.table({name: pa.array(covers[name], pa.large_string()) for name in ("content_hash", "id", *further)})


def _keys(covers: pa.Table) -> pa.Array:
    blank = pa.scalar(" ", pa.large_string())
    return pc.binary_join_element_wise(covers["content_hash"], covers["id"], blank).combine_chunks()
