"""Tables of figures to read, drawn as HTML: a figure has its 95 % interval beside it and as a mark below it.

What goes into a cell is HTML already; texts from outside have passed `plain`.
"""

from collections.abc import Iterable, Sequence
from html import escape

from covergenre.evaluation.intervals import Interval
from covergenre.formatting import percent
from pages.widgets.genres import css_colour, display
from pages.widgets.safe_text import plain


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], numbers: bool = False) -> str:
    """The table as HTML that is also one block of Markdown. The first cell of a row names the row.

    `numbers`: the other cells are plain numbers and stand to the right, one under the other.
    """
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(f'<tr><th scope="row">{first}</th>{_cells(others)}</tr>' for first, *others in rows)
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll"><table class="sheet {"numbers" if numbers else "shares"}">{table}</table></div>'


def figure(interval: Interval, genre: str = "") -> str:
    """A share of 0 to 1 with its interval, in words and as a dot on a line from 0 to 100 %, in a genre's colour."""
    places = {"value": interval.value, "low": interval.low, "high": interval.high}
    style = "; ".join(f"--{name}: {100 * share:.1f}%" for name, share in places.items())
    ink = f"; color: {css_colour(genre)}" if genre else ""
    return (
        f'<span class="share">{escape(percent(interval.value))}</span> <span class="range">{span(interval)}</span>'
        f'<span class="mark" style="{style}{ink}"></span>'
    )


def span(interval: Interval) -> str:
    """The interval to read: "48–55"."""
    return f"{100 * interval.low:.0f}–{100 * interval.high:.0f}"


def genre_cell(genre: str) -> str:
    """A genre with the dot of its colour."""
    return f'<span class="genre"><span class="dot" style="background: {css_colour(genre)}"></span>{name(genre)}</span>'


def name(genre: str) -> str:
    """A genre's name, harmless in HTML."""
    return display(plain(genre, 24))


def _cells(cells: Iterable[str]) -> str:
    return "".join(f"<td>{cell}</td>" for cell in cells)
