"""Covers found by what can be seen on them: the box, and what is missing for it to work."""

import time
from collections.abc import Callable

import numpy as np
import streamlit as st

from covergenre.collection import text_search
from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.collection.text_process import WordsApart
from covergenre.errors import CoverGenreError, NoWeights
from covergenre.formatting import time_left
from covergenre.progress import Progress
from pages.browse.tiles import show_tiles
from pages.widgets.pictures import choose_pictures
from pages.widgets.safe_text import plain, sentence
from pages.widgets.watch import jobs, watch

_SHOWN = 24
_FETCHING = "words"
_A_SECOND = 8  # covers that two cores look at, about


def show_by_words(collection: Collection, text: str, filters: Filters, go: Callable[[str], None]) -> None:
    """The covers that fit a text best; or what to do so that there are any."""
    if not text_search.installed():
        st.info(
            f"A network that reads pictures and words is needed, and is not installed. Run "
            f"`pip install {text_search.PACKAGE}`, then start the app again.",
            title="Not yet: “dark fortress at night”",
            icon=":material/download:",
        )
        return
    if not text_search.is_here():
        _offer_to_fetch()
        return
    try:
        with st.spinner("Opening the network that reads words"):
            index = text_search.WordIndex.open(collection, WordsApart.open())
    except NoWeights as error:
        st.info(sentence(str(error), 600), title="The network can't be had", icon=":material/cloud_off:")
        return
    if len(index.unseen):
        _offer_to_look(collection, index)
    if not text.strip():
        st.caption(
            "Say what is on the cover: “dark fortress at night”, “a man with a trumpet”, “bright letters on black”."
        )
        return
    near = index.search(text, _SHOWN, np.flatnonzero(collection.passing(filters)))
    st.caption(f"Of {len(index.rows):,} covers, those that fit “{plain(text)}” best.")
    covers = collection.covers(near)
    show_tiles(covers, choose_pictures(covers, "found"), go, "found")


def _offer_to_fetch() -> None:
    """The network is not here yet: the button that brings it, how far it is, or why it could not be had."""
    job = jobs().get(_FETCHING)
    if job and job.running:
        watch(job, _FETCHING)
        return
    if job and job.error:
        st.warning(sentence(job.error, 600), icon=":material/cloud_off:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("A network that reads pictures and words has to be fetched, once.", width="content")
        st.button(
            f"Fetch it ({text_search.MEGABYTES} MB)",
            icon=":material/cloud_download:",
            on_click=lambda: jobs().start(_FETCHING, "The network that reads words", text_search.fetch_words),
        )


def _offer_to_look(collection: Collection, index: text_search.WordIndex) -> None:
    """Not all covers were looked at yet."""
    n = len(index.unseen)
    with st.container(horizontal=True, vertical_alignment="center"):
        minutes = max(1, round(n / _A_SECOND / 60))
        st.caption(
            f"{n:,} covers are not prepared for word search yet. Preparing them takes about {minutes} min, once.",
            width="content",
        )
        if not st.button("Look at them"):
            return
    bar, began = st.progress(0.0), time.monotonic()
    st.button("Stop", icon=":material/stop_circle:")  # Any click ends this run of the page; what is done is kept.

    def report(progress: Progress) -> None:
        left = time_left(progress.done, progress.total, time.monotonic() - began)
        bar.progress(progress.done / progress.total, f"{progress.done} of {progress.total} covers. {left}")

    try:
        text_search.look_at(collection, index, report)
    except (CoverGenreError, OSError) as error:
        st.error(sentence(str(error)))
        return
    st.rerun()
