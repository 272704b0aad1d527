"""The covers of Browse in a grid: each has an address of its own and can be added to the basket."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.table import Neighbour
from pages.widgets.address import go as go_to
from pages.widgets.collection_choice import KEY
from pages.widgets.pictures import choose_pictures
from pages.widgets.tiles import show_grid, tile

BASKET = "keep"
BASKET_SIZE = 100
"""The most covers that a basket, which is kept in the address, can hold."""


def show_tiles(
    covers: Sequence[Neighbour], go: Callable[[str], None], name: str, load_pictures: bool | None = None
) -> None:
    """A grid of covers; a press of one calls `go` with its key. `name` tells this grid from others on the page.

    `load_pictures`: whether real pictures are shown; None draws the choice.
    """
    if load_pictures is None:
        load_pictures = choose_pictures(covers, name)
    collection = {KEY: st.query_params[KEY]} if KEY in st.query_params else {}
    kept = set(basket_keys())
    tiles = [
        tile(
            each,
            load_pictures,
            href=f"?{urlencode({**collection, 'cover': each.key})}",
            mark="Remove from basket" if each.key in kept else "Add to basket",
            marked=each.key in kept,
        )
        for each in covers
    ]
    show_grid(tiles, name, go, _toggle)


def show_similar(collection: Collection, near: Sequence[tuple[int, float]], go: Callable[[str], None]) -> None:
    """The covers in these rows, with their similarities to another."""
    if near:
        show_tiles(collection.covers(near), go, "near")
    else:
        st.info("No other covers match these filters.", icon=":material/filter_alt_off:")


def restore_basket() -> None:
    """Put the basket back into the address after another page.

    Before any widget is drawn: a press ends the run, and the next one doesn't come from another page.
    """
    if st.session_state.get(BASKET) and st.session_state.get("came_from", "Browse") != "Browse" and not basket_keys():
        set_basket(st.session_state[BASKET])


def basket_keys() -> list[str]:
    """The keys of the covers in the basket, from the address."""
    return list(dict.fromkeys(st.query_params.get_all(BASKET)))[:BASKET_SIZE]


def set_basket(keys: Sequence[str]) -> None:
    """Fill the basket with these covers and no others."""
    st.session_state[BASKET] = list(keys)[:BASKET_SIZE]
    go_to(**{BASKET: st.session_state[BASKET]})


def _toggle(key: str) -> None:
    keys = basket_keys()
    set_basket([other for other in keys if other != key] if key in keys else [*keys, key])
