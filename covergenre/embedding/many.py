"""Nearest neighbours among more vectors than are compared with one by one.

The rule: up to `EXACT` vectors all are looked at (`index.Index`, made anew in memory each time). More are put into
lists by k-means, twice the root of their number, a byte for each number of a vector (faiss: IVF, SQ8). A query looks
into as few lists as find `RECALL` of the twelve nearest that looking at all finds, measured when the index is made, on
vectors drawn from it.

    FOLDER/index.faiss     mapped into memory, so that processes share it and it takes what is used
    FOLDER/index.json      `Made`

faiss trusts the bytes of an index with memory: only one whose digest is that of its making is read.
"""

import json
import logging
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from covergenre.digests import file_digest
from covergenre.embedding.index import check_queries, unit
from covergenre.errors import Cancelled, CoverGenreError
from covergenre.files import replace_json, replacing
from covergenre.progress import Progress, Report, ShouldStop, never, silent

EXACT = 200_000
"""So many vectors are compared one by one."""

RECALL = 0.97
"""The share of the `NEAREST` that an index has to find."""

NEAREST = 12

_FILE, _CARD = "index.faiss", "index.json"
_A_LIST = 40  # vectors that k-means learns each list from
_ROUNDS = 8
_ASKED = 200  # vectors whose neighbours measure the recall
_AT_ONCE = 2**15

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """What an index is: its vectors, how wide they are, its lists, how many of these a query looks into, the share that
    it finds of the twelve nearest, and the digest of its file.
    """

    vectors: int
    width: int
    lists: int
    probes: int
    recall: float
    digest: str = ""

    def __str__(self) -> str:
        """For people."""
        return (
            f"{self.vectors:,} covers are compared by an index, which finds {self.recall:.1%} of the {NEAREST} nearest "
            f"(measured as it was made; a question looks into {self.probes:,} of {self.lists:,} lists)"
        )


def build_index(vectors: np.ndarray, folder: Path, report: Report = silent, should_stop: ShouldStop = never) -> Made:
    """Make the index of vectors (n, d), which may be mapped from a file, in `folder`: minutes for a million.

    They are read a part at a time; memory holds their codes, n * d bytes. Raises Cancelled when stopped.
    """
    import faiss

    n, width = vectors.shape
    if n <= NEAREST:
        raise CoverGenreError(f"{n} vectors need no index: compare them one by one")
    lists = 2 ** round(np.log2(2 * n**0.5))
    chance = np.random.default_rng(0)
    index = faiss.index_factory(width, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = _ROUNDS
    report(Progress(0, n, "learning lists of vectors"))
    index.train(unit(vectors[np.sort(chance.choice(n, min(n, _A_LIST * lists), replace=False))]))
    asked = np.sort(chance.choice(n, min(_ASKED, n), replace=False))
    queries = unit(vectors[asked])
    best = np.full((len(asked), NEAREST + 1), -np.inf, np.float32), np.full((len(asked), NEAREST + 1), -1)
    for start in range(0, n, _AT_ONCE):
        if should_stop():
            raise Cancelled(f"stopped after {start} of {n} vectors: no index was made")
        part = unit(vectors[start : start + _AT_ONCE])
        index.add(part)
        best = _better(best, queries @ part.T, start)
        report(Progress(start, n, "putting vectors into lists"))
    made = _tuned(index, queries, asked, best[1])
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / _FILE) as beside:
        faiss.write_index(index, str(beside))
    made = replace(made, digest=file_digest(folder / _FILE))
    replace_json(folder / _CARD, asdict(made))
    _log.info("the index in %s: %s", folder, made)
    return made


class ManyIndex:
    """Finds rows as `Index` does, nearly all of them. Any number of threads may ask at once."""

    def __init__(self, index: Any, made: Made) -> None:
        self.made = made
        self._index = index

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index that `build_index` made; CoverGenreError when it is missing or its bytes changed since."""
        import faiss

        try:
            made = Made(**json.loads((folder / _CARD).read_text(encoding="utf-8")))
            if file_digest(folder / _FILE) != made.digest:
                raise ValueError("its bytes changed since it was made")
            index = faiss.read_index(str(folder / _FILE), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
            if (index.ntotal, index.d) != (made.vectors, made.width):
                raise ValueError("it is of other vectors")
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            raise CoverGenreError(f"the index in {folder} is missing or damaged ({error}): make it again") from error
        return cls(index, made)

    def __len__(self) -> int:
        return self.made.vectors

    def search(self, queries: np.ndarray, k: int, among: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """As `Index.search`, of the rows that `among` (n,) holds true for; where fewer than `k` are found, -inf and -1.

        Among few, more lists are looked into: as many as hold the usual number of vectors that count.
        """
        import faiss

        wanted = check_queries(queries, k, self.made.width)
        share = 1.0 if among is None else max(float(among.mean()), 1e-9)
        probes = min(self.made.lists, int(np.ceil(self.made.probes / share)))
        chosen = {} if among is None else {"sel": faiss.IDSelectorBitmap(np.packbits(among, bitorder="little"))}
        how = faiss.SearchParametersIVF(nprobe=probes, **chosen)
        similarities, rows = self._index.search(wanted, min(k, len(self)), params=how)
        return np.where(rows >= 0, np.clip(similarities, -1, 1), -np.inf), rows


def _better(best: tuple[np.ndarray, np.ndarray], near: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of those so far and of the vectors from `start` on, (q, n) of them this near."""
    rows = np.concatenate([best[1], np.tile(np.arange(start, start + near.shape[1]), (len(near), 1))], axis=1)
    near = np.concatenate([best[0], near], axis=1)
    kept = np.argpartition(-near, NEAREST, axis=1)[:, : NEAREST + 1]
    return np.take_along_axis(near, kept, 1), np.take_along_axis(rows, kept, 1)


def _tuned(index: Any, queries: np.ndarray, asked: np.ndarray, nearest: np.ndarray) -> Made:
    """The fewest lists to look into that find enough of the nearest, a cover itself left out."""
    probes, recall = 4, 0.0
    while recall < RECALL and probes < index.nlist:
        probes = min(2 * probes, index.nlist)
        index.nprobe = probes
        found = index.search(queries, NEAREST + 1)[1]
        hits = [len(set(f) & set(t) - {own}) for f, t, own in zip(found.tolist(), nearest.tolist(), asked, strict=True)]
        recall = float(np.mean(hits)) / NEAREST
    return Made(index.ntotal, index.d, index.nlist, probes, round(recall, 4))
