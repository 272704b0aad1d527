"""The file of a picture, found by its pixels among the registered data sets."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from covergenre import home
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset, names, open_dataset
from covergenre.errors import BadDataset

_log = logging.getLogger(__name__)


def find_file(content_hash: str) -> Path | None:
    """A file whose cover had this content hash when its data set was last scanned; None when there is none."""
    return find_files([content_hash])[0]


def find_files(content_hashes: Sequence[str]) -> list[Path | None]:
    """`find_file` for each of the hashes. The manifests are read when one of them has changed since they were last."""
    return _lookup.find(content_hashes)


class _Lookup:
    """The usable covers of all data sets by content hash. Any number of threads may ask at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp: list[tuple[Path, int]] = []
        self._paths: list[tuple[Dataset, dict[str, str]]] = []

    def find(self, content_hashes: Sequence[str]) -> list[Path | None]:
        with self._lock:
            if (stamp := _stamp()) != self._stamp:
                self._paths, self._stamp = _read_all(), stamp
            known = self._paths
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


_lookup = _Lookup()


def _stamp() -> list[tuple[Path, int]]:
    manifests = (home.datasets() / name / "manifest.csv" for name in names())
    return [(manifest, manifest.stat().st_mtime_ns) for manifest in manifests if manifest.exists()]


def _read_all() -> list[tuple[Dataset, dict[str, str]]]:
    """Each data set with the paths of its covers by content hash, the first of those of one picture."""
    known = []
    for name in names():
        try:
            dataset = open_dataset(name)
        except BadDataset as error:
            _log.warning("the covers of %s can't be shown: %s", name, error)
            continue
        rows = usable(dataset.manifest[["content_hash", "path", "problem", "excluded"]]).iloc[::-1]
        known.append((dataset, dict(zip(rows["content_hash"].tolist(), rows["path"].tolist(), strict=True))))
    return known
