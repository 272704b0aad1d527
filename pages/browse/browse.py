"""Walk through the known covers: from any one to those most like it, by genre, and on a map."""

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
from pages.widgets.collection_choice import choose_collection
from pages.widgets.genres import show_colours
from pages.widgets.pictures import pictures_wanted
from pages.widgets.safe_text import plain, sentence
from pages.widgets.segments import segments
from pages.widgets.verdict import album_line

VIEWS = {"covers": "Covers", "portraits": "Portraits", "map": "Map", "basket": "Basket"}
SEARCHES = {"name": "Names", "words": "Pictures"}
AMONG: dict[Among, str] = {"all": "All genres", "same": "Same genre", "other": "Other genres"}
A_PAGE = 36
NEAR = 24
A_ROW = 6


def walk() -> Walk:
    """Where the visitor is, as the address says."""
    return Walk("".join(st.query_params.get_all("cover")[:1]), tuple(st.query_params.get_all("trail")))


def be_at(spot: Walk) -> None:
    """Put a place into the address."""
    # At once, so that the browser's way back is one step; an empty list takes a name out of the address.
    st.query_params.update({"cover": spot.cover or [], "trail": list(spot.trail)})


def go(key: str) -> None:
    """A cover was clicked."""
    be_at(walk().to(key))
    if st.session_state.get("view") != "covers":
        st.session_state.view = "covers"
    st.session_state.find = ""


def go_on_map() -> None:
    """A point of the map was clicked."""
    if clicked := map_chart.clicked_key(open_collection(st.session_state.get("of", STARTER))):
        be_at(walk().to(clicked))


def go_back(step: int) -> None:
    """A step of the trail was clicked."""
    be_at(walk().back_to(step))
    st.session_state.find = ""


def go_anywhere(collection: Collection) -> None:
    """A random cover was asked for."""
    row = collection.random_row(np.random.default_rng(), chosen_filters(collection))
    if row is not None:
        go(collection.cover(row).key)


def leave() -> None:
    """Back to all covers; the trail stays."""
    be_at(walk().to(""))


def from_the_start() -> None:
    """Other covers are shown: the first page of them."""
    st.session_state.leaf = 1


def search() -> None:
    """Something was typed into the search box."""
    leave()
    from_the_start()


@dataclass(frozen=True)
class Asked:
    """What was typed, whether it is looked for in the pictures (else in the names), and the filters.

    Pictures are offered where at least one is at hand.
    """

    text: str
    in_pictures: bool
    filters: Filters


def show_search(collection: Collection) -> Asked:
    """The search box, the ways to start elsewhere, and the filters."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="search"):
        in_pictures = collection.has_files() and segments("Search in", SEARCHES, "by") == "words"
        told = "Say what is on the cover: dark fortress at night" if in_pictures else "Search artist or album"
        text = st.text_input(
            "Search the covers",
            key="find",
            placeholder=told,
            icon=":material/search:",
            label_visibility="collapsed",
            on_change=search,
            bind="query-params",
            width="stretch",
        )
        beside = st.container(width="content")
        show_uploader(go)
    filters = choose_filters(collection, from_the_start)
    beside.button("Random cover", icon=":material/casino:", on_click=go_anywhere, args=(collection,))
    return Asked(text, in_pictures, filters)


def show_covers(name: str, collection: Collection, asked: Asked) -> None:
    """The cover with those most like it, or all covers that were asked for."""
    asked_for = walk()
    spot = asked_for.among(lambda key: collection.row(key) is not None or is_upload(key))
    row = collection.row(spot.cover)
    if asked_for.cover and not spot.cover:
        say_gone()
    if asked.text or not spot.cover:
        if asked.in_pictures:
            show_text_search(collection, asked.text, asked.filters, go)
        else:
            show_found(collection, asked.text, asked.filters)
        return
    show_trail(collection, spot)
    if row is None:
        show_upload(spot.cover, collection, name, asked.filters, go)
    else:
        show_cover(collection, row, asked.filters)


def say_gone() -> None:
    """The address names a cover that isn't among these."""
    st.warning(
        "The cover of this address is not among these: it may belong to another set of covers, or be a picture that "
        "was brought and is forgotten by now. All covers follow.",
        title="No such cover",
        icon=":material/link_off:",
    )


def show_found(collection: Collection, text: str, filters: Filters) -> None:
    """The covers that were searched for, a page at a time."""
    rows = collection.find(filters, text, TYPICAL)
    if not len(rows) and (meant := collection.suggest_spelling(text)):
        rows = collection.find(filters, meant, TYPICAL)
        if len(rows):
            st.caption(f"No name holds “{plain(text)}”. These hold “{plain(meant)}”.")
    if not len(rows):
        st.info("No covers match this search.", icon=":material/search_off:")
        return
    st.caption(f"{len(rows):,} covers" + ("" if text else ", the most typical of each genre first"))
    pages, grid = -(-len(rows) // A_PAGE), st.container()
    with st.container(horizontal_alignment="center"):
        page = st.pagination(pages, key="leaf", bind="query-params") if pages > 1 else 1
    with grid:  # drawn after the pager, which knows the page that the address names
        covers = collection.page(rows, (page - 1) * A_PAGE, A_PAGE)
        show_tiles(covers, go, "found")


def show_trail(collection: Collection, spot: Walk) -> None:
    """The covers passed on the way, to go back to."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="trail"):
        st.button("All covers", type="tertiary", icon=":material/apps:", on_click=leave)
        for step, key in enumerate(spot.trail):
            st.markdown(":gray[›]", width="content")
            st.button(
                plain(step_title(collection, key), 40),
                key=f"step-{step}",
                type="tertiary",
                on_click=go_back,
                args=(step,),
            )


def step_title(collection: Collection, key: str) -> str:
    """What a step of the trail is called."""
    return upload_title(key) if is_upload(key) else album_line(collection.cover(collection.row(key)))


def show_cover(collection: Collection, row: int, filters: Filters) -> None:
    """One cover with its facts, and the covers most or least like it."""
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
    """What is known of the cover."""
    cover = collection.cover(row)
    title, by = facts.name(cover)
    st.header(title, anchor=False)
    above, nearest = collection.standing(row)
    covers = int((collection.genre_of == collection.genre_of[row]).sum())
    st.markdown(
        "\n\n".join(
            part
            for part in (
                by,
                facts.genre(cover),
                facts.standing(cover, above, nearest, covers),
                facts.part(cover),
                facts.tags(collection.tags_of(row)),
                facts.source_link(cover),
            )
            if part
        ),
        unsafe_allow_html=True,
    )


def show_chosen(collection: Collection, rows: list[int]) -> None:
    """The covers in the box or loop that was drawn on the map, the most typical first, a page of them."""
    st.caption(f"{counted(len(rows), 'cover')} in it" + (f"; {A_PAGE} of them:" if len(rows) > A_PAGE else ":"))
    covers = sorted(collection.page(np.array(rows), 0, len(rows)), key=lambda cover: -cover.similarity)[:A_PAGE]
    show_tiles(covers, go, "chosen")


def show_map(name: str, collection: Collection, asked: Asked) -> None:
    """All covers on a plane, those that were asked for lit, with the one that is looked at and those nearest to it."""
    places = map_chart.positions_of(collection.vectors)
    cover = walk().cover
    row = collection.row(cover)
    if is_upload(cover):
        near = similar_to_upload(cover, collection, name, A_ROW, asked.filters)
    else:
        near = [] if row is None else collection.like(row, A_ROW, asked.filters)
    lit = collection.find(asked.filters, "" if asked.in_pictures else asked.text)
    drawn = map_chart.show(collection, places, lit, row, [other for other, _ in near], on_pick=go_on_map)
    st.caption(
        "Covers that look alike lie near each other. Click one to mark it and its nearest covers; with the box or the "
        "lasso above the map choose many."
    )
    if chosen := collection.rows_of(map_chart.selected_paths(drawn, collection, places)):
        show_chosen(collection, sorted(set(chosen) & set(lit.tolist())))
        return
    marked = collection.covers(near)
    if marked:
        covers = [*([collection.cover(row)] if row is not None else []), *marked][:A_ROW]
        show_tiles(covers, go, "marked")


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
        show_basket(collection, choose_filters(collection, from_the_start) if basket_keys() else EVERYTHING, go)
    else:
        show_covers(name, collection, show_search(collection))
