"""Covers to click: a grid of tiles, each a button over its picture."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from covergenre.known.catalogue import Neighbour
from pages.widgets.gallery import gallery
from pages.widgets.genres import inline
from pages.widgets.verdict import album_line
from pages.widgets.words import plain


def show_tiles(covers: Sequence[Neighbour], load_pictures: bool, go: Callable[[str], None], name: str) -> None:
    """A grid of covers; a click on one calls `go` with its key. `name` tells this grid from others on the page.

    The widgets are named by their place and not by their cover, so that a step changes tiles and rebuilds none.
    """
    with st.container(key=f"tiles-{name}"):
        for place, cover in enumerate(covers):
            with st.container(key=f"tile-{name}-{place}", gap=None):
                st.markdown(gallery([replace(cover, page_url="")], load_pictures), unsafe_allow_html=True)
                st.button(label(cover), key=f"go-{name}-{place}", on_click=go, args=(cover.key,))


def label(cover: Neighbour) -> str:
    """What a tile is called by a screen reader: "Ada Lane – Blue Hours (1961), jazz"."""
    return f"{plain(album_line(cover), 160)}, {inline(plain(cover.genre, 24))}"
