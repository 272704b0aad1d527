"""Studies as pieces of HTML: the accuracies found here beside those that the reference study published.

A chart for each method, all of a part on one scale: a line with dots and intervals is what was found here, a dashed one
with rings what was published. Below them stand the figures.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from covergenre.comparison.comparison import ComparedRuns
from covergenre.formatting import percent, span
from covergenre.report.charts import css_colour, method_colour, stroke, svg
from covergenre.report.markup import Scale, axis, common_scale, escape_line, figure, table
from covergenre.runs.notes import method_title
from covergenre.studies.record import Outcome, Study, by_method, list_studies
from covergenre.studies.reference import LADDER, VARIANTS

CAVEAT = (
    "Dashed is what the reference study published, of its own covers. Unless these are the very same ones, a "
    "difference of a few points says nothing; its settings were chosen on the covers that it was tested on."
)

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 340, 220, 40, 10, 12, 38
_MOST_TICKS = 12


@dataclass(frozen=True)
class _Experiment:
    """A part of a study: its heading, what its axis counts, and by method what was published, from `first` on."""

    title: str
    axis: str = ""
    published: Mapping[str, Sequence[float]] | None = None
    first: int = 0


_EXPERIMENTS = {
    "ladder": _Experiment("More and more genres", "Genres", LADDER, 2),
    "k": _Experiment("How many neighbours vote", "Neighbours, k"),
    "variants": _Experiment("More and more variants in training", "Variants", VARIANTS, 1),
    "methods": _Experiment("All genres"),
    "finetune": _Experiment("All genres, fine-tuned"),
}


@dataclass(frozen=True)
class _Scales:
    """Where a value of the axis across and a share upwards stand in the charts of a part."""

    values: tuple[int, ...]
    low: float
    high: float
    doubling: bool

    def x(self, value: float) -> float:
        """Pixels from the left; where values double again and again, each doubling is as wide."""
        place, first, last = ((math.log2(each) if self.doubling else each) for each in (value, *self._ends()))
        return _LEFT + (place - first) / max(last - first, 1e-9) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, share: float) -> float:
        """Pixels from the top."""
        return _HEIGHT - _BOTTOM - (share - self.low) / (self.high - self.low) * (_HEIGHT - _TOP - _BOTTOM)

    def _ends(self) -> tuple[int, int]:
        return self.values[0], self.values[-1]


def related_studies(compared: ComparedRuns) -> tuple[Study, ...]:
    """The studies of the data sets of these runs that anything has come of, the latest first."""
    datasets = {run.run.spec.dataset for run in compared.runs}
    return tuple(study for study in list_studies() if study.dataset in datasets and study.current_outcomes())


def study_title(study: Study) -> str:
    """What a study is called."""
    return f"{study.dataset}, {len(study.genres)} genres, {study.split} split"


def ladders(study: Study) -> str:
    """The charts and figures of a study, part by part; "" while nothing has come of it."""
    outcomes = study.current_outcomes()
    return "".join(_part(part, found) for part in _EXPERIMENTS if (found := by_method(outcomes, part)))


def _part(part: str, found: Mapping[str, Sequence[Outcome]]) -> str:
    known, figures = _EXPERIMENTS[part], _figures(found)
    if len({each.x for points in found.values() for each in points}) > 1:
        scales = _scales(found, known, doubling=part == "k")
        charts = "".join(_chart(known, scales, name, points) for name, points in found.items())
        figures = f'<div class="wall">{charts}</div><details><summary>The figures</summary>{figures}</details>'
    return f"<h3>{known.title}</h3>{figures}"


def _scales(found: Mapping[str, Sequence[Outcome]], known: _Experiment, doubling: bool) -> _Scales:
    points = [each for each_method in found.values() for each in each_method]
    theirs = [place for name in found for place in _published(known, name)]
    shares = [share for each in points for share in (each.accuracy.low, each.accuracy.high)]
    shares += [share for _, share in theirs] + [each.published for each in points if each.published is not None]
    values = sorted({each.x for each in points} | {x for x, _ in theirs})
    low, high = math.floor(10 * min(shares)) / 10, math.ceil(10 * max(shares)) / 10
    return _Scales(tuple(values), low, max(high, low + 0.1), doubling)


def _published(known: _Experiment, method: str) -> list[tuple[int, float]]:
    return list(enumerate((known.published or {}).get(method, ()), known.first))


def _chart(known: _Experiment, scales: _Scales, method: str, points: Sequence[Outcome]) -> str:
    """The points of one method, what was published of it, and the axes."""
    theirs = _published(known, method) or [(each.x, each.published) for each in points if each.published is not None]
    number = method_colour(method)
    line = " ".join(f"{scales.x(each.x):.1f},{scales.y(each.accuracy.value):.1f}" for each in points)
    dashes = " ".join(f"{scales.x(x):.1f},{scales.y(share):.1f}" for x, share in theirs)
    rings = "".join(
        f'<circle class="ring" cx="{scales.x(x):.1f}" cy="{scales.y(share):.1f}" r="3.5">'
        f"<title>{x}: published {percent(share, 1)}</title></circle>"
        for x, share in theirs
    )
    body = (
        f'{_axes(known, scales)}<polyline class="ideal" fill="none" points="{dashes}"/>{rings}'
        f'<g class="curve"><polyline points="{line}" {stroke(number, dashed=False)}/></g>'
        f'<g style="color: {css_colour(number)}">{"".join(_dot(scales, each) for each in points)}</g>'
    )
    title = method_title(method)
    told = "; ".join(f"{each.what} {percent(each.accuracy.value, 1)}" for each in points)
    chart = svg(f"{known.title}, {title}: {told}", body, _HEIGHT)
    name = f'<strong style="color: {css_colour(number)}">{escape_line(title)}</strong>'
    return f"<figure>{chart}<figcaption>{name}</figcaption></figure>"


def _dot(scales: _Scales, outcome: Outcome) -> str:
    x, interval = scales.x(outcome.x), outcome.accuracy
    told = f"{escape_line(outcome.what)}: {percent(interval.value, 1)} ({span(interval)}), {outcome.covers:,} covers"
    return (
        f'<g class="dot"><line x1="{x:.1f}" x2="{x:.1f}" y1="{scales.y(interval.low):.1f}" '
        f'y2="{scales.y(interval.high):.1f}"/><circle cx="{x:.1f}" cy="{scales.y(interval.value):.1f}" r="4"/>'
        f"<title>{told}</title></g>"
    )


def _axes(known: _Experiment, scales: _Scales) -> str:
    foot, right = scales.y(scales.low), _WIDTH - _RIGHT
    shares = [share / 10 for share in range(round(10 * scales.low), round(10 * scales.high) + 1)]
    grid = "".join(
        f'<line x1="{_LEFT}" x2="{right}" y1="{scales.y(share):.1f}" y2="{scales.y(share):.1f}"/>' for share in shares
    )
    upwards = "".join(
        f'<text x="{_LEFT - 6}" y="{scales.y(share) + 4:.1f}" text-anchor="end">{100 * share:.0f}</text>'
        for share in shares
        if len(shares) < 7 or round(10 * share) % 2 == 0
    )
    across = "".join(
        f'<text x="{scales.x(value):.1f}" y="{foot + 15:.1f}" text-anchor="middle">{value}</text>'
        for value in _ticks(scales)
    )
    titles = (
        f'<text x="{(_LEFT + right) / 2:.1f}" y="{foot + 32:.1f}" text-anchor="middle">{known.axis}</text>'
        f'<text transform="translate(11 {(foot + _TOP) / 2:.1f}) rotate(-90)" text-anchor="middle">Accuracy, %</text>'
    )
    return f'<g class="grid">{grid}</g><g class="words">{upwards}{across}{titles}</g>'


def _ticks(scales: _Scales) -> list[int]:
    """The values that are named: where they double, powers of two; else all, or some of many."""
    first, last = scales.values[0], scales.values[-1]
    if scales.doubling:
        return [2**power for power in range(32) if first <= 2**power <= last]
    return list(scales.values[:: -(-len(scales.values) // _MOST_TICKS)])


def _figures(found: Mapping[str, Sequence[Outcome]]) -> str:
    """A row a point, a column a method."""
    by_x = {name: {each.x: each for each in points} for name, points in found.items()}
    values = sorted({x for points in by_x.values() for x in points})
    scale = common_scale(each.accuracy for points in found.values() for each in points)
    rows = [["<small>per cent</small>", *[axis(scale)] * len(by_x)]]
    for x in values:
        here = [points.get(x) for points in by_x.values()]
        told = [each for each in here if each]
        rows.append([escape_line(told[0].what), *(_cell(each, scale) if each else "–" for each in here)])
    return table(("Accuracy", *(escape_line(method_title(name)) for name in by_x)), rows)


def _cell(outcome: Outcome, scale: Scale) -> str:
    theirs = "" if outcome.published is None else f"<small>published {percent(outcome.published, 1)}</small>"
    return figure(outcome.accuracy, scale) + theirs
