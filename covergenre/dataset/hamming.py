"""Pairs of like 64-bit hashes without comparing all with all: multi-index hashing.

Norouzi, Punjani and Fleet, Fast Search in Hamming Space with Multi-Index Hashing (CVPR 2012). A hash is cut into four
keys of 16 bits. Two hashes at most r bits apart differ little in one key at least, so that only hashes need comparing
whose keys are equal up to a few bits: exact, and a thousand times less work than n² for a million hashes.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

_KEYS, _BITS = 4, 16
_AT_ONCE = 2**21  # comparisons: about 100 MB


def pairs_within(codes: np.ndarray, threshold: int) -> np.ndarray:
    """All pairs (i, j), i < j, of these distinct hashes, uint64 (n,), at most `threshold` bits apart: int64 (k, 2).

    Sorted. The work grows steeply with `threshold`: a million hashes take a minute at 10 and a day at 18.
    """
    found = [np.zeros((0, 2), np.int64)]
    # Were more bits different in every key, they would add up to more than the threshold.
    shares, more = divmod(threshold + 1, _KEYS)
    for number in range(_KEYS):
        flips = shares - 1 + (number < more)
        found += _near_by_key(codes, _key(codes, number), flips, threshold)
    pairs = np.concatenate(found)
    return np.unique(np.sort(pairs, axis=1), axis=0)


def _key(codes: np.ndarray, number: int) -> np.ndarray:
    """A key of each hash, int64: every fourth bit, because neighbouring bits of a pHash are alike in many pictures."""
    key = np.zeros(len(codes), np.int64)
    for bit in range(_BITS):
        key |= ((codes >> np.uint64(_KEYS * bit + number)) & np.uint64(1)).astype(np.int64) << bit
    return key


def _near_by_key(codes: np.ndarray, keys: np.ndarray, flips: int, threshold: int) -> Iterator[np.ndarray]:
    """The near pairs among hashes whose keys differ in at most `flips` bits."""
    order = np.argsort(keys, kind="stable")
    codes, keys = codes[order], keys[order]
    starts = np.searchsorted(keys, np.arange(2**_BITS + 1))
    for flipped in range(flips + 1):
        for bits in combinations(range(_BITS), flipped):
            mask = sum(1 << bit for bit in bits)
            # Each pair of buckets once; inside a bucket, each hash with those after it.
            rows = np.flatnonzero(keys < keys ^ mask) if mask else np.arange(len(keys))
            first = starts[keys[rows] ^ mask] if mask else rows + 1
            for ones, others in _meetings(rows, first, starts[(keys[rows] ^ mask) + 1]):
                near = np.bitwise_count(codes[ones] ^ codes[others]) <= threshold
                if near.any():
                    yield order[np.column_stack([ones[near], others[near]])]


def _meetings(rows: np.ndarray, first: np.ndarray, last: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each row with all of its `first` to `last` (exclusive), about `_AT_ONCE` pairs at a time."""
    counts = last - first
    ends = np.cumsum(counts)
    begin = 0
    while begin < len(rows):
        done = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, done + _AT_ONCE, "right")), begin + 1)
        part = slice(begin, end)
        offsets = np.repeat(first[part] - (ends[part] - counts[part] - done), counts[part])
        yield np.repeat(rows[part], counts[part]), offsets + np.arange(len(offsets))
        begin = end
