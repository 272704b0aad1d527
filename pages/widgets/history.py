"""Navigation like that of separate documents: each choice is a step back, a page starts at its top (`history.js`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

_HISTORY = st.components.v2.component(
    "covergenre_history", html="<span></span>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


@contextmanager
def keep_history() -> Iterator[None]:
    """Around a run of the page: tell the browser at which address it began and ended."""
    spot, began = st.container(key="history", height="content"), _query()
    with spot:
        _HISTORY(key="covergenre-history", height=0)
    st.session_state.drawn = st.session_state.get("drawn", 0) + 1
    try:
        yield
    finally:
        run = {"began": began, "ended": _query(), "run": st.session_state.drawn}
        with spot:
            _HISTORY(key="covergenre-drawn", data=run, height=0)


def _query() -> str:
    """The query of the page's address."""
    return urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
