"""Adding artists, albums and other metadata from a table to the covers of a data set."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from covergenre.dataset.manifest import read_manifest, write_manifest
from covergenre.dataset.metadata import Metadata, read_metadata
from covergenre.dataset.registry import Dataset, lock
from covergenre.dataset.table import typed
from covergenre.errors import BadDataset


@dataclass(frozen=True, eq=False)
class Annotation:
    """The data set afterwards, how many covers the table describes, how many cells of the manifest changed, and remarks
    on the table.
    """

    dataset: Dataset
    covers: int
    cells: int
    remarks: tuple[str, ...]


def annotate(dataset: Dataset, name: str, data: bytes, overwrite: bool) -> Annotation:
    """Copy artist, album, year and further columns from a table, whose rows name covers by path or file name.

    `name`: the file name of the table. `overwrite`: also replace known values. Raises BadDataset, with nothing changed,
    when the table is broken, names no covers, or none of this data set.
    """
    with lock():
        manifest = read_manifest(dataset.folder / "manifest.csv")
        notes = _read(name, data, manifest["path"].tolist())
        covers = {path for values in notes.values.values() for path in values}
        if not covers:
            why = "; ".join(notes.remarks) or f"{name} tells nothing but paths"
            raise BadDataset(f"{why}: give it a column path, with the path or the file name of each cover")
        after = _with(manifest, notes, overwrite)
        write_manifest(after, dataset.folder / "manifest.csv")
    return Annotation(replace(dataset, manifest=after), len(covers), _differing(manifest, after), notes.remarks)


def _read(name: str, data: bytes, paths: list[str]) -> Metadata:
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        table.write_bytes(data)
        try:
            notes = read_metadata(table, paths)
        except BadDataset as error:
            raise BadDataset(str(error).replace(str(table), name)) from error
    return replace(notes, remarks=tuple(remark.replace(table.name, name) for remark in notes.remarks))


def _with(manifest: pd.DataFrame, notes: Metadata, overwrite: bool) -> pd.DataFrame:
    columns = {column: manifest[column].tolist() for column in manifest.columns}
    for column, values in notes.values.items():
        before = columns.get(column, [""] * len(manifest))
        columns[column] = [
            value
            if (value := values.get(path)) not in ("", None) and (overwrite or pd.isna(cell) or cell == "")
            else cell
            for path, cell in zip(columns["path"], before, strict=True)
        ]
    columns["year"] = [None if pd.isna(year) else int(year) for year in columns["year"]]
    return typed(columns)


def _differing(before: pd.DataFrame, after: pd.DataFrame) -> int:
    old = before.reindex(columns=after.columns).astype(object).where(lambda cells: cells.notna(), "")
    new = after.astype(object).where(after.notna(), "")
    return int((old.to_numpy() != new.to_numpy()).sum())
