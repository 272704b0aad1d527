"""The gallery of a data set: the covers that pass the filters, a page at a time."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.predictions import Predictions
from covergenre.formatting import percent
from pages.explore.filters import Query
from pages.explore.places import close_cover, open_cover
from pages.explore.selection import selected, show_selection, toggle
from pages.explore.tiles import show_covers
from pages.explore.workspace import Workspace
from pages.widgets.address import show_pager
from pages.widgets.genres import display

A_PAGE = 48


def show_gallery(opened: Workspace, rows: np.ndarray, query: Query) -> None:
    """The covers in these rows, which passed the filters; a click opens or selects one."""
    covers = opened.covers
    if not len(rows):
        st.info("No covers match these filters.", icon=":material/filter_alt_off:")
        return
    selecting = show_selection(opened, rows)
    grid = st.container()
    shown = show_pager(rows, A_PAGE).tolist()
    with grid:
        pressed = partial(toggle, opened) if selecting else open_cover
        ticked = selected(opened) if selecting else ()
        show_covers(covers, shown, "gallery", pressed, notes(covers, shown, query), ticked)


def show_steps(covers: Collection, rows: np.ndarray, row: int) -> None:
    """The way back from a cover to its page of the gallery, and on to the covers before and after it there."""
    at = next(iter(np.flatnonzero(rows == row).tolist()), None)
    page = 1 if at is None else at // A_PAGE + 1
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="steps"):
        st.button("All covers", type="tertiary", icon=":material/arrow_back:", on_click=close_cover, args=(page,))
        if at is None:
            return
        for label, to, icon in (("Previous", at - 1, "chevron_left"), ("Next", at + 1, "chevron_right")):
            exists = 0 <= to < len(rows)
            args = (covers.paths[rows[to]],) if exists else ()
            st.button(
                label, type="tertiary", icon=f":material/{icon}:", on_click=open_cover, args=args, disabled=not exists
            )
        st.caption(f"{at + 1:,} of {len(rows):,}", width="content")


def notes(covers: Collection, rows: Sequence[int], query: Query) -> dict[int, str]:
    """What is written beside the genre: the run's answer, the score in question, or the state unless it is usable."""
    if query.answers:
        return {row: _answer(query.answers, row) for row in rows if query.answers.genre_of[row]}
    issue = query.order or query.filters.issue
    if issue and covers.findings:
        scores = covers.findings.scores(issue)
        return {row: f"{scores[row]:.2f}" for row in rows if not np.isnan(scores[row])}
    return {row: str(covers.state_of[row]) for row in rows if covers.state_of[row] != "usable"}


def _answer(answers: Predictions, row: int) -> str:
    sign = "✓" if answers.right[row] else f"✗ {display(answers.genre_of[row])}"
    return f"{sign} {percent(float(answers.certainty[row]))}"
