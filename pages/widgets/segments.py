"""A segmented control that is kept in the page's address."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

T = TypeVar("T", bound=str)


def segments(label: str, options: Mapping[T, str], key: str) -> T:
    """Draw the options (value to label), the first by default; the chosen one."""
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
