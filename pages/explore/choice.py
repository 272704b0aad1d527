"""Covers chosen in a grid to act on them together."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from covergenre.formatting import counted
from pages.explore.actions import show_actions
from pages.explore.open import Opened

CHOOSING = "choosing"
_CHOSEN = "chosen"


def chosen(opened: Opened) -> frozenset[str]:
    """The paths of the covers that are chosen."""
    name, paths = st.session_state.get(_CHOSEN, ("", frozenset()))
    return paths if name == opened.dataset.name else frozenset()


def choose(opened: Opened, paths: Sequence[str]) -> None:
    """Choose these covers and no others."""
    st.session_state[_CHOSEN] = (opened.dataset.name, frozenset(paths))
    st.session_state[CHOOSING] = bool(paths)


def toggle(opened: Opened, path: str) -> None:
    """A cover was clicked: choose it, or not any more."""
    st.session_state[_CHOSEN] = (opened.dataset.name, chosen(opened) ^ {path})


def show_choice(opened: Opened, rows: np.ndarray) -> bool:
    """How many there are; the switch and, while covers are chosen, what to do with them. `rows`: what filters left."""
    total = len(opened.covers)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="choice"):
        st.caption(f"{len(rows):,} of {counted(total, 'cover')}", width="content")
        choosing = st.toggle("Select", key=CHOOSING, help="A click on a cover then selects it", persist_state="session")
        if not choosing:
            return False
        now = chosen(opened)
        st.markdown(f"**{len(now):,} selected**", width="content")
        everything = lambda: choose(opened, [opened.covers.paths[row] for row in rows])  # noqa: E731
        st.button(f"All {len(rows):,}", key="choose-all", type="tertiary", on_click=everything)
        st.button("None", key="choose-none", type="tertiary", on_click=_none, args=(opened,), disabled=not now)
        show_actions(opened, sorted(now), "chosen", lambda: _none(opened))
    return True


def _none(opened: Opened) -> None:
    st.session_state[_CHOSEN] = (opened.dataset.name, frozenset())
