"""One choice of a few, side by side, that stands in the page's address."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

T = TypeVar("T", bound=str)


def segments(label: str, options: Mapping[T, str], key: str) -> T:
    """Draw the options (value to words), the first chosen at first, and tell which is."""
    return st.segmented_control(
        label,
        list(options),
        default=next(iter(options)),
        format_func=options.get,
        required=True,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
    )
