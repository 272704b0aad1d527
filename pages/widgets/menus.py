"""Menus that close once something in them was chosen; Streamlit's own stay open until a click elsewhere."""

from typing import Any

import streamlit as st


def menu(label: str, key: str, **look: Any) -> Any:
    """A popover, to be used in a `with`, which `close` closes; `look`: see `st.popover`."""
    return st.popover(label, key=key, on_change="rerun", **look)


def close(*keys: str) -> None:
    """Close the menus of these keys: to be called where a button in one of them has done its work."""
    st.session_state.update(dict.fromkeys(keys, False))
