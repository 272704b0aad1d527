"""The contents of a data set: its genres with their brightness and colours, and its files."""

from collections.abc import Mapping
from urllib.parse import urlencode

import streamlit as st

from covergenre.formatting import percent, size
from covergenre.inspection.overview import KINDS, GenreLook, Overview
from pages.explore.exchange import show_exchange
from pages.explore.filters import KIND_KEYS
from pages.explore.places import open_gallery
from pages.explore.workspace import Workspace, open_overview
from pages.widgets.figures import genre_cell, table
from pages.widgets.genres import css_colour
from pages.widgets.portrait_parts import colours
from pages.widgets.safe_text import plain

_MOST = 6  # sizes that are listed
_TITLES = {"sizes": "Pixels", "formats": "Format", "modes": "Mode"}


def show_overview(opened: Workspace) -> None:
    """The figures and downloads."""
    figures = open_overview(opened)
    used = int(figures.genres["usable"].sum())
    with st.container(horizontal=True, gap="large", key="sums"):
        st.metric("Covers in use", f"{used:,}", width="content")
        if opened.dataset.writable:
            for title, state in (("Left out", "left out"), ("Unreadable", "unreadable")):
                with st.container(width="content", gap=None):
                    count = int(figures.genres[state].sum())
                    st.metric(title, f"{count:,}", width="content")
                    if count:
                        st.button("Show", key=f"see-{state}", type="tertiary", on_click=open_gallery,
                                  kwargs={"state": state})  # fmt: skip
        st.metric("Genres", f"{(figures.genres['usable'] > 0).sum():,}", width="content")
        st.metric("Largest to smallest", f"{figures.imbalance:.1f} : 1", width="content")
        if opened.dataset.has_pictures:
            st.metric("On disk", size(figures.bytes), width="content")
    st.header("Genres", anchor=False)
    st.markdown(genre_table(figures, opened.dataset.name), unsafe_allow_html=True)
    if figures.looks:
        st.caption(
            "Brightness and colour range from 0 (black, grey) to 1: the dot marks the median, the bar the middle half "
            "of the covers. The palette runs from dark to light, each colour as wide as its share."
        )
    if opened.dataset.has_pictures:
        st.header("Files", anchor=False)
        for column, kind in zip(st.columns(len(KINDS), gap="large"), KINDS, strict=True):
            table_of_kind = counts_table(kind, getattr(figures, kind), opened.dataset.name)
            column.markdown(table_of_kind, unsafe_allow_html=True)
    show_exchange(opened)


def genre_table(figures: Overview, name: str) -> str:
    """One row a genre as HTML: covers, brightness, colour and palette; the genre links to its covers."""
    looks = {each.genre: each for each in figures.looks}
    most = max(int(figures.genres["usable"].max()), 1) if len(figures.genres) else 1
    rows = [
        (
            _link(name, "from_genre", row.Index, genre_cell(row.Index)),
            _bar(row.Index, row[1], row[2] + row[3], most),
            *_look_cells(looks.get(row.Index)),
        )
        for row in figures.genres.itertuples()
    ]
    headings = ("Genre", "Covers", "Brightness", "Colour", "Palette")
    return f'<div class="genres-table">{table(headings, rows)}</div>'


def counts_table(kind: str, counts: Mapping[str, int], name: str) -> str:
    """The most common values of one of `KINDS` with their numbers of covers, as HTML; each links to these covers."""
    listed = [
        (_link(name, KIND_KEYS[kind], value, plain(value, 30)), f"{count:,}")
        for value, count in list(counts.items())[:_MOST]
    ]
    others = sum(list(counts.values())[_MOST:])
    listed += [(f"{len(counts) - _MOST:,} more", f"{others:,}")] if others else []
    return table((_TITLES[kind], "Covers"), listed)


def _link(name: str, key: str, value: str, words: str) -> str:
    """A link to the covers of a data set that pass a filter; `words` are HTML."""
    place = urlencode({"data": name, "see": "Gallery", key: value})
    return f'<a href="?{plain(place, 2000)}" target="_self">{words}</a>'


def _bar(genre: str, used: int, unused: int, most: int) -> str:
    width = f"{100 * used / most:.1f}%"
    aside = f" <small>and {unused:,} not used</small>" if unused else ""
    return (
        f'<span class="count"><span class="amount" style="width: {width}; background: {css_colour(genre)}"></span>'
        f"<span>{used:,}</span></span>{aside}"
    )


def _look_cells(look: GenreLook | None) -> tuple[str, str, str]:
    if look is None:
        return "", "", ""
    return _quartiles(look.brightness), _quartiles(look.colour), colours(look.palette, "Colours from dark to light")


def _quartiles(values: tuple[float, float, float]) -> str:
    low, middle, high = values
    style = f"--low: {100 * low:.1f}%; --value: {100 * middle:.1f}%; --high: {100 * high:.1f}%"
    return f'{middle:.2f}<span class="mark" style="{style}" title="{percent(low)} to {percent(high)}"></span>'
