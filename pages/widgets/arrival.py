"""Arriving at a page: the menu of a narrow screen closes, the page starts at its top (see `arrival.js`)."""

from pathlib import Path

import streamlit as st

_ARRIVAL = st.components.v2.component(
    "covergenre_arrival", html="<span></span>", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def watch_arrivals() -> None:
    """Draw it once a page, out of sight."""
    with st.container(key="arrival", height="content"):
        _ARRIVAL(key="covergenre-arrival", height=0)
