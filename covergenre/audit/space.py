"""The space in which the audit compares covers: standardised vectors, and a short form of them.

The scale of each column and the axes of the short form (the basis) are fitted once and reused while the data set is
much the same: of 5,000 covers, ten more change neither, and fitting is most of the work. The vectors of many covers are
in a file: a part of them is in memory at a time, and the basis is fitted to `LEARNED` of them.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from covergenre.audit.cache import Arrays, digest, load_or_compute, load_valid
from covergenre.embedding.index import EXACT_LIMIT, FlatIndex, IVFIndex, build_index
from covergenre.vectors import batches, stratified_sample, unit_rows

ENOUGH = 50  # covers; with fewer, neither the spread of columns nor neighbours mean much
LEARNED = 50_000  # covers; with more, models are fitted to a random sample of so many

_WIDTH = 128
_SAME = 0.9  # the share of covers that a basis must know, and of those it knows that must still be there
_NEIGHBOURS = 8


@dataclass(frozen=True, eq=False)
class NeighbourSearch:
    """A search in an existing index of the covers: `find` maps rows (m,) and a number k to the rows (m, k) of the most
    similar covers, -1 where there are fewer. `digest` identifies the index.
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

    Cached in `folder` for these vectors, rows and pairs. `nearby`: an index to search; without one, many covers get an
    index of their own.
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
    digests = (hashlib.blake2b(np.ascontiguousarray(row).data, digest_size=7).digest() for row in vectors)
    marks = np.array([int.from_bytes(each) for each in digests])
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
    near = _neighbours(short, rows, folder, nearby)
    pairs = np.unique(np.concatenate([pairs, near]), axis=0)
    # At once if all fit in memory, else pair by pair.
    held = unit_rows(standard(slice(None))) if len(vectors) <= LEARNED else None
    cosines = np.zeros(len(pairs), np.float32)
    for part in batches(len(pairs)):
        one, other = (unit_rows(standard(side)) if held is None else held[side] for side in pairs[part].T)
        cosines[part] = np.einsum("pd,pd->p", one, other)
    return {"short": short, "pairs": pairs, "cosines": cosines}


def _fits(basis: Arrays, marks: np.ndarray, width: int) -> bool:
    """Whether a basis is for vectors of this width and nearly the same covers."""
    if basis["axes"].shape[0] != width:
        return False
    known = np.isin(marks, basis["marks"]).mean(), np.isin(basis["marks"], marks).mean()
    return min(known) >= _SAME


def _neighbours(short: np.ndarray, rows: np.ndarray, folder: Path, nearby: NeighbourSearch | None) -> np.ndarray:
    """Pairs (k, 2), the lesser first, of covers among `rows` and their nearest; many get an index, made in `folder`."""
    k = min(_NEIGHBOURS + 1, len(rows))
    if nearby:
        found = np.concatenate([nearby.find(rows[part], _NEIGHBOURS + 1) for part in batches(len(rows))])
    elif len(rows) <= EXACT_LIMIT:
        found = rows[FlatIndex(short[rows]).search(short[rows], k)[1]]
    else:
        own = short[rows]
        build_index(own, folder / "index")
        index = IVFIndex.open(folder / "index")
        near = np.concatenate([index.search(own[part], k)[1] for part in batches(len(own))])
        found = np.where(near >= 0, rows[near], -1)
    pairs = np.column_stack([np.repeat(rows, found.shape[1]), found.ravel()])
    pairs = pairs[(pairs[:, 0] != pairs[:, 1]) & np.isin(pairs[:, 1], rows)]
    return np.sort(pairs, axis=1)
