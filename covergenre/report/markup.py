"""HTML that reports and pages share: tables of figures with their 95 % intervals.

Cells are HTML already; texts from users pass `escape_line` first. No piece has a line break.
"""

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from covergenre.evaluation.intervals import Interval
from covergenre.formatting import percent, span

_STEPS = [factor * 10.0**power for power in range(-3, 4) for factor in (1, 2, 5)]
_MOST_MARKS, _ALMOST = 5, 1e-9


class Scale(NamedTuple):
    """The values at the ends of a scale, and the step from mark to mark."""

    low: float
    high: float
    step: float

    def place(self, value: float) -> float:
        """The place of a value, in per cent of the length."""
        return 100 * (value - self.low) / max(self.high - self.low, 1e-9)


_WHOLE = Scale(0, 1, 0.25)


def escape_line(text: str) -> str:
    """A text from a user as HTML on one line."""
    return escape(" ".join(text.split()))


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], look: str = "figures") -> str:
    """A table of HTML cells; the first of a row names the row. `look`: its CSS classes."""
    head = "".join(f'<th scope="col">{heading}</th>' if heading else "<td></td>" for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'
        for first, *others in rows
    )
    parts = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll"><table class="{look}" style="--columns: {len(headings)}">{parts}</table></div>'


def figure(
    interval: Interval,
    scale: Scale = _WHOLE,
    share: bool = True,
    remark: str = "",
    digits: int = 1,
    ink: str = "",
) -> str:
    """A figure with its interval, in words and as a dot on a scale.

    `share`: whether it is a share of 0 to 1, written in per cent with so many `digits`. `remark`: HTML to follow it.
    `ink`: a CSS colour for the dot.
    """
    places = {name: scale.place(getattr(interval, name)) for name in ("value", "low", "high")}
    places["step"] = scale.place(scale.low + scale.step)
    style = "; ".join(f"--{name}: {place:.1f}%" for name, place in places.items()) + (ink and f"; color: {ink}")
    value = escape(percent(interval.value, digits)) if share else f"{interval.value:.3f}"
    around = span(interval, digits=digits) if share else span(interval, 1, 3)
    words = f'<span class="share">{value}</span> <span class="range">{around}</span>{remark}'
    return f'{words}<span class="mark" style="{style}"></span>'


def axis(scale: Scale, share: bool = True) -> str:
    """The labels of a scale, to stand above figures."""
    count = round((scale.high - scale.low) / scale.step)
    values = [scale.low + number * scale.step for number in range(count + 1)]
    marks = (f'<i style="left: {scale.place(at):.1f}%">{100 * at if share else at:.3g}</i>' for at in values)
    return f'<span class="axis">{"".join(marks)}</span>'


def common_scale(intervals: Iterable[Interval]) -> Scale:
    """A scale for all the intervals, with a few marks at round values."""
    known = list(intervals)
    low, high = min(each.low for each in known), max(each.high for each in known)
    step = next((step for step in _STEPS if high - low <= _MOST_MARKS * step), high - low)
    return Scale(math.floor(low / step + _ALMOST) * step, math.ceil(high / step - _ALMOST) * step, step)
