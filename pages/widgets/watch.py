"""Work in the background as a page shows it: a progress bar, the time left and a button to stop."""

from collections.abc import Callable

import streamlit as st

from covergenre.jobs import Job, Jobs, Work
from pages.widgets.history import run_again
from pages.widgets.safe_text import plain, sentence

_EVERY = 0.7  # seconds


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The jobs of all visitors."""
    return Jobs()


def watch(job: Job, name: str, version: Callable[[], object] = lambda: None) -> None:
    """Show the job until it ends or `version` changes; then run the page again. `name` tells it from others there."""
    _watching(job, name, version, version())


def running_job(name: str) -> Job | None:
    """The running job of this name. Ask before looking for its result, which is stored before the job ends."""
    job = jobs().get(name)
    return job if job and job.running else None


def offer_job(name: str, at_work: Job | None, words: str, label: str, icon: str, title: str, work: Work) -> None:
    """Offer work with a button and the reason for it (`words`, Markdown), or show its progress or what went wrong.

    `name` tells it from other work. `at_work` is its `running_job`, asked for before the page looked for the result.
    `title` names it while it runs.
    """
    if at_work:
        watch(at_work, name)
        return
    job = jobs().get(name)
    if job and job.error:
        st.warning(sentence(job.error, 600), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="content")
        st.button(label, icon=icon, on_click=_begin, args=(name, title, work))


def _begin(name: str, title: str, work: Work) -> None:
    jobs().start(name, title, work)


@st.fragment(run_every=_EVERY)
def _watching(job: Job, name: str, version: Callable[[], object], shown: object) -> None:
    if not job.running or version() != shown:
        run_again()
    with st.container(horizontal=True, vertical_alignment="center", key=f"watching-{name}"):
        st.progress(min(job.share, 1.0), plain(job.words, 200))
        st.button("Stop", icon=":material/stop_circle:", on_click=job.stop, key=f"stop-{name}")
