"""What all verbs share: where things are printed, and how progress is shown."""

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


def harmless(text: str) -> str:
    """The text without characters that a terminal obeys instead of showing."""
    return text.translate(_CONTROLS)


def say_anything() -> None:
    """Let stdout and stderr print what they have no letters for as escapes, such as a file name that is not Unicode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def complain(error: object) -> None:
    """One line on stderr."""
    print("error:", harmless(" ".join(str(error).split())), file=sys.stderr)


def say(*parts: str | Table) -> None:
    """Print lines and tables; no name of a file can move the cursor, change colours or turn the way one reads."""
    for part in parts:
        _out.print(harmless(part) if isinstance(part, str) else part)


def print_json(value: Mapping[str, Any]) -> None:
    """One object on one line, in plain UTF-8."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)


def answer(as_json: bool, data: Mapping[str, Any], *parts: str | Table) -> None:
    """What a verb has to say, for programs or for people."""
    if as_json:
        print_json(data)
    else:
        say(*parts)


def listed(text: str | None, known: Sequence[str] = ()) -> tuple[str, ...]:
    """The parts of a list, parted by commas; one that holds a comma is in quotes, or one of those `known`."""
    parts = [part.strip() for part in next(csv.reader([text or ""], skipinitialspace=True), [])]
    found: list[str] = []
    while parts:
        lengths = (length for length in range(len(parts), 1, -1) if ", ".join(parts[:length]) in known)
        length = next(lengths, 1)
        found.append(", ".join(parts[:length]))
        parts = parts[length:]
    return tuple(part for part in found if part)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A table of texts; all columns but the first are aligned to the right."""
    table = Table(box=None, pad_edge=False)
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(escape(harmless(str(cell))) for cell in row))
    return table


def with_interval(interval: Interval) -> str:
    """ "52.9 % [48.6, 57.1]"."""
    value, low, high = (100 * part for part in (interval.value, interval.low, interval.high))
    return f"{value:.1f} % [{low:.1f}, {high:.1f}]"


@contextmanager
def writing(file: Path) -> Iterator[None]:
    """Say in our own words that a file the user names can't be written."""
    try:
        yield
    except OSError as error:
        raise CoverGenreError(f"{file} can't be written ({error}): name a file in a folder that is there") from error


@contextmanager
def progress() -> Iterator[Monitor]:
    """A bar with the time left on stderr, for as long as the block works; nothing where stderr is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)

        def report(now: Progress) -> None:
            bar.update(task, description=escape(now.what), completed=now.done, total=now.total)

        yield Monitor(report)
