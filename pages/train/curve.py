"""The figures that a run reports as it goes, as charts in the words of Vega-Lite."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from covergenre.runs.record import Event

_MOST = 400  # points of a line; more than a screen can show
_FEW = 12  # reports that are each named on the axis
_HEIGHT = 190
_INKS = ["#b8400f", "#139990"]


@dataclass(frozen=True)
class Curve:
    """Lines that share an axis: each point is a dict of step, what, figure and value."""

    title: str
    points: Sequence[dict[str, Any]]
    named: bool

    def chart(self) -> dict[str, Any]:
        """The chart."""
        x = {"field": "step", "type": "quantitative", "title": None, "axis": {"tickCount": 4, "grid": False}}
        if self.named:
            x = {"field": "what", "type": "ordinal", "sort": None, "title": None, "axis": {"labelAngle": -35}}
        figures = list(dict.fromkeys(point["figure"] for point in self.points))
        legend = {"orient": "top", "title": None} if len(figures) > 1 else None
        return {
            "data": {"values": list(self.points)},
            "height": _HEIGHT,
            "mark": {"type": "line", "point": self.named or len(self.points) < _FEW, "strokeWidth": 2},
            "encoding": {
                "x": x,
                "y": {
                    "field": "value",
                    "type": "quantitative",
                    "title": None,
                    "scale": {"zero": False},
                    "axis": {"tickCount": 4, **({"format": ".0%"} if self.title == "Accuracy" else {})},
                },
                "color": {
                    "field": "figure",
                    "type": "nominal",
                    "scale": {"domain": figures, "range": _INKS},
                    "legend": legend,
                },
                "tooltip": [{"field": "what"}, {"field": "figure"}, {"field": "value", "format": ".4f"}],
            },
        }


def curves(events: Sequence[Event]) -> list[Curve]:
    """The curves of a run: the finder of a learning rate, losses, accuracies; those it has, none of a single point."""
    sweep = [event for event in events if "learning rate" in event.metrics]
    rest = [event for event in events if "learning rate" not in event.metrics]
    found = [_sweep(sweep)] if sweep else []
    for title, word in (("Loss", "loss"), ("Accuracy", "accuracy")):
        points = [
            {"step": event.done, "what": event.what, "figure": name, "value": value}
            for event in rest
            for name, value in event.metrics.items()
            if word in name and value is not None
        ]
        names = {point["what"] for point in points}
        figures = {point["figure"] for point in points}
        found.append(Curve(title, _thinned(points), len(names) * len(figures) == len(points) <= _FEW))
    return [curve for curve in found if len(curve.points) > 1]


def _sweep(events: Sequence[Event]) -> Curve:
    points = [
        {
            "step": event.done,
            "what": f"learning rate {event.metrics['learning rate']:.1e}",
            "figure": "loss",
            "value": event.metrics["loss"],
        }
        for event in events
        if event.metrics.get("learning rate") and event.metrics.get("loss") is not None
    ]
    return Curve("Search for the learning rate", _thinned(points), False)


def _thinned(points: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """Every so-manieth point, and all that are rare, such as those of an epoch."""
    step = -(-len(points) // _MOST)
    if step < 2:
        return points
    counts: dict[str, int] = {}
    for point in points:
        counts[point["figure"]] = counts.get(point["figure"], 0) + 1
    return [point for n, point in enumerate(points) if n % step == 0 or counts[point["figure"]] < _MOST // 4]
