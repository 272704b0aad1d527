"""Metadata from a table `manifest.csv` beside the covers: artist, album, year and columns of its own.

Such tables come from any tool: with commas, semicolons or tabs, in UTF-8 or the UTF-16 of a spreadsheet, with `Path` or
`filename`, backslashes, or paths from another folder. Remarks report what was not used and count rows that match no
cover, because a table that is silently unused lets artists leak across the split.
"""

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from covergenre.dataset.csv_file import CsvFile, parse_csv
from covergenre.dataset.layout import normalized_name
from covergenre.dataset.table import COLUMNS, NOTES, year
from covergenre.errors import BadDataset

_NAMES = {
    "path": ("path", "file", "filename", "filepath", "image", "imagepath", "cover", "coverpath", "picture"),
    "artist": ("artist", "artists", "albumartist", "performer", "band"),
    "album": ("album", "title", "albumtitle", "release"),
    "year": ("year", "date", "released", "releaseyear"),
}
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class Metadata:
    """`values`: column -> path -> value, for `NOTES` and columns of its own; `remarks` on the table."""

    values: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def read_metadata(table: Path, paths: Sequence[str]) -> Metadata:
    """The metadata of the covers at these paths; BadDataset, naming row and column, for an invalid table."""
    sheet = _with_known_names(_read(table))
    if "path" not in sheet.cells:
        named = ", ".join(map(repr, list(sheet.cells)[:8])) or "nothing"
        return Metadata(remarks=(f"{table.name} was not used: its first row names {named}, and no column 'path'",))
    covers = _match(sheet.cells["path"], paths)
    _check_once(sheet, covers)
    columns = [column for column in sheet.cells if column in NOTES or column not in COLUMNS]
    values = {
        column: {
            path: value
            for path, value in zip(covers, sheet.checked(column, _year if column == "year" else str), strict=True)
            if path
        }
        for column in columns
    }
    unread = _other_genres(sheet, covers)
    matched = sum(path != "" for path in covers)
    if matched == len(covers):
        return Metadata(values, unread)
    missed = next(cell for cell, path in zip(sheet.cells["path"], covers, strict=True) if not path)
    like = f"; its paths look like {missed!r}, those of covers like {paths[0]!r}" if paths and not matched else ""
    return Metadata(values, (f"{matched} of {len(covers)} rows of {table.name} match a cover{like}", *unread))


def _read(table: Path) -> CsvFile:
    try:
        data = table.read_bytes()
        encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        text = data.decode(encoding)
    except (OSError, UnicodeDecodeError) as error:
        raise BadDataset(f"{table} can't be read as text in UTF-8 ({error}): save it as CSV in UTF-8") from error
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    return parse_csv(table, csv.reader(text.splitlines(keepends=True), strict=True, delimiter=delimiter))


def _with_known_names(sheet: CsvFile) -> CsvFile:
    """The table with the manifest's names of columns; a column that has such a name already counts alone."""
    names: dict[str, str] = {}
    for known, others in _NAMES.items():
        wanted = known if known in sheet.cells else next((c for c in sheet.cells if _plain(c) in others), None)
        if wanted is not None:
            names.setdefault(wanted, known)
    return CsvFile(sheet.path, sheet.numbers, {names.get(column, column): c for column, c in sheet.cells.items()})


def _year(cell: str) -> int | None:
    dated = re.fullmatch(r"([0-9]{4})-[0-9]{2}(-[0-9]{2})?", cell.strip())
    return year(dated[1] if dated else cell.strip())


def _plain(column: str) -> str:
    return re.sub(r"[\W_]+", "", column.casefold())


def _match(cells: Sequence[str], paths: Sequence[str]) -> list[str]:
    """The path of the cover that each cell refers to, or ""; either may begin at a folder further up."""
    endings = Counter(ending for path in paths for ending in _endings(_composed(path)))
    by_ending = {ending: path for path in paths for ending in _endings(_composed(path)) if endings[ending] == 1}
    exact = {_composed(path): path for path in paths}
    found = []
    for cell in cells:
        wanted = _composed(cell.strip().replace("\\", "/").removeprefix("./"))
        longer = (exact[ending] for ending in _endings(wanted) if ending in exact)
        found.append(next(longer, "") or by_ending.get(wanted, ""))
    return found


def _endings(path: str) -> list[str]:
    """ "a/b/c.jpg", "b/c.jpg", "c.jpg"."""
    parts = [part for part in path.split("/") if part]
    return ["/".join(parts[at:]) for at in range(len(parts))]


def _composed(path: str) -> str:
    return unicodedata.normalize("NFC", path)


def _other_genres(sheet: CsvFile, covers: Sequence[str]) -> tuple[str, ...]:
    """A remark on rows whose genre is not the name of a folder of their cover."""

    def differs(genre: str, path: str) -> bool:
        return bool(path and genre) and normalized_name(genre) not in map(normalized_name, path.split("/")[:-1])

    rows = zip(sheet.cells.get("genre", ()), covers, strict=False)
    if not (other := [genre for genre, path in rows if differs(genre, path)]):
        return ()
    counted = f"{len(other)} of {len(covers)} rows of {sheet.path.name}"
    return (f"{counted} name another genre than their folder ({other[0]}, ...), which stands",)


def _check_once(sheet: CsvFile, covers: Sequence[str]) -> None:
    seen: dict[str, int] = {}
    for number, path, cell in zip(sheet.numbers, covers, sheet.cells["path"], strict=True):
        if path and path in seen:
            raise sheet.bad(number, "path", cell, f"a cover once, and row {seen[path]} has it")
        seen[path] = number
