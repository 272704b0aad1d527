"""Covers selected in the gallery: stored under a name, which the address holds, and acted on together."""

from collections.abc import Iterable

import numpy as np
import streamlit as st

from covergenre.dataset.selections import load_selection, save_selection
from covergenre.formatting import counted
from pages.explore.actions import show_actions
from pages.explore.messages import reporting_errors
from pages.explore.workspace import Workspace
from pages.widgets.address import get, go

SELECTED = "ticked"
"""The parameter of the address that names the selection; while it is there, a click on a cover selects."""

_SELECTING, _NOTHING = "choosing", "none"


def selected(opened: Workspace) -> frozenset[str]:
    """The paths of the covers selected in the gallery."""
    paths = load_selection(get(SELECTED)) or ()
    return frozenset(path for path in paths if opened.covers.row_of(path) is not None)


def select(paths: Iterable[str]) -> None:
    """Select these covers and no others; from then on a click on a cover selects, too."""
    with reporting_errors():
        go(**{SELECTED: save_selection(paths)})


def toggle(opened: Workspace, path: str) -> None:
    """Select the cover, or deselect it."""
    select(selected(opened) ^ {path})


def show_selection(opened: Workspace, rows: np.ndarray) -> bool:
    """Draw the switch for selecting and, while it is on, the actions; whether it is on. `rows` passed the filters."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="choice"):
        st.caption(f"{len(rows):,} of {counted(len(opened.covers), 'cover')}", width="content")
        st.session_state[_SELECTING] = bool(get(SELECTED))
        if not st.toggle("Select", key=_SELECTING, help="Click covers to select them", on_change=_switch):
            return False
        paths = selected(opened)
        st.markdown(f"**{len(paths):,} selected**", width="content")
        select_all = lambda: select(opened.covers.paths[row] for row in rows)  # noqa: E731
        st.button(f"Select all {len(rows):,}", key="choose-all", type="tertiary", on_click=select_all)
        st.button("Clear", key="choose-none", type="tertiary", on_click=_clear, disabled=not paths)
        show_actions(opened, sorted(paths), "chosen", _clear)
    return True


def _clear() -> None:
    go(**{SELECTED: _NOTHING})


def _switch() -> None:
    go(**{SELECTED: _NOTHING if st.session_state[_SELECTING] else ""})
