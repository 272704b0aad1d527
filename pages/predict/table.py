"""The answers to many covers: how many there are, and a CSV file to take away."""

from collections.abc import Iterable, Sequence

from covergenre.formatting import as_csv
from covergenre.predict import Failure, Prediction
from pages.predict.answers import Answer
from pages.widgets.safe_text import plain
from pages.widgets.verdict import album_line

_NAMED = 5


def summary(answers: Sequence[Answer]) -> str:
    """How many covers could be read."""
    failed = sum(answer.prediction is None for answer in answers)
    return f"{len(answers) - failed} covers read, {failed} not" if failed else f"{len(answers)} covers"


def unread(answers: Iterable[Answer]) -> str:
    """The names of the files that could not be read, as Markdown: the first few of them, and how many more."""
    names = [plain(answer.result.name, 40) for answer in answers if answer.prediction is None]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def to_csv(answers: Iterable[Answer], genres: Sequence[str]) -> bytes:
    """The answers as a CSV file in UTF-8 (with the mark that lets a spreadsheet see that it is).

    A text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    columns = ["file", "genre", *genres, "unfamiliar", "known as", "nearest cover", "error"]
    return as_csv(columns, (_record(answer.result, genres) for answer in answers)).encode("utf-8-sig")


def _record(result: Prediction | Failure, genres: Sequence[str]) -> list:
    if isinstance(result, Failure):
        return [result.name, "", *("" for _ in genres), "", "", "", result.error]
    shares = [f"{result.probabilities[genre]:.4f}" for genre in genres]
    known = album_line(result.seen) if result.seen else ""
    nearest = album_line(result.neighbours[0]) if result.neighbours else ""
    return [result.name, result.genre, *shares, f"{result.unfamiliar:.4f}", known, nearest, ""]
