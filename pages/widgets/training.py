"""A line at the top of every page while a run is training, with a link to it."""

import streamlit as st

from covergenre.runs import launch
from covergenre.runs.notes import run_name
from covergenre.runs.record import list_runs
from pages.widgets.safe_text import plain

_POLL = 5.0  # seconds; only while something trains


def show_training() -> None:
    """The run that is training and its progress, if there is one."""
    if not launch.is_busy():
        return

    @st.fragment(run_every=_POLL)
    def drawn() -> None:
        running = [(run, status) for run in list_runs() if (status := run.status()).state == "running"]
        if not running:
            return
        run, status = running[0]
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="training"):
            done = f"{100 * status.done / max(status.total, 1):.0f}\u202f%"
            st.caption(f"Training {plain(run_name(run))} on {plain(run.spec.dataset)}: {done}.", width="content")
            st.page_link("pages/train/train.py", label="Show", query_params={"run": run.id}, width="content")

    drawn()
