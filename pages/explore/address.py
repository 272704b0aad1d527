"""What the Explore page is at, as its address says: each change is one step for whoever goes back.

Streamlit's own binding of widgets to the address passes over those in a closed popover; so the address leads here, and
widgets are set to it before they are drawn.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from pages.widgets.address import go

__all__ = ["PAGE", "go", "one", "several", "told", "turn", "widget"]


def told(name: str) -> str:
    """What the address tells by a name; "" for nothing."""
    return st.query_params.get(name, "")


def one(name: str, options: Sequence[str], word: Callable[[str], str] = str, default: str = "") -> str:
    """The one of the options that the address names, in any case, by itself or its word; else the default."""
    return next(iter(several(name, options, word)), default)


def several(name: str, options: Sequence[str], word: Callable[[str], str] = str) -> list[str]:
    """The options that the address names, in any case, by themselves or their words."""
    asked = {each.casefold() for each in st.query_params.get_all(name)}
    return [option for option in options if asked & {option.casefold(), word(option).casefold()}]


def widget(name: str, value: Any) -> dict[str, Any]:
    """Key and `on_change` of a widget that shows `value` and, when it is changed, puts what it is set to there."""
    key = f"at {name}"
    st.session_state[key] = value
    return {"key": key, "on_change": _follow, "args": (name, key)}


PAGE = "sheet"


def turn(pages: int, name: str = PAGE) -> int:
    """Draw the choice among so many pages of a grid, if there are several; the page that the address names."""
    asked = told(name)
    page = min(int(asked), pages) if asked.isdecimal() and int(asked) else 1
    if pages < 2:
        return 1
    key = f"at {name}"
    if st.session_state.get(key, 1) != page:
        st.session_state[key] = page
    return st.pagination(pages, key=key, on_change=_follow, args=(name, key))


def _follow(name: str, key: str) -> None:
    value = st.session_state[key]
    if isinstance(value, int):
        go(**{name: "" if value == 1 else str(value)})
        return
    if isinstance(value, tuple):
        value = "-".join(map(str, value))
    go(**{name: list(value) if isinstance(value, list) else value or "", PAGE: ""})
