"""The figures that a run reports as it goes, as charts in the words of Vega-Lite."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from covergenre.runs.record import Event

_MOST = 400  # points of a line; more than a screen can show
_FEW = 12  # reports that are each named on the axis
_HEIGHT, _LEGEND = 150, 40  # pixels
_INKS = ["#b8400f", "#139990"]
_RATE, _SUGGESTED = "learning rate", "suggested learning rate"


@dataclass(frozen=True)
class Curve:
    """Lines that share an axis: each point is a dict of step, what, figure and value.

    `named`: whether each point stands under its own name; else `phases` has the step that each phase begins with.
    """

    title: str
    points: Sequence[dict[str, Any]]
    named: bool = False
    phases: Mapping[int, str] = field(default_factory=dict)

    def chart(self) -> dict[str, Any]:
        """The chart."""
        counts = Counter(point["figure"] for point in self.points)
        dots = [point for point in self.points if self.named or counts[point["figure"]] < _FEW]
        return {
            "height": _HEIGHT + (_LEGEND if len(counts) > 1 else 0),
            "layer": [
                {"data": {"values": list(self.points)}, "mark": {"type": "line", "strokeWidth": 2}},
                {"data": {"values": dots}, "mark": {"type": "point", "filled": True, "size": 40}},
            ],
            "encoding": {
                "x": self._across(),
                "y": _upwards("value", {"format": ".0%"} if self.title == "Accuracy" else {}),
                "color": {
                    "field": "figure",
                    "type": "nominal",
                    "scale": {"domain": list(counts), "range": _INKS},
                    "legend": {"orient": "top", "title": None, "padding": 0, "offset": 4} if len(counts) > 1 else None,
                },
                "tooltip": [{"field": "what"}, {"field": "figure"}, {"field": "value", "format": ".4f"}],
            },
        }

    def _across(self) -> dict[str, Any]:
        if self.named:
            return {"field": "what", "type": "ordinal", "sort": None, "title": None, "axis": {"labelAngle": -35}}
        if len(self.phases) == 1:
            (title,) = self.phases.values()
            axis = {"tickCount": 4, "grid": False}
        else:
            title, words = None, f"({json.dumps(self.phases)})[datum.value]"
            axis = {"values": list(self.phases), "labelExpr": words, "labelAlign": "left", "labelOverlap": "greedy"}
        return {"field": "step", "type": "quantitative", "title": title, "axis": axis, "scale": {"nice": False}}


@dataclass(frozen=True)
class Sweep:
    """The loss at each learning rate that was tried, as dicts of rate and loss; the rate `suggested`, once it is."""

    points: Sequence[dict[str, float]]
    suggested: float | None
    title = "Search for the learning rate"

    def chart(self) -> dict[str, Any]:
        """The chart; its loss ends where it has run away, which would hide all the rest."""
        first = self.points[0]["loss"]
        shown = [point for point in self.points if point["loss"] < 2 * first]
        across = {"type": "quantitative", "scale": {"type": "log"}, "title": _RATE}
        line = {
            "data": {"values": shown},
            "mark": {"type": "line", "strokeWidth": 2, "color": _INKS[0]},
            "encoding": {
                "x": {"field": "rate", **across, "axis": {"format": ".0e", "tickCount": 4, "grid": False}},
                "y": _upwards("loss", {}),
                "tooltip": [{"field": "rate", "format": ".1e"}, {"field": "loss", "format": ".4f"}],
            },
        }
        return {"height": _HEIGHT, "layer": [line, *(_marked(self.suggested, across) if self.suggested else [])]}


def curves(events: Sequence[Event]) -> list[Curve | Sweep]:
    """The curves of a run: losses, accuracies, the search for a learning rate; those it has, none of a single point."""
    rest = [event for event in events if _RATE not in event.metrics]
    found = [_curve("Loss", rest), _curve("Accuracy", rest), _sweep(events)]
    return [curve for curve in found if len(curve.points) > 1]


def joint(events: Mapping[str, Sequence[Event]], colours: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The losses and accuracies of several runs, by name, each kind in one chart; a run has a colour, a figure a dash.

    Runs of unlike length stand on one axis: how much of its learning each had behind it.
    """
    charts = {}
    for title, unit in (("Loss", "nats"), ("Accuracy", "share of covers")):
        points = [
            {"run": name, "figure": point["figure"], "done": point["step"] / most, "value": point["value"],
             "what": point["what"]}
            for name, each in events.items()
            if (points := _curve(title, [event for event in each if _RATE not in event.metrics]).points)
            and (most := max(point["step"] for point in points))
            for point in points
        ]  # fmt: skip
        if len(points) > 1:
            charts[title] = _lines(points, list(events), colours, f"{title.lower()}, {unit}")
    return charts


def _lines(points: list[dict[str, Any]], names: list[str], colours: Sequence[str], unit: str) -> dict[str, Any]:
    legend = {"orient": "top", "title": None, "labelLimit": 300, "symbolType": "stroke", "offset": 4}
    across = {"format": ".0%", "tickCount": 5}
    return {
        "height": _HEIGHT + 3 * _LEGEND,
        "data": {"values": points},
        "mark": {"type": "line", "strokeWidth": 2, "point": len(points) < _MOST // 4},
        "encoding": {
            "x": {"field": "done", "type": "quantitative", "title": "of its learning", "axis": across},
            "y": {**_upwards("value", {}), "title": unit},
            "color": {"field": "run", "type": "nominal", "scale": {"domain": names, "range": list(colours)},
                      "legend": legend},
            "strokeDash": {"field": "figure", "type": "nominal", "legend": legend},
            "tooltip": [{"field": name} for name in ("run", "what", "figure")] + [{"field": "value", "format": ".4f"}],
        },
    }  # fmt: skip


def _upwards(name: str, axis: Mapping[str, Any]) -> dict[str, Any]:
    axis = {"tickCount": 4, **axis}
    return {"field": name, "type": "quantitative", "title": None, "scale": {"zero": False}, "axis": axis}


def _sweep(events: Sequence[Event]) -> Sweep:
    points = [
        {"rate": rate, "loss": loss}
        for event in events
        if (rate := event.metrics.get(_RATE)) and (loss := event.metrics.get("loss")) is not None
    ]
    suggested = [rate for event in events if (rate := event.metrics.get(_SUGGESTED))]
    return Sweep(points, suggested[-1] if suggested else None)


def _marked(rate: float, across: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Layers that mark a rate: a dashed line, and the rate beside it."""
    marks = (
        {"type": "rule", "strokeDash": [4, 3]},
        {"type": "text", "align": "left", "baseline": "top", "dx": 5, "y": 0, "text": f"{rate:g}"},
    )
    encoding = {"x": {"field": "rate", **across}}
    return [
        {"data": {"values": [{"rate": rate}]}, "mark": {**mark, "color": _INKS[1]}, "encoding": encoding}
        for mark in marks
    ]


def _curve(title: str, events: Sequence[Event]) -> Curve:
    """That of the figures whose name has the title in it."""
    points = [
        {"step": event.done, "what": event.what, "figure": name, "value": value}
        for event in events
        for name, value in event.metrics.items()
        if title.lower() in name and value is not None
    ]
    names = {point["what"] for point in points}
    figures = {point["figure"] for point in points}
    named = len(names) * len(figures) == len(points) <= _FEW
    return Curve(title, _thinned(points), named, _phases(points))


def _phases(points: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """By the step it begins with, each phase, as short as it can be told: "epoch 2" of "epoch 2 of 6"."""
    first: dict[str, int] = {}
    for point in points:
        first.setdefault(point["what"].split(" of ")[0], point["step"])
    return {step: what for what, step in first.items()}


def _thinned(points: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Every so-manieth point, and all that are rare, such as those of an epoch."""
    step = -(-len(points) // _MOST)
    if step < 2:
        return points
    counts = Counter(point["figure"] for point in points)
    return [point for n, point in enumerate(points) if n % step == 0 or counts[point["figure"]] < _MOST // 4]
