"""The portrait of a genre: its colours, and its most and least typical covers."""

from collections.abc import Callable

import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.portraits import Portrait, portrait
from covergenre.collection.sources import open_collection
from covergenre.formatting import counted
from pages.browse.tiles import show_tiles
from pages.widgets import bars, portrait_parts
from pages.widgets.genres import display, inline
from pages.widgets.pictures import choose_pictures
from pages.widgets.safe_text import plain, tidy
from pages.widgets.segments import segments

A_ROW = 6


def show_portrait(name: str, collection: Collection, go: Callable[[str], None]) -> None:
    """A genre: its colours, the genres it resembles, its most and least typical covers, and its decades."""
    genre = segments("Genre", {genre: display(tidy(genre, 24)) for genre in collection.genres}, "portrait")
    drawn = _open(name, genre)
    words = inline(plain(genre))
    st.header(f"{display(plain(genre))} :gray[{counted(drawn.covers, 'cover')}]", anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        _show_colours(drawn)
    with right:
        st.subheader("Most similar genres", anchor=False)
        st.markdown(bars.bars(drawn.resembles), unsafe_allow_html=True)
        st.caption(
            f"The genre whose centre is nearest to each of {drawn.judged} {words} covers, held out where that is known."
        )
    rows = {
        f"Most typical of {words}": drawn.typical,
        f"Least typical of {words}": drawn.untypical,
        **{f"Look more like {inline(plain(other))}": covers for other, covers in list(drawn.mistaken.items())[:3]},
    }
    st.caption("The number under a cover is its similarity to the centre of the genre in the heading; 1 is the centre.")
    load = choose_pictures([cover for covers in rows.values() for cover in covers[:A_ROW]], "portrait")
    for number, (heading, covers) in enumerate(rows.items()):
        st.subheader(heading, anchor=False)
        show_tiles(covers[:A_ROW], go, f"row{number}", load)
    if drawn.decades:
        st.subheader("By decade", anchor=False)
        st.markdown(portrait_parts.timeline(drawn.decades), unsafe_allow_html=True)


def _show_colours(drawn: Portrait) -> None:
    """The palette of a genre, and the colours that it has more of than others."""
    st.subheader("Colours", anchor=False)
    if not drawn.palette:
        st.caption("No colours are known for these covers.")
        return
    st.markdown(portrait_parts.colours(drawn.palette, "Colours from dark to light"), unsafe_allow_html=True)
    if more := portrait_parts.unusual(drawn.palette):
        st.caption("More common here than in all covers:")
        st.markdown(more, unsafe_allow_html=True)


@st.cache_resource(show_spinner=False, max_entries=64)
def _open(name: str, genre: str) -> Portrait:
    """A genre's portrait, cached for all visitors."""
    return portrait(open_collection(name), genre)
