"""All covers of a data set on a plane, like ones near each other; a box drawn there chooses covers for the gallery."""

import base64
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from covergenre.browsing.landscape import DRAWABLE, draw_map, find_map, quick_map
from covergenre.dataset.looks import known_looks
from covergenre.dataset.manifest import usable
from covergenre.progress import Report, ShouldStop
from pages.explore import filters as explore_filters
from pages.explore.covers import Covers
from pages.explore.jobs import Job
from pages.explore.open import Opened, jobs
from pages.explore.watch import watch
from pages.widgets.genres import colours, display
from pages.widgets.words import tidy

COLOUR = "colour"
_GENRE = "Genre"
_BOX = "box"
_JOB = "map of {}"


def show_map(opened: Opened, to_gallery: Callable[[], None]) -> None:
    """The map, coloured by genre or by a score; `to_gallery` is called when a gallery is asked for."""
    units = opened.examined.units
    places, good = _places(opened.dataset.name, opened.found.number, _drawn(opened), units)
    if not good and len(units) <= DRAWABLE:
        _offer_map(opened)
    covers = opened.covers
    graded = [issue for issue in covers.scored if np.count_nonzero(covers.scores(issue) > 0)]
    colour = st.selectbox(
        "Colour by",
        [_GENRE, *graded],
        format_func=lambda issue: display(issue) if issue == _GENRE else f"Score: {issue}",
        key=COLOUR,
        bind="query-params",
        width=260,
    )
    paths = usable(opened.examined.dataset.manifest)["path"].tolist()
    theme = "dark" if st.context.theme.type == "dark" else "light"
    table = points(covers, paths, places, "" if colour == _GENRE else colour, _pictures(opened))
    event = st.vega_lite_chart(
        table, spec(table, colour != _GENRE, theme), on_select="rerun", selection_mode=_BOX, key="map", width="stretch"
    )
    picked = inside(event, paths, places)
    with st.container(horizontal=True, vertical_alignment="center"):
        if picked:
            st.button(
                f"Show these {len(picked):,} covers",
                type="primary",
                icon=":material/grid_view:",
                on_click=_open,
                args=(picked, to_gallery),
            )
        st.caption("Covers that look alike lie near each other. Drag a box to choose covers; hover to see one.")


def points(
    covers: Covers, paths: list[str], places: np.ndarray, issue: str, pictures: dict[str, bytes]
) -> pd.DataFrame:
    """The points to draw: x, y, genre, score, title and image of the covers that are still there."""
    rows = [covers.row(path) for path in paths]
    kept = [at for at, row in enumerate(rows) if row is not None]
    own = [rows[at] for at in kept]
    scores = covers.scores(issue)[own] if issue else np.zeros(len(own))
    return pd.DataFrame(
        {
            "x": places[kept, 0].round(3),
            "y": places[kept, 1].round(3),
            "genre": [display(tidy(str(covers.genre_of[row]), 24)) for row in own],
            "score": np.nan_to_num(scores).round(2),
            "title": [tidy(covers.title(row), 60) for row in own],
            "image": [_address(pictures.get(covers.hashes[row], b"")) for row in own],
        }
    )


def spec(table: pd.DataFrame, by_score: bool, theme: str) -> dict[str, Any]:
    """The chart in Vega-Lite's words."""
    tooltip = [{"field": name, "type": "nominal"} for name in ("title", "genre", "image")]
    if by_score:
        tooltip.insert(2, {"field": "score", "type": "quantitative"})
        colour = {"field": "score", "type": "quantitative", "scale": {"scheme": "inferno", "domain": [0, 1]}}
    else:
        names = sorted(set(table["genre"]))
        shades = [colours(name.lower())[theme == "dark"] for name in names]
        colour = {"field": "genre", "type": "nominal", "scale": {"domain": names, "range": shades}}
    axis = {"axis": None, "scale": {"domain": [-1.05, 1.05]}}
    return {
        "height": 560,
        "params": [{"name": _BOX, "select": "interval"}],
        "mark": {"type": "circle", "size": 28},
        "encoding": {
            "x": {"field": "x", "type": "quantitative", **axis},
            "y": {"field": "y", "type": "quantitative", **axis},
            "color": {**colour, "legend": {"orient": "bottom", "title": None, "columns": 5}},
            "opacity": {"condition": {"param": _BOX, "value": 0.75}, "value": 0.15},
            "tooltip": tooltip,
        },
        "config": {"view": {"stroke": None}},
    }


def inside(event: Any, paths: list[str], places: np.ndarray) -> frozenset[str]:
    """The paths of the covers in the box that was drawn; none without a box."""
    box = ((event or {}).get("selection") or {}).get(_BOX) or {}
    if not {"x", "y"} <= set(box):
        return frozenset()
    (left, right), (low, high) = sorted(box["x"]), sorted(box["y"])
    x, y = places[:, 0].round(3), places[:, 1].round(3)
    chosen = (x >= left) & (x <= right) & (y >= low) & (y <= high)
    return frozenset(paths[at] for at in np.flatnonzero(chosen))


def _open(picked: frozenset[str], to_gallery: Callable[[], None]) -> None:
    explore_filters.open_picked(picked)
    to_gallery()


def _drawn(opened: Opened) -> bool:
    job = jobs().get(_JOB.format(opened.dataset.name), opened.found.number)
    return bool(job and job.state == "done")


def _offer_map(opened: Opened) -> None:
    """The good map has not been drawn yet."""
    job: Job | None = jobs().get(_JOB.format(opened.dataset.name), opened.found.number)
    with st.container(horizontal=True, vertical_alignment="center"):
        if job and job.running:
            watch(job, "map", can_stop=False)
            return
        st.caption("This is a rough map. A good one takes a minute or two, once.", width="content")
        st.button("Draw the good map", icon=":material/draw:", on_click=_draw, args=(opened,))


def _draw(opened: Opened) -> None:
    def work(report: Report, should_stop: ShouldStop) -> None:  # noqa: ARG001 (t-SNE can't be stopped)
        draw_map(opened.examined.units)

    jobs().start(_JOB.format(opened.dataset.name), "Drawing the map", work, opened.found.number)


def _address(webp: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(webp).decode()}" if webp else ""


def _pictures(opened: Opened) -> dict[str, bytes]:
    looks = known_looks(opened.dataset)
    return {} if looks is None else dict(zip(looks.index, looks["miniature"], strict=True))


@st.cache_resource(show_spinner=False, max_entries=4)
def _places(name: str, number: int, drawn: bool, _units: np.ndarray) -> tuple[np.ndarray, bool]:  # noqa: ARG001
    good = find_map(_units)
    return (quick_map(_units), False) if good is None else (good, True)
