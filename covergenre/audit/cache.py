"""Intermediate results of an audit, cached so that the next audit costs only what changed."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from covergenre.files import replace_arrays, where_allowed

_log = logging.getLogger(__name__)

Arrays = Mapping[str, np.ndarray]


def load_or_compute(file: Path, key: str, make: Callable[[], Arrays]) -> Arrays:
    """The arrays that `make` gives: those in `file` when they were stored under the same key, else made and stored."""
    found = load_valid(file, lambda stored: str(stored["key"]) == key, lambda: {"key": np.asarray(key), **make()})
    return {name: array for name, array in found.items() if name != "key"}


def load_valid(file: Path, holds: Callable[[Arrays], bool], make: Callable[[], Arrays]) -> Arrays:
    """The arrays in `file` while `holds` says so of them, else those that `make` gives, which are stored.

    A damaged file counts as none.
    """
    found = _read(file)
    if found is None or not _holds(holds, found, file):
        found = make()
        with where_allowed():
            file.parent.mkdir(exist_ok=True)
            replace_arrays(file, **found)
    return found


def digest(*arrays: np.ndarray) -> str:
    """32 hex digits that differ when a value, shape or type of the arrays does."""
    total = hashlib.blake2b(digest_size=16)
    for array in arrays:
        total.update(f"{array.dtype.str}{array.shape}".encode())
        total.update(np.ascontiguousarray(array).data)
    return total.hexdigest()


def fold_inputs(covers: pd.DataFrame) -> list[np.ndarray]:
    """What `honest_folds` makes folds of, fit for `digest`: to compare it is quicker than to make the folds again."""
    return [covers[column].to_numpy(str) for column in ("genre", "artist", "content_hash", "phash")]


def _holds(holds: Callable[[Arrays], bool], found: Arrays, file: Path) -> bool:
    try:
        return holds(found)
    except (KeyError, ValueError, IndexError):
        _log.warning("%s holds something else and is computed again", file)
        return False


def _read(file: Path) -> Arrays | None:
    try:
        with np.load(file, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except FileNotFoundError:
        return None
    except Exception as error:  # A damaged archive brings any exception out of its reader.
        _log.warning("%s is damaged and is computed again: %s", file, error)
        return None
