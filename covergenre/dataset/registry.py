"""The registry of data sets by name: a user's folder of covers and its scan; and the starter.

    datasets/NAME/dataset.json    {"id", "name", "root", "scanned", "genre_level", "decoder"}
    datasets/NAME/manifest.csv    the manifest, which people may edit
    datasets/NAME/splits/         see `split`

Covers stay where they are: nothing here writes to, moves or deletes a user's file. Stored files are replaced as a whole
under one lock; readers need none.

The starter is a data set too: it is read-only and has no pictures.
"""

import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pandas as pd
from filelock import FileLock

from covergenre import home
from covergenre.dataset.identity import id_of
from covergenre.dataset.layout import Layout, detect_layout
from covergenre.dataset.manifest import GONE, ReadPixels, Scan, keep_edits, read_manifest, scan, usable, write_manifest
from covergenre.dataset.starter import STARTER, by_hash, open_starter
from covergenre.dataset.table import COLUMNS, NUMBERS, typed
from covergenre.errors import BadDataset, BadRun, CoversMissing
from covergenre.files import read_json, replace_json
from covergenre.formatting import disarmed
from covergenre.images import DECODER
from covergenre.progress import SILENT, Monitor

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED = (STARTER,)
_FEW_GONE, _MUCH_GONE = 2, 0.1  # covers, and the share of all, from which a scan asks

Missing = Literal["refuse", "keep", "forget"]
"""What to do about covers whose files are gone."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """A registered data set: `root` holds the covers, `folder` the data about them.

    `writable`: whether it can be repaired, renamed and removed. `has_pictures`: whether its covers are files; if not,
    the manifest has the `part`, `id`, `image_url` and `signature` of each, and its path is its content hash. `id`: see
    `identity`.
    """

    name: str
    root: Path
    folder: Path
    manifest: pd.DataFrame
    writable: bool = True
    has_pictures: bool = True
    id: str = ""

    @property
    def genres(self) -> tuple[str, ...]:
        """The genres of the usable covers, sorted."""
        return tuple(sorted(usable(self.manifest)["genre"].unique()))

    def file(self, path: str) -> Path:
        """The file of a manifest's `path`; BadDataset when it leads out of the root, through a link too."""
        try:
            file = Path(os.path.realpath(self.root / path))
        except ValueError as error:
            raise BadDataset(f"{path!r} can't be the path of a file: scan the data set {self.name} again") from error
        if not file.is_relative_to(os.path.realpath(self.root)):
            raise BadDataset(f"{path!r} leads out of {self.root}: covers must be inside the root of their data set")
        return file


def register(
    name: str,
    root: Path,
    monitor: Monitor = SILENT,
    genre_level: int | None = None,
    missing: Missing = "refuse",
    read_pixels: ReadPixels | None = None,
) -> tuple[Dataset, Scan]:
    """Scan the folder `root` and register it as the data set `name`; called again, rescan it.

    `genre_level`: which folder names the genre (see `layout`); None for the one set before, or to detect it.
    `missing`: covers whose files are gone keep their rows ("keep"), lose them ("forget"), or keep them unless so many
    are gone (all of a genre, or a tenth of the covers) that a disk is probably not mounted ("refuse").
    `read_pixels`: see `scan`.

    Raises CoversMissing in that case; BadDataset for a name that is invalid or belongs to another folder, a `root` that
    is no folder or has no covers, or an invalid table; Cancelled when stopped. The data set then stays as it was.
    """
    check_name(name)
    root = Path(root).expanduser().resolve()
    folder = home.datasets() / name
    before = _check_root(folder, root)
    manifest = folder / "manifest.csv"
    previous = read_manifest(manifest) if manifest.exists() else None
    if genre_level is None:
        genre_level = before.get("genre_level")
    elif previous is not None and before.get("genre_level") != genre_level:
        previous = _without_guesses(previous, detect_layout(previous["path"].tolist(), before.get("genre_level")))
    if previous is not None and before.get("decoder") != DECODER:
        previous = previous.assign(modified=0)  # so that all is read again: pixels may differ
    scanned = scan(root, previous, monitor, genre_level, read_pixels)
    if not scanned.read + scanned.reused:
        raise BadDataset(
            f"{root} holds no GENRE/COVER.jpg ({scanned.skipped.summary()}): name the folder of the genre folders"
        )
    if missing == "refuse":
        _check_missing(scanned)
    with lock():
        _check_root(folder, root)
        folder.mkdir(exist_ok=True)
        table = scanned.manifest
        if manifest.exists() and previous is not None:
            table = keep_edits(table, read_manifest(manifest)) if genre_level == before.get("genre_level") else table
        if missing == "forget":
            table = table[table["problem"] != GONE].reset_index(drop=True)
        write_manifest(table, manifest)
        _write_record(folder, {**before, "root": str(root), "genre_level": genre_level, "decoder": DECODER})
    return Dataset(name, root, folder, table, id=id_of(name)), replace(scanned, manifest=table)


def open_dataset(name: str, dataset_id: str = "") -> Dataset:
    """The data set `name` as last scanned; BadDataset when there is none or its files are damaged.

    `dataset_id`: if given, the id that it must have, in case another data set has taken its name.
    """
    if name == STARTER:
        return _open_shipped()
    folder = folder_of(name)
    record = _read_record(folder)
    if dataset_id and record.get("id") != dataset_id:
        raise BadDataset(f"the data set {name!r} of then was removed, and there is another of that name: train again")
    table = read_manifest(folder / "manifest.csv")
    return Dataset(name, Path(record["root"]), folder, table, id=record.get("id") or "")


def names(shipped: bool = False) -> tuple[str, ...]:
    """The names of the registered data sets, sorted; `shipped`: then the starter's, if there is one."""
    records = home.datasets().glob("*/dataset.json")
    own = sorted(record.parent.name for record in records if _NAME.fullmatch(record.parent.name))
    return (*own, STARTER) if shipped and home.starter().is_dir() else tuple(own)


def stamp(name: str) -> int:
    """The modification time of a data set's table, in ns, which changes with the data set; 0 when there is none."""
    try:
        table = home.starter() / "card.json" if name == STARTER else home.datasets() / name / "manifest.csv"
        return table.stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def table_text(dataset: Dataset) -> str:
    """The manifest as CSV for a spreadsheet, with no cell that could run as a formula."""
    table = dataset.manifest.drop(columns="signature", errors="ignore").map(disarmed)
    return table.rename(columns=disarmed).to_csv(index=False)


def folder_of(name: str) -> Path:
    """The folder of a user's data set, which may be damaged. Raises BadDataset when there is none."""
    if name in _RESERVED:
        raise BadDataset(f"the data set {name} comes with covergenre: it can't be renamed or removed")
    folder = home.datasets() / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        known = ", ".join(names()) or "none yet"
        raise BadDataset(f"there is no data set {name!r} (there are: {known}): scan its folder first")
    return folder


def remove(name: str) -> None:
    """Remove the data set `name` from the registry, never its covers; BadDataset when there is none."""
    with lock():
        shutil.rmtree(folder_of(name))


def rename(old: str, new: str) -> None:
    """Rename the data set `old` to `new`; BadDataset when there is no `old`, or `new` is invalid or taken."""
    check_name(new)
    with lock():
        folder, target = folder_of(old), home.datasets() / new
        if target.exists():
            raise BadDataset(f"there is a data set {new!r} already: choose another name or remove that one first")
        record = _read_record(folder)
        folder.rename(target)
        _write_record(target, record, scanned=record["scanned"])


def require_pictures(dataset: Dataset) -> None:
    """Raise BadDataset for a data set without pictures: nothing can be computed from them."""
    if not dataset.has_pictures:
        raise BadDataset(
            f"the data set {dataset.name} ships without pictures, so it can't be embedded or trained on: scan a folder "
            "of covers, and use that"
        )


def check_name(name: str) -> None:
    """Raise BadDataset for an invalid or reserved name."""
    if not _NAME.fullmatch(name):
        raise BadDataset(f"{name!r} can't name a data set: use 1 to 64 of a-z, 0-9, _ and -, first a letter or digit")
    if name in _RESERVED:
        raise BadDataset(f"the name {name!r} is taken by what comes with covergenre: choose another")


def lock() -> FileLock:
    """The lock to hold for any change to stored data sets; it has no timeout, because it is held only briefly."""
    home.datasets().mkdir(parents=True, exist_ok=True)
    return FileLock(home.datasets() / ".lock")


def _open_shipped() -> Dataset:
    """The starter with all columns of a manifest; properties of files are 0 or ""."""
    try:
        starter = open_starter()
    except BadRun as error:
        raise BadDataset(str(error)) from error
    covers = by_hash(starter.covers)
    covers["name"] = covers["source"].str.replace("_", " ").str.capitalize() + " " + covers["id"]
    unknown = {column: 0 if column in NUMBERS else "" for column in COLUMNS if column not in covers}
    return Dataset(
        STARTER, starter.folder, starter.folder, covers.assign(**unknown), writable=False, has_pictures=False
    )


def _check_root(folder: Path, root: Path) -> dict:
    """The record of the data set in `folder`, {} for none; BadDataset if it has another root."""
    if not (folder / "dataset.json").exists():
        return {}
    record = _read_record(folder)
    if record["root"] != str(root):
        raise BadDataset(
            f"the data set {folder.name!r} is that of {record['root']}, not of {root}: choose another name or remove "
            "it first"
        )
    return record


def _check_missing(scanned: Scan) -> None:
    """Raise CoversMissing when so much is gone that a disk is probably not mounted."""
    table, gone = scanned.manifest, set(scanned.gone)
    before = table[table["problem"].ne(GONE) | table["path"].isin(gone)]
    left = set(before.loc[~before["path"].isin(gone), "genre"])
    genres = sorted(set(before["genre"]) - left)
    if not genres and len(gone) < max(_FEW_GONE, _MUCH_GONE * len(before)):
        return
    among = f", all of {', '.join(genres[:5])} among them" if genres else ""
    raise CoversMissing(
        f"{len(gone)} of {len(before)} covers are not where they were{among}: is a disk or share away? Put them back "
        "and scan again, or keep what is known of them (--missing keep), or forget them (--missing forget)"
    )


def _without_guesses(manifest: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """The manifest without what `layout` derived from folders, so that the next scan derives it again."""
    rows = manifest.to_dict("records")
    for row in rows:
        guessed = {"artist": "", "album": "", **layout.facts(row["path"])}
        row.update({column: "" for column in ("genre", "artist", "album") if row[column] == guessed[column]})
        row["modified"] = 0
    return typed({column: [row[column] for row in rows] for column in manifest.columns})


def _read_record(folder: Path) -> dict:
    """The record of a data set; one stored by an older version may have only root and scanned."""
    try:
        record = read_json(folder / "dataset.json")
        return {**record, **{key: os.fspath(record[key]) for key in ("root", "scanned")}}
    except (OSError, ValueError, KeyError, TypeError) as error:
        file = folder / "dataset.json"
        raise BadDataset(f"{file} is damaged ({error}): remove the data set and scan its folder again") from error


def _write_record(folder: Path, record: Mapping, scanned: str = "") -> None:
    fields = {
        "id": record.get("id") or secrets.token_hex(8),
        "name": folder.name,
        "root": record["root"],
        "scanned": scanned or datetime.now(UTC).isoformat(timespec="seconds"),
        "genre_level": record.get("genre_level"),
        "decoder": record.get("decoder"),
    }
    replace_json(folder / "dataset.json", fields)
