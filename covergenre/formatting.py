"""Figures and lists as people read them."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from itertools import chain

from covergenre.evaluation.intervals import Interval

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_THIN = "\u202f"


def percent(share: float, digits: int = 0) -> str:
    """ "49 %", with a thin space that doesn't break; a dash when it isn't known.

    A share is never rounded to none or to all: "< 1 %", "> 99 %".
    """
    if not math.isfinite(share):
        return "–"
    least = 10.0 ** -(digits + 2)
    if 0 < share < least:
        return f"<{_THIN}{100 * least:.{digits}f}{_THIN}%"
    if 1 - least < share < 1:
        return f">{_THIN}{100 - 100 * least:.{digits}f}{_THIN}%"
    return f"{100 * share:.{digits}f}{_THIN}%"


def span(interval: Interval, scale: float = 100, digits: int = 1) -> str:
    """The interval to read: "45.2–52.1"."""
    return f"{scale * interval.low:.{digits}f}–{scale * interval.high:.{digits}f}"


def duration(seconds: float | None) -> str:
    """ "0.8 s", "14 s", "3 min 20 s", "1 h 5 min"; a dash when it isn't known."""
    if seconds is None:
        return "–"
    if seconds < 9.95:
        return f"{seconds:.1f}{_THIN}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}{_THIN}h {minutes}{_THIN}min"
    return " ".join(f"{number}{_THIN}{unit}" for number, unit in ((minutes, "min"), (rest, "s")) if number)


def roughly(seconds: float) -> str:
    """How long something takes, about: "8 s", "45 s", "12 min", "1 h 5 min"."""
    if seconds >= 90:
        return duration(60 * round(seconds / 60))
    return f"{max(1, round(seconds)) if seconds < 10 else 5 * round(seconds / 5)}{_THIN}s"


def milliseconds(value: float | None) -> str:
    """ "0.25 ms", "12 ms"; a dash when it isn't known."""
    return "–" if value is None else f"{value:.2g}{_THIN}ms" if value < 10 else f"{value:.0f}{_THIN}ms"


def size(number: int | None) -> str:
    """ "98 KB", "2.7 MB", "3.1 GB"; a dash when it isn't known."""
    if number is None:
        return "–"
    if number < 10**6:
        return f"{number / 10**3:.0f}{_THIN}KB"
    return f"{number / 10**6:.1f}{_THIN}MB" if number < 10**9 else f"{number / 10**9:.1f}{_THIN}GB"


def counted(number: int, thing: str) -> str:
    """ "1 cover", "1,204 covers"."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def listed(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def one_line(text: str, longest: int = 300) -> str:
    """The text on one line: nothing that can't be printed, blanks for white space, no more than so many characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:longest].strip()


def time_left(done: int, total: int, elapsed: float) -> str:
    """How long the rest takes at the pace so far, as a sentence; "" while nothing is done."""
    if done == 0:
        return ""
    seconds = elapsed / done * (total - done)
    return f"About {seconds / 60:.0f} min left." if seconds > 90 else f"About {max(seconds, 1):.0f} s left."


def disarmed(cell: object) -> object:
    """A cell of a CSV file; a text that a spreadsheet would run as a formula gets a leading apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell


def as_csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as CSV, each cell `disarmed`."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(map(disarmed, row) for row in chain([columns], rows))
    return text.getvalue()
