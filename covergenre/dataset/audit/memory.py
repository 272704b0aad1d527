"""What an audit remembers, so that the next one costs only what changed."""

import hashlib
import io
import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from covergenre.files import replace_bytes

_log = logging.getLogger(__name__)

Arrays = Mapping[str, np.ndarray]


def remember(file: Path, key: str, make: Callable[[], Arrays]) -> Arrays:
    """The arrays that `make` gives: those in `file` when they were stored under the same key, else made and stored.

    A damaged file counts as none.
    """
    found = _read(file, key)
    if found is None:
        found = make()
        buffer = io.BytesIO()
        np.savez(buffer, key=np.str_(key), **found)
        file.parent.mkdir(exist_ok=True)
        replace_bytes(file, buffer.getvalue())
    return found


def digest(*arrays: np.ndarray) -> str:
    """32 hex digits that differ when a value, shape or type of the arrays does."""
    total = hashlib.blake2b(digest_size=16)
    for array in arrays:
        total.update(f"{array.dtype.str}{array.shape}".encode())
        total.update(np.ascontiguousarray(array))
    return total.hexdigest()


def _read(file: Path, key: str) -> Arrays | None:
    try:
        with np.load(file, allow_pickle=False) as stored:
            if str(stored["key"]) != key:
                return None
            return {name: stored[name] for name in stored.files if name != "key"}
    except FileNotFoundError:
        return None
    except Exception as error:  # A damaged archive brings any exception out of its reader.
        _log.warning("%s is damaged and made anew: %s", file, error)
        return None
