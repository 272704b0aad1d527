"""Pieces of HTML that reports and pages share: tables of figures, each with its 95 % interval.

What goes into a cell is HTML already; a text from outside passes `in_line` first. No piece has a line break.
"""

from collections.abc import Iterable, Sequence
from html import escape

from covergenre.evaluation.intervals import Interval
from covergenre.formatting import percent, span


def in_line(text: str) -> str:
    """A text from outside as HTML on one line."""
    return escape(" ".join(text.split()))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], look: str = "figures") -> str:
    """A table of pieces of HTML; the first cell of a row names the row. `look`: its classes in the style sheets."""
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'
        for first, *others in rows
    )
    parts = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll"><table class="{look}" style="--columns: {len(headings)}">{parts}</table></div>'


def figure(
    interval: Interval,
    scale: tuple[float, float] = (0, 1),
    share: bool = True,
    remark: str = "",
    digits: int = 1,
    ink: str = "",
) -> str:
    """A figure with its interval, in words and as a dot on a line.

    `scale`: the values at the ends of the line. `share`: whether it is a share of 0 to 1, written in per cent with so
    many `digits`. `remark`: HTML to stand after it. `ink`: a CSS colour for the dot.
    """
    start, width = scale[0], max(scale[1] - scale[0], 1e-9)
    places = {name: (getattr(interval, name) - start) / width for name in ("value", "low", "high")}
    style = "; ".join(f"--{name}: {100 * place:.1f}%" for name, place in places.items()) + (ink and f"; color: {ink}")
    value = escape(percent(interval.value, digits)) if share else f"{interval.value:.3f}"
    around = span(interval, digits=digits) if share else span(interval, 1, 3)
    words = f'<span class="share">{value}</span> <span class="range">{around}</span>{remark}'
    return f'{words}<span class="mark" style="{style}"></span>'


def limits(intervals: Sequence[Interval]) -> tuple[float, float]:
    """The values at the ends of a line that all the intervals fit on, with a little room."""
    low, high = min(each.low for each in intervals), max(each.high for each in intervals)
    room = 0.05 * (high - low)
    return low - room, high + room
