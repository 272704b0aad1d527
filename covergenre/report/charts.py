"""Charts as inline SVG, for reports without scripts and for pages.

Text and grid take the colour of the surrounding text, lines and points one of `COLOURS`, which follows the theme. Each
chart carries its figures as text, too: a description, and a title at every point.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from covergenre.evaluation.intervals import Interval
from covergenre.evaluation.reliability import Bin, CoveragePoint
from covergenre.formatting import percent
from covergenre.runs.record import Run

COLOURS = (
    ("#0a64a4", "#6cb8f0"),
    ("#b84a00", "#ff9a56"),
    ("#00735c", "#3fc9a5"),
    ("#8a3a79", "#e298cf"),
    ("#7a5c00", "#e3c04f"),
    ("#5a5a5a", "#b5b5b5"),
)
"""Colours of runs on light and on dark backgrounds, safe for all colour vision, with a contrast of 4.5 : 1."""

DASHES = ("none", "7 3", "2 3", "9 3 2 3", "12 4", "4 4")
"""The dashes of each run's line, so that colour is never the only sign."""

_COLOURED = ("knn", "logistic", "boosting", "finetune", "words", "ensemble")
_WIDTH, _LEFT, _TOP, _RIGHT, _BOTTOM = 340, 44, 12, 12, 40
_COUNTS = 44  # the height of the bars that show how many covers there are
_QUARTERS = {share: f"{100 * share:.0f}" for share in (0, 0.25, 0.5, 0.75, 1)}
_HALVES = {share: f"{100 * share:.0f}" for share in (0, 0.5, 1)}


@dataclass(frozen=True)
class Plot:
    """The plane of a chart: places values in pixels, and draws axes, lines and points there.

    `across`, `upwards`: the values at the ends of the axes. `logarithmic`: whether the one across is.
    """

    across: tuple[float, float] = (0, 1)
    upwards: tuple[float, float] = (0, 1)
    height: int = 300
    logarithmic: bool = False

    def x(self, value: float) -> float:
        """Pixels from the left."""
        place, first, last = (math.log2(each) if self.logarithmic else each for each in (value, *self.across))
        return _LEFT + (place - first) / max(last - first, 1e-9) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """Pixels from the top."""
        low, high = self.upwards
        return self.height - _BOTTOM - (value - low) / (high - low) * (self.height - _TOP - _BOTTOM)

    def axes(
        self,
        across: Mapping[float, str],
        upwards: Mapping[float, str],
        titles: tuple[str, str] = ("", ""),
        below: float = 0,
    ) -> str:
        """Grid lines, tick labels by value, and the titles of the axes; `below`: pixels between plane and labels."""
        (left, right), (foot, top) = map(self.x, self.across), map(self.y, self.upwards)
        grid = words = ""
        for at, label in upwards.items():
            y = self.y(at)
            grid += f'<line x1="{left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
            words += f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
        for at, label in across.items():
            x = self.x(at)
            grid += f'<line y1="{foot}" y2="{top}" x1="{x:.1f}" x2="{x:.1f}"/>'
            words += f'<text x="{x:.1f}" y="{foot + below + 15}" text-anchor="middle">{label}</text>'
        for place, title in (
            (f'x="{(left + right) / 2:.1f}" y="{foot + below + 32}"', titles[0]),
            (f'transform="translate(11 {(foot + top) / 2:.1f}) rotate(-90)"', titles[1]),
        ):
            words += f'<text {place} text-anchor="middle">{title}</text>' if title else ""
        return f'<g class="grid">{grid}</g><g class="words">{words}</g>'

    def line(self, points: Iterable[tuple[float, float]], attributes: str, tip: str = "") -> str:
        """A line through points."""
        places = " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)
        title = f"<title>{escape(tip)}</title>" if tip else ""
        return f'<polyline points="{places}" {attributes}>{title}</polyline>'

    def dot(self, x: float, interval: Interval, tip: str) -> str:
        """A point with its interval."""
        at, low, high = self.x(x), self.y(interval.low), self.y(interval.high)
        return (
            f'<g class="dot"><line x1="{at:.1f}" x2="{at:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'
            f'<circle cx="{at:.1f}" cy="{self.y(interval.value):.1f}" r="4"/><title>{escape(tip)}</title></g>'
        )

    def ring(self, x: float, y: float, tip: str) -> str:
        """A hollow point, for figures to compare with."""
        place = f'cx="{self.x(x):.1f}" cy="{self.y(y):.1f}"'
        return f'<circle class="ring" {place} r="4"><title>{escape(tip)}</title></circle>'

    def svg(self, description: str, body: str, below: int = 0) -> str:
        """The whole chart, which says the same in words; `below`: pixels more at its foot."""
        box, described = f"0 0 {_WIDTH} {self.height + below}", escape(description)
        return f'<svg class="chart" viewBox="{box}" role="img" aria-label="{described}">{body}</svg>'


def method_colour(method: str) -> int:
    """The number of a method's colour."""
    return _COLOURED.index(method) if method in _COLOURED else len(COLOURS) - 1


def run_colours(runs: Sequence[Run]) -> list[int]:
    """The number of each run's colour: its method's for the oldest run of a method, then those left over."""
    taken: dict[str, int] = {}
    later = []
    for run in sorted(runs, key=lambda run: (run.spec.created, run.id)):
        number = method_colour(run.spec.method)
        if number in taken.values():
            later.append((run, number))
        else:
            taken[run.id] = number
    for run, number in later:
        free = (each for each in range(len(COLOURS)) if each not in taken.values())
        taken[run.id] = next(free, number)
    return [taken[run.id] for run in runs]


def css_colour(number: int) -> str:
    """A colour as CSS that follows the theme."""
    return "light-dark({}, {})".format(*COLOURS[number % len(COLOURS)])


def swatch(number: int) -> str:
    """The line of a run, for a legend."""
    line = f'<line x1="1" y1="5" x2="27" y2="5" {stroke(number)}/>'
    return f'<svg class="swatch" width="28" height="10" aria-hidden="true"><g class="curve">{line}</g></svg>'


def stroke(number: int, dashed: bool = True) -> str:
    """The colour and dashes of a run's line, as an attribute."""
    return (
        f'style="stroke: {css_colour(number)}; stroke-dasharray: {DASHES[number % len(DASHES)] if dashed else "none"}"'
    )


def reliability_chart(after: Sequence[Bin], before: Sequence[Bin], number: int) -> str:
    """A reliability diagram in a run's colour: accuracy by confidence, as dots with intervals.

    `before` calibration they are rings. Bars below show how many covers are in each bin.
    """
    plot = Plot()
    rings = "".join(plot.ring(each.confidence, each.accuracy.value, f"before: {_describe(each)}") for each in before)
    dots = "".join(plot.dot(each.confidence, each.accuracy, _describe(each)) for each in after)
    diagonal = f'<line class="ideal" x1="{plot.x(0)}" y1="{plot.y(0)}" x2="{plot.x(1)}" y2="{plot.y(1)}"/>'
    axes = plot.axes(_QUARTERS, _QUARTERS, ("Confidence, %", "Accuracy, %"), _COUNTS)
    body = f'{axes}{diagonal}{rings}<g style="color: {css_colour(number)}">{dots}{_counts(plot, after)}</g>'
    return plot.svg(f"Reliability: {'; '.join(map(_describe, after))}", body, _COUNTS)


def coverage_chart(curves: Mapping[str, Sequence[CoveragePoint]], numbers: Sequence[int]) -> str:
    """Accuracy against coverage, a line a run in the colours of these `numbers`."""
    plot = Plot()
    lines = {name: [(each.share, each.accuracy.value) for each in points] for name, points in curves.items()}
    tips = [f"all answered: {percent(points[-1].accuracy.value)} right" for points in curves.values()]
    titles = ("Coverage, the most confident covers first, %", "Accuracy, %")
    return _lines(plot, "Accuracy against coverage", plot.axes(_QUARTERS, _QUARTERS, titles), lines, numbers, tips)


def precision_chart(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, float]], numbers: Sequence[int], genre: str
) -> str:
    """Precision against recall of a genre (see `precision_recall`), a line a run; its axes have no titles."""
    plot = Plot()
    lines = {name: list(zip(recall, precision, strict=True)) for name, (recall, precision, _) in curves.items()}
    tips = [f"average precision {percent(average)}" for *_, average in curves.values()]
    return _lines(plot, f"Precision against recall of {genre}", plot.axes(_HALVES, _HALVES), lines, numbers, tips)


def _lines(
    plot: Plot,
    title: str,
    axes: str,
    lines: Mapping[str, Sequence[tuple[float, float]]],
    numbers: Sequence[int],
    tips: Sequence[str],
) -> str:
    """A chart of a line a run, in the colours of these numbers, each with its tip."""
    described = [f"{name}, {tip}" for name, tip in zip(lines, tips, strict=True)]
    drawn = "".join(
        f'<g class="curve">{plot.line(points, stroke(number), tip)}</g>'
        for points, number, tip in zip(lines.values(), numbers, described, strict=True)
    )
    return plot.svg(f"{title}. {'; '.join(described)}", axes + drawn)


def _counts(plot: Plot, bins: Sequence[Bin]) -> str:
    """A bar a bin below the chart, as high as it has covers."""
    most, foot = max(each.covers for each in bins), plot.y(0) + _COUNTS
    bars = []
    for each in bins:
        height = max(1.0, (_COUNTS - 10) * each.covers / most)
        left, width = plot.x(each.low), plot.x(each.high) - plot.x(each.low)
        bars.append(
            f'<rect x="{left + 1:.1f}" y="{foot - height:.1f}" width="{width - 2:.1f}" height="{height:.1f}">'
            f"<title>{each.covers:,} covers</title></rect>"
        )
    return f'<g class="counts">{"".join(bars)}</g>'


def _describe(each: Bin) -> str:
    low, high = percent(each.accuracy.low), percent(each.accuracy.high)
    right = f"{percent(each.accuracy.value)} right ({low} to {high})"
    return f"{percent(each.confidence)} sure, {right}, {each.covers:,} covers"
