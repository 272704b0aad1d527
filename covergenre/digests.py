"""Whether files are the bytes that they were when they were made: one changed bit in a network gives other answers.

    digests.json    {"of": the digest of the file that says what they are, "files": {name: digest}}

Checked once in a process for each state of the files (size and time), because reading 30 MB takes 50 ms.
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
    """Write down in `file` what these files of `folder` are now; `of` is the file that says what was made."""
    files = {name: file_digest(folder / name) for name in names}
    replace_json(folder / file, {"of": file_digest(of), "files": files})


def changed_files(folder: Path, of: Path, begins: str = "", file: str = FILE) -> list[str]:
    """The files that are missing or not as they were when digests were written for what `of` says; none without any.

    What digests were written for another `of` say nothing, unless it is one of the files itself: then it has changed.
    `begins`: only those whose names begin so. Digests that can't be read say nothing either: what they are of is
    checked as it is read.
    """
    try:
        told = read_json(folder / file)
        files = {str(name): digest for name, digest in told["files"].items() if str(name).startswith(begins)}
        known = told["of"] == file_digest(of)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        _log.warning("%s can't be read, so it is not looked at: %s", folder / file, error)
        return []
    if not known and of.name in told["files"]:
        return [of.name]
    if not known:
        _log.warning("%s is of another making; it is not looked at", folder / file)
        return []
    return [name for name, digest in files.items() if not _is(folder / name, digest)]


def file_digest(file: Path) -> str:
    """What is equal for equal bytes of a file; OSError when it can't be read."""
    return _digest(file, *_state(file))


def _is(file: Path, digest: str) -> bool:
    return file.is_file() and file_digest(file) == digest


def _state(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_size, status.st_mtime_ns


@lru_cache(maxsize=256)
def _digest(file: Path, size: int, modified: int) -> str:  # noqa: ARG001 (they tell a changed file)
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
