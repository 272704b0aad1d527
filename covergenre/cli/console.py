"""What all verbs share: where things are printed, and how progress is shown."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from covergenre.evaluation.intervals import Interval
from covergenre.progress import Progress, Report

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line, for programs.")]

out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 200)


def complain(error: object) -> None:
    """One line on stderr."""
    print("error:", " ".join(str(error).split()), file=sys.stderr)


def print_json(value: Mapping[str, Any]) -> None:
    """One object on one line, in plain UTF-8."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """A table of texts; all columns but the first are aligned to the right."""
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(escape(str(cell)) for cell in row))
    out.print(table)


def with_interval(interval: Interval) -> str:
    """ "52.9 % [48.6, 57.1]"."""
    value, low, high = (100 * part for part in (interval.value, interval.low, interval.high))
    return f"{value:.1f} % [{low:.1f}, {high:.1f}]"


@contextmanager
def progress() -> Iterator[Report]:
    """A bar with the time left on stderr, for as long as the block works; nothing where stderr is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)

        def report(now: Progress) -> None:
            bar.update(task, description=escape(now.what), completed=now.done, total=now.total)

        yield report
