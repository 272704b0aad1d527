"""Arithmetic of vectors that several parts need alike.

Many of them may be mapped from a file: then what is made of all is made a part at a time.
"""

from collections.abc import Iterator

import numpy as np

_AT_ONCE = 4096


def batches(n: int, at_once: int = _AT_ONCE) -> Iterator[slice]:
    """The positions of n rows, so many at a time."""
    return (slice(start, min(start + at_once, n)) for start in range(0, n, at_once))


def finite(vectors: np.ndarray) -> bool:
    """Whether every number of (n, d) is one."""
    return all(bool(np.isfinite(vectors[part]).all()) for part in batches(len(vectors)))


def stratified_sample(strata: np.ndarray, most: int) -> np.ndarray:
    """The positions, ascending, of about `most` of n rows: of each stratum, int (n,), an equal share, one at least.

    All of them when there are no more. Drawn at random, always alike.
    """
    n = len(strata)
    if n <= most:
        return np.arange(n)
    order = np.random.default_rng(0).permutation(n)
    order = order[np.argsort(strata[order], kind="stable")]
    first = np.r_[True, np.diff(strata[order]) != 0]
    place = np.arange(n) - np.maximum.accumulate(np.where(first, np.arange(n), 0))
    share = most / n
    return np.sort(order[np.floor(place * share) != np.floor((place - 1) * share)])


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """The rows of (n, d) brought to length 1, in their own floating type; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
