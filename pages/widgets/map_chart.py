"""The map of a collection as a Plotly chart, and the covers selected on it by a click, a box or a lasso."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.map import DRAWABLE, draw_map_apart, known_map, map_key
from pages.widgets.genres import colours_among, display
from pages.widgets.safe_text import tidy
from pages.widgets.watch import jobs, offer_job, running_job

KEY = "places"

_HOVER = st.components.v2.component(
    "covergenre_map_hover",
    html='<img alt="" hidden>',
    css="img { position: fixed; z-index: 9; width: 9rem; height: 9rem; object-fit: cover; pointer-events: none; }",
    js=Path(__file__).with_name("map_hover.js").read_text(encoding="utf-8"),
)
_MOST = 12_000  # points that a browser still moves smoothly
_MARGIN = 0.05
_DISTINCT = 16  # colours that can be told apart
_FAINT = {"light": "#d9d3c7", "dark": "#403b35"}
_VERDICTS = {"right": ("#139990", "#12daff"), "wrong": ("#7e1800", "#da4e07"), "": ("#d9d3c7", "#403b35")}
_POINT = {"size": 6, "opacity": 0.75}
_SCALE = {"colorscale": "Inferno", "cmin": 0, "cmax": 1, "showscale": True, "colorbar": {"thickness": 12}}
_LETTER = (0.008, 0.035)  # of a name: width and height, as shares of the map
_INK = {"light": "#1d1b18", "dark": "#ece8e1"}


@dataclass(frozen=True, eq=False)
class Colour:
    """What colours the covers: texts (n,) such as genres, or numbers 0-1, float64 (n,), NaN if unknown."""

    name: str
    values: np.ndarray


def positions_of(vectors: np.ndarray) -> np.ndarray:
    """The positions of covers by their vectors, float32 (m, 2); offers to draw the detailed map if it is missing."""
    key = map_key(vectors)
    name = f"map {key}"
    drawing, job = running_job(name), jobs().get(name)
    positions, good = _known(key, bool(job and job.state == "done"), vectors)
    if not good and len(vectors) <= DRAWABLE:
        offer_job(
            name,
            drawing,
            "This map is approximate. Drawing a detailed one takes a minute or two, once.",
            "Draw the detailed map",
            ":material/draw:",
            "Drawing the map",
            lambda monitor: draw_map_apart(vectors, monitor),
        )
    return positions


def show(
    collection: Collection,
    positions: np.ndarray,
    found: np.ndarray,
    current: int | None = None,
    near: Sequence[int] = (),
    colour: Colour | None = None,
    on_pick: Callable[[], None] | None = None,
) -> Any:
    """Draw the map (see `figure`); what is selected on it (see `selected_paths`).

    `on_pick` is called when a cover is clicked.
    """
    _HOVER(data={"chart": KEY}, key="map-hover", height=0)
    return st.plotly_chart(
        figure(
            collection, positions, found, current, near, "dark" if st.context.theme.type == "dark" else "light", colour,
            "pan" if on_pick else "select",
        ),
        key=KEY,
        on_select=on_pick or "rerun",
        selection_mode=("points", "box", "lasso") if on_pick else ("box", "lasso"),
        config={"scrollZoom": True, "displaylogo": False, "displayModeBar": True},
    )  # fmt: skip


def figure(
    collection: Collection,
    positions: np.ndarray,
    found: np.ndarray,
    current: int | None,
    near: Sequence[int],
    theme: str,
    colour: Colour | None = None,
    drag: str = "pan",
    most: int = _MOST,
) -> dict[str, Any]:
    """The figure as Plotly reads it: one trace for each genre or other value of `colour`.

    `positions` (m, 2) are those of `collection.rows`. Covers not in `found` (rows) are faint; `current` and `near`
    (rows) are marked. Of more than `most` covers an even sample is drawn, with all that are marked.
    """
    points = _by_row(collection, positions)
    marked = [*near, *([] if current is None else [current])]
    known = collection.rows[collection.rows >= 0]
    drawn = np.unique([*known[:: max(1, -(-len(known) // most))], *marked]).astype(int)
    in_colour = np.isin(drawn, np.concatenate([found, marked]))
    bright, faint = drawn[in_colour], {"size": 4, "color": _FAINT[theme]}
    traces = [_trace(points[drawn[~in_colour]], hoverinfo="skip", showlegend=False, marker=faint)]
    colour = colour or Colour("Genre", np.array(collection.genres, dtype=object)[collection.genre_of])
    if colour.values.dtype == np.float64:
        rows = bright[~np.isnan(colour.values[bright])]
        marker = {**_POINT, **_SCALE, "color": colour.values[rows].round(2).tolist()}
        hover = "%{text}<extra>%{marker.color:.2f}</extra>"
        traces.append(_covers(collection, points, rows, colour.name, marker, hovertemplate=hover))
    else:
        groups = {value: bright[colour.values[bright] == value] for value in sorted(set(colour.values[bright]))}
        inks = {**colours_among([*collection.genres, *groups]), **_VERDICTS}
        for value, rows in groups.items():
            marker = {**_POINT, "color": inks[value][theme == "dark"]}
            traces.append(_covers(collection, points, rows, display(tidy(value, 24)) or "No answer", marker))
        if len(groups) > _DISTINCT:
            traces.append(_names(points, groups, theme))
    for rows, symbol, size, name in (
        (near, "circle-open", 13, "Most similar covers"),
        ([] if current is None else [current], "star", 17, "This cover"),
    ):
        if rows:
            ring = {"size": size, "symbol": symbol, "color": _INK[theme], "line": {"width": 2, "color": _INK[theme]}}
            traces.append(_covers(collection, points, np.array(rows), name, ring))
    return {"data": traces, "layout": _layout(positions, drag)}


def clicked_key(collection: Collection) -> str:
    """The key of the cover that was clicked last; "" for none."""
    return key_of(st.session_state.get(KEY), collection)


def key_of(selection: Any, collection: Collection) -> str:
    """The key of the cover clicked, from the selection of the chart; "" for none."""
    selected = (selection or {}).get("selection", {})
    points = [] if selected.get("box") or selected.get("lasso") else selected.get("points", [])
    key = points[0].get("customdata") if points else None
    key = key[0] if isinstance(key, (list, tuple)) and key else key
    key = key[:16] if isinstance(key, str) else ""
    return key if collection.row(key) is not None else ""


def selected_paths(selection: Any, collection: Collection, positions: np.ndarray) -> frozenset[str]:
    """The paths of the covers in the box or lasso."""
    drawn = (selection or {}).get("selection") or {}
    shapes = [*(drawn.get("box") or []), *(drawn.get("lasso") or [])]
    if not shapes or not {"x", "y"} <= set(shapes[0]):
        return frozenset()
    corners = np.array([shapes[0]["x"], shapes[0]["y"]], np.float64).T
    if len(corners) < 3 or not drawn.get("lasso"):
        inside_it = ((positions >= corners.min(axis=0)) & (positions <= corners.max(axis=0))).all(axis=1)
    else:
        inside_it = _in_lasso(positions, corners)
    chosen = inside_it & (collection.rows >= 0)
    return frozenset(collection.paths[row] for row in collection.rows[chosen])


def _in_lasso(positions: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Which positions (m, 2) are inside the polygon of these corners (k, 2): those from which a ray crosses it an odd
    number of times.
    """
    x, y = positions.T
    inside_it = np.zeros(len(positions), bool)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        crosses = (y1 > y) != (y2 > y)
        inside_it ^= crosses & (x < (x2 - x1) * (y - y1) / ((y2 - y1) or 1) + x1)
    return inside_it


@st.cache_resource(show_spinner=False, max_entries=4)
def _known(key: str, drawn: bool, _vectors: np.ndarray) -> tuple[np.ndarray, bool]:  # noqa: ARG001 (the cache's key)
    return known_map(_vectors)


def _by_row(collection: Collection, positions: np.ndarray) -> np.ndarray:
    """The position of each cover by row, float32 (n, 2)."""
    there = collection.rows >= 0
    points = np.zeros((len(collection), 2), np.float32)
    points[collection.rows[there]] = positions[there]
    return points


def _covers(
    collection: Collection, points: np.ndarray, rows: np.ndarray, name: str, marker: dict[str, Any], **look: Any
) -> dict[str, Any]:
    """The trace of the covers in these rows, each with its name to hover over and its key to click."""
    covers = {
        "name": name,
        "marker": marker,
        "text": [tidy(collection.title(row), 60) for row in rows],
        "customdata": [collection.hashes[row] for row in rows],
        "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
        "selected": {"marker": {"opacity": 1}},
        "unselected": {"marker": {"opacity": 0.75}},
    }
    return _trace(points[rows], **{**covers, **look})


def _names(points: np.ndarray, groups: Mapping[str, np.ndarray], theme: str) -> dict[str, Any]:
    """The name of each genre in the middle of its covers, for more genres than colours can tell apart."""
    names = [display(tidy(genre, 24)) for genre in groups]
    middles = np.array([np.median(points[rows], axis=0) for rows in groups.values()])
    return _trace(
        _without_overlap(middles, names, np.ptp(points, axis=0)),
        type="scatter",
        mode="text",
        text=names,
        textfont={"color": _INK[theme], "size": 13, "weight": 600},
        hoverinfo="skip",
        showlegend=False,
    )


def _without_overlap(middles: np.ndarray, names: Sequence[str], extent: np.ndarray) -> np.ndarray:
    """The middles (n, 2), from the lowest to the highest moved up until no name covers another."""
    placed: list[int] = []
    moved, wide, high = middles.copy(), _LETTER[0] * extent[0], _LETTER[1] * extent[1]
    for name in np.argsort(middles[:, 1]):
        near = [other for other in placed if abs(moved[other, 0] - moved[name, 0])
                < wide * (len(names[other]) + len(names[name])) / 2]  # fmt: skip
        for other in sorted(near, key=lambda other: moved[other, 1]):
            if abs(moved[other, 1] - moved[name, 1]) < high:
                moved[name, 1] = moved[other, 1] + high
        placed.append(name)
    return moved


def _trace(points: np.ndarray, **look: Any) -> dict[str, Any]:
    x, y = points.round(3).T.tolist() if len(points) else ([], [])
    return {"type": "scattergl", "mode": "markers", "x": x, "y": y, **look}


def _layout(positions: np.ndarray, drag: str) -> dict[str, Any]:
    ranges = np.stack([positions.min(axis=0) - _MARGIN, positions.max(axis=0) + _MARGIN], axis=1).round(3).tolist()
    return {
        "xaxis": {"visible": False, "range": ranges[0]},
        "yaxis": {"visible": False, "range": ranges[1]},
        "height": 560,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "dragmode": drag,
        "clickmode": "event+select",
        "uirevision": "map",
        "legend": {"orientation": "h", "itemsizing": "constant", "y": 0, "yanchor": "top"},
    }
