"""Search by description: covers found by what can be seen on them, and what the search needs first."""

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
_A_SECOND = 8  # covers indexed in a second on two cores, roughly


def show_text_search(collection: Collection, text: str, filters: Filters, go: Callable[[str], None]) -> None:
    """The covers that match a description best, or what is missing for the search."""
    if not clip.installed():
        st.info(
            f"Run `pip install {clip.PACKAGE}` and restart the app to find covers such as “dark fortress at night”.",
            title="Search by description is not installed",
            icon=":material/download:",
        )
        return
    downloading = running_job("words")
    if not clip.has_weights():
        offer_job(
            "words",
            downloading,
            "Search by description needs a network that is downloaded once.",
            f"Download ({clip.MEGABYTES} MB)",
            ":material/cloud_download:",
            "Downloading the network",
            clip.fetch_weights,
        )
        return
    indexing = running_job("look at covers")
    try:
        with st.spinner("Loading the network"):
            index = TextSearch.open(collection, clip.ClipProcess.open())
    except NoWeights as error:
        st.info(sentence(str(error), 600), title="The network is not available", icon=":material/cloud_off:")
        return
    if missing := len(index.missing):
        offer_job(
            "look at covers",
            indexing,
            f"{missing:,} covers are not indexed for search by description yet. Indexing takes about "
            f"{max(1, round(missing / _A_SECOND / 60))} min, once.",
            "Index them",
            ":material/visibility:",
            "Indexing the covers",
            lambda monitor: embed_missing_covers(collection, index, monitor),
        )
    if not text.strip():
        st.caption("Describe a cover: “dark fortress at night”, “a man with a trumpet”, “bright letters on black”.")
        return
    near = index.search(text, _SHOWN, np.flatnonzero(collection.passing(filters)))
    st.caption(f"The best matches for “{plain(text)}” among {len(index.rows):,} covers.")
    show_tiles(collection.covers(near), go, "found")
