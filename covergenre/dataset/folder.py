"""Finding the covers in a folder of genre folders, and only there.

    root/jazz/cover.jpg            genre "jazz", source ""
    root/spotify/jazz/cover.jpg    genre "jazz", source "spotify"

Other layouts are detected by `layout`.

The folder is not trusted. A link that leads out of the root is refused, a link to a folder is not followed (its target
is found at its own place, so there are no loops), pipes and devices are never opened.
"""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from covergenre.dataset.skipped import HIDDEN, SkippedFiles, is_hidden
from covergenre.errors import BadDataset
from covergenre.images import EXTENSIONS

NOT_AN_IMAGE = "not an image"
OUTSIDE = "outside the root"
NO_GENRE = "not in a genre folder"
NOT_UNICODE = "a name that is not Unicode"
LINK = "a link to a folder or to nothing"
CLOSED = "can't be opened"

_FOLDER, _COVER = "folder", "cover"


@dataclass(frozen=True)
class CoverFile:
    """The file of a cover: POSIX path relative to the root, size in bytes, modification time in ns."""

    path: str
    bytes: int
    modified: int


def find_covers(root: Path) -> tuple[list[CoverFile], SkippedFiles]:
    """The cover files under `root`, sorted by path, and the files that were skipped, by reason.

    Covers are recognised by their extension (`images.EXTENSIONS`) and not read. A skipped folder counts as one. Raises
    BadDataset when a folder can't be read for another reason than its permissions, because its covers would seem gone.
    """
    root = Path(os.path.realpath(root))
    found, skipped, folders = [], SkippedFiles(), [""]
    while folders:
        folder = folders.pop()
        for entry in _entries(root, folder, skipped):
            kind, status = _kind(entry, root, in_genre=bool(folder))
            if kind == _FOLDER:
                folders.append(f"{folder}{entry.name}/")
            elif kind == _COVER and status:
                found.append(CoverFile(folder + entry.name, status.st_size, status.st_mtime_ns))
            else:
                skipped.add(kind, folder + os.fsencode(entry.name).decode("utf-8", "replace"))
    return sorted(found, key=lambda cover: cover.path), skipped


def _entries(root: Path, folder: str, skipped: SkippedFiles) -> Iterator[os.DirEntry]:
    try:
        with os.scandir(root / folder) as entries:
            yield from entries
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM):
            raise BadDataset(f"{root / folder} can't be read just now ({error}): try again when it can") from error
        skipped.add(CLOSED, folder)


def _kind(entry: os.DirEntry, root: Path, in_genre: bool) -> tuple[str, os.stat_result | None]:
    """`_FOLDER`, `_COVER` or the reason to skip the entry; and its status, if it was read."""
    if is_hidden(entry.name):
        return HIDDEN, None
    if not _is_unicode(entry.name):
        return NOT_UNICODE, None
    try:
        if entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(root):
            return OUTSIDE, None
        status = entry.stat()
    except OSError:
        return (LINK if entry.is_symlink() else CLOSED), None
    if stat.S_ISDIR(status.st_mode):
        return (LINK if entry.is_symlink() else _FOLDER), None
    if not stat.S_ISREG(status.st_mode) or PurePosixPath(entry.name).suffix.lower() not in EXTENSIONS:
        return NOT_AN_IMAGE, None
    return (_COVER if in_genre else NO_GENRE), status


def _is_unicode(name: str) -> bool:
    """Whether the bytes of a file name were UTF-8; Python replaces those that weren't by lone surrogates."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
