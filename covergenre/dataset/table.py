"""The manifest as a CSV file: its columns, and which cells are valid.

For more than `MANY` covers, the checked table is also stored as an Arrow file beside the CSV and mapped into memory, so
that only columns in use take memory and time. The CSV counts and may be edited: the Arrow file is valid for one size
and modification time of it and is otherwise written again.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from covergenre.dataset.csv_file import CsvFile, read_csv, whole_number, write_csv
from covergenre.files import read_arrow, where_allowed, write_arrow

NUMBERS = ("width", "height", "bytes", "modified")
NOTES = ("artist", "album", "year")
EDITS = ("genre", "excluded", "original_genre", "edit", "tags")
COLUMNS = (
    *("path", "name", "ext", "source", "genre"),
    *("width", "height", "mode", "bytes", "modified", "content_hash", "phash"),
    *NOTES,
    *("problem", "excluded", "original_genre", "edit", "tags"),
)
MANY = 20_000
"""Covers above which a table is also stored as an Arrow file."""

_LATER = ("tags",)  # columns that tables written before them lack
_log = logging.getLogger(__name__)


def read_manifest(path: Path) -> pd.DataFrame:
    """A stored manifest: `COLUMNS` in their order, then any further columns as text; rows sorted by path.

    Raises BadDataset when the file is missing, is not CSV in UTF-8, lacks a column, or holds a cell that its column
    can't have, a path twice, or a usable cover without size or hashes.
    """
    if (mapped := _mapped(Path(path))) is not None:
        return mapped
    stamp = _stamp(Path(path))
    file = read_csv(Path(path))
    file.require([column for column in COLUMNS if column not in _LATER])
    _check_usable(file)
    further = [column for column in file.cells if column not in COLUMNS]
    table = typed({column: _values(file, column) for column in (*COLUMNS, *further)})
    with where_allowed():
        _map(table, Path(path), stamp)
    return table


def write_manifest(manifest: pd.DataFrame, path: Path) -> None:
    """Write a manifest, whole or not at all; `read_manifest` returns every cell unchanged."""
    cells = manifest.astype(object).where(manifest.notna(), "")
    write_csv(Path(path), manifest.columns, cells.itertuples(index=False))
    if len(manifest) > MANY:
        kinds = ("year", *NUMBERS)
        read = typed({name: manifest[name] if name in kinds else cells[name] for name in manifest})
        _map(read, Path(path), _stamp(Path(path)))


def typed(columns: Mapping[str, Sequence]) -> pd.DataFrame:
    """A manifest of these columns, sorted by path: `NUMBERS` int64, year Int64 (None is unknown), all others text."""
    kinds = {**dict.fromkeys(NUMBERS, "int64"), "year": "Int64"}
    series = {name: pd.Series(list(cells), dtype=kinds.get(name, "str")) for name, cells in columns.items()}
    return pd.DataFrame(series).sort_values("path", ignore_index=True)


def _map(table: pd.DataFrame, path: Path, stamp: bytes) -> None:
    """Store a large table for `_mapped`, for the CSV with this stamp."""
    if len(table) > MANY:
        write_arrow([table], path.with_suffix(".arrow"), stamp)


def _mapped(path: Path) -> pd.DataFrame | None:
    """The Arrow table of a CSV as it is now; None when there is none."""
    file = path.with_suffix(".arrow")
    if not file.is_file():
        return None
    try:
        table = read_arrow(file, _stamp(path))
        return None if table is None else table.astype({"year": "Int64"})
    except Exception as error:  # A damaged file can raise anything in its reader.
        _log.warning("%s is damaged, so the table is read from %s: %s", file, path, error)
        return None


def _stamp(path: Path) -> bytes:
    """Size and modification time of a file; b"" when there is none."""
    try:
        status = path.stat()
    except OSError:
        return b""
    return f"{status.st_size} {status.st_mtime_ns}".encode()


def _values(file: CsvFile, column: str) -> list:
    if column in _LATER and column not in file.cells:
        return [""] * len(file.numbers)
    return file.keys() if column == "path" else file.checked(column, _CHECKS.get(column, str))


def _check_usable(file: CsvFile) -> None:
    for column in ("content_hash", "phash", "width", "height"):
        for number, cell, problem in zip(file.numbers, file.cells[column], file.cells["problem"], strict=True):
            if not problem and cell in ("", "0"):
                raise file.bad(number, column, cell, "a value, because the cover has no problem")


def _genre(cell: str) -> str:
    if not cell.strip():
        raise ValueError("the name of a genre")
    return cell


def year(cell: str) -> int | None:
    """A check of a cell: a year, or None for nothing."""
    # Tables that went through a spreadsheet or pandas hold years as 1994.0.
    if not re.fullmatch(r"([0-9]{1,4}(\.0)?)?", cell):
        raise ValueError("a year such as 1994, or nothing")
    return int(float(cell)) if cell else None


def _time(cell: str) -> int:
    # A spreadsheet saves nanoseconds as 1.79535E+18: the file then counts as changed and is read again, no more.
    return whole_number(str(int(float(cell))) if re.fullmatch(r"[0-9](\.[0-9]+)?E\+18", cell) else cell)


def _digits(length: int) -> Callable[[str], str]:
    def check(cell: str) -> str:
        if not re.fullmatch(rf"([0-9a-f]{{{length}}})?", cell):
            raise ValueError(f"{length} digits from 0-9 and a-f, or nothing")
        return cell

    return check


_CHECKS = {
    "genre": _genre,
    "year": year,
    "content_hash": _digits(32),
    "phash": _digits(16),
    **dict.fromkeys(NUMBERS, whole_number),
    "modified": _time,
}
