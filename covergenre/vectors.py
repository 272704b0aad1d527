"""Arithmetic on arrays of vectors, which may be memory-mapped: what needs them all reads a batch at a time."""

from collections.abc import Iterator

import numpy as np

_BATCH = 4096


def batches(n: int, size: int = _BATCH) -> Iterator[slice]:
    """Slices of `size` rows that cover n rows."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))


def finite(vectors: np.ndarray) -> bool:
    """Whether every number of (n, d) is finite."""
    return all(bool(np.isfinite(vectors[part]).all()) for part in batches(len(vectors)))


def smallest(values: np.ndarray, k: int) -> np.ndarray:
    """The positions of the `k` smallest of the values (n,), smallest first; of equal ones the first."""
    if k < len(values):
        few = np.flatnonzero(values <= np.partition(values, k)[k])
        return few[np.argsort(values[few], kind="stable")][:k]
    return np.argsort(values, kind="stable")


def stratified_sample(strata: np.ndarray, size: int) -> np.ndarray:
    """The positions, ascending, of about `size` of n rows: of each stratum, int (n,), an equal share, at least one.

    All positions when there are no more than `size`. The random choice is the same each time.
    """
    n = len(strata)
    if n <= size:
        return np.arange(n)
    order = np.random.default_rng(0).permutation(n)
    order = order[np.argsort(strata[order], kind="stable")]
    first = np.r_[True, np.diff(strata[order]) != 0]
    place = np.arange(n) - np.maximum.accumulate(np.where(first, np.arange(n), 0))
    share = size / n
    return np.sort(order[np.floor(place * share) != np.floor((place - 1) * share)])


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """The rows of (n, d) brought to length 1, in their own floating type; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
