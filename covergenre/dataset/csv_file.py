"""Strict CSV for files that anyone may have edited: an error names the row and column of the first invalid cell.

Nothing is guessed from a cell: "NA", "007" and "=1+1" stay the texts that they are. Rows are counted as a spreadsheet
counts them, the header being row 1.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from covergenre.errors import BadDataset
from covergenre.files import replace_text


@dataclass(frozen=True)
class CsvFile:
    """The text of a CSV file: cells by column, and the number of each row in the file (blank rows are left out)."""

    path: Path
    numbers: tuple[int, ...]
    cells: Mapping[str, tuple[str, ...]]

    def require(self, columns: Iterable[str]) -> None:
        """Raise BadDataset for the first of `columns` that is missing."""
        for column in columns:
            if column not in self.cells:
                raise BadDataset(
                    f"{self.path}: row 1 names no column {column!r}; expected {', '.join(columns)}, parted by commas. "
                    "Put it back, or delete the file, which is then made again."
                )

    def checked(self, column: str, check: Callable[[str], object]) -> list:
        """A column converted by `check`, which raises ValueError with what it expected for an invalid cell."""
        values = []
        for number, cell in zip(self.numbers, self.cells[column], strict=True):
            try:
                values.append(check(cell))
            except ValueError as error:
                raise self.bad(number, column, cell, str(error)) from error
        return values

    def keys(self, column: str = "path") -> list[str]:
        """The paths in a column, which must be unique, relative to the root and inside it."""
        seen: dict[str, int] = {}
        for number, path in zip(self.numbers, self.checked(column, _inside), strict=True):
            if path in seen:
                raise self.bad(number, column, path, f"a path once, and row {seen[path]} has it")
            seen[path] = number
        return list(seen)

    def bad(self, number: int, column: str, cell: str, expected: str) -> BadDataset:
        """The error for an invalid cell."""
        shown = repr(cell if len(cell) <= 60 else f"{cell[:57]}...")
        return BadDataset(
            f"{self.path}: row {number}, column {column!r} holds {shown}; expected {expected}. "
            "Correct the cell, or delete its row and scan again."
        )


def read_csv(path: Path) -> CsvFile:
    """The cells of a CSV file in UTF-8.

    Raises BadDataset when the file is missing or isn't CSV, the header names a column twice, or a row has more or fewer
    cells than the header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return parse_csv(path, csv.reader(file, strict=True))
    except FileNotFoundError as error:
        raise BadDataset(f"there is no file {path}: scan the folder of the covers again") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadDataset(f"{path} can't be read as text in UTF-8 ({error}): save it as CSV in UTF-8") from error


def parse_csv(path: Path, lines: Iterator[list[str]]) -> CsvFile:
    """The cells in these lines, the header first; raises BadDataset as `read_csv` does, naming `path`."""
    numbers, rows, number = [], [], 1
    try:
        header = next(lines, [])
        for number, cells in enumerate(lines, 2):
            if cells:
                _check_length(path, number, cells, header)
                numbers.append(number)
                rows.append(cells)
    except csv.Error as error:
        raise BadDataset(f"{path}: what follows row {number} isn't CSV ({error}): check its double quotes") from error
    for column in header:
        if header.count(column) > 1:
            raise BadDataset(f"{path}: row 1 names the column {column!r} twice. Delete or rename one of them.")
    columns = zip(*rows, strict=True) if rows else ((),) * len(header)
    return CsvFile(path, tuple(numbers), dict(zip(header, columns, strict=True)))


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[Iterable]) -> None:
    """Write CSV in UTF-8, whole or not at all; `read_csv` returns every text unchanged."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)  # ends lines with CR LF and so quotes either in a text; with LF alone a CR would be lost
    writer.writerow(columns)
    writer.writerows(rows)
    replace_text(path, text.getvalue())


def whole_number(cell: str) -> int:
    """A check of a cell for `CsvFile.checked`: a number that int64 holds."""
    if not re.fullmatch(r"[0-9]{1,19}", cell) or int(cell) >= 2**63:
        raise ValueError("a whole number from 0")
    return int(cell)


def _check_length(path: Path, number: int, cells: Sequence[str], header: Sequence[str]) -> None:
    if len(cells) < len(header):
        raise BadDataset(
            f"{path}: row {number} ends before the column {header[len(cells)]!r}. Give it a cell for each column."
        )
    if len(cells) > len(header):
        last = header[-1] if header else ""
        raise BadDataset(
            f"{path}: row {number} goes on after the column {last!r}. Put a cell that holds a comma in double quotes."
        )


def _inside(cell: str) -> str:
    if "\0" in cell or any(part in ("", ".", "..") for part in cell.split("/")):
        raise ValueError("a path inside the root and relative to it, its parts joined by '/'")
    return cell
