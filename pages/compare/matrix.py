"""A confusion matrix to click into, as a chart of Vega-Lite.

The last row and column are margins: how often a genre that was answered is right (precision), and how often a genre is
found (recall); a click there stands for the whole column or row. A click arrives as the two genres of the cell, "" for
a margin.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from covergenre.evaluation.confusion import shares
from pages.widgets.genres import inline
from pages.widgets.safe_text import tidy

MEASURES = {"true": "% of true", "predicted": "% of predicted", "covers": "covers"}
"""What the cells can show: shares of the row, shares of the column, or counts."""

BLUE, ORANGE = "#2f78b7", "#b85c00"
_INKS = {"light": "#1d1b18", "dark": "#ece8e1"}
_SIDES = ("true", "predicted")
_PALEST = 0.04  # so that an empty cell can be seen, and hit
_STRONG = 0.55  # from here on, white text is the one that can be read
_MANY, _TOO_MANY = 10, 20  # genres: smaller text, no text


def cells(counts: np.ndarray, genres: Sequence[str], measure: str) -> pd.DataFrame:
    """One row for each cell and margin of a matrix int (g, g): true, predicted, text, strength (0-1), tip and hue.

    `measure` is one of `MEASURES`.
    """
    whole = shares(counts, measure) if measure != "covers" else counts / max(1, counts.max())
    strength = _seen(whole)
    rows = [
        _row(true, predicted, _shown(counts[i, j], whole[i, j], measure), strength[i, j], _tip(counts, genres, i, j))
        for i, true in enumerate(genres)
        for j, predicted in enumerate(genres)
    ]
    return pd.DataFrame([*rows, *_margins(counts, genres)])


def difference(a: np.ndarray, b: np.ndarray, genres: Sequence[str], names: tuple[str, str]) -> pd.DataFrame:
    """The same for how many more covers `a` has in each cell than `b`: orange for more, blue for fewer."""
    apart = a - b
    strength = _seen(np.abs(apart) / max(1, np.abs(apart).max()))
    rows = []
    for i, true in enumerate(genres):
        for j, predicted in enumerate(genres):
            count = int(apart[i, j])
            tip = f"{_words(true, predicted)}: {names[0]} {a[i, j]:,}, {names[1]} {b[i, j]:,}"
            text = f"{count:+,}".replace("-", "−") if count else ""
            rows.append(_row(true, predicted, text, strength[i, j], tip, ORANGE if count > 0 else BLUE))
    return pd.DataFrame(rows)


def chart(genres: Sequence[str], margins: bool, chosen: tuple[str, str] | None, theme: str | None) -> dict[str, Any]:
    """The Vega-Lite chart of `cells` (with `margins`) or `difference`, its genres in this order.

    `chosen`, a true and a predicted genre, has a frame. The selection is called "cell". The chart is plain Vega-Lite,
    because Altair would need 0.2 s more to check it.
    """
    many = len(genres) > _MANY
    ink = _INKS.get(theme or "light", _INKS["light"])
    order = [*genres, ""] if margins else list(genres)
    cells = {
        "mark": {"type": "rect", "cursor": "pointer"},
        "params": [{"name": "cell", "select": {"type": "point", "fields": ["true", "predicted"]}}],
        "encoding": {
            "fill": {"field": "hue", "type": "nominal", "scale": None},
            "fillOpacity": {
                "field": "strength",
                "type": "quantitative",
                "scale": {"domain": [0, 1], "range": [_PALEST, 1]},
                "legend": None,
            },
            "tooltip": {"field": "tip", "type": "nominal", "title": " "},
            "description": {"field": "tip", "type": "nominal"},
        },
    }
    return {
        "height": _height(len(order)),
        "config": {"view": {"stroke": None}},
        "encoding": {
            "x": {"field": "predicted", "title": "predicted", **_band(order, _axis(genres, "recall", "top", ink))},
            "y": {"field": "true", "title": "true", **_band(order, _axis(genres, "precision", "left", ink))},
        },
        "layer": [
            cells,
            *([_frame(chosen, ink)] if chosen else []),
            *([_numbers(ink, 9 if many else 12)] if len(genres) <= _TOO_MANY else []),
        ],
    }


def clicked(selection: Any) -> tuple[str, str] | None:
    """The true and the predicted genre of the selected cell; None if there is none."""
    found = selection.get("cell") if isinstance(selection, Mapping) else None
    if not found:
        return None
    return str(found[0].get("true", "")), str(found[0].get("predicted", ""))


def _frame(chosen: tuple[str, str], ink: str) -> dict[str, Any]:
    """A line around the chosen cell."""
    place = " && ".join(f"datum.{side} === {json.dumps(genre)}" for side, genre in zip(_SIDES, chosen, strict=True))
    return {
        "transform": [{"filter": place}],
        "mark": {"type": "rect", "fillOpacity": 0, "stroke": ink, "strokeWidth": 2.5},
    }


def _numbers(ink: str, size: int) -> dict[str, Any]:
    """What stands in the cells."""
    strong = {"test": f"datum.strength > {_STRONG}", "value": "white"}
    return {
        "mark": {"type": "text", "fontSize": size},
        "encoding": {"text": {"field": "text", "type": "nominal"}, "color": {"condition": strong, "value": ink}},
    }


def _band(order: Sequence[str], axis: dict[str, Any]) -> dict[str, Any]:
    return {"type": "nominal", "sort": list(order), "axis": axis}


def _axis(genres: Sequence[str], margin: str, side: str, ink: str) -> dict[str, Any]:
    many = len(genres) > _MANY
    names = {**{genre: tidy(inline(genre), 24) for genre in genres}, "": margin}
    return {
        "orient": side,
        "labelAngle": (-90 if many else -40) if side == "top" else 0,
        "labelExpr": f"{json.dumps(names)}[datum.value]",
        "labelColor": ink,
        "titleColor": ink,
        "labelFontSize": 10 if many else 12,
        "labelLimit": 120,
        "labelOverlap": False,
        "labelFlush": False,
        "ticks": False,
        "domain": False,
        "grid": False,
        "titlePadding": 8,
    }


def _height(rows: int) -> int:
    """In pixels, with room for the names above."""
    step = 36 if rows <= _MANY + 1 else 24 if rows <= _TOO_MANY + 1 else 16
    return 100 + rows * step


def _seen(shares: np.ndarray) -> np.ndarray:
    """How strongly cells are drawn; without numbers in them, small shares must be visible by ink alone."""
    return np.sqrt(shares) if len(shares) > _TOO_MANY else shares


def _margins(counts: np.ndarray, genres: Sequence[str]) -> list[dict[str, Any]]:
    right = counts.diagonal()
    rows = []
    for position, genre in enumerate(genres):
        recall, precision = (
            _margin(int(right[position]), int(sums[position])) for sums in (counts.sum(axis=1), counts.sum(axis=0))
        )
        rows.append(_row(genre, "", recall[0], 0, f"True {inline(genre)}: {recall[1]} correct"))
        rows.append(_row("", genre, precision[0], 0, f"Predicted {inline(genre)}: {precision[1]} correct"))
    every = _margin(int(right.sum()), int(counts.sum()))
    return [*rows, _row("", "", every[0], 0, f"All covers: {every[1]} correct")]


def _margin(right: int, of: int) -> tuple[str, str]:
    return (f"{100 * right / of:.0f}%" if of else "", f"{right:,} of {of:,}")


def _row(true: str, predicted: str, text: str, strength: float, tip: str, hue: str = BLUE) -> dict[str, Any]:
    return {"true": true, "predicted": predicted, "text": text, "strength": strength, "tip": tip, "hue": hue}


def _shown(count: int, share: float, measure: str) -> str:
    if not count:
        return ""
    return f"{count:,}" if measure == "covers" else f"{100 * share:.0f}"


def _tip(counts: np.ndarray, genres: Sequence[str], i: int, j: int) -> str:
    return f"{_words(genres[i], genres[j])}: {counts[i, j]:,} of {counts[i].sum():,} covers"


def _words(true: str, predicted: str) -> str:
    return f"{inline(true)}, correct" if true == predicted else f"{inline(true)} taken for {inline(predicted)}"
