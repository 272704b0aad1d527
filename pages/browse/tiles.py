"""The covers of Browse in a grid; each has an address of its own."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import streamlit as st

from covergenre.collection.table import Neighbour
from pages.widgets.tiles import show_grid, tile
from pages.widgets.whose import KEY


def show_tiles(covers: Sequence[Neighbour], load_pictures: bool, go: Callable[[str], None], name: str) -> None:
    """A grid of covers; a press of one calls `go` with its key. `name` tells this grid from others on the page."""
    whose = {KEY: st.query_params[KEY]} if KEY in st.query_params else {}
    tiles = [tile(each, load_pictures, href=f"?{urlencode({**whose, 'cover': each.key})}") for each in covers]
    show_grid(tiles, name, go)
