"""Exporting a data set: a ZIP of its covers in genre folders, or a list of them."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import pandas as pd

from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.errors import BadDataset
from covergenre.files import replacing
from covergenre.progress import SILENT, Monitor

COLUMNS = ("path", "genre", "artist", "album", "year", "source", "width", "height", "tags")
"""The columns of a list."""

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  # in the names of folders, on one system or another


def as_list(manifest: pd.DataFrame, paths: Iterable[str] | None = None) -> str:
    """The covers in use, or those of these paths, as CSV: a row per cover with `COLUMNS`."""
    rows = usable(manifest) if paths is None else manifest[manifest["path"].isin(set(paths))]
    return rows.reindex(columns=list(COLUMNS)).to_csv(index=False)


def write_folders(dataset: Dataset, target: Path, monitor: Monitor = SILENT) -> int:
    """Write a ZIP of the covers in use to `target`, in folders of their current genres; how many there are.

    The files are copied byte for byte; `manifest.csv` beside the folders has artists and albums, so that the ZIP can be
    imported again. Raises BadDataset when a file is missing, Cancelled when stopped; nothing is written then.
    """
    covers = usable(dataset.manifest)
    names = _names(covers)
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
        files = list(zip(covers["path"], names, strict=True))
        for path, name in monitor.steps(files, "copying covers", "no ZIP was written"):
            try:
                archive.write(dataset.file(path), name)
            except OSError as error:
                raise BadDataset(f"{path} can't be read ({error}): put it back, or scan the data set again") from error
        table = covers.assign(path=names).reindex(columns=["path", "artist", "album", "year", "tags"])
        archive.writestr("manifest.csv", table.to_csv(index=False))
    return len(covers)


def _names(covers: pd.DataFrame) -> list[str]:
    """GENRE/FILE of each cover, with its original folders in the name where two would be the same."""
    files = [PurePosixPath(path) for path in covers["path"]]
    short = [f"{folder(genre)}/{file.name}" for genre, file in zip(covers["genre"], files, strict=True)]
    counts = Counter(name.casefold() for name in short)
    return [
        name if counts[name.casefold()] == 1 else f"{name.split('/')[0]}/{'_'.join(file.parts)}"
        for name, file in zip(short, files, strict=True)
    ]


def folder(genre: str) -> str:
    """The name of the folder for covers of a genre."""
    return _UNSAFE.sub("_", genre).strip(". ") or "_"
