"""Navigation like that of separate documents: each choice is a step back, a page starts at its top (`history.js`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import parse_qs, urlencode

import streamlit as st

_HISTORY = st.components.v2.component(
    "covergenre_history", html="<span></span>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)

_ENDED, _AGAIN = "address at the end", "run again there"


@contextmanager
def keep_history() -> Iterator[None]:
    """Around a run of the page: tell the browser at which address it began and ended."""
    if st.session_state.pop(_AGAIN, False) and _query() != (ended := st.session_state[_ENDED]):
        st.query_params.from_dict(parse_qs(ended, keep_blank_values=True))
    spot, began = st.container(key="history", height="content"), _query()
    with spot:
        _HISTORY(key="covergenre-history", height=0)
    st.session_state.drawn = st.session_state.get("drawn", 0) + 1
    try:
        yield
    finally:
        st.session_state[_ENDED] = _query()
        run = {"began": began, "ended": st.session_state[_ENDED], "run": st.session_state.drawn}
        with spot:
            _HISTORY(key="covergenre-drawn", data=run, height=0)


def run_again() -> NoReturn:
    """Run the page again from a fragment with a timer, at the address at which its last run ended.

    The browser may have sent the timer's request before it learned of that address, as when a click came just before:
    `st.rerun` alone would undo the click.
    """
    st.session_state[_AGAIN] = True
    st.rerun()


def _query() -> str:
    """The query of the page's address."""
    return urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
