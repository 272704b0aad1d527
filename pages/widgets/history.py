"""Back and Forward of the browser: each step is something that the visitor chose (see `history.js`)."""

from pathlib import Path

import streamlit as st

_HISTORY = st.components.v2.component(
    "covergenre_history", html="<span></span>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def keep_history() -> None:
    """Draw it once a page, out of sight."""
    with st.container(key="history", height="content"):
        _HISTORY(key="covergenre-history", height=0)
