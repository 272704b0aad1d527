"""Browse a collection: from cover to similar cover, by genre, and on a map."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from covergenre.collection.collection import TYPICAL, Among, Collection
from covergenre.collection.filters import EVERYTHING, Filters
from covergenre.collection.sources import open_collection
from covergenre.errors import CoverGenreError
from covergenre.formatting import counted
from covergenre.predict import STARTER
from pages.browse import facts
from pages.browse.basket import show_basket
from pages.browse.filters import choose_filters, chosen_filters
from pages.browse.portraits import show_portrait
from pages.browse.text_search import show_text_search
from pages.browse.tiles import basket_keys, restore_basket, show_similar, show_tiles
from pages.browse.upload import (
    choose_order,
    is_upload,
    show_upload,
    show_uploader,
    similar_to_upload,
    take_pending_upload,
    upload_title,
)
from pages.browse.walk import Walk
from pages.widgets import map_chart
from pages.widgets.address import go as to_address
from pages.widgets.address import show_pager
from pages.widgets.collection_choice import choose_collection
from pages.widgets.genres import show_colours
from pages.widgets.pictures import pictures_wanted
from pages.widgets.safe_text import plain, sentence
from pages.widgets.segments import segments
from pages.widgets.verdict import album_line

VIEWS = {"covers": "Covers", "portraits": "Portraits", "map": "Map", "basket": "Basket"}
SEARCHES = {"name": "Names", "words": "Pictures"}
AMONG: dict[Among, str] = {"all": "All genres", "same": "Same genre", "other": "Other genres"}
PAGE = "leaf"
A_PAGE = 36
NEAR = 24
A_ROW = 6


def walk() -> Walk:
    """The walk in the address."""
    return Walk("".join(st.query_params.get_all("cover")[:1]), tuple(st.query_params.get_all("trail")))


def set_walk(spot: Walk) -> None:
    """Put a walk into the address, in one step of the history."""
    to_address(cover=spot.cover, trail=list(spot.trail))


def go(key: str) -> None:
    """Open a cover."""
    set_walk(walk().to(key))
    if st.session_state.get("view") != "covers":
        st.session_state.view = "covers"
    st.session_state.find = ""


def go_on_map() -> None:
    """Mark the cover that was clicked on the map."""
    if clicked := map_chart.clicked_key(open_collection(st.session_state.get("of", STARTER))):
        set_walk(walk().to(clicked))


def go_back(step: int) -> None:
    """Back to a step of the trail."""
    set_walk(walk().back_to(step))
    st.session_state.find = ""


def go_random(collection: Collection) -> None:
    """Open a random cover that passes the filters."""
    row = collection.random_row(np.random.default_rng(), chosen_filters(collection))
    if row is not None:
        go(collection.cover(row).key)


def close_cover() -> None:
    """Back to all covers; the trail stays."""
    set_walk(walk().to(""))


def to_first_page() -> None:
    """Show the first page of other covers."""
    to_address(**{PAGE: ""})


def search() -> None:
    """Show the results for what was typed into the search box."""
    close_cover()
    to_first_page()


@dataclass(frozen=True)
class Search:
    """What was typed, whether it describes pictures (else it is part of a name), and the filters."""

    text: str
    in_pictures: bool
    filters: Filters


def show_search(collection: Collection) -> Search:
    """Draw the search box, the buttons beside it and the filters. Descriptions need at least one picture file."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="search"):
        in_pictures = collection.has_files() and segments("Search in", SEARCHES, "by") == "words"
        text = st.text_input(
            "Search the covers",
            key="find",
            placeholder="Describe a cover: dark fortress at night" if in_pictures else "Search artist or album",
            icon=":material/search:",
            label_visibility="collapsed",
            on_change=search,
            bind="query-params",
            width="stretch",
        )
        beside = st.container(width="content")
        show_uploader(go)
    filters = choose_filters(collection, to_first_page)
    beside.button("Random cover", icon=":material/casino:", on_click=go_random, args=(collection,))
    return Search(text, in_pictures, filters)


def show_covers(name: str, collection: Collection, query: Search) -> None:
    """The current cover with those most similar to it, or the covers found."""
    spot = walk().among(lambda key: collection.row(key) is not None or is_upload(key))
    row = collection.row(spot.cover)
    if walk().cover and not spot.cover:
        st.warning(
            "This cover is not in the collection shown. It may be in another one, or an upload that has expired. All "
            "covers are shown instead.",
            title="Cover not found",
            icon=":material/link_off:",
        )
    if query.text or not spot.cover:
        if query.in_pictures:
            show_text_search(collection, query.text, query.filters, go)
        else:
            show_found(collection, query.text, query.filters)
        return
    show_trail(collection, spot)
    if row is None:
        show_upload(spot.cover, collection, name, query.filters, go)
    else:
        show_cover(collection, row, query.filters)


def show_found(collection: Collection, text: str, filters: Filters) -> None:
    """The covers found by name, a page at a time."""
    rows = collection.find(filters, text, TYPICAL)
    if not len(rows) and (respelled := collection.suggest_spelling(text)):
        rows = collection.find(filters, respelled, TYPICAL)
        if len(rows):
            st.caption(f"No results for “{plain(text)}”. Showing results for “{plain(respelled)}”.")
    if not len(rows):
        st.info("No covers match this search.", icon=":material/search_off:")
        return
    st.caption(counted(len(rows), "cover") + ("" if text else ", the most typical of each genre first"))
    grid = st.container(key="found")
    shown = show_pager(rows, A_PAGE, PAGE)
    with grid:
        show_tiles(collection.page(shown, 0, A_PAGE), go, "found")


def show_trail(collection: Collection, spot: Walk) -> None:
    """The covers passed on the way, to go back to."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="trail"):
        st.button("All covers", type="tertiary", icon=":material/apps:", on_click=close_cover)
        for step, key in enumerate(spot.trail):
            title = upload_title(key) if is_upload(key) else album_line(collection.cover(collection.row(key)))
            st.markdown(":gray[›]", width="content")
            st.button(plain(title, 40), key=f"step-{step}", type="tertiary", on_click=go_back, args=(step,))


def show_cover(collection: Collection, row: int, filters: Filters) -> None:
    """One cover with its facts, and the covers most or least similar to it."""
    cover = collection.cover(row)
    left, right = st.columns([1, 3], gap="large")
    with left:
        with st.container(key="now"):
            st.markdown(facts.picture(cover, pictures_wanted()), unsafe_allow_html=True)
        show_facts(collection, row)
    with right:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            order = choose_order()
            among = segments("Among", AMONG, "among")
        show_similar(collection, collection.like(row, NEAR, filters, among, order == "most"), go)


def show_facts(collection: Collection, row: int) -> None:
    """What is known about the cover."""
    cover = collection.cover(row)
    title, by = facts.name(cover)
    st.header(title, anchor=False)
    above, nearest = collection.standing(row)
    covers = int((collection.genre_of == collection.genre_of[row]).sum())
    known = (
        by,
        facts.genre(cover),
        facts.standing(cover, above, nearest, covers),
        facts.part(cover),
        facts.tags(collection.tags_of(row)),
        facts.source_link(cover),
    )
    st.markdown("\n\n".join(filter(None, known)), unsafe_allow_html=True)


def show_selected(collection: Collection, rows: list[int]) -> None:
    """The covers selected on the map, the most typical first, one page of them."""
    covers = sorted(collection.page(np.array(rows), 0, len(rows)), key=lambda cover: -cover.similarity)[:A_PAGE]
    more = f", the {A_PAGE} most typical shown" if len(rows) > A_PAGE else ""
    st.caption(f"{counted(len(rows), 'cover')} selected{more}")
    show_tiles(covers, go, "chosen")


def show_map(name: str, collection: Collection, query: Search) -> None:
    """The map of all covers, those found in colour, the current one and those most similar to it marked."""
    positions = map_chart.positions_of(collection.vectors)
    key = walk().cover
    row = collection.row(key)
    if is_upload(key):
        near = similar_to_upload(key, collection, name, A_ROW, query.filters)
    else:
        near = [] if row is None else collection.like(row, A_ROW, query.filters)
    found = collection.find(query.filters, "" if query.in_pictures else query.text)
    event = map_chart.show(collection, positions, found, row, [other for other, _ in near], on_pick=go_on_map)
    st.caption(
        "Covers that look alike lie close together. Click a cover to mark it and the most similar ones, or select "
        "several with the box or lasso above the map."
    )
    if selected := collection.rows_of(map_chart.selected_paths(event, collection, positions)):
        show_selected(collection, sorted(set(selected) & set(found.tolist())))
    elif near:
        current = [] if row is None else [collection.cover(row)]
        show_tiles([*current, *collection.covers(near)][:A_ROW], go, "marked")


take_pending_upload(go)
restore_basket()
with st.container(key="page"):
    st.title("Browse the covers", anchor=False)
    bar = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    with bar:
        view = segments("View", VIEWS, "view")
    try:
        with bar:
            name = choose_collection()
        with st.spinner("Opening the covers"):  # shown only if it takes long
            collection = open_collection(name)
    except CoverGenreError as error:
        st.error(sentence(str(error)), title="These covers can't be opened")
        st.stop()
    show_colours(collection.genres)
    if collection.index_stats:
        st.caption(f"{collection.index_stats}.")
    if view == "portraits":
        show_portrait(name, collection, go)
    elif view == "map":
        show_map(name, collection, show_search(collection))
    elif view == "basket":
        show_basket(collection, choose_filters(collection, to_first_page) if basket_keys() else EVERYTHING, go)
    else:
        show_covers(name, collection, show_search(collection))
