"""The state of a page, kept in its address: each change is one step of the browser's history (see `history.js`).

Streamlit's own `bind="query-params"` skips widgets in a closed popover. With `bind` the address leads instead: widgets
are set from it before they are drawn.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T", bound=str)
Items = TypeVar("Items", bound=Any)  # a sequence or an array

PAGE = "sheet"
"""The parameter for the page of a grid."""


def go(**parameters: str | list[str]) -> None:
    """Put these into the address in one step of the history; what is empty leaves it."""
    st.query_params.update({name: value or [] for name, value in parameters.items()})


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


def bind(name: str, value: Any, key: str = "", hidden: bool = False) -> dict[str, Any]:
    """Key and `on_change` of a widget that shows `value` and writes its changes to the address.

    `hidden`: the widget may be in a closed popover, where the browser misses a new value and would bring the old one
    back with the next click. So another value than that of the last run is another widget.
    """
    key = key or f"at {name}"
    if hidden:
        key = _renewed(key, value)
    if hidden or st.session_state.get(key) != value:
        st.session_state[key] = value
    return {"key": key, "on_change": _write, "args": (name, key)}


def settle(name: str, options: Sequence[T], key: str = "") -> dict[str, Any]:
    """`bind` to the option that the address names, else to the last one chosen, else to the first.

    The address then names it too, so that it shows the same to whoever opens it later.
    """
    candidates = (st.query_params.get(name), st.session_state.get(key or f"at {name}"), options[0])
    value = next(candidate for candidate in candidates if candidate in options)
    if get(name) != value:
        go(**{name: value})
    return bind(name, value, key)


def show_pager(items: Items, size: int, name: str = PAGE) -> Items:
    """Draw a pager for `size` items a page if there are several pages; the items of the page in the address."""
    pages, value = -(-len(items) // size), get(name)
    page = min(int(value), pages) if value.isdecimal() and int(value) else 1
    if pages > 1:
        with st.container(horizontal_alignment="center"):
            page = st.pagination(pages, **bind(name, page))
    return items[(page - 1) * size : page * size]


def _renewed(key: str, value: Any) -> str:
    """The key of the widget that shows `value`: the last one unless that shows another."""
    number = st.session_state.get(f"{key} number", 0)
    shown = st.session_state.get(f"{key} {number}")
    if isinstance(value, list) and isinstance(shown, list):
        shown, value = set(shown), set(value)  # in the order of the clicks, and in that of the options
    if shown != value:
        number += 1
    st.session_state[f"{key} number"] = number
    return f"{key} {number}"


def _write(name: str, key: str) -> None:
    """Write the value of a widget to the address; another filter or order begins at the first page again."""
    value = st.session_state[key]
    if isinstance(value, int):  # a pager
        go(**{name: "" if value == 1 else str(value)})
        return
    if isinstance(value, tuple):
        value = "-".join(map(str, value))
    go(**{name: list(value) if isinstance(value, list) else value or "", PAGE: ""})
