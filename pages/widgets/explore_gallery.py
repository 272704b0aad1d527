"""The gallery of a data set: the covers wanted, a page at a time."""

from collections.abc import Callable, Sequence

import streamlit as st

from pages.widgets.explore_covers import Covers, Wanted
from pages.widgets.explore_filters import PAGE
from pages.widgets.explore_tiles import show_covers

A_PAGE = 48


def show_gallery(covers: Covers, wanted: Wanted, go: Callable[[str], None]) -> None:
    """The covers that the filters leave; a click on one calls `go` with its path."""
    rows = covers.select(wanted)
    if not len(rows):
        st.info("No cover passes these filters.", icon=":material/filter_alt_off:")
        return
    pages = -(-len(rows) // A_PAGE)
    st.caption(f"{len(rows):,} of {len(covers):,} covers")
    grid = st.container()
    with st.container(horizontal_alignment="center"):
        page = st.pagination(pages, key=PAGE, bind="query-params") if pages > 1 else 1
    shown = rows[(page - 1) * A_PAGE : page * A_PAGE].tolist()
    with grid:
        show_covers(covers, shown, "gallery", go, notes(covers, shown, wanted))


def notes(covers: Covers, rows: Sequence[int], wanted: Wanted) -> dict[int, str]:
    """What stands beside the genre: the score that is looked at, or the state when it isn't the usual one."""
    issue = wanted.by or wanted.issue
    if issue:
        scores = covers.scores(issue)
        return {row: f"{scores[row]:.2f}" for row in rows if scores[row] == scores[row]}
    return {row: str(covers.state_of[row]) for row in rows if covers.state_of[row] != "usable"}
