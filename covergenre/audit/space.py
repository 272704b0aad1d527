"""The vectors made ready for comparing: every column alike in weight, and a short form of them.

What a column weighs and which directions the short form keeps (the basis) is found once, and kept while the data set is
much the same: of 5,000 covers, ten more change neither, and finding them is most of the work. Vectors of many lie in a
file: a part of them is in memory at a time, and the basis is that of `LEARNED` of them.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from covergenre.audit.cache import Arrays, digest, load_or_compute, load_valid
from covergenre.embedding.index import EXACT_LIMIT, FlatIndex, IVFIndex, build_index
from covergenre.vectors import batches, stratified_sample, unit_rows

ENOUGH = 50  # covers; of fewer, how columns vary and what is near can't be told
LEARNED = 50_000  # covers; of more, what all have in common is learned from so many, drawn at random

_WIDTH = 128
_STILL = 0.9  # the share of covers that a basis has to have been made from, and of those that have to be there still
_NEIGHBOURS = 8


@dataclass(frozen=True, eq=False)
class NeighbourSearch:
    """Finds the nearest of the same covers through an index that is there: `find` takes rows (m,) and a number k to the
    rows (m, k) of the most similar, -1 where there are fewer. `digest` is another when the index is.
    """

    digest: str
    find: Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True, eq=False)
class Space:
    """`short`: float32 (n, at most 128), for classifying. `pairs`: int64 (k, 2), sorted, of covers that may be alike;
    `cosines`: float32 (k,), of their full vectors, each column standardised.
    """

    short: np.ndarray
    pairs: np.ndarray
    cosines: np.ndarray


def open_space(
    vectors: np.ndarray, rows: np.ndarray, pairs: np.ndarray, folder: Path, nearby: NeighbourSearch | None = None
) -> Space:
    """The space of float32 (n, d) vectors, n >= `ENOUGH`, with `pairs` and the nearest neighbours among `rows`.

    Remembered in `folder` for these vectors, rows and pairs. `nearby`: what finds neighbours; else of many an index is
    made for it.
    """
    key = digest(vectors, rows, pairs) + (nearby.digest if nearby else "")
    return Space(**load_or_compute(folder / "space-2.npz", key, lambda: _space(vectors, rows, pairs, folder, nearby)))


def learn_basis(vectors: np.ndarray) -> dict[str, np.ndarray]:
    """The mean and the deviation (d,) of each column, and the `axes` (d, at most 128) of the short form.

    These are principal components over the root of their deviation: between bare (the first drown the others, and fits
    take ten times as long) and whitened (noise counts as much as what matters). On real covers it classified best.
    """
    from sklearn.decomposition import PCA

    mean, deviation = vectors.mean(axis=0), vectors.std(axis=0)
    deviation = np.where(deviation > 1e-6 * np.abs(vectors).max(axis=0), deviation, np.float32("inf"))
    width = min(_WIDTH, *vectors.shape)
    fitted = PCA(width, svd_solver="randomized", iterated_power=2, random_state=0).fit((vectors - mean) / deviation)
    spread = np.sqrt(fitted.explained_variance_)
    axes = fitted.components_.T / np.sqrt(np.maximum(spread * spread.mean(), 1e-12))
    return {"mean": mean, "deviation": deviation, "axes": axes.astype(np.float32)}


def _space(
    vectors: np.ndarray, rows: np.ndarray, pairs: np.ndarray, folder: Path, nearby: NeighbourSearch | None
) -> dict[str, np.ndarray]:
    marks = np.array([_mark(row) for row in vectors])
    some = stratified_sample(np.zeros(len(vectors), int), LEARNED)
    basis = load_valid(
        folder / "basis-1.npz",
        lambda stored: _fits(stored, marks, vectors.shape[1]),
        lambda: {"marks": marks, **learn_basis(vectors if len(some) == len(vectors) else vectors[some])},
    )

    def standard(which: slice | np.ndarray) -> np.ndarray:
        return (vectors[which] - basis["mean"]) / basis["deviation"]

    short = np.empty((len(vectors), basis["axes"].shape[1]), np.float32)
    for part in batches(len(vectors)):
        short[part] = standard(part) @ basis["axes"]
    near = _through(nearby, rows) if nearby else rows[_neighbours(short[rows], folder)]
    pairs = np.unique(np.concatenate([pairs, near]), axis=0)
    # once where memory has room for all; of more, as the pairs come
    held = unit_rows(standard(slice(None))) if len(vectors) <= LEARNED else None
    cosines = np.zeros(len(pairs), np.float32)
    for part in batches(len(pairs)):
        one, other = (unit_rows(standard(side)) if held is None else held[side] for side in pairs[part].T)
        cosines[part] = np.einsum("pd,pd->p", one, other)
    return {"short": short, "pairs": pairs, "cosines": cosines}


def _fits(basis: Arrays, marks: np.ndarray, width: int) -> bool:
    """Whether a basis is of vectors so wide and of nearly the same covers."""
    if basis["axes"].shape[0] != width:
        return False
    known = np.isin(marks, basis["marks"]).mean(), np.isin(basis["marks"], marks).mean()
    return min(known) >= _STILL


def _mark(vector: np.ndarray) -> int:
    return int.from_bytes(hashlib.blake2b(np.ascontiguousarray(vector).data, digest_size=7).digest())


def _through(nearby: NeighbourSearch, rows: np.ndarray) -> np.ndarray:
    """Pairs (k, 2) of covers, both among `rows`, and their nearest."""
    found = np.concatenate([nearby.find(rows[part], _NEIGHBOURS + 1) for part in batches(len(rows))])
    pairs = _paired(rows, found)
    return pairs[np.isin(pairs, rows).all(axis=1)]


def _neighbours(short: np.ndarray, folder: Path) -> np.ndarray:
    """Pairs (k, 2) of covers and their nearest; of many, through an index that is made in `folder`."""
    k = min(_NEIGHBOURS + 1, len(short))
    if len(short) <= EXACT_LIMIT:
        found = FlatIndex(short).search(short, k)[1]
    else:
        build_index(short, folder / "index")
        index = IVFIndex.open(folder / "index")
        found = np.concatenate([index.search(short[part], k)[1] for part in batches(len(short))])
    return _paired(np.arange(len(short)), found)


def _paired(rows: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Pairs (k, 2), the lesser first, of each row and what was found for it (n, k)."""
    pairs = np.column_stack([np.repeat(rows, found.shape[1]), found.ravel()])
    return np.sort(pairs[(pairs[:, 0] != pairs[:, 1]) & (pairs[:, 1] >= 0)], axis=1)
