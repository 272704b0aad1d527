"""Covers to click: a grid of tiles, each a button or a link over its picture."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from covergenre.collection.table import Neighbour
from pages.widgets.gallery import gallery
from pages.widgets.genres import inline
from pages.widgets.safe_text import plain
from pages.widgets.verdict import album_line
from pages.widgets.whose import KEY, title

BROWSE = "pages/browse/browse.py"


def show_tiles(covers: Sequence[Neighbour], load_pictures: bool, go: Callable[[str], None], name: str) -> None:
    """A grid of covers; a click on one calls `go` with its key. `name` tells this grid from others on the page."""

    def press(cover: Neighbour, key: str) -> None:
        st.button(label(cover), key=key, on_click=go, args=(cover.key,))

    _grid(covers, load_pictures, press, name)


def show_links(
    covers: Sequence[Neighbour], load_pictures: bool, run: str, name: str, votes: Mapping[str, float] | None = None
) -> None:
    """A grid of covers; each is a link to where Browse looks at it, among the covers of `run`.

    `votes`: see `gallery`.
    """
    whose = title(run)

    def press(cover: Neighbour, key: str) -> None:
        with st.container(key=key):
            st.page_link(BROWSE, label=label(cover), icon="", query_params={KEY: whose, "cover": cover.key})

    _grid(covers, load_pictures, press, name, votes)


def label(cover: Neighbour) -> str:
    """What a tile is called by a screen reader: "Ada Lane – Blue Hours (1961), jazz"."""
    return f"{plain(album_line(cover), 160)}, {inline(plain(cover.genre, 24))}"


def _grid(
    covers: Sequence[Neighbour],
    load_pictures: bool,
    press: Callable[[Neighbour, str], None],
    name: str,
    votes: Mapping[str, float] | None = None,
) -> None:
    """The widgets are named by their place and not by their cover, so that a step changes tiles and rebuilds none."""
    with st.container(key=f"tiles-{name}"):
        for place, cover in enumerate(covers):
            with st.container(key=f"tile-{name}-{place}", gap=None):
                st.markdown(gallery([cover], load_pictures, votes, in_tile=True), unsafe_allow_html=True)
                press(cover, f"go-{name}-{place}")
