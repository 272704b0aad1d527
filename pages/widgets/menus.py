"""Menus that a callback can close; Streamlit's own stay open until a click elsewhere."""

from typing import Any

import streamlit as st


def menu(label: str, key: str, **look: Any) -> Any:
    """A popover that `close` closes, for use in a `with`; `look`: see `st.popover`."""
    return st.popover(label, key=key, on_change="rerun", **look)


def close(*keys: str) -> None:
    """Close the menus with these keys, in the callback of a button in one of them."""
    st.session_state.update(dict.fromkeys(keys, False))
