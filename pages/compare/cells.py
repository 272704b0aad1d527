"""A cell of a confusion matrix in words, and its covers."""

import numpy as np

from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.evaluation.agreement import cell_members
from covergenre.evaluation.intervals import wilson
from covergenre.formatting import percent, span
from pages.compare.selection import Cell
from pages.widgets.genres import display, inline
from pages.widgets.safe_text import plain


def covers(compared: ComparedRuns, cell: Cell) -> np.ndarray:
    """The positions of the cell's covers, the most certain answers first."""
    true, predicted = (compared.genres.index(genre) if genre else None for genre in (cell.true, cell.predicted))
    return cell_members(compared.labels, cell.of.probabilities, true, predicted)


def heading(cell: Cell) -> str:
    """The heading of a cell, Markdown."""
    true, predicted = plain(display(cell.true)), plain(inline(cell.predicted))
    if cell.true and cell.true == cell.predicted:
        return f"{true}, correct"
    if cell.true and cell.predicted:
        return f"{true} taken for {predicted}"
    if cell.true:
        return true
    return f"Predicted {predicted}" if cell.predicted else "All covers"


def sentence(compared: ComparedRuns, cell: Cell) -> str:
    """How many covers are in the cell, of how many, for its run and for the others; Markdown."""
    others = " ".join(
        f"{plain(run.name)}: {_count(compared, cell, run)[0]:,}." for run in compared.runs if run is not cell.of
    )
    return f"{_share(compared, cell)} {others}".strip()


def genre_of(cell: Cell) -> str:
    """The one genre of the cell; "" for two or none."""
    if cell.true and cell.predicted and cell.true != cell.predicted:
        return ""
    return cell.true or cell.predicted


def _share(compared: ComparedRuns, cell: Cell) -> str:
    count, of = _count(compared, cell, cell.of)
    around = wilson(count, of)
    share = f"{percent(around.value)}, {span(around, digits=0)}" if of else "none"
    correct = cell.true == cell.predicted or not cell.true or not cell.predicted
    what = "correct" if correct else f"predicted as {plain(inline(cell.predicted))}"
    return f"{plain(cell.of.name)}: {count:,} of {of:,} covers {what} ({share})."


def _count(compared: ComparedRuns, cell: Cell, run: ComparedRun) -> tuple[int, int]:
    """How many covers count, and of how many; in a row or column the correct ones count."""
    matrix = np.array(run.evaluation.confusion)
    true, predicted = (compared.genres.index(genre) if genre else None for genre in (cell.true, cell.predicted))
    if true is not None and predicted is not None:
        return int(matrix[true, predicted]), int(matrix[true].sum())
    if true is not None:
        return int(matrix[true, true]), int(matrix[true].sum())
    if predicted is not None:
        return int(matrix[predicted, predicted]), int(matrix[:, predicted].sum())
    return int(matrix.trace()), int(matrix.sum())
