"""Covers found by what can be seen on them: the box, and what is missing for it to work."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.collection.text_search import TextSearch, embed_missing_covers
from covergenre.embedding import clip
from covergenre.errors import NoWeights
from pages.browse.tiles import show_tiles
from pages.widgets.safe_text import plain, sentence
from pages.widgets.watch import offer_job, running_job

_SHOWN = 24
_A_SECOND = 8  # covers that two cores look at, about


def show_text_search(collection: Collection, text: str, filters: Filters, go: Callable[[str], None]) -> None:
    """The covers that fit a text best; or what to do so that there are any."""
    if not clip.installed():
        st.info(
            f"A network that reads pictures and words is needed, and is not installed. Run "
            f"`pip install {clip.PACKAGE}`, then start the app again.",
            title="Not yet: “dark fortress at night”",
            icon=":material/download:",
        )
        return
    fetching = running_job("words")
    if not clip.has_weights():
        offer_job(
            "words",
            fetching,
            "A network that reads pictures and words has to be fetched, once.",
            f"Fetch it ({clip.MEGABYTES} MB)",
            ":material/cloud_download:",
            "The network that reads words",
            clip.fetch_weights,
        )
        return
    looking = running_job("look at covers")
    try:
        with st.spinner("Opening the network that reads words"):
            index = TextSearch.open(collection, clip.ClipProcess.open())
    except NoWeights as error:
        st.info(sentence(str(error), 600), title="The network can't be had", icon=":material/cloud_off:")
        return
    if missing := len(index.missing):
        offer_job(
            "look at covers",
            looking,
            f"{missing:,} covers are not prepared for word search yet. Preparing them takes about "
            f"{max(1, round(missing / _A_SECOND / 60))} min, once.",
            "Look at them",
            ":material/visibility:",
            "Preparing the covers",
            lambda monitor: embed_missing_covers(collection, index, monitor),
        )
    if not text.strip():
        st.caption(
            "Say what is on the cover: “dark fortress at night”, “a man with a trumpet”, “bright letters on black”."
        )
        return
    near = index.search(text, _SHOWN, np.flatnonzero(collection.passing(filters)))
    st.caption(f"Of {len(index.rows):,} covers, those that fit “{plain(text)}” best.")
    covers = collection.covers(near)
    show_tiles(covers, go, "found")
