"""A data set to take along: copies of its covers in folders of their genres, or a list of them."""

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

_REPORT_EVERY = 20
_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')  # in the names of folders, on one system or another


def as_list(manifest: pd.DataFrame, paths: Iterable[str] | None = None) -> str:
    """The covers in use, or those of these paths, as CSV: a row a cover with `COLUMNS`."""
    rows = usable(manifest) if paths is None else manifest[manifest["path"].isin(set(paths))]
    return rows.reindex(columns=list(COLUMNS)).to_csv(index=False)


def write_folders(dataset: Dataset, target: Path, monitor: Monitor = SILENT) -> int:
    """Write a ZIP of the covers in use to `target`, each under the genre that it has now; how many there are.

    The files are copied byte for byte; `manifest.csv` beside the folders tells artists and albums, so that the ZIP can
    be brought again. Raises BadDataset when a file has gone, Cancelled when stopped; nothing is written then.
    """
    covers = usable(dataset.manifest)
    names = _names(covers)
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
        for done, (path, name) in enumerate(zip(covers["path"], names, strict=True), start=1):
            monitor.check("the ZIP was not made")
            try:
                archive.write(dataset.file(path), name)
            except OSError as error:
                raise BadDataset(f"{path} can't be read ({error}): put it back, or scan the data set again") from error
            if done % _REPORT_EVERY == 0 or done == len(covers):
                monitor.report(done, len(covers), "copying covers")
        told = covers.assign(path=names).reindex(columns=["path", "artist", "album", "year", "tags"])
        archive.writestr("manifest.csv", told.to_csv(index=False))
    return len(covers)


def _names(covers: pd.DataFrame) -> list[str]:
    """GENRE/FILE of each cover, where two would be one with the folders that they come from."""
    files = [PurePosixPath(path) for path in covers["path"]]
    short = [f"{folder(genre)}/{file.name}" for genre, file in zip(covers["genre"], files, strict=True)]
    counts = Counter(name.casefold() for name in short)
    return [
        name if counts[name.casefold()] == 1 else f"{name.split('/')[0]}/{'_'.join(file.parts)}"
        for name, file in zip(short, files, strict=True)
    ]


def folder(genre: str) -> str:
    """The folder that covers of a genre go into."""
    return _UNSAFE.sub("_", genre).strip(". ") or "_"
