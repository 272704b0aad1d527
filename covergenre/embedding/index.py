"""Nearest neighbours by cosine similarity: exact among few vectors, approximate among many.

Up to `EXACT_LIMIT` vectors, a `FlatIndex` compares a query with all of them. More go into an `IVFIndex` on disk:
k-means puts the vectors into lists, a byte for each number, and a query is compared with the vectors of the nearest
lists only (faiss: IVF, SQ8). How many lists that takes for a recall of `RECALL` is measured when the index is built.

    FOLDER/index.faiss     mapped into memory, so that processes share it
    FOLDER/index.json      `IndexStats`

faiss trusts the bytes of a stored index: one whose digest has changed since it was built is not read.
"""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from covergenre.digests import file_digest
from covergenre.errors import CoverGenreError
from covergenre.files import replace_json, replacing
from covergenre.progress import SILENT, Monitor
from covergenre.vectors import batches

EXACT_LIMIT = 200_000
"""The most vectors that are compared one by one."""

RECALL = 0.97
"""The share of the `NEAREST` neighbours that an index has to find."""

NEAREST = 12

_FILE, _STATS = "index.faiss", "index.json"
_VECTORS_PER_LIST = 40  # for k-means
_ITERATIONS = 8  # of k-means
_QUERIES = 200  # to measure the recall
_BATCH = 2**15

_log = logging.getLogger(__name__)


class FlatIndex:
    """Exact search in memory."""

    def __init__(self, vectors: np.ndarray) -> None:
        """`vectors`: float array of shape (n, d), copied; a row of zeros is like nothing (similarity 0)."""
        import faiss

        units = unit(vectors)
        self._index: Any = faiss.IndexFlatIP(units.shape[1])
        self._index.add(units)

    def __len__(self) -> int:
        return self._index.ntotal

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The `k` most similar rows of each query, best first; all rows when there are fewer than `k`.

        `queries` has shape (q, d). Returns the cosine similarities, float32 in [-1, 1], and the row numbers, int64,
        both of shape (q, min(k, n)). Raises CoverGenreError when the queries are not `d` wide or `k` is less than 1.
        """
        wanted = _check_queries(queries, k, self._index.d)
        if not len(self) or not len(wanted):
            shape = (len(wanted), min(k, len(self)))
            return np.empty(shape, np.float32), np.empty(shape, np.int64)
        similarities, rows = self._index.search(wanted, min(k, len(self)))
        return np.clip(similarities, -1, 1), rows


@dataclass(frozen=True)
class IndexStats:
    """How large an `IVFIndex` is, how it is searched, and how well.

    `probes`: how many of its `lists` a query looks into. `recall`: the share of the `NEAREST` neighbours that it finds.
    `digest`: of its file.
    """

    vectors: int
    width: int
    lists: int
    probes: int
    recall: float
    digest: str = ""

    def __str__(self) -> str:
        return (
            f"{self.vectors:,} covers are searched with an index that finds {self.recall:.1%} of the {NEAREST} nearest "
            f"(measured when it was built; a search looks into {self.probes:,} of {self.lists:,} lists)"
        )


class IVFIndex:
    """Approximate search on disk. Thread-safe."""

    def __init__(self, index: Any, stats: IndexStats) -> None:
        self.stats = stats
        self._index = index

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index that `build_index` wrote; CoverGenreError when it is missing, damaged or changed."""
        import faiss

        try:
            stats = IndexStats(**json.loads((folder / _STATS).read_text(encoding="utf-8")))
            if file_digest(folder / _FILE) != stats.digest:
                raise ValueError("its bytes changed since it was built")
            index = faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
            if (index.ntotal, index.d) != (stats.vectors, stats.width):
                raise ValueError("it is of other vectors")
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            raise CoverGenreError(f"the index in {folder} is missing or damaged ({error}): build it again") from error
        return cls(index, stats)

    def __len__(self) -> int:
        return self.stats.vectors

    def search(self, queries: np.ndarray, k: int, among: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """As `FlatIndex.search`, of the rows where `among`, bool (n,), is true.

        Where fewer than `k` are found, the rest is -inf and -1. The fewer rows count, the more lists are looked into.
        """
        import faiss

        share = 1.0 if among is None else max(float(among.mean()), 1e-9)
        probes = min(self.stats.lists, int(np.ceil(self.stats.probes / share)))
        selector = {} if among is None else {"sel": faiss.IDSelectorBitmap(np.packbits(among, bitorder="little"))}
        similarities, rows = self._index.search(
            _check_queries(queries, k, self.stats.width),
            min(k, len(self)),
            params=faiss.SearchParametersIVF(nprobe=probes, **selector),
        )
        return np.where(rows >= 0, np.clip(similarities, -1, 1), -np.inf), rows


def build_index(vectors: np.ndarray, folder: Path, monitor: Monitor = SILENT) -> IndexStats:
    """Build the `IVFIndex` of vectors (n, d), which may be memory-mapped, in `folder`: minutes for a million.

    Memory holds one batch of them and a byte for each of their numbers. Raises Cancelled when stopped.
    """
    import faiss
    from faiss.contrib.exhaustive_search import knn_ground_truth

    n, width = vectors.shape
    if n <= NEAREST:
        raise CoverGenreError(f"{n} vectors need no index: compare them one by one")
    lists = 2 ** round(np.log2(2 * n**0.5))
    rng = np.random.default_rng(0)
    index = faiss.index_factory(width, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = _ITERATIONS
    monitor.report(0, n, "learning lists of vectors")
    index.train(unit(vectors[np.sort(rng.choice(n, min(n, _VECTORS_PER_LIST * lists), replace=False))]))
    sample = np.sort(rng.choice(n, min(_QUERIES, n), replace=False))
    queries = unit(vectors[sample])

    def added() -> Iterator[np.ndarray]:
        for part in batches(n, _BATCH):
            monitor.check(f"stopped after {part.start} of {n} vectors: no index was built")
            units = unit(vectors[part])
            index.add(units)
            yield units
            monitor.report(part.start, n, "putting vectors into lists")

    _, nearest = knn_ground_truth(queries, added(), NEAREST + 1, faiss.METRIC_INNER_PRODUCT, ngpu=0)
    stats = _tuned(index, queries, sample, nearest)
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / _FILE) as beside:
        faiss.write_index(index, str(beside))
    stats = replace(stats, digest=file_digest(folder / _FILE))
    replace_json(folder / _STATS, asdict(stats))
    _log.info("the index in %s: %s", folder, stats)
    return stats


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors (n, d) as faiss takes them: float32, of length 1; a row of zeros stays one."""
    vectors = np.ascontiguousarray(vectors, np.float32)
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, None]
    return vectors / np.where(lengths > 0, lengths, 1)


def _check_queries(queries: np.ndarray, k: int, width: int) -> np.ndarray:
    """The queries at length 1; CoverGenreError when they are not `width` wide or `k` is less than 1."""
    wanted = unit(queries)
    if wanted.shape[1] != width:
        raise CoverGenreError(
            f"these vectors are {wanted.shape[1]} wide, those of the index {width}: embed both by one recipe"
        )
    if k < 1:
        raise CoverGenreError(f"{k} neighbours were asked for: ask for at least 1")
    return wanted


def _tuned(index: Any, queries: np.ndarray, own: np.ndarray, nearest: np.ndarray) -> IndexStats:
    """With the fewest probes that reach `RECALL` on queries that are themselves rows of the index: `own`, (q,).

    `nearest` (q, NEAREST + 1): the rows that exact search finds.
    """
    probes, recall = 4, 0.0
    while recall < RECALL and probes < index.nlist:
        probes = min(2 * probes, index.nlist)
        index.nprobe = probes
        found = index.search(queries, NEAREST + 1)[1]
        hits = [len(set(f) & set(n) - {row}) for f, n, row in zip(found.tolist(), nearest.tolist(), own, strict=True)]
        recall = float(np.mean(hits)) / NEAREST
    return IndexStats(index.ntotal, index.d, index.nlist, probes, round(recall, 4))
