"""Learning curves as Vega-Lite charts, of one run or of several together."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from covergenre.runs.record import Event

_KINDS = {"Loss": "nats", "Accuracy": "share of covers"}
_MOST = 400  # points of a line; more than a screen can show
_FEW = 12  # points of a line that are dots too
_HEIGHT, _LEGEND = 200, 40  # pixels
_INKS = ("#b8400f", "#139990")
_RATE, _SUGGESTED = "learning rate", "suggested learning rate"
_EPOCH, _TRIED = re.compile(r"epoch (\d+)"), re.compile(r"(.*?)[ =]+([\d.e+-]+)$")

Point = dict[str, Any]
"""run, what, figure, value, and x: a number of epochs or trees, or what was tried, in words."""


class Chart(NamedTuple):
    """A chart and its title."""

    title: str
    spec: dict[str, Any]


def show(charts: Sequence[Chart], columns: int = 1) -> None:
    """The charts, each under its title, so many in a row."""
    for start in range(0, len(charts), columns):
        for column, chart in zip(st.columns(columns, gap="large"), charts[start:], strict=False):
            column.caption(chart.title)
            column.vega_lite_chart(chart.spec, alt=f"{chart.title} as learning went on")


def curves(events: Mapping[str, Sequence[Event]], colours: Sequence[str] = ()) -> list[Chart]:
    """The losses and accuracies of runs by name, and the search for a learning rate; no line with a single point.

    Runs with the same unit (epochs, trees, a parameter) share a chart, each in its colour.
    """
    inks = dict(zip(events, colours, strict=False))
    found = []
    for title, share in _KINDS.items():
        together: dict[str, list[Point]] = {}
        for name, each in events.items():
            unit, points = _placed(_points(name, title, each))
            if len(points) > 1:
                together.setdefault(unit, []).extend(_thinned(points))
        found += [Chart(f"{title} by {unit}", _lines(points, unit, share, inks)) for unit, points in together.items()]
    return [*found, *(sweep for each in events.values() if len(events) == 1 and (sweep := _sweep(each)))]


def _points(run: str, title: str, events: Sequence[Event]) -> list[Point]:
    """The figures whose name contains the title, each at its step."""
    return [
        {"run": run, "what": event.what, "figure": name, "value": value, "x": event.done}
        for event in events
        if _RATE not in event.metrics
        for name, value in event.metrics.items()
        if title.lower() in name and value is not None
    ]


def _placed(points: list[Point]) -> tuple[str, list[Point]]:
    """The unit of the points, and the points with their x in it."""
    names = list(dict.fromkeys(point["what"] for point in points))
    if names and all(map(_EPOCH.match, names)):
        return "epochs", _by_epoch(points)
    if len(names) * len({point["figure"] for point in points}) == len(points):  # each step is something that was tried
        tried = [_TRIED.match(name) for name in names]
        if len({each[1] for each in tried if each}) == 1 and all(tried):
            return tried[0][1], [{**point, "x": _TRIED.match(point["what"])[2]} for point in points]
        return "what was tried", [{**point, "x": point["what"]} for point in points]
    return names[0], points


def _by_epoch(points: list[Point]) -> list[Point]:
    """An epoch that has ended is 1 wide, an unfinished one in proportion to the longest."""
    steps: dict[int, list[int]] = {}
    for point in points:
        steps.setdefault(_epoch(point), []).append(point["x"])
    before = {number: min(own) - 1 for number, own in steps.items()}
    longest = max(max(own) - before[number] for number, own in steps.items())
    wide = {number: max(own) - before[number] if number + 1 in steps else longest for number, own in steps.items()}
    return [
        {**point, "x": round(number - 1 + (point["x"] - before[number]) / wide[number], 4)}
        for point in points
        if (number := _epoch(point))
    ]


def _epoch(point: Point) -> int:
    return int(_EPOCH.match(point["what"])[1])


def _thinned(points: list[Point]) -> list[Point]:
    """Every n-th point, and all rare ones, such as those of an epoch."""
    step, counts = -(-len(points) // _MOST), Counter(point["figure"] for point in points)
    return [each for n, each in enumerate(points) if n % step == 0 or counts[each["figure"]] < _MOST // 4]


def _lines(points: list[Point], unit: str, share: str, inks: Mapping[str, str]) -> dict[str, Any]:
    """The lines of one chart: colours for runs and dashes for figures, or colours for the figures of one run."""
    figures = list(dict.fromkeys(point["figure"] for point in points))
    names = list(dict.fromkeys(point["run"] for point in points))
    series, domain, range_ = ("run", names, [inks[name] for name in names]) if inks else ("figure", figures, _INKS)
    counts = Counter((point["run"], point["figure"]) for point in points)
    dots = [point for point in points if counts[point["run"], point["figure"]] <= _FEW]
    named = isinstance(points[0]["x"], str)
    legend = {"orient": "top", "title": None, "labelLimit": 300, "symbolType": "stroke", "padding": 0, "offset": 4}
    keyed = len(domain) > 1 or bool(inks)
    dashed = bool(inks) and len(figures) > 1
    across = {"type": "ordinal", "sort": None, "axis": {"labelAngle": 0}} if named else {
        "type": "quantitative", "scale": {"nice": False}, "axis": {"tickCount": 5, "tickMinStep": 1, "grid": False}
    }  # fmt: skip
    colour = {"field": series, "type": "nominal", "scale": {"domain": domain, "range": list(range_)}}
    dash = {"strokeDash": {"field": "figure", "type": "nominal", "legend": legend}} if dashed else {}
    return {
        "height": _HEIGHT + _LEGEND * (keyed + dashed),
        "encoding": {
            "x": {"field": "x", "title": unit, **across},
            "y": _upwards("value", share, {"format": ".0%"} if share == _KINDS["Accuracy"] else {}),
            "color": {**colour, "legend": legend if keyed else None},
            "tooltip": [{"field": name} for name in ("run", "what", "figure") if name != "run" or inks]
            + [{"field": "value", "format": ".4f"}],
        },
        "layer": [
            {"data": {"values": points}, "mark": {"type": "line", "strokeWidth": 2}, "encoding": dash},
            {"data": {"values": dots}, "mark": {"type": "point", "filled": True, "size": 40}},
        ],
    }


def _upwards(name: str, unit: str, axis: Mapping[str, Any]) -> dict[str, Any]:
    axis = {"tickCount": 4, **axis}
    return {"field": name, "type": "quantitative", "title": unit, "scale": {"zero": False}, "axis": axis}


def _sweep(events: Sequence[Event]) -> Chart | None:
    """The loss at each learning rate tried, with the rate suggested; None without a search.

    It ends where the loss diverges, which would hide the rest.
    """
    points = [
        {"rate": rate, "loss": loss}
        for event in events
        if (rate := event.metrics.get(_RATE)) and (loss := event.metrics.get("loss")) is not None
    ]
    if len(points) < 2:
        return None
    suggested = [rate for event in events if (rate := event.metrics.get(_SUGGESTED))]
    across = {"field": "rate", "type": "quantitative", "scale": {"type": "log"}, "title": _RATE}
    line = {
        "data": {"values": [point for point in points if point["loss"] < 2 * points[0]["loss"]]},
        "mark": {"type": "line", "strokeWidth": 2, "color": _INKS[0]},
        "encoding": {
            "x": {**across, "axis": {"format": ".0e", "tickCount": 4, "grid": False}},
            "y": _upwards("loss", _KINDS["Loss"], {}),
            "tooltip": [{"field": "rate", "format": ".1e"}, {"field": "loss", "format": ".4f"}],
        },
    }
    marks = [layer for rate in suggested[-1:] for layer in _marked(rate, across)]
    return Chart("Search for the learning rate", {"height": _HEIGHT, "layer": [line, *marks]})


def _marked(rate: float, across: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Layers that mark a rate: a dashed line with the rate beside it."""
    marks = (
        {"type": "rule", "strokeDash": [4, 3]},
        {"type": "text", "align": "left", "baseline": "top", "dx": 5, "y": 0, "text": f"{rate:g}"},
    )
    values = {"values": [{"rate": rate}]}
    return [{"data": values, "mark": {**mark, "color": _INKS[1]}, "encoding": {"x": across}} for mark in marks]
