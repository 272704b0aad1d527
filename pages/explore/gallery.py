"""The gallery of a data set: the covers wanted, a page at a time."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.predictions import Predictions
from covergenre.formatting import percent
from pages.explore.address import show_pager
from pages.explore.filters import Asked
from pages.explore.selection import selected, show_selection, toggle
from pages.explore.tiles import show_covers
from pages.explore.workspace import Workspace
from pages.widgets.genres import display

A_PAGE = 48


def show_gallery(opened: Workspace, rows: np.ndarray, asked: Asked, go: Callable[[str], None]) -> None:
    """The covers in these rows, which the filters left; a click on one calls `go` with its path."""
    covers = opened.covers
    if not len(rows):
        st.info("No covers match these filters.", icon=":material/filter_alt_off:")
        return
    pages = -(-len(rows) // A_PAGE)
    choosing = show_selection(opened, rows)
    grid = st.container()
    with st.container(horizontal_alignment="center"):
        page = show_pager(pages)
    shown = rows[(page - 1) * A_PAGE : page * A_PAGE].tolist()
    with grid:
        said = notes(covers, shown, asked)
        if choosing:
            show_covers(covers, shown, "gallery", lambda path: toggle(opened, path), said, selected(opened))
        else:
            show_covers(covers, shown, "gallery", go, said)


def show_steps(covers: Collection, rows: np.ndarray, row: int, go: Callable[[str], None], leave: Callable) -> None:
    """The way back from a cover to its page of the grid, and on to the covers before and after it there."""
    found = np.flatnonzero(rows == row)
    at = int(found[0]) if len(found) else None
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="steps"):
        st.button("All covers", type="tertiary", icon=":material/arrow_back:", on_click=leave, args=(_page_of(at),))
        if at is None:
            return
        for label, to, icon in (("Previous", at - 1, "chevron_left"), ("Next", at + 1, "chevron_right")):
            there = 0 <= to < len(rows)
            args = (covers.paths[rows[to]],) if there else ()
            st.button(label, type="tertiary", icon=f":material/{icon}:", on_click=go, args=args, disabled=not there)
        st.caption(f"{at + 1:,} of {len(rows):,}", width="content")


def notes(covers: Collection, rows: Sequence[int], asked: Asked) -> dict[int, str]:
    """What stands beside the genre: the score that is looked at, or the state when it isn't the usual one."""
    if asked.answers:
        return {row: _answer(asked.answers, row) for row in rows if asked.answers.genre_of[row]}
    issue = asked.order or asked.filters.issue
    if issue and covers.findings:
        scores = covers.findings.scores(issue)
        return {row: f"{scores[row]:.2f}" for row in rows if scores[row] == scores[row]}
    return {row: str(covers.state_of[row]) for row in rows if covers.state_of[row] != "usable"}


def _answer(answers: Predictions, row: int) -> str:
    sign = "✓" if answers.right[row] else f"✗ {display(answers.genre_of[row])}"
    return f"{sign} {percent(float(answers.certainty[row]))}"


def _page_of(place: int | None) -> int:
    return 1 if place is None else place // A_PAGE + 1
