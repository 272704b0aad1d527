"""Groups of covers that must stay in one part of a split, because each of them gives the others away.

Two covers are in one group when they have the same pixels, nearly the same picture, or the same artist, or when a chain
of such pairs links them.

Which distance of pHashes is near was judged by eye on 5,076 real covers: all pairs of unequal pixels, a sample at 12.
(Hashes with as many bits set as unset, which is the rule, are an even distance apart.)

    Hamming distance        0       2       4       6       8      10      12
    the same picture    67/69   49/49   75/75   82/82   50/50   64/76   33/84

The two exceptions at 0 are blank covers. `NEAR` is 10: a cover in a group without cause costs little, one left out
leaks its genre. Pictures alone then make groups of at most 7 covers, and the larger ones hold one picture each; at 14,
chains of unlike covers reach 27.
"""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from covergenre.dataset.hamming import pairs_within

NEAR = 10
MANY = 100_000
"""With more covers than this, only those whose pHashes may be `NEAR` are compared (see `hamming`)."""

_MOST = 100  # pairs kept per cover: all pairs of 6,000 copies of a placeholder would take gigabytes
_BLOCK = 256  # hashes compared with all others at once

# A picture without structure ties with the median that a bit has to exceed: a blank one sets 0 or 1 of the 64 bits, a
# gradient or two flat halves at most 4. Such hashes are uninformative and would chain unlike covers. Others set 32.
_FEWEST_BITS = 24
_NOBODY = frozenset({"", "various", "various artists", "unknown", "unknown artist"})


def group_covers(phashes: Sequence[str], artists: Sequence[str], hashes: Sequence[str]) -> np.ndarray:
    """The group of each of n covers: int64 (n,), numbered from 0 in order of appearance.

    `phashes` and `hashes` (of the content) are hexadecimal, "" where unknown. Artists are compared without regard to
    case, spacing and Unicode form; unknown and various artists link nothing.
    """
    distinct, first = np.unique(np.asarray(phashes, dtype=str), return_index=True)
    near = first[near_duplicates(distinct.tolist())]
    informative = [phash if is_informative(phash) else "" for phash in phashes]
    links = [near, link_equal(hashes), link_equal(artist_keys(artists)), link_equal(informative)]
    return connect(np.concatenate(links), len(hashes))


def connect(links: np.ndarray, n: int) -> np.ndarray:
    """The groups that links (k, 2) make of n covers: int64 (n,), numbered from 0 in order of appearance."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if n == 0:
        return np.zeros(0, dtype=np.int64)
    graph = coo_array((np.ones(len(links), dtype=bool), links.T), shape=(n, n))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def link_equal(keys: Sequence[str]) -> np.ndarray:
    """Links (k, 2) from the first cover with a key to each with the same key; "" is no key."""
    texts = np.asarray(keys, dtype=str)
    _, first, inverse = np.unique(texts, return_index=True, return_inverse=True)
    return np.column_stack([first[inverse], np.arange(len(texts))])[texts != ""]


def artist_keys(artists: Sequence[str]) -> list[str]:
    """Keys that are equal for all spellings of an artist; "" for unknown and various artists."""
    keys = (" ".join(unicodedata.normalize("NFKC", artist).casefold().split()) for artist in artists)
    return ["" if key in _NOBODY else key for key in keys]


def distances(phashes: Sequence[str], pairs: np.ndarray) -> np.ndarray:
    """The Hamming distances, int64 (k,), of pairs (k, 2) of pHashes; none of these may be unknown."""
    codes = np.array([int(phash or "0", 16) for phash in phashes], dtype=np.uint64)
    return np.bitwise_count(codes[pairs[:, 0]] ^ codes[pairs[:, 1]]).astype(np.int64)


def near_duplicates(phashes: Sequence[str], threshold: int = NEAR) -> np.ndarray:
    """All pairs (i, j), i < j, of pHashes at most `threshold` bits apart: int64 (pairs, 2), sorted.

    Hashes that are unknown, or of a picture without structure (flat, a gradient), are in no pair. Two covers at most 8
    bits apart can be called the same picture without looking.

    Of a hash with many near ones, pairs with the nearest `_MOST` and with the first are kept, which still connect them
    all. Among more than `MANY`, equal hashes are only paired with the first of them, which stands for all.
    """
    import faiss

    rows, known = informative(phashes)
    if len(rows) < 2:
        return np.zeros((0, 2), dtype=np.int64)
    if len(rows) > MANY:
        distinct, first, inverse = np.unique(known, return_index=True, return_inverse=True)
        equal = np.column_stack([first[inverse], np.arange(len(known))])
        near = np.sort(first[pairs_within(distinct, threshold)], axis=1)
        return rows[np.unique(np.concatenate([near, equal[equal[:, 0] < equal[:, 1]]]), axis=0)]
    codes = known.astype(">u8").view(np.uint8).reshape(-1, 8)
    index = faiss.IndexBinaryFlat(64)
    index.add(codes)
    found = []
    for start in range(0, len(rows), _BLOCK):
        limits, far, others = index.range_search(codes[start : start + _BLOCK], threshold + 1)
        for row, (first, last) in enumerate(pairwise(limits.astype(np.int64).tolist()), start):
            near, bits = others[first:last], far[first:last].astype(np.int64)
            if len(near) > _MOST:
                nearest = np.argpartition(bits * (near.max() + 1) + near, _MOST)[:_MOST]
                near = np.append(near[nearest], near.min())
            near = near[near != row]
            found.append(np.minimum(near, row) * len(rows) + np.maximum(near, row))
    return rows[np.column_stack(np.divmod(np.unique(np.concatenate(found)), len(rows)))]


def informative(phashes: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The rows, int64, of the informative pHashes (see `is_informative`), and their values, uint64."""
    texts = np.asarray(phashes, object)
    rows = np.flatnonzero(texts != "")
    codes = np.frombuffer(bytes.fromhex("".join(texts[rows].tolist())), ">u8").astype(np.uint64)
    kept = np.bitwise_count(codes) >= _FEWEST_BITS
    return rows[kept], codes[kept]


def is_informative(phash: str) -> bool:
    """Whether a pHash is known and of a picture with structure."""
    return phash != "" and int(phash, 16).bit_count() >= _FEWEST_BITS
