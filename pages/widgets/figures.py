"""Tables of figures as `covergenre.report.markup` draws them, with genres in their colours."""

from collections.abc import Iterable, Sequence

from covergenre.evaluation.intervals import Interval
from covergenre.report import markup
from pages.widgets.genres import css_colour, named


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: bool = False) -> str:
    """The table as HTML that is also one block of Markdown. The first cell of a row names it.

    `numbers`: the other cells are plain numbers, aligned to the right.
    """
    return markup.table(headings, rows, f"sheet {'numbers' if numbers else 'shares'}")


def figure(interval: Interval, genre: str = "") -> str:
    """A share of 0 to 1 with its interval, as text and as a dot on a line from 0 to 100 %, in a genre's colour."""
    return markup.figure(interval, digits=0, ink=css_colour(genre) if genre else "")


def genre_cell(genre: str) -> str:
    """A genre with the dot of its colour."""
    return f'<span class="genre"><span class="dot" style="background: {css_colour(genre)}"></span>{named(genre)}</span>'
