"""Detects files that have changed since they were written: one changed bit in a network gives other predictions.

    digests.json    {"of": the digest of the file that describes them, "files": {name: digest}}

A digest is cached by the file's size and time, because reading 30 MB takes 50 ms.
"""

import hashlib
import logging
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from covergenre.files import read_json, replace_json

FILE = "digests.json"
_log = logging.getLogger(__name__)


def write_digests(folder: Path, names: Iterable[str], of: Path, file: str = FILE) -> None:
    """Write the digests of files of `folder` into `file`; `of` is the file that describes them."""
    files = {name: file_digest(folder / name) for name in names}
    replace_json(folder / file, {"of": file_digest(of), "files": files})


def changed_files(folder: Path, of: Path, begins: str = "", file: str = FILE) -> list[str]:
    """The files that are missing or have changed since digests were written for `of`; none without digests.

    Digests for another `of` are ignored, unless `of` is one of the files itself: then it has changed. Digests that
    can't be read are ignored, too: the files are checked again as they are read. `begins`: only names with this prefix.
    """
    try:
        stored = read_json(folder / file)
        files = {str(name): digest for name, digest in stored["files"].items() if str(name).startswith(begins)}
        known = stored["of"] == file_digest(of)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        _log.warning("%s can't be read and is ignored: %s", folder / file, error)
        return []
    if not known and of.name in stored["files"]:
        return [of.name]
    if not known:
        _log.warning("%s belongs to other files and is ignored", folder / file)
        return []
    paths = {name: folder / name for name in files}
    return [name for name, path in paths.items() if not path.is_file() or file_digest(path) != files[name]]


def file_digest(file: Path) -> str:
    """The hash of a file's bytes; OSError when it can't be read."""
    status = file.stat()
    return _digest(file, "blake2b", status.st_size, status.st_mtime_ns)


def sha256(file: Path) -> str:
    """The SHA-256 of a file's bytes; OSError when it can't be read."""
    status = file.stat()
    return _digest(file, "sha256", status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=256)
def _digest(file: Path, algorithm: str, size: int, modified: int) -> str:  # noqa: ARG001 (they identify a changed file)
    with file.open("rb") as opened:
        digest = hashlib.blake2b(digest_size=16) if algorithm == "blake2b" else hashlib.new(algorithm)
        return hashlib.file_digest(opened, lambda: digest).hexdigest()
