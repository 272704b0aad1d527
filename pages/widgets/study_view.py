"""The charts of a study, in the words of Vega-Lite, and its figures as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from covergenre.formatting import percent, span
from covergenre.runs.names import method_title
from covergenre.runs.published import LADDER, METHODS, VARIANTS
from covergenre.runs.studies import Outcome, of_part

INKS = {"knn": "#139990", "logistic": "#b8400f", "boosting": "#6c7dce", "finetune": "#b38044"}
_HEIGHT = 300


@dataclass(frozen=True)
class Part:
    """A part of a study: its heading, what a reader should know, and what its axis counts."""

    title: str
    meaning: str
    axis: str
    published: Mapping[str, Sequence[float]]
    first: int = 0


PARTS = {
    "ladder": Part("More and more genres", "Accuracy falls as genres are added.", "Genres", LADDER, 2),
    "k": Part(
        "How many neighbours vote", "Votes of k covers, trained on all variants.", "k", {"knn": (METHODS["knn"],)}, 1
    ),
    "variants": Part(
        "More and more variants in training", "One more variant of each cover at a time.", "Variants", VARIANTS, 1
    ),
}


def chart(outcomes: Sequence[Outcome], part: str) -> dict[str, Any]:
    """The accuracies of a part with their intervals, by method; dashed, what was published."""
    found, known = of_part(outcomes, part), PARTS[part]
    ours = [
        {
            "x": each.x,
            "accuracy": each.accuracy.value,
            "low": each.accuracy.low,
            "high": each.accuracy.high,
            "method": method_title(name),
            "whose": "here",
            "what": each.what,
        }
        for name, each_method in found.items()
        for each in each_method
    ]
    theirs = [
        {"x": place, "accuracy": share, "method": method_title(name), "whose": "published", "what": "as published"}
        for name in found
        for place, share in enumerate(known.published.get(name, ()), known.first)
    ]
    names = list(found)
    colour = {
        "field": "method",
        "type": "nominal",
        "scale": {"domain": [method_title(name) for name in names], "range": [INKS[name] for name in names]},
        "legend": {"orient": "top", "title": None, "columns": 2, "symbolOpacity": 1},
    }
    x = {
        "field": "x",
        "type": "quantitative",
        "title": known.axis,
        "scale": {"zero": False},
        "axis": {"tickMinStep": 1},
    }
    if part == "k":
        x["scale"] = {"type": "log", "base": 2}
    y = {"type": "quantitative", "title": None, "axis": {"format": ".0%"}, "scale": {"zero": False}}
    here = [{"filter": "datum.whose == 'here'"}]
    tips = [{"field": "method"}, {"field": "what"}, {"field": "accuracy", "format": ".1%"}]
    return {
        "data": {"values": [*ours, *theirs]},
        "height": _HEIGHT,
        "encoding": {"x": x, "color": colour},
        "layer": [
            {
                "transform": here,
                "mark": {"type": "rule", "opacity": 0.5, "strokeWidth": 2},
                "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            {
                "transform": here,
                "mark": {"type": "line", "point": {"size": 45}},
                "encoding": {"y": {"field": "accuracy", **y}, "tooltip": tips},
            },
            {
                "transform": [{"filter": "datum.whose == 'published'"}],
                "mark": {
                    "type": "line",
                    "strokeDash": [4, 4],
                    "opacity": 0.7,
                    "point": {"shape": "diamond", "size": 35},
                },
                "encoding": {"y": {"field": "accuracy", **y}, "tooltip": tips},
            },
        ],
    }


def frame(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """All outcomes as a table to look at."""
    rows = [
        (
            method_title(each.method),
            each.what,
            f"{percent(each.accuracy.value, 1)} ({span(each.accuracy)})",
            f"{percent(each.f1_weighted.value, 1)} ({span(each.f1_weighted)})",
            "" if each.published is None else percent(each.published, 1),
            each.covers,
            each.seconds,
        )
        for each in outcomes
    ]
    columns = ("method", "what", "accuracy", "F1, weighted", "published", "test covers", "seconds")
    return pd.DataFrame(rows, columns=list(columns))
