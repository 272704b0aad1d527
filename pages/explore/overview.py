"""What a data set consists of: its genres with their brightness and colours, and its files."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import streamlit as st

from covergenre.formatting import percent, size
from covergenre.inspection.overview import KINDS, GenreLook, Overview
from pages.explore.exchange import show_exchange
from pages.explore.filters import KIND_KEYS
from pages.explore.workspace import Workspace, open_overview
from pages.widgets.figures import genre_cell, table
from pages.widgets.genres import css_colour
from pages.widgets.portrait_parts import colours
from pages.widgets.safe_text import plain

_MOST = 6  # sizes that are listed
_TITLES = {"sizes": "Pixels", "formats": "Format", "modes": "Mode"}


def show_overview(opened: Workspace, to_gallery: Callable[..., None]) -> None:
    """The figures, and the table to take along; `to_gallery` is called, with filters, when covers are asked for."""
    seen = open_overview(opened)
    used = int(seen.genres["usable"].sum())
    with st.container(horizontal=True, gap="large", key="sums"):
        st.metric("Covers in use", f"{used:,}", width="content")
        if opened.dataset.writable:
            for title, state in (("Left out", "left out"), ("Unreadable", "unreadable")):
                with st.container(width="content", gap=None):
                    count = int(seen.genres[state].sum())
                    st.metric(title, f"{count:,}", width="content")
                    if count:
                        st.button(
                            "See them",
                            key=f"see-{state}",
                            type="tertiary",
                            on_click=to_gallery,
                            kwargs={"state": state},
                        )
        st.metric("Genres", f"{(seen.genres['usable'] > 0).sum():,}", width="content")
        st.metric("Largest to smallest", f"{seen.imbalance:.1f} : 1", width="content")
        if opened.dataset.has_pictures:
            st.metric("On disk", size(seen.bytes), width="content")
    st.header("Genres", anchor=False)
    st.markdown(genre_table(seen, opened.dataset.name), unsafe_allow_html=True)
    if seen.looks:
        st.caption(
            "Brightness and colour from 0 (black, grey) to 1: the dot is the middle cover, the bar the middle half. "
            "Colours from dark to light, as wide as their share."
        )
    if opened.dataset.has_pictures:
        _show_files(seen, opened.dataset.name)
    show_exchange(opened)


def _show_files(seen: Overview, name: str) -> None:
    st.header("Files", anchor=False)
    for column, kind in zip(st.columns(len(KINDS), gap="large"), KINDS, strict=True):
        column.markdown(counts_table(kind, getattr(seen, kind), name), unsafe_allow_html=True)


def genre_table(seen: Overview, name: str) -> str:
    """A row a genre as HTML: how many covers, how bright and colourful, and of which colours; each leads to the covers
    in the data set of this name.
    """
    looks = {each.genre: each for each in seen.looks}
    most = max(int(seen.genres["usable"].max()), 1) if len(seen.genres) else 1
    rows = [
        (
            _link(name, "from_genre", row.Index, genre_cell(row.Index)),
            _bar(row.Index, row[1], row[2] + row[3], most),
            *_look_cells(looks.get(row.Index)),
        )
        for row in seen.genres.itertuples()
    ]
    headings = ("Genre", "Covers", "Brightness", "Colour", "Palette")
    return f'<div class="genres-table">{table(headings, rows)}</div>'


def counts_table(kind: str, counts: Mapping[str, int], name: str) -> str:
    """The most common values of one of `KINDS` and how many covers have them, as HTML; each leads to these covers."""
    listed = [
        (_link(name, KIND_KEYS[kind], value, plain(value, 30)), f"{count:,}")
        for value, count in list(counts.items())[:_MOST]
    ]
    others = sum(list(counts.values())[_MOST:])
    listed += [(f"{len(counts) - _MOST:,} others", f"{others:,}")] if others else []
    return table((_TITLES[kind], "Covers"), listed)


def _link(name: str, key: str, value: str, words: str) -> str:
    """A link to the covers of a data set that a filter leaves; `words` are HTML."""
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
    palette = colours(look.palette, "Its colours, from dark to light")
    return _quartiles(look.brightness), _quartiles(look.colour), palette


def _quartiles(values: tuple[float, float, float]) -> str:
    low, middle, high = values
    style = f"--low: {100 * low:.1f}%; --value: {100 * middle:.1f}%; --high: {100 * high:.1f}%"
    return f'{middle:.2f}<span class="mark" style="{style}" title="{percent(low)} to {percent(high)}"></span>'
