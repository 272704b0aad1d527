"""All covers of a data set on a plane, like ones near each other; a box drawn there chooses covers for the gallery."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from covergenre.api.pictures import FOLDER
from covergenre.collection.map import DRAWABLE, draw_map, find_map, quick_map
from covergenre.dataset.manifest import usable
from covergenre.dataset.thumbnails import known_looks
from covergenre.progress import Report, ShouldStop
from pages.explore import filters as explore_filters
from pages.explore.covers import Covers
from pages.explore.jobs import Job
from pages.explore.open import Opened, jobs
from pages.explore.watch import watch
from pages.widgets.genres import colours, display
from pages.widgets.safe_text import tidy

COLOUR = "colour"
_GENRE = "Genre"
_BOX = "box"
_JOB = "map of {}"


def show_map(opened: Opened, to_gallery: Callable[[], None]) -> None:
    """The map, coloured by genre or by a score; `to_gallery` is called when a gallery is asked for."""
    places, good = _places(opened.dataset.name, opened.found.number, _drawn(opened), opened.drawn)
    if not good and len(places) <= DRAWABLE:
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
    pictured = opened.dataset.has_pictures and known_looks(opened.dataset) is not None
    table = points(covers, paths, places, "" if colour == _GENRE else colour, pictured)
    event = st.vega_lite_chart(
        table, spec(table, theme), on_select="rerun", selection_mode=_BOX, key="map", width="stretch"
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


def points(covers: Covers, paths: list[str], places: np.ndarray, issue: str, pictured: bool) -> pd.DataFrame:
    """The points to draw, of the covers that are still there: x, y, genre and title; where they are asked for the score
    in an issue, and the key of the picture. As few bytes as will do, because all of it goes to the browser.
    """
    rows = [covers.row(path) for path in paths]
    kept = [at for at, row in enumerate(rows) if row is not None]
    own = [rows[at] for at in kept]
    names = {genre: display(tidy(str(genre), 24)) for genre in set(covers.genre_of)}
    columns = {
        "x": places[kept, 0].astype(np.float32).round(3),
        "y": places[kept, 1].astype(np.float32).round(3),
        "genre": pd.Categorical([names[genre] for genre in covers.genre_of[own]]),
        "title": [tidy(covers.title(row), 60) for row in own],
    }
    if issue:
        columns["score"] = np.nan_to_num(covers.scores(issue)[own]).astype(np.float32).round(2)
    if pictured:
        columns["key"] = [covers.hashes[row] for row in own]
    return pd.DataFrame(columns)


def spec(table: pd.DataFrame, theme: str) -> dict[str, Any]:
    """The chart in Vega-Lite's words; a cover's picture is asked for when it is pointed at."""
    tooltip = [{"field": "title", "type": "nominal"}, {"field": "genre", "type": "nominal"}]
    if "score" in table:
        tooltip.append({"field": "score", "type": "quantitative", "format": ".2f"})
        colour = {"field": "score", "type": "quantitative", "scale": {"scheme": "inferno", "domain": [0, 1]}}
    else:
        names = sorted(set(table["genre"]))
        shades = [colours(name.lower())[theme == "dark"] for name in names]
        colour = {"field": "genre", "type": "nominal", "scale": {"domain": names, "range": shades}}
    if "key" in table:
        tooltip.append({"field": "image", "type": "nominal"})
    axis = {"axis": None, "scale": {"domain": [-1.05, 1.05]}}
    return {
        "height": 560,
        "transform": [{"calculate": f"'{FOLDER}/' + datum.key + '.jpg'", "as": "image"}],
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
        "usermeta": {"embedOptions": {"renderer": "canvas"}},  # thousands of SVG circles drag
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
        draw_map(opened.drawn)

    jobs().start(_JOB.format(opened.dataset.name), "Drawing the map", work, opened.found.number)


@st.cache_resource(show_spinner=False, max_entries=4)
def _places(name: str, number: int, drawn: bool, _vectors: np.ndarray) -> tuple[np.ndarray, bool]:  # noqa: ARG001
    good = find_map(_vectors)
    return (quick_map(_vectors), False) if good is None else (good, True)
