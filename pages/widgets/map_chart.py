"""The map of all covers as a Plotly figure, and what a click on it points at."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from covergenre.collection.library import Library
from pages.widgets.genres import colours, display
from pages.widgets.safe_text import tidy
from pages.widgets.verdict import album_line

_MOST = 12_000  # points that a browser still moves smoothly
_MARGIN = 0.05
_FAINT = {"light": "#d9d3c7", "dark": "#403b35"}
_INK = {"light": "#1d1b18", "dark": "#ece8e1"}


def figure(
    library: Library,
    places: np.ndarray,
    shown: np.ndarray,
    current: int | None,
    near: Sequence[int],
    theme: str,
    most: int = _MOST,
) -> dict[str, Any]:
    """The figure in Plotly's own words: a trace a genre, those not `shown` (rows) faint, `current` and `near` marked.

    `places` has shape (n, 2). Of more than `most` covers an even sample is drawn, with all that are marked.
    """
    marked = [*near, *([] if current is None else [current])]
    drawn = np.unique([*_sample(np.arange(len(library)), most), *marked]).astype(int)
    lit = np.isin(drawn, [*shown, *marked])
    traces = [_faint(places[drawn[~lit]], theme)]
    for code, genre in enumerate(library.genres):
        rows = drawn[lit & (library.genre_of[drawn] == code)]
        if len(rows):
            traces.append(_genre(library, places, rows, genre, theme))
    if near:
        traces.append(_ring(library, places, list(near), "circle-open", 13, "Its nearest covers", theme))
    if current is not None:
        traces.append(_ring(library, places, [current], "star", 17, "The cover", theme))
    return {"data": traces, "layout": _layout(places)}


def picked(selection: Any, known: Library) -> str:
    """The key of the cover that was clicked, from what the chart says was selected; "" when nothing was."""
    points = (selection or {}).get("selection", {}).get("points", [])
    key = points[0].get("customdata") if points else None
    key = key[0] if isinstance(key, (list, tuple)) and key else key
    return key if isinstance(key, str) and known.row(key) is not None else ""


def _sample(rows: np.ndarray, most: int) -> np.ndarray:
    return rows[:: -(-len(rows) // most)] if len(rows) else rows


def _genre(library: Library, places: np.ndarray, rows: np.ndarray, genre: str, theme: str) -> dict[str, Any]:
    colour = colours(genre)[theme == "dark"]
    return {
        **_points(library, places, rows),
        "name": display(tidy(genre, 24)),
        "marker": {"size": 6, "color": colour, "opacity": 0.75},
    }


def _ring(
    library: Library, places: np.ndarray, rows: Sequence[int], symbol: str, size: int, name: str, theme: str
) -> dict[str, Any]:
    marker = {"size": size, "symbol": symbol, "color": _INK[theme], "line": {"width": 2, "color": _INK[theme]}}
    return {**_points(library, places, np.array(rows)), "name": name, "marker": marker}


def _points(library: Library, places: np.ndarray, rows: np.ndarray) -> dict[str, Any]:
    covers = [library.cover(int(row)) for row in rows]
    return {
        "type": "scattergl",
        "mode": "markers",
        "x": places[rows, 0].round(3).tolist(),
        "y": places[rows, 1].round(3).tolist(),
        "text": [tidy(album_line(cover), 60) for cover in covers],
        "customdata": [cover.key for cover in covers],
        "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 0.75}},
    }


def _faint(places: np.ndarray, theme: str) -> dict[str, Any]:
    return {
        "type": "scattergl",
        "mode": "markers",
        "x": places[:, 0].round(3).tolist(),
        "y": places[:, 1].round(3).tolist(),
        "hoverinfo": "skip",
        "showlegend": False,
        "marker": {"size": 4, "color": _FAINT[theme]},
    }


def _layout(places: np.ndarray) -> dict[str, Any]:
    ranges = np.stack([places.min(axis=0) - _MARGIN, places.max(axis=0) + _MARGIN], axis=1).round(3).tolist()
    return {
        "xaxis": {"visible": False, "range": ranges[0]},
        "yaxis": {"visible": False, "range": ranges[1]},
        "height": 560,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "dragmode": "pan",
        "clickmode": "event+select",
        "uirevision": "map",
        "legend": {"orientation": "h", "itemsizing": "constant", "y": 0, "yanchor": "top"},
    }
