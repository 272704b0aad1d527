"""The manifest: one row for each cover file of a folder of genre folders, those that can't be used too.

    path          POSIX, relative to the root; the key, rows are sorted by it
    name, ext     of the file: stem, and ending in lower case with its dot
    source        folders between the root and the genre folder, joined by "/"; "" if there are none
    genre         name of the folder that holds the file, or of one above it (see `layout`)
    width, height, mode, bytes   as stored in the file; 0 and "" when it can't be read
    modified      time of the file's last change, ns since 1970
    content_hash, phash          of the decoded cover (see `images`); "" when it can't be read
    artist, album, year          "" and NA when unknown
    problem       "" or a sentence that says why the cover can't be used
    excluded      "" or why a repair leaves the cover out (see `repair`)
    original_genre, edit         the genre before a repair changed it, the number of the last repair; "" without one
    tags          words that somebody put on the cover, "; " between two

Further columns are kept as text. What people know better than a scan (genre, artist, album, year, repairs, further
columns) may be edited in the stored CSV and survives every rescan. So does the row of a cover whose file is gone: the
file may be back tomorrow.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from covergenre import images
from covergenre.dataset.folder import CoverFile, find_covers
from covergenre.dataset.layout import BY_GENRE, Layout, detect_layout, front_covers
from covergenre.dataset.metadata import Metadata, read_metadata
from covergenre.dataset.skipped import SkippedFiles
from covergenre.dataset.table import COLUMNS, EDITS, NOTES, read_manifest, typed, write_manifest
from covergenre.errors import BadDataset, BadImage
from covergenre.progress import SILENT, Monitor

__all__ = ["COLUMNS", "GONE", "Scan", "fingerprint", "keep_edits", "read_manifest", "scan", "usable", "write_manifest"]

GONE = "the file is gone: put it back and scan again"

STATES = ("usable", "left out", "unreadable")
"""The states of a cover in a data set."""

NO_PIXELS = {"width": 0, "height": 0, "mode": "", "content_hash": "", "phash": ""}

ReadPixels = Callable[[Path, Sequence[CoverFile], Monitor], Sequence[Mapping[str, Any]]]
"""Reads covers below a root and returns, in their order, the columns that their pixels give, and any problem."""

_log = logging.getLogger(__name__)

_UNKNOWN = {"year": None}
_EDITABLE = (*EDITS, *NOTES)
_TABLE_BESIDE = "manifest.csv"


@dataclass(frozen=True, eq=False)
class Scan:
    """The result of a scan: the manifest, skipped files by reason, and how many covers were read and reused.

    `gone`: paths of covers that the previous scan found and this one doesn't; their rows stay, with the problem `GONE`.
    `layout`: which folder names the genre. `remarks`: remarks on the table beside the covers.
    """

    manifest: pd.DataFrame
    skipped: SkippedFiles
    read: int
    reused: int
    gone: tuple[str, ...] = ()
    layout: Layout = BY_GENRE
    remarks: tuple[str, ...] = ()


def scan(
    root: Path,
    previous: pd.DataFrame | None = None,
    monitor: Monitor = SILENT,
    genre_level: int | None = None,
    read_pixels: ReadPixels | None = None,
) -> Scan:
    """Scan the folder `root`, which holds genre folders (folders of sources may lie between).

    `genre_level`: which folder names the genre (see `layout`); None to detect it.

    A row of `previous` is reused when its file has the same size and modification time; a changed file is read again
    and keeps its edits. `read_pixels`: reads new and changed covers; by default threads of this process. If `root` has
    a table `manifest.csv` with a column `path`, its artist, album, year and further columns fill in what is unknown
    about those covers.

    Raises BadDataset when `root` is not a folder or its table is broken, Cancelled when stopped.
    """
    root = Path(root)
    if not root.is_dir():
        raise BadDataset(f"{root} is not a folder: name the folder that holds the genre folders")
    found, skipped = find_covers(root)
    layout = detect_layout([cover.path for cover in found], genre_level)
    on_disk = {cover.path for cover in found}
    found = _without_backs(found, layout, skipped)
    metadata = _metadata(root, [cover.path for cover in found])
    known = {} if previous is None else {row["path"]: row for row in previous.to_dict("records")}
    unchanged = {path: (row["bytes"], row["modified"]) for path, row in known.items() if row["problem"] != GONE}
    fresh = [cover for cover in found if unchanged.get(cover.path) != (cover.bytes, cover.modified)]
    for cover, pixels in zip(fresh, (read_pixels or _read_all)(root, fresh, monitor), strict=True):
        known[cover.path] = _row(cover, pixels, known.get(cover.path, {}), metadata.values, layout)
    here = {cover.path for cover in found}
    gone = tuple(sorted(path for path, row in known.items() if path not in on_disk and row["problem"] != GONE))
    columns = list(dict.fromkeys([*COLUMNS, *(() if previous is None else previous.columns), *metadata.values]))
    kept = ((path, row) for path, row in known.items() if path in here or path not in on_disk)
    rows = [row if path in here else {**row, "problem": GONE} for path, row in kept]
    manifest = typed({column: [row.get(column, _UNKNOWN.get(column, "")) for row in rows] for column in columns})
    return Scan(manifest, skipped, len(fresh), len(found) - len(fresh), gone, layout, metadata.remarks)


def usable(manifest: pd.DataFrame) -> pd.DataFrame:
    """The rows of usable covers (without problem, not excluded), with their index."""
    return manifest[(manifest["problem"] == "") & (manifest["excluded"] == "")]


def states(manifest: pd.DataFrame) -> np.ndarray:
    """The state of each cover, one of `STATES`: texts (n,)."""
    return np.select([manifest["excluded"] != "", manifest["problem"] != ""], STATES[1:], STATES[0])


def pixel_columns(decoded: images.Decoded) -> dict[str, Any]:
    """The columns that come from the pixels of a cover; for one that can't be read they are `NO_PIXELS`."""
    return {
        "width": decoded.width,
        "height": decoded.height,
        "mode": decoded.mode,
        "content_hash": images.content_hash(decoded.image),
        "phash": images.perceptual_hash(decoded.image),
    }


def keep_edits(manifest: pd.DataFrame, latest: pd.DataFrame) -> pd.DataFrame:
    """`manifest` with the repairs in `latest` of its covers, which were made during a scan."""
    edits = latest.set_index("path")[list(EDITS)]
    merged = manifest.set_index("path")
    merged.update(edits)
    return merged.reset_index()[list(manifest.columns)]


def fingerprint(manifest: pd.DataFrame) -> str:
    """16 hex digits that change with the path, genre or pixels of any usable cover: the data set's hash in a run."""
    digest = hashlib.blake2b(digest_size=8)
    for row in sorted(zip(*(usable(manifest)[name] for name in ("path", "genre", "content_hash")), strict=True)):
        digest.update("\0".join((*row, "")).encode())
    return digest.hexdigest()


def _metadata(root: Path, paths: Sequence[str]) -> Metadata:
    """The metadata in the table beside the covers; none without a table that can be trusted."""
    table = root / _TABLE_BESIDE
    if not table.is_file():
        return Metadata()
    if not table.resolve().is_relative_to(root.resolve()):
        return Metadata(remarks=(f"{table.name} is a link that leads out of the folder; it was not read",))
    return read_metadata(table, paths)


def _without_backs(found: Sequence[CoverFile], layout: Layout, skipped: SkippedFiles) -> list[CoverFile]:
    """The covers; in a music library one per album, its front."""
    if not layout.albums:
        return list(found)
    kept = front_covers(cover.path for cover in found)
    for cover in found:
        if cover.path not in kept:
            skipped.add("not the front of its album", cover.path)
    return [cover for cover in found if cover.path in kept]


def _read_all(root: Path, covers: Sequence[CoverFile], monitor: Monitor) -> list[dict]:
    """A `ReadPixels` by threads of this process."""

    def read(cover: CoverFile) -> dict:
        try:
            return {**pixel_columns(images.decode(images.read(root / cover.path))), "problem": ""}
        except BadImage as error:
            return {**NO_PIXELS, "problem": str(error)}

    return list(monitor.map(read, covers, "covers", "nothing was stored"))


def _row(
    cover: CoverFile, pixels: Mapping, edited: Mapping, metadata: Mapping[str, Mapping[str, object]], layout: Layout
) -> dict:
    """The row of a cover that was read; edits by people count before the metadata, both before the file's own."""
    path = PurePosixPath(cover.path)
    facts = {
        "path": cover.path,
        "name": path.stem,
        "ext": path.suffix.lower(),
        **layout.facts(cover.path),
        "bytes": cover.bytes,
        "modified": cover.modified,
    }
    noted = {column: values.get(cover.path) for column, values in metadata.items()}
    noted = {column: value for column, value in noted.items() if value not in ("", None)}
    kept = {
        column: value
        for column, value in edited.items()
        if (column in _EDITABLE or column not in COLUMNS) and not (pd.isna(value) or value == "")
    }
    return {**facts, **noted, **kept, **pixels}
