"""Charts as inline SVG: for a report that needs nothing else, and for a page that shall stand there at once.

Text, grid and frame take the colour of the text around them, lines and points the ink of `COLOURS`, which follows the
theme by itself. Each chart carries its figures as text too: a description, and a title at every point.
"""

from collections.abc import Iterable, Mapping, Sequence
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
"""The ink of each run on light and on dark paper: told apart with any colour vision, with 4.5 : 1 against the paper."""

DASHES = ("none", "7 3", "2 3", "9 3 2 3", "12 4", "4 4")
"""The dashes of each run's line, so that ink is never the only sign."""

_INKED = ("knn", "logistic", "boosting", "finetune", "words", "ensemble")
_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 340, 300, 44, 12, 12, 40
_COUNTS = 44  # the height of the strip that shows how many covers there are
_TICKS = (0, 0.25, 0.5, 0.75, 1)


def method_colour(method: str) -> int:
    """The number of a method's ink."""
    return _INKED.index(method) if method in _INKED else len(COLOURS) - 1


def run_colours(runs: Sequence[Run]) -> list[int]:
    """The number of each run's ink, wherever it stands among them: its method's. Of several of a method the oldest has
    it; the others, from the oldest on, have what is left."""
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
    """The ink of the run of that number, as CSS that follows the theme."""
    return "light-dark({}, {})".format(*COLOURS[number % len(COLOURS)])


def swatch(number: int) -> str:
    """The line of a run, for a legend."""
    line = f'<line x1="1" y1="5" x2="27" y2="5" {stroke(number)}/>'
    return f'<svg class="swatch" width="28" height="10" aria-hidden="true"><g class="curve">{line}</g></svg>'


def stroke(number: int, dashed: bool = True) -> str:
    """The ink of a run's line, and its dashes."""
    return (
        f'style="stroke: {css_colour(number)}; stroke-dasharray: {DASHES[number % len(DASHES)] if dashed else "none"}"'
    )


def svg(description: str, body: str, height: int) -> str:
    """A chart as wide as all are, and what it says in words."""
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(description)}">{body}</svg>'
    )


def reliability_chart(after: Sequence[Bin], before: Sequence[Bin] = (), number: int = 0) -> str:
    """How often a run is right (upwards) when it is so sure (to the right): dots with intervals, before as rings.

    A calibrated run's dots lie on the diagonal. The strip below shows how many covers each dot stands for.
    """
    most = max(each.covers for each in after)
    rings = "".join(
        f'<circle class="ring" cx="{_x(each.confidence):.1f}" cy="{_y(each.accuracy.value):.1f}" r="4">'
        f"{_title(each, 'before: ')}</circle>"
        for each in before
    )
    dots = "".join(
        f'<g class="dot">{_whisker(_x(each.confidence), each.accuracy)}'
        f'<circle cx="{_x(each.confidence):.1f}" cy="{_y(each.accuracy.value):.1f}" r="4.5"/>{_title(each)}</g>'
        for each in after
    )
    diagonal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    described = "; ".join(_told(each) for each in after)
    body = f'{diagonal}{rings}<g style="color: {css_colour(number)}">{dots}{_strip(after, most)}</g>'
    axes = _axes("How sure the run is", "How often it is right", strip=True)
    return svg(f"Reliability: {described}", axes + body, _HEIGHT + _COUNTS)


def coverage_chart(curves: Mapping[str, Sequence[CoveragePoint]], numbers: Sequence[int]) -> str:
    """Accuracy (upwards) against the share of covers that are answered at all (to the right), a line a run.

    `numbers`: of the runs' inks.
    """
    lines, tips = {}, []
    for name, points in curves.items():
        lines[name] = [(each.share, each.accuracy.value) for each in points]
        tips.append(f"all answered: {percent(points[-1].accuracy.value)} right")
    axes = _axes("Share of covers answered, the surest first", "How often the answer is right")
    return _lines("Accuracy against coverage", axes, lines, numbers, tips)


def precision_chart(
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, float]], numbers: Sequence[int], genre: str
) -> str:
    """Precision (upwards) against recall (to the right) of a genre (see `precision_recall`), a line a run.

    It is one of many that are small: what stands on its axes is said once for all.
    """
    lines = {name: list(zip(recall, precision, strict=True)) for name, (recall, precision, _) in curves.items()}
    tips = [f"average precision {percent(average)}" for *_, average in curves.values()]
    return _lines(f"Precision against recall of {genre}", _axes(ticks=(0, 0.5, 1)), lines, numbers, tips)


def _lines(
    title: str,
    axes: str,
    lines: Mapping[str, Sequence[tuple[float, float]]],
    numbers: Sequence[int],
    tips: Sequence[str],
) -> str:
    """A line of shares a run, in the inks of these numbers, each with what it comes to."""
    drawn = []
    for (name, points), number, tip in zip(lines.items(), numbers, tips, strict=True):
        path = " ".join(f"{_x(across):.1f},{_y(upwards):.1f}" for across, upwards in points)
        title_of = f"<title>{escape(f'{name}, {tip}')}</title>"
        drawn.append(f'<g class="curve"><polyline points="{path}" {stroke(number)}>{title_of}</polyline></g>')
    described = "; ".join(f"{name}, {tip}" for name, tip in zip(lines, tips, strict=True))
    return svg(f"{title}. {described}", axes + "".join(drawn), _HEIGHT)


def _axes(across: str = "", upwards: str = "", strip: bool = False, ticks: Sequence[float] = _TICKS) -> str:
    foot = _y(0) + (_COUNTS if strip else 0)
    grid = "".join(
        f'<line x1="{_x(0)}" x2="{_x(1)}" y1="{_y(tick):.1f}" y2="{_y(tick):.1f}"/>'
        f'<line y1="{_y(0)}" y2="{_y(1)}" x1="{_x(tick):.1f}" x2="{_x(tick):.1f}"/>'
        for tick in ticks
    )
    labels = "".join(
        f'<text x="{_x(0) - 6}" y="{_y(tick) + 4:.1f}" text-anchor="end">{100 * tick:.0f}</text>'
        f'<text x="{_x(tick):.1f}" y="{foot + 15}" text-anchor="middle">{100 * tick:.0f}</text>'
        for tick in ticks
    )
    if not across:
        return f'<g class="grid">{grid}</g><g class="words">{labels}</g>'
    middle = (_y(0) + _y(1)) / 2
    titles = (
        f'<text x="{(_x(0) + _x(1)) / 2:.1f}" y="{foot + 32}" text-anchor="middle">{across}, %</text>'
        f'<text transform="translate(11 {middle:.1f}) rotate(-90)" text-anchor="middle">{upwards}, %</text>'
    )
    return f'<g class="grid">{grid}</g><g class="words">{labels}{titles}</g>'


def _strip(bins: Iterable[Bin], most: int) -> str:
    """A bar a bin, below the chart, as high as it has covers."""
    bars = []
    for each in bins:
        height = max(1.0, (_COUNTS - 10) * each.covers / most)
        left, width = _x(each.low), _x(each.high) - _x(each.low)
        top = _y(0) + _COUNTS - height
        bars.append(
            f'<rect x="{left + 1:.1f}" y="{top:.1f}" width="{width - 2:.1f}" height="{height:.1f}">'
            f"<title>{each.covers:,} covers</title></rect>"
        )
    return f'<g class="counts">{"".join(bars)}</g>'


def _whisker(x: float, interval: Interval) -> str:
    return f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_y(interval.low):.1f}" y2="{_y(interval.high):.1f}"/>'


def _title(each: Bin, when: str = "") -> str:
    return f"<title>{when}{escape(_told(each))}</title>"


def _told(each: Bin) -> str:
    low, high = percent(each.accuracy.low), percent(each.accuracy.high)
    right = f"{percent(each.accuracy.value)} right ({low} to {high})"
    return f"{percent(each.confidence)} sure, {right}, {each.covers:,} covers"


def _x(share: float) -> float:
    return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)
