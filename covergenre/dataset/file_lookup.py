"""The file of a picture, found by its pixels among the registered data sets."""

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from covergenre import home
from covergenre.dataset.hash_index import HashIndex
from covergenre.dataset.manifest import STATES, states
from covergenre.dataset.registry import Dataset, names, open_dataset, stamp
from covergenre.errors import BadDataset

_log = logging.getLogger(__name__)


class _Known(NamedTuple):
    """A data set, the paths of its covers, and which row of them has which pixels."""

    dataset: Dataset
    paths: Sequence[str]
    hashes: HashIndex


def find_files(content_hashes: Sequence[str]) -> list[Path | None]:
    """For each of the hashes a file whose cover had it when its data set was last scanned; None where there is none.

    The manifests are read when one of them has changed since they were last.
    """
    found: list[Path | None] = [None] * len(content_hashes)
    for each in reversed(_known(_stamp())):  # of data sets that have the same picture the first counts
        for at, row in enumerate(each.hashes.find(content_hashes)):
            if row is not None:
                found[at] = _file(each.dataset, each.paths[row])
    return found


def _file(dataset: Dataset, path: str) -> Path | None:
    try:
        file = dataset.file(path)
    except BadDataset:
        return None
    return file if file.is_file() else None


def _stamp() -> tuple[tuple[Path, int], ...]:
    """What is another when a manifest is."""
    return tuple((home.datasets() / name, stamp(name)) for name in names())


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
