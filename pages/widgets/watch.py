"""Work under way, as a page shows it: a bar, the time left and a way to stop."""

from collections.abc import Callable

import streamlit as st

from covergenre.jobs import Job, Jobs
from pages.widgets.safe_text import plain

_EVERY = 0.7  # seconds


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The work under way, of all visitors."""
    return Jobs()


def watch(job: Job, name: str, news: Callable[[], object] = lambda: None, can_stop: bool = True) -> None:
    """Show the job until it has ended, or what `news` gives is another; the page is then run again.

    `name` tells it from others on the page.
    """
    _watching(job, name, news, news(), can_stop)


@st.fragment(run_every=_EVERY)
def _watching(job: Job, name: str, news: Callable[[], object], known: object, can_stop: bool) -> None:
    if not job.running or news() != known:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center", key=f"watching-{name}"):
        st.progress(min(job.share, 1.0), plain(job.words, 200))
        if can_stop:
            st.button("Stop", icon=":material/stop_circle:", on_click=job.stop, key=f"stop-{name}")
