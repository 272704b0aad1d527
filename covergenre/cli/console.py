"""What all commands share: printing, tables, lists on the command line, and the progress bar."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from covergenre.errors import CoverGenreError
from covergenre.evaluation.intervals import Interval
from covergenre.progress import Monitor, Progress

_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160), 8206, 8207), "�")
_CONTROLS |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd")

_out = Console(highlight=False, markup=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200)


def sanitize(text: str) -> str:
    """The text without control characters, which a terminal would act on."""
    return text.translate(_CONTROLS)


def escape_unencodable() -> None:
    """Have stdout and stderr escape what they can't encode, such as a file name that is not Unicode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def print_error(error: object) -> None:
    """One line on stderr."""
    print("error:", sanitize(" ".join(str(error).split())), file=sys.stderr)


def echo(*parts: str | Table) -> None:
    """Print lines and tables, sanitized: no file name can move the cursor, change colours or reverse the text."""
    for part in parts:
        _out.print(sanitize(part) if isinstance(part, str) else part)


def print_json(value: Mapping[str, Any]) -> None:
    """One object on one line, in plain UTF-8."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)


def print_result(as_json: bool, data: Mapping[str, Any], *parts: str | Table) -> None:
    """Print the result of a command, for programs or for people."""
    if as_json:
        print_json(data)
    else:
        echo(*parts)


def split_list(text: str | None, known: Sequence[str] = ()) -> tuple[str, ...]:
    """The items of a comma-separated list; one that contains a comma must be quoted, or be one of those `known`."""
    parts = [part.strip() for part in next(csv.reader([text or ""], skipinitialspace=True), [])]
    items: list[str] = []
    while parts:
        length = next((n for n in range(len(parts), 1, -1) if ", ".join(parts[:n]) in known), 1)
        items.append(", ".join(parts[:length]))
        parts = parts[length:]
    return tuple(filter(None, items))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table; all columns but the first are aligned to the right."""
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if table.columns else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(escape(sanitize(str(cell))) for cell in row))
    return table


def with_interval(interval: Interval) -> str:
    """ "52.9 % [48.6, 57.1]"."""
    value, low, high = (100 * part for part in (interval.value, interval.low, interval.high))
    return f"{value:.1f} % [{low:.1f}, {high:.1f}]"


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Turn an OSError into a CoverGenreError about a file that the user named."""
    try:
        yield
    except OSError as error:
        raise CoverGenreError(f"{file} can't be written ({error}): name a file in a folder that is there") from error


@contextmanager
def progress() -> Iterator[Monitor]:
    """A progress bar on stderr while the block runs; nothing where stderr is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)

        def report(now: Progress) -> None:
            bar.update(task, description=escape(now.what), completed=now.done, total=now.total)

        yield Monitor(report)
