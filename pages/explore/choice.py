"""Covers chosen in a grid to act on them together."""

from collections.abc import Iterable

import numpy as np
import streamlit as st

from covergenre.formatting import counted
from pages.explore.actions import show_actions
from pages.explore.address import go, told
from pages.explore.kept import keep, kept
from pages.explore.open import Opened

TICKED = "ticked"
"""The name in the address under which the chosen covers are kept; it is there as long as a click chooses."""

_CHOOSING, _NOTHING = "choosing", "none"


def chosen(opened: Opened) -> frozenset[str]:
    """The paths of the covers that are chosen."""
    return frozenset(path for path in kept(told(TICKED)) or () if opened.covers.row_of(path) is not None)


def choose(paths: Iterable[str]) -> None:
    """Choose these covers and no others; a click on a cover chooses, too, from then on."""
    go(**{TICKED: keep(paths)})


def toggle(opened: Opened, path: str) -> None:
    """A cover was clicked: choose it, or not any more."""
    choose(chosen(opened) ^ {path})


def show_choice(opened: Opened, rows: np.ndarray) -> bool:
    """How many there are; the switch and, while covers are chosen, what to do with them. `rows`: what filters left."""
    total = len(opened.covers)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="choice"):
        st.caption(f"{len(rows):,} of {counted(total, 'cover')}", width="content")
        st.session_state[_CHOOSING] = bool(told(TICKED))
        if not st.toggle("Select", key=_CHOOSING, help="A click on a cover then selects it", on_change=_switch):
            return False
        now = chosen(opened)
        st.markdown(f"**{len(now):,} selected**", width="content")
        everything = lambda: choose(opened.covers.paths[row] for row in rows)  # noqa: E731
        st.button(f"All {len(rows):,}", key="choose-all", type="tertiary", on_click=everything)
        st.button("None", key="choose-none", type="tertiary", on_click=_none, disabled=not now)
        show_actions(opened, sorted(now), "chosen", _none)
    return True


def _none() -> None:
    go(**{TICKED: _NOTHING})


def _switch() -> None:
    go(**{TICKED: _NOTHING if st.session_state[_CHOOSING] else ""})
