"""The state of the Explore page, kept in its address: each change is one step of the browser's history.

Streamlit's own binding of widgets to the address skips those in a closed popover, so here the address leads and the
widgets are set from it before they are drawn.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.widgets.address import go

PAGE = "sheet"


def get(name: str) -> str:
    """The value of a parameter; "" if the address has none."""
    return st.query_params.get(name, "")


def get_option(name: str, options: Sequence[str], label: Callable[[str], str] = str, default: str = "") -> str:
    """The option that the address names, by value or label and in any case; else the default."""
    return next(iter(get_options(name, options, label)), default)


def get_options(name: str, options: Sequence[str], label: Callable[[str], str] = str) -> list[str]:
    """The options that the address names, by value or label and in any case."""
    named = {each.casefold() for each in st.query_params.get_all(name)}
    return [option for option in options if named & {option.casefold(), label(option).casefold()}]


def bind(name: str, value: Any) -> dict[str, Any]:
    """Key and `on_change` of a widget that shows `value` and writes its changes to the address."""
    key = f"at {name}"
    st.session_state[key] = value
    return {"key": key, "on_change": _write, "args": (name, key)}


def show_pager(pages: int, name: str = PAGE) -> int:
    """Draw the pager of a grid if it has several pages; the page that the address names."""
    if pages < 2:
        return 1
    key, value = f"at {name}", get(name)
    page = min(int(value), pages) if value.isdecimal() and int(value) else 1
    if st.session_state.get(key, 1) != page:
        st.session_state[key] = page
    return st.pagination(pages, key=key, on_change=_write, args=(name, key))


def _write(name: str, key: str) -> None:
    value = st.session_state[key]
    if isinstance(value, int):
        go(**{name: "" if value == 1 else str(value)})
        return
    if isinstance(value, tuple):
        value = "-".join(map(str, value))
    go(**{name: list(value) if isinstance(value, list) else value or "", PAGE: ""})
