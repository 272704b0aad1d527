"""The map of a data set: similar covers lie close together, and a box or lasso selects covers."""

import numpy as np
import streamlit as st

from covergenre.dataset.selections import save_selection
from covergenre.errors import CoverGenreError
from pages.explore import filters as explore_filters
from pages.explore.actions import show_actions
from pages.explore.messages import reporting_errors
from pages.explore.places import open_gallery
from pages.explore.workspace import Workspace, finished_runs_of, open_predictions
from pages.widgets import map_chart
from pages.widgets.address import bind, get_option
from pages.widgets.map_chart import Colour
from pages.widgets.safe_text import sentence

COLOUR = "colour"
_GENRE, _ANSWER, _RIGHT, _CERTAINTY = "Genre", "What a run said", "Right or wrong", "Certainty of a run"
_OF_RUNS = (_ANSWER, _RIGHT, _CERTAINTY)


def show_map(opened: Workspace) -> None:
    """The map, coloured by genre, a score or a run's answers."""
    covers = opened.covers
    positions = map_chart.positions_of(covers.vectors)
    runs = finished_runs_of(opened)
    graded = covers.findings.graded if covers.findings else ()
    options = [_GENRE, *(_OF_RUNS if runs else ()), *(f"Score: {issue}" for issue in graded)]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        colour_by = bind(COLOUR, get_option(COLOUR, options, default=_GENRE))
        chosen = st.selectbox("Colour by", options, width=260, **colour_by)
        run = explore_filters.choose_run(runs, required=True) if chosen in _OF_RUNS else ""
    try:
        colour = _colour(opened, chosen, run)
    except CoverGenreError as error:
        st.error(sentence(str(error)))
        colour = None
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small", key="picked")
    event = map_chart.show(covers, positions, np.arange(len(covers)), colour=colour)
    selected = map_chart.selected_paths(event, covers, positions)

    def show_selected() -> None:
        with reporting_errors():
            open_gallery(**{explore_filters.ON_MAP: save_selection(selected)})

    with bar:
        if not selected:
            st.caption(
                "Covers that look alike lie close together. Drag a box or a lasso to select covers; hover over a point "
                "to see its name."
            )
            return
        st.button(
            f"Show these {len(selected):,} covers" if len(selected) > 1 else "Show this cover",
            type="primary",
            icon=":material/grid_view:",
            on_click=show_selected,
        )
        show_actions(opened, sorted(selected), "map")


def _colour(opened: Workspace, chosen: str, run: str) -> Colour | None:
    """What the map is coloured by; None for the genre."""
    if chosen not in _OF_RUNS:
        return None if chosen == _GENRE else Colour(chosen, opened.covers.findings.scores(chosen.split(": ", 1)[1]))
    answers = open_predictions(opened, run)
    if chosen == _CERTAINTY:
        return Colour("Certainty", answers.certainty)
    if chosen == _ANSWER:
        return Colour(chosen, answers.genre_of)
    verdicts = np.where(answers.right, "right", "wrong")
    return Colour(chosen, np.where(answers.genre_of == "", "", verdicts).astype(object))
