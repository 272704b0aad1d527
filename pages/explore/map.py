"""All covers of a data set on a plane, like ones near each other; a box or loop drawn there chooses covers."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from covergenre.errors import CoverGenreError
from pages.explore import filters as explore_filters
from pages.explore.actions import show_actions
from pages.explore.address import bind, get_option
from pages.explore.selection import save_selection
from pages.explore.workspace import Workspace, finished_runs_of, open_predictions
from pages.widgets import map_chart
from pages.widgets.map_chart import Colour
from pages.widgets.safe_text import sentence

COLOUR = "colour"
_GENRE, _SAID, _RIGHT, _SURE = "Genre", "What a run said", "Right or wrong", "Certainty of a run"
_OF_RUNS = (_SAID, _RIGHT, _SURE)


def show_map(opened: Workspace, to_gallery: Callable[..., None]) -> None:
    """The map, coloured by genre, a score, or a run's answers; `to_gallery` is called when a gallery is asked for."""
    covers = opened.covers
    places = map_chart.places_of(covers.vectors)
    runs = finished_runs_of(opened)
    graded = covers.findings.graded if covers.findings else ()
    options = [_GENRE, *(_OF_RUNS if runs else ()), *(f"Score: {issue}" for issue in graded)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            "Colour by", options, width=260, **bind(COLOUR, get_option(COLOUR, options, default=_GENRE))
        )
        run = explore_filters.choose_run(runs, required=True) if chosen in _OF_RUNS else ""
    try:
        colour = _colour(opened, chosen, run)
    except CoverGenreError as error:
        st.error(sentence(str(error)))
        colour = None
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small", key="picked")
    event = map_chart.show(covers, places, np.arange(len(covers)), colour=colour)
    picked = map_chart.inside(event, covers, places)
    with bar:
        if not picked:
            st.caption(
                "Covers that look alike lie near each other. Drag a box or, with the lasso, a loop to choose covers; "
                "hover to see their names."
            )
            return
        st.button(
            f"Show these {len(picked):,} covers" if len(picked) > 1 else "Show this cover",
            type="primary",
            icon=":material/grid_view:",
            on_click=_open,
            args=(picked, to_gallery),
        )
        show_actions(opened, sorted(picked), "map")


def _colour(opened: Workspace, chosen: str, run: str) -> Colour | None:
    """What the map is coloured by; None for the genre."""
    if chosen not in _OF_RUNS:
        return None if chosen == _GENRE else Colour(chosen, opened.covers.findings.scores(chosen.split(": ", 1)[1]))
    answers = open_predictions(opened, run)
    if chosen == _SURE:
        return Colour("Certainty", answers.certainty)
    if chosen == _SAID:
        return Colour(chosen, answers.genre_of)
    words = np.where(answers.right, "right", "wrong")
    return Colour(chosen, np.where(answers.genre_of == "", "", words).astype(object))


def _open(picked: frozenset[str], to_gallery: Callable[..., None]) -> None:
    to_gallery(**{explore_filters.ON_MAP: save_selection(picked)})
