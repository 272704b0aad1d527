"""What a page shows, kept in its address: each choice is a step of the browser's history (see `history.js`)."""

from collections.abc import Sequence
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T", bound=str)


def go(**places: str | list[str]) -> None:
    """Put these into the address, in one step for whoever goes back; what is empty leaves it."""
    st.query_params.update({name: place or [] for name, place in places.items()})


def follow(name: str, key: str) -> None:
    """Put what a widget was set to into the address."""
    go(**{name: st.session_state[key]})


def settle(name: str, key: str, options: Sequence[T]) -> T:
    """Set the widget `key` as the address says, else as it was left, else to the first of the options.

    The address then says so too, so that it shows the same to whoever opens it later. Give the widget
    `on_change=follow, args=(name, key)`.
    """
    known: list[Any] = [value for value in (st.query_params.get(name), st.session_state.get(key)) if value in options]
    value = known[0] if known else options[0]
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    if st.query_params.get(name) != value:
        go(**{name: value})
    return value
