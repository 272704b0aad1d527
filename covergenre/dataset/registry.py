"""Data sets by name: where a user's folder of covers lies, and what was found in it; and the one that ships.

    datasets/NAME/dataset.json    {"name", "root", "scanned"}
    datasets/NAME/manifest.csv    the manifest, which people may edit
    datasets/NAME/splits/         see `split`

The covers stay where they are: nothing here writes to, moves or deletes a user's file. What is stored is replaced
whole, and one lock keeps writers apart; a reader needs none.

The starter is a data set too: it can't be changed, and of its covers there is everything but the pictures.
"""

import json
import os
import re
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from filelock import FileLock

from covergenre import home
from covergenre.dataset.manifest import Scan, keep_edits, read_manifest, scan, usable, write_manifest
from covergenre.dataset.starter import STARTER, by_hash, open_starter
from covergenre.dataset.table import COLUMNS, NUMBERS
from covergenre.errors import BadDataset, BadRun
from covergenre.files import replace_text
from covergenre.progress import Report, ShouldStop, never, silent

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_RESERVED = (STARTER,)


@dataclass(frozen=True, eq=False)
class Dataset:
    """A registered data set: `root` holds the covers, `folder` what is stored about them.

    `writable`: whether it can be repaired, renamed and removed. `has_pictures`: whether its covers are files; where
    they are not, the manifest tells the `part`, `id`, `image_url` and `signature` of each, and its path is its hash.
    """

    name: str
    root: Path
    folder: Path
    manifest: pd.DataFrame
    writable: bool = True
    has_pictures: bool = True

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
            raise BadDataset(f"{path!r} leads out of {self.root}: a cover has to lie inside the root of its data set")
        return file


def register(name: str, root: Path, report: Report = silent, should_stop: ShouldStop = never) -> tuple[Dataset, Scan]:
    """Scan the folder `root` and store what was found under `name`; called again, rescan it.

    Raises BadDataset when the name can't be had or stands for another folder, when `root` is not a folder or holds no
    cover, or when a table to be read is broken; Cancelled when stopped. What was stored before stays then.
    """
    check_name(name)
    root = Path(root).expanduser().resolve()
    folder = home.datasets() / name
    _check_root(folder, root)
    manifest = folder / "manifest.csv"
    scanned = scan(root, read_manifest(manifest) if manifest.exists() else None, report, should_stop)
    if scanned.manifest.empty:
        raise BadDataset(f"{root} holds no GENRE/COVER.jpg ({_counted(scanned)}): name the folder of the genre folders")
    with lock():
        _check_root(folder, root)
        folder.mkdir(exist_ok=True)
        if manifest.exists():
            scanned = replace(scanned, manifest=keep_edits(scanned.manifest, read_manifest(manifest)))
        write_manifest(scanned.manifest, manifest)
        _write_record(folder, root, datetime.now(UTC).isoformat(timespec="seconds"))
    return Dataset(name, root, folder, scanned.manifest), scanned


def open_dataset(name: str) -> Dataset:
    """The data set `name` as it was last scanned; BadDataset when there is none, or what is stored is damaged."""
    if name == STARTER:
        return _open_shipped()
    folder = _folder(name)
    return Dataset(name, Path(_read_record(folder)["root"]), folder, read_manifest(folder / "manifest.csv"))


def names(shipped: bool = False) -> tuple[str, ...]:
    """The names of the registered data sets, sorted; `shipped`: and then that of the starter, where there is one."""
    records = home.datasets().glob("*/dataset.json")
    own = sorted(record.parent.name for record in records if _NAME.fullmatch(record.parent.name))
    return (*own, STARTER) if shipped and home.starter().is_dir() else tuple(own)


def stamp(name: str) -> int:
    """What changes when the data set of this name does: when its table was written, in ns; 0 when there is none."""
    try:
        table = home.starter() / "card.json" if name == STARTER else home.datasets() / name / "manifest.csv"
        return table.stat().st_mtime_ns
    except (OSError, ValueError):
        return 0


def table_text(dataset: Dataset) -> str:
    """What is known of the covers, as CSV."""
    if dataset.has_pictures:
        return (dataset.folder / "manifest.csv").read_text(encoding="utf-8")
    return dataset.manifest.drop(columns="signature").to_csv(index=False)


def remove(name: str) -> None:
    """Forget the data set `name`: delete what is stored about it, never the covers. BadDataset when there is none."""
    with lock():
        shutil.rmtree(_folder(name))


def rename(old: str, new: str) -> None:
    """Give the data set `old` the name `new`; BadDataset when there is no `old` or `new` can't be had."""
    check_name(new)
    with lock():
        folder, target = _folder(old), home.datasets() / new
        if target.exists():
            raise BadDataset(f"there is a data set {new!r} already: choose another name or remove that one first")
        record = _read_record(folder)
        folder.rename(target)
        _write_record(target, Path(record["root"]), record["scanned"])


def check_name(name: str) -> None:
    """Raise BadDataset when no data set can have this name."""
    if not _NAME.fullmatch(name):
        raise BadDataset(f"{name!r} can't name a data set: use 1 to 64 of a-z, 0-9, _ and -, first a letter or digit")
    if name in _RESERVED:
        raise BadDataset(f"the name {name!r} is taken by what comes with covergenre: choose another")


def lock() -> FileLock:
    """Held by whoever changes what is stored about data sets; waited for without end, because it is held briefly."""
    home.datasets().mkdir(parents=True, exist_ok=True)
    return FileLock(home.datasets() / ".lock")


def _open_shipped() -> Dataset:
    """The starter with all columns of a manifest; what only a file could tell is 0 or ""."""
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


def _check_root(folder: Path, root: Path) -> None:
    if (folder / "dataset.json").exists() and (stored := _read_record(folder)["root"]) != str(root):
        raise BadDataset(
            f"the data set {folder.name!r} is that of {stored}, not of {root}: choose another name or remove it first"
        )


def _folder(name: str) -> Path:
    folder = home.datasets() / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        known = ", ".join(names()) or "none yet"
        raise BadDataset(f"there is no data set {name!r} (there are: {known}): scan its folder first")
    return folder


def _read_record(folder: Path) -> dict[str, str]:
    try:
        record = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
        return {key: os.fspath(record[key]) for key in ("root", "scanned")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        file = folder / "dataset.json"
        raise BadDataset(f"{file} is damaged ({error}): remove the data set and scan its folder again") from error


def _write_record(folder: Path, root: Path, scanned: str) -> None:
    record = {"name": folder.name, "root": str(root), "scanned": scanned}
    replace_text(folder / "dataset.json", json.dumps(record, indent=2, ensure_ascii=False) + "\n")


def _counted(scanned: Scan) -> str:
    return "; ".join(f"{count} passed over: {reason}" for reason, count in scanned.passed_over.items()) or "it is empty"
