"""The vectors made ready for comparing: every column alike in weight, and a short form of them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from covergenre.dataset.audit.memory import digest, remember

ENOUGH = 50  # covers; of fewer, how columns vary and what is near can't be told

_WIDTH = 128
_NEIGHBOURS = 8
_AT_ONCE = 4096  # pairs


@dataclass(frozen=True, eq=False)
class Space:
    """`short`: float32 (n, at most 128), for classifying. `pairs`: int64 (k, 2), sorted, of covers that may be alike;
    `cosines`: float32 (k,), of their full vectors, each column standardised.
    """

    short: np.ndarray
    pairs: np.ndarray
    cosines: np.ndarray


def open_space(vectors: np.ndarray, rows: np.ndarray, pairs: np.ndarray, folder: Path) -> Space:
    """The space of float32 (n, d) vectors, n >= `ENOUGH`, with `pairs` and the nearest neighbours among `rows`.

    Remembered in `folder` for these vectors, rows and pairs.
    """
    key = digest(vectors, rows, pairs)
    return Space(**remember(folder / "space-1.npz", key, lambda: _space(vectors, rows, pairs)))


def _space(vectors: np.ndarray, rows: np.ndarray, pairs: np.ndarray) -> dict[str, np.ndarray]:
    deviation = vectors.std(axis=0)
    varies = deviation > 1e-6 * np.abs(vectors).max(axis=0)
    standard = (vectors - vectors.mean(axis=0)) / np.where(varies, deviation, np.float32("inf"))
    short = _short(standard)
    pairs = np.unique(np.concatenate([pairs, rows[_neighbours(short[rows])]]), axis=0)
    unit = standard / np.maximum(np.linalg.norm(standard, axis=1, keepdims=True), 1e-12)
    batches = (pairs[start : start + _AT_ONCE] for start in range(0, len(pairs), _AT_ONCE))
    cosines = [np.einsum("pd,pd->p", unit[one], unit[other]) for one, other in (batch.T for batch in batches)]
    return {"short": short, "pairs": pairs, "cosines": np.concatenate([np.zeros(0, np.float32), *cosines])}


def _short(standard: np.ndarray) -> np.ndarray:
    """Principal components over the root of their deviation: between bare (the first drown the others, and fits take
    ten times as long) and whitened (noise counts as much as what matters). On real covers it classified best.
    """
    from sklearn.decomposition import PCA

    width = min(_WIDTH, *standard.shape)
    components = PCA(width, svd_solver="randomized", iterated_power=2, random_state=0).fit_transform(standard)
    deviation = components.std(axis=0)
    return (components / np.sqrt(np.maximum(deviation * deviation.mean(), 1e-12))).astype(np.float32)


def _neighbours(short: np.ndarray) -> np.ndarray:
    import faiss

    unit = np.ascontiguousarray(short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-12))
    index = faiss.IndexFlatIP(unit.shape[1])
    index.add(unit)
    found = index.search(unit, min(_NEIGHBOURS + 1, len(unit)))[1].astype(np.int64)
    pairs = np.column_stack([np.repeat(np.arange(len(unit)), found.shape[1]), found.ravel()])
    return np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
