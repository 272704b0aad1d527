"""Finding the file of a picture among the registered data sets, by its content hash."""

import logging
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from covergenre import home
from covergenre.dataset.manifest import STATES, states
from covergenre.dataset.registry import Dataset, names, open_dataset, stamp
from covergenre.errors import BadDataset

_log = logging.getLogger(__name__)

KEY = 16
"""The first digits of a content hash, enough to identify a picture, as in a link."""

_ODD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)  # by which letters are mixed


class HashIndex:
    """Finds the first row with a content hash, by all of its digits or the first `KEY`; 16 bytes per row."""

    def __init__(self, hashes: Sequence[str], rows: np.ndarray | None = None) -> None:
        """`rows`: those to index, ascending; None: all."""
        self._hashes = hashes
        self._rows = np.arange(len(hashes)) if rows is None else rows
        codes = _codes(hashes)[self._rows]
        order = np.argsort(codes, kind="stable")
        self._codes, self._rows = codes[order], self._rows[order]

    @cached_property
    def most_alike(self) -> int:
        """How many rows have the same content hash, at most."""
        ends = np.flatnonzero(np.diff(self._codes, append=self._codes[-1:] + np.uint64(1)))
        return int(np.diff(ends, prepend=-1).max(initial=0))

    def find(self, wanted: Sequence[str]) -> list[int | None]:
        """The row of each hash; None where there is none."""
        codes = _codes(wanted)
        at = np.searchsorted(self._codes, codes)
        there = np.append(self._codes, 0)[at] == codes
        there &= at < len(self._codes)
        rows = np.append(self._rows, -1)[at].tolist()
        return [
            row if found and key and self._hashes[row].startswith(key) else None
            for row, found, key in zip(rows, there.tolist(), wanted, strict=True)
        ]


def find_files(content_hashes: Sequence[str]) -> list[Path | None]:
    """A file for each of the hashes, by the latest scan of its data set; None where there is none.

    Manifests are read again only after one of them has changed.
    """
    found: list[Path | None] = [None] * len(content_hashes)
    stamps = tuple((home.datasets() / name, stamp(name)) for name in names())
    for each in reversed(_known(stamps)):  # of data sets with the same picture the first counts
        for at, row in enumerate(each.hashes.find(content_hashes)):
            if row is not None:
                found[at] = _file(each.dataset, each.paths[row])
    return found


class _Known(NamedTuple):
    """A data set, the paths of its covers, and an index of their content hashes."""

    dataset: Dataset
    paths: Sequence[str]
    hashes: HashIndex


def _file(dataset: Dataset, path: str) -> Path | None:
    try:
        file = dataset.file(path)
    except BadDataset:
        return None
    return file if file.is_file() else None


@lru_cache(maxsize=1)
def _known(stamped: tuple[tuple[Path, int], ...]) -> list[_Known]:
    known = []
    for folder, _ in stamped:
        try:
            dataset = open_dataset(folder.name)
        except BadDataset as error:
            _log.warning("the covers of %s can't be shown: %s", folder.name, error)
            continue
        table = dataset.manifest
        used = np.flatnonzero(states(table) == STATES[0])
        known.append(_Known(dataset, table["path"].array, HashIndex(table["content_hash"].array, used)))
    return known


def _codes(hashes: Sequence[str]) -> np.ndarray:
    """A number, uint64, for the first `KEY` digits of each: equal for equal ones."""
    texts = pc.utf8_slice_codeunits(pa.array(hashes, pa.large_string()), 0, KEY)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    if len(texts) and pc.all(pc.equal(pc.binary_length(texts), KEY)).as_py():
        letters = np.frombuffer(texts.buffers()[2], np.uint8)[texts.offset * KEY :][: len(texts) * KEY].tobytes()
    else:  # a wanted hash may be any text
        letters = b"".join(text.encode()[:KEY].ljust(KEY) for text in texts.to_pylist())
    first, last = np.frombuffer(letters, "<u8").reshape(-1, 2).T
    return first * _ODD[0] ^ last * _ODD[1]
