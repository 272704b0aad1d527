"""Covers selected on a page, stored for a while, so that an address can name many of them.

    selections/NAME.json    ["jazz/001.jpg", "jazz/007.jpg"]

A name is a digest of the paths: the same selection has one name. The oldest make room.
"""

import hashlib
import logging
import os
import re
from collections.abc import Iterable

from covergenre import home
from covergenre.files import make_room, read_json, replace_json

MOST = 500
MOST_BYTES = 50 * 2**20

_NAME = re.compile(r"[0-9a-f]{16}")
_log = logging.getLogger(__name__)


def save_selection(paths: Iterable[str]) -> str:
    """Store these paths; the name to load them by. OSError when they can't be written."""
    ordered = sorted(set(paths))
    name = hashlib.blake2b("\n".join(ordered).encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    file = home.selections() / f"{name}.json"
    if file.exists():
        os.utime(file)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_json(file, ordered)
        make_room(file, MOST, MOST_BYTES)
    return name


def load_selection(name: str) -> frozenset[str] | None:
    """The paths stored under a name; None when they are not (any more)."""
    file = home.selections() / f"{name}.json"
    if not _NAME.fullmatch(name) or not file.is_file():
        return None
    try:
        paths = read_json(file)
        if not all(isinstance(path, str) for path in paths):
            raise TypeError("paths must be texts")
        return frozenset(paths)
    except (OSError, ValueError, TypeError) as error:
        _log.warning("%s can't be read, so it is left out: %s", file, error)
        return None
