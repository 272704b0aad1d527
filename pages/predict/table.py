"""The answers to many covers as a table to look at and as a CSV file to take away."""

import csv
import io
from collections.abc import Iterable, Sequence

import pandas as pd

from covergenre.formatting import disarmed
from covergenre.predict import Failure, Prediction
from pages.predict.answers import Answer
from pages.widgets.genres import display
from pages.widgets.safe_text import plain, tidy
from pages.widgets.verdict import album_line, is_unfamiliar

COLUMNS = ("picture", "genre", "probability", "file", "note")
_NAMED = 5


def frame(answers: Iterable[Answer]) -> pd.DataFrame:
    """One row an answer with `COLUMNS`; `probability`, in per cent, is empty where no genre is given."""
    rows = [_row(answer) for answer in answers]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"probability": "Float64"})


def summary(answers: Sequence[Answer]) -> str:
    """How many covers could be read."""
    failed = sum(answer.prediction is None for answer in answers)
    return f"{len(answers) - failed} covers read, {failed} not" if failed else f"{len(answers)} covers"


def unread(answers: Iterable[Answer]) -> str:
    """The names of the files that could not be read, as Markdown: the first few of them, and how many more."""
    names = [plain(answer.result.name, 40) for answer in answers if answer.prediction is None]
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def opened_row(selected: Sequence[int], answers: Sequence[Answer], newest: int | None = None) -> int | None:
    """The row to show in full: the selected one, else the newest, else the first that could be read, else None."""
    if selected and selected[0] < len(answers):
        return selected[0]
    if newest is not None:
        return newest
    return next((row for row, answer in enumerate(answers) if answer.prediction), None)


def to_csv(answers: Iterable[Answer], genres: Sequence[str]) -> bytes:
    """The answers as a CSV file in UTF-8 (with the mark that lets a spreadsheet see that it is).

    A text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(map(disarmed, ["file", "genre", *genres, "unfamiliar", "known as", "nearest cover", "error"]))
    for answer in answers:
        writer.writerow(map(disarmed, _record(answer.result, genres)))
    return buffer.getvalue().encode("utf-8-sig")


def _row(answer: Answer) -> tuple[str, str, float | None, str, str]:
    result, file = answer.result, tidy(answer.result.name)
    if isinstance(result, Failure):
        return answer.picture, "", None, file, f"Not read: {tidy(result.error, 300)}"
    if is_unfamiliar(result):
        note = f"Unlike the covers known here; {display(result.genre)} comes closest"
        return answer.picture, "Unfamiliar", None, file, note
    known = f"Known cover: {album_line(result.seen)}, {result.seen.genre}" if result.seen else ""
    note = ". ".join(part for part in (known, result.note) if part)
    return answer.picture, display(tidy(result.genre)), 100 * result.probabilities[result.genre], file, note


def _record(result: Prediction | Failure, genres: Sequence[str]) -> list:
    if isinstance(result, Failure):
        return [result.name, "", *("" for _ in genres), "", "", "", result.error]
    shares = [f"{result.probabilities[genre]:.4f}" for genre in genres]
    known = album_line(result.seen) if result.seen else ""
    nearest = album_line(result.neighbours[0]) if result.neighbours else ""
    return [result.name, result.genre, *shares, f"{result.unfamiliar:.4f}", known, nearest, ""]
