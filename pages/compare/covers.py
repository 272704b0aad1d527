"""The covers behind a comparison, a page at a time."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.comparison.galleries import galleries
from pages.compare.address import choose_pair
from pages.compare.cover_grid import cover_grid
from pages.widgets.address import follow
from pages.widgets.genres import display
from pages.widgets.safe_text import plain

_ON_A_PAGE = 24


def show_galleries(compared: ComparedRuns) -> None:
    """The covers worth looking at."""
    a, b = choose_pair(compared)
    found = {gallery.key: gallery for gallery in galleries(compared, a, b)}
    asked = st.query_params.get("show")
    st.session_state.compare_show = asked if asked in found else next(iter(found))
    st.pills(
        "Which covers",
        list(found),
        format_func=lambda key: f"{plain(found[key].title)} · {len(found[key].rows):,}",
        key="compare_show",
        required=True,
        on_change=follow,
        args=("show", "compare_show"),
        label_visibility="collapsed",
    )
    gallery = found[st.session_state.compare_show]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(plain(gallery.meaning, 300), width="content")
        genre = st.selectbox(
            "Genre",
            ["", *compared.genres],
            format_func=lambda genre: display(genre) or "All genres",
            key="compare_genre",
            label_visibility="collapsed",
            width=180,
            persist_state="page",
        )
    rows = gallery.rows
    if genre:
        rows = rows[compared.labels[rows] == compared.genres.index(genre)]
    show_covers(compared, rows, gallery.runs, f"{gallery.key}-{genre}")


def show_covers(compared: ComparedRuns, rows: np.ndarray, runs: Sequence[ComparedRun], key: str) -> None:
    """A page of covers, and the way to the other pages."""
    if not len(rows):
        st.caption("There are no such covers.")
        return
    slot = st.container()
    pages = -(-len(rows) // _ON_A_PAGE)
    page = st.pagination(pages, key=f"page-{key}") if pages > 1 else 1
    shown = rows[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]
    with slot, st.container(key="covers"):
        st.markdown(cover_grid(compared, shown, runs), unsafe_allow_html=True)
        if compared.dataset and compared.dataset.writable:
            st.caption("Click a cover to open it in Explore, where you can correct a wrong genre.")
        elif compared.dataset:
            st.caption("Click a cover to open its page at the source; only its colours are kept here.")
