"""Unpacking an uploaded ZIP of genre folders; the archive is not trusted.

    jazz/cover.jpg, covers/jazz/cover.jpg, spotify/jazz/cover.jpg    as in a folder (see `folder`)

Only pictures are unpacked, and the table `manifest.csv` beside the genre folders. Names are checked before anything is
written; sizes are counted while unpacking, because an archive may lie about them. The copies are stored under
`home.uploads()` and deleted with their data set. `read_covers` unpacks into memory only, for Predict.
"""

import errno
import logging
import os
import re
import secrets
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO

from covergenre import home
from covergenre.dataset.layout import detect_layout
from covergenre.dataset.manifest import Scan
from covergenre.dataset.registry import Dataset, check_name, names, register
from covergenre.dataset.skipped import HIDDEN, SkippedFiles, is_hidden
from covergenre.errors import BadDataset
from covergenre.exchange.zip_names import readable_names
from covergenre.files import publish_folder
from covergenre.images import EXTENSIONS, MAX_BYTES
from covergenre.progress import SILENT, Monitor

_log = logging.getLogger(__name__)

_TABLE = "manifest.csv"
_MAX_DEPTH = 8  # folders and file
_MAX_NAME = 255  # bytes, the limit of file systems
_CHUNK = 2**20
_OUTSIDE = re.compile(r"^[A-Za-z]:|^/|\\")
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_NO_ZIP = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, ValueError, NotImplementedError)
_DAMAGE = (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Limits:
    """The most files, bytes in one of them, and bytes in all of them, unpacked."""

    files: int = 100_000
    file: int = MAX_BYTES
    total: int = 8 * 2**30


@dataclass(frozen=True)
class Unpacked:
    """The folder with the unpacked files, the number of covers, and the skipped files by reason."""

    root: Path
    covers: int
    skipped: SkippedFiles


def register_archive(
    name: str, archive: IO[bytes] | Path, monitor: Monitor = SILENT, genre_level: int | None = None
) -> tuple[Dataset, Scan]:
    """Unpack a ZIP and register it as the data set `name`; raises what `unpack` and `register` raise.

    `genre_level`: as `register` takes it, not counting a folder around all genre folders.
    """
    check_name(name)
    if name in names():
        raise BadDataset(f"there is a data set {name!r} already: choose another name or remove that one first")
    unpacked = unpack(archive, monitor)
    try:
        dataset, scan = register(name, unpacked.root, monitor, genre_level)
    except BaseException:
        shutil.rmtree(unpacked.root, ignore_errors=True)
        raise
    return dataset, replace(scan, skipped=unpacked.skipped.plus(scan.skipped))


def unpack(archive: IO[bytes] | Path, monitor: Monitor = SILENT, limits: Limits = Limits()) -> Unpacked:
    """Unpack the covers of a ZIP into a new folder in `home.uploads()`, atomically.

    A folder around all genre folders is dropped. Skipped are links, names that lead out of the archive, hidden files,
    and files that are no pictures, too large, damaged or encrypted. Raises BadDataset when it is no ZIP, has no cover
    or more than `limits` allow; Cancelled when stopped.
    """
    target = home.uploads() / secrets.token_hex(8)
    beside = target.with_name(f".{target.name}")
    try:
        with zipfile.ZipFile(archive) as opened:
            found, skipped = _members(opened, limits)
            members = _without_wrapper(found, skipped)
            beside.mkdir(parents=True)
            covers = _write_all(_contents(opened, members, skipped, limits, monitor), beside, skipped)
        if not covers:
            why = skipped.summary()
            raise BadDataset(f"this ZIP holds no GENRE/COVER.jpg ({why}): pack the folder of the genre folders")
        publish_folder(beside, target)
    except _NO_ZIP as error:
        raise BadDataset(f"this is no ZIP that can be read ({error}): pack the genre folders again") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return Unpacked(target, covers, skipped)


def read_covers(archive: IO[bytes] | Path, limits: Limits = Limits()) -> tuple[list[tuple[str, bytes]], SkippedFiles]:
    """The pictures in a ZIP, in folders or not, as (path, bytes) in its order; and the skipped files by reason.

    Nothing is written; the same files are skipped as in `unpack`. Raises BadDataset when it is no ZIP, has no picture
    or more than `limits` allow.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members, skipped = _members(opened, limits)
            pictures = {path: info for path, info in members.items() if PurePosixPath(path).name != _TABLE}
            covers = list(_contents(opened, pictures, skipped, limits, SILENT))
    except _NO_ZIP as error:
        raise BadDataset(f"this is no ZIP that can be read ({error}): pack the covers again") from error
    if not covers:
        raise BadDataset(f"this ZIP holds no picture ({skipped.summary()}): pack the covers themselves")
    return covers, skipped


def is_unpacked(dataset: Dataset) -> bool:
    """Whether the covers of a data set were unpacked from an uploaded archive."""
    return dataset.root.parent == home.uploads()


def discard(dataset: Dataset) -> None:
    """Delete the unpacked copies of a data set; never a user's own files."""
    if is_unpacked(dataset):
        shutil.rmtree(dataset.root, ignore_errors=True)


def _members(opened: zipfile.ZipFile, limits: Limits) -> tuple[dict[str, zipfile.ZipInfo], SkippedFiles]:
    """The files to be unpacked, by path; and the skipped files by reason."""
    infos = opened.infolist()
    if len(infos) > limits.files:
        raise BadDataset(f"this ZIP has {len(infos):,} entries, at most {limits.files:,} are unpacked: pack fewer")
    skipped = SkippedFiles()
    names = readable_names(infos)
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        path = names[info.header_offset]
        if info.filename.endswith("/") or path.endswith("/"):  # `is_dir` fails on an empty name
            continue
        reason = _refusal(path, info) or ("there twice" if path in found else "")
        if reason:
            skipped.add(reason, path)
        else:
            found[path] = info
    return found, skipped


def _refusal(path: str, info: zipfile.ZipInfo) -> str:
    """Why a file is not unpacked; "" when it may be."""
    parts = path.split("/")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "a link or device"
    if _OUTSIDE.search(path) or any(part in ("", ".", "..") for part in parts):
        return "a name that leads out of the archive"
    if any(map(is_hidden, parts)):
        return HIDDEN
    if not _is_writable(path, parts):
        return "a name that no file can have"
    if info.flag_bits & 1:
        return "encrypted"
    if info.compress_type not in _PACKINGS:
        packings = vars(zipfile)["compressor_names"]  # typeshed has none
        packed = packings.get(info.compress_type, f"method {info.compress_type}")
        return f"packed as {packed}, which is not read here: pack it again as an ordinary ZIP (Deflate)"
    if len(parts) > _MAX_DEPTH:
        return "too deep in folders"
    if parts[-1] != _TABLE and PurePosixPath(path).suffix.lower() not in EXTENSIONS:
        return "not an image"
    return ""


def _is_writable(path: str, parts: list[str]) -> bool:
    try:
        longest = max(len(os.fsencode(part)) for part in parts)
    except UnicodeEncodeError:
        return False
    return longest <= _MAX_NAME and not any(unicodedata.category(letter) in ("Cc", "Cs") for letter in path)


def _without_wrapper(found: Mapping[str, zipfile.ZipInfo], skipped: SkippedFiles) -> dict[str, zipfile.ZipInfo]:
    """The files without a folder around all genre folders; those that then are in no genre folder are skipped."""
    tops = {path.split("/")[0] for path in found}
    covers = [path for path in found if PurePosixPath(path).name != _TABLE]
    depths = [path.count("/") for path in covers]
    around = len(tops) == 1 and depths and min(depths) >= 2 and detect_layout(covers).genre_level != 1
    skip = 1 if around else 0
    kept = {}
    for path, info in found.items():
        inner = path.split("/", skip)[skip]
        if inner != _TABLE and ("/" not in inner or inner.endswith(f"/{_TABLE}")):
            skipped.add("in no genre folder", path)
        else:
            kept[inner] = info
    return kept


def _write_all(contents: Iterator[tuple[str, bytes]], folder: Path, skipped: SkippedFiles) -> int:
    """Write the files; how many of them are covers."""
    covers = 0
    for path, data in contents:
        file = folder / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as written:
                written.write(data)
        except (FileExistsError, NotADirectoryError):
            skipped.add("a file where another has a folder", path)
        else:
            covers += path != _TABLE
    return covers


def _contents(
    opened: zipfile.ZipFile,
    members: Mapping[str, zipfile.ZipInfo],
    skipped: SkippedFiles,
    limits: Limits,
    monitor: Monitor,
) -> Iterator[tuple[str, bytes]]:
    """The path and the bytes of each member, one at a time; those that can't be read are skipped."""
    left = limits.total
    for path, info in monitor.steps(members.items(), "unpacking", "nothing was kept", "files"):
        try:
            data = _read(opened, info, min(limits.file, left))
        except _TooMuch:
            if left < limits.file:
                raise BadDataset(
                    f"this ZIP unpacks to more than {limits.total / 2**30:.1f} GB: pack it in parts"
                ) from None
            left -= limits.file  # which were unpacked until that was known
            skipped.add(f"larger than {limits.file // 2**20} MB", path)
        except _Damaged as error:
            _log.debug("%s is not unpacked: %s", path, error)
            skipped.add("damaged", path)
        else:
            left -= len(data)
            yield path, data


class _Damaged(Exception):
    """A file can't be unpacked."""


class _TooMuch(Exception):
    """A file has too many bytes."""


def _read(opened: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """The unpacked bytes of one file.

    Raises _TooMuch as soon as there are more than `most`, _Damaged where they can't be unpacked, OSError when the
    archive itself can't be read.
    """
    data = bytearray()
    try:
        with opened.open(info) as packed:
            while piece := packed.read(_CHUNK):
                data += piece
                if len(data) > most:
                    raise _TooMuch
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise _Damaged(str(error)) from error
    return bytes(data)
