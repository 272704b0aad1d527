"""Finding the file of a picture among the registered data sets, by its content hash."""

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
    """A data set, the paths of its covers, and an index of their content hashes."""

    dataset: Dataset
    paths: Sequence[str]
    hashes: HashIndex


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
