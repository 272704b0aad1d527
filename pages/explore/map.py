"""All covers of a data set on a plane, like ones near each other; a box drawn there chooses covers for the gallery."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from pages.explore import filters as explore_filters
from pages.explore.open import Opened
from pages.widgets import map_chart
from pages.widgets.genres import display

COLOUR = "colour"
_GENRE = "Genre"


def show_map(opened: Opened, to_gallery: Callable[[], None]) -> None:
    """The map, coloured by genre or by a score; `to_gallery` is called when a gallery is asked for."""
    covers = opened.covers
    places = map_chart.places_of(covers.vectors)
    colour = st.selectbox(
        "Colour by",
        [_GENRE, *covers.findings.graded],
        format_func=lambda issue: display(issue) if issue == _GENRE else f"Score: {issue}",
        key=COLOUR,
        bind="query-params",
        width=260,
    )
    everything = np.arange(len(covers))
    event = map_chart.show(covers, places, everything, score="" if colour == _GENRE else colour)
    picked = map_chart.inside(event, covers, places)
    with st.container(horizontal=True, vertical_alignment="center"):
        if picked:
            st.button(
                f"Show these {len(picked):,} covers",
                type="primary",
                icon=":material/grid_view:",
                on_click=_open,
                args=(picked, to_gallery),
            )
        st.caption("Covers that look alike lie near each other. Drag a box to choose covers; hover to see their names.")


def _open(picked: frozenset[str], to_gallery: Callable[[], None]) -> None:
    explore_filters.open_picked(picked)
    to_gallery()
