"""Studies as pieces of HTML: their accuracies beside those that the reference study published.

A chart a method, all of a part on one scale: a line with dots and intervals for the study, a dashed line with rings for
what was published. The figures follow as a table.
"""

import math
from collections.abc import Mapping, Sequence

from covergenre.comparison.comparison import ComparedRuns
from covergenre.formatting import percent, span
from covergenre.report.charts import Plot, css_colour, method_colour, stroke
from covergenre.report.markup import Scale, axis, common_scale, escape_line, figure, table
from covergenre.runs.notes import method_title
from covergenre.studies.record import Outcome, Study, by_method, list_studies
from covergenre.studies.reference import reference_curve

CAVEAT = (
    "Dashed is what the reference study published, of its own covers. Unless these are the very same ones, a "
    "difference of a few points says nothing; its settings were chosen on the covers that it was tested on."
)

_TITLES = {
    "ladder": ("More and more genres", "Genres"),
    "k": ("How many neighbours vote", "Neighbours, k"),
    "variants": ("More and more variants in training", "Variants"),
    "methods": ("All genres", ""),
    "finetune": ("All genres, fine-tuned", ""),
}
"""Of each part of a study, its heading and what its axis counts."""

_HEIGHT = 220
_MOST_TICKS = 12


def related_studies(compared: ComparedRuns) -> tuple[Study, ...]:
    """The studies of the data sets of these runs that anything has come of, the latest first."""
    datasets = {run.run.spec.dataset for run in compared.runs}
    return tuple(study for study in list_studies() if study.dataset in datasets and study.current_outcomes())


def study_title(study: Study) -> str:
    """What a study is called."""
    return f"{study.dataset}, {len(study.genres)} genres, {study.split} split"


def ladders(study: Study) -> str:
    """The charts and figures of a study, part by part; "" where it has no outcome yet."""
    outcomes = study.current_outcomes()
    return "".join(_part(part, found) for part in _TITLES if (found := by_method(outcomes, part)))


def _part(part: str, found: Mapping[str, Sequence[Outcome]]) -> str:
    figures = _figures(found)
    values = {each.x for points in found.values() for each in points}
    if len(values) > 1:
        published = {name: reference_curve(part, name) for name in found}
        plot = _plot(found, published, logarithmic=part == "k")
        ticks = _ticks(sorted(values.union(*published.values())), plot.logarithmic)
        axes = plot.axes({x: str(x) for x in ticks}, _shares(plot), (_TITLES[part][1], "Accuracy, %"))
        charts = "".join(_chart(part, plot, axes, name, found[name], published[name]) for name in found)
        figures = f'<div class="wall">{charts}</div><details><summary>The figures</summary>{figures}</details>'
    return f"<h3>{_TITLES[part][0]}</h3>{figures}"


def _plot(
    found: Mapping[str, Sequence[Outcome]], published: Mapping[str, Mapping[int, float]], logarithmic: bool
) -> Plot:
    """The plane on which all points of a part have room."""
    points = [each for points in found.values() for each in points]
    shares = [share for each in points for share in (each.accuracy.low, each.accuracy.high)]
    shares += [share for curve in published.values() for share in curve.values()]
    values = {each.x for each in points}.union(*published.values())
    low, high = math.floor(10 * min(shares)) / 10, math.ceil(10 * max(shares)) / 10
    return Plot((min(values), max(values)), (low, max(high, low + 0.1)), _HEIGHT, logarithmic)


def _chart(
    part: str, plot: Plot, axes: str, method: str, points: Sequence[Outcome], published: Mapping[int, float]
) -> str:
    """The points of one method and what was published of it."""
    title, colour = method_title(method), method_colour(method)
    dashes = plot.line(published.items(), 'class="ideal" fill="none"')
    rings = "".join(plot.ring(x, share, f"{x}: published {percent(share, 1)}") for x, share in published.items())
    line = plot.line([(each.x, each.accuracy.value) for each in points], stroke(colour, dashed=False))
    dots = "".join(plot.dot(each.x, each.accuracy, _tip(each)) for each in points)
    body = f'{axes}{dashes}{rings}<g class="curve">{line}</g><g style="color: {css_colour(colour)}">{dots}</g>'
    described = "; ".join(f"{each.what} {percent(each.accuracy.value, 1)}" for each in points)
    chart = plot.svg(f"{_TITLES[part][0]}, {title}: {described}", body)
    name = f'<strong style="color: {css_colour(colour)}">{escape_line(title)}</strong>'
    return f"<figure>{chart}<figcaption>{name}</figcaption></figure>"


def _tip(outcome: Outcome) -> str:
    share = percent(outcome.accuracy.value, 1)
    return f"{' '.join(outcome.what.split())}: {share} ({span(outcome.accuracy)}), {outcome.covers:,} covers"


def _ticks(values: Sequence[int], logarithmic: bool) -> Sequence[int]:
    """The values to label: powers of two on a logarithmic axis; else all, or some of many."""
    if logarithmic:
        return [2**power for power in range(32) if values[0] <= 2**power <= values[-1]]
    return values[:: -(-len(values) // _MOST_TICKS)]


def _shares(plot: Plot) -> dict[float, str]:
    """Ticks at every ten per cent, or every twenty of many."""
    low, high = (round(10 * share) for share in plot.upwards)
    step = 1 if high - low < 6 else 2
    return {tenth / 10: f"{10 * tenth}" for tenth in range(low, high + 1) if tenth % step == 0}


def _figures(found: Mapping[str, Sequence[Outcome]]) -> str:
    """A row a point, a column a method."""
    scale = common_scale(each.accuracy for points in found.values() for each in points)
    by_x: dict[int, dict[str, Outcome]] = {}
    for name, points in found.items():
        for each in points:
            by_x.setdefault(each.x, {})[name] = each
    rows = [["<small>per cent</small>", *[axis(scale)] * len(found)]]
    for _, here in sorted(by_x.items()):
        cells = (_cell(here[name], scale) if name in here else "–" for name in found)
        rows.append([escape_line(next(iter(here.values())).what), *cells])
    return table(("Accuracy", *(escape_line(method_title(name)) for name in found)), rows)


def _cell(outcome: Outcome, scale: Scale) -> str:
    theirs = "" if outcome.published is None else f"<small>published {percent(outcome.published, 1)}</small>"
    return figure(outcome.accuracy, scale) + theirs
