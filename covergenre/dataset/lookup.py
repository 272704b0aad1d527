"""The file of a picture, found by its pixels among the registered data sets."""

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from covergenre import home
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset, names, open_dataset, stamp
from covergenre.errors import BadDataset

_log = logging.getLogger(__name__)


def find_files(content_hashes: Sequence[str]) -> list[Path | None]:
    """For each of the hashes a file whose cover had it when its data set was last scanned; None where there is none.

    The manifests are read when one of them has changed since they were last.
    """
    known = _known(_stamp())
    return [_found(known, key) for key in content_hashes]


def _found(known: Sequence[tuple[Dataset, dict[str, str]]], key: str) -> Path | None:
    """The file of the first data set that has a picture."""
    return next((_file(dataset, paths[key]) for dataset, paths in known if key in paths), None)


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
def _known(stamped: tuple[tuple[Path, int], ...]) -> list[tuple[Dataset, dict[str, str]]]:
    """Each data set with the paths of its covers by content hash, the first of those of one picture."""
    known = []
    for folder, _ in stamped:
        try:
            dataset = open_dataset(folder.name)
        except BadDataset as error:
            _log.warning("the covers of %s can't be shown: %s", folder.name, error)
            continue
        rows = usable(dataset.manifest[["content_hash", "path", "problem", "excluded"]]).iloc[::-1]
        known.append((dataset, dict(zip(rows["content_hash"].tolist(), rows["path"].tolist(), strict=True))))
    return known
