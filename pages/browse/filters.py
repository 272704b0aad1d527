"""The filters of the Browse page: which covers to look among. Each is in the page's address."""

from collections.abc import Callable

import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.dataset.split import PARTS
from pages.widgets.genres import display
from pages.widgets.safe_text import tidy
from pages.widgets.verdict import source_title

GENRES, SOURCES, PARTS_KEY, HAS, TAGS, YEARS = "genre", "source", "part", "has", "tag", "years"
_HAS_WORDS = {"name": "A name", "picture": "A picture"}
_PART_WORDS = {"train": "Training", "validation": "Validation", "test": "Test", "": "No part"}


def choose_filters(collection: Collection, changed: Callable[[], None]) -> Filters:
    """Draw the filters; what they are set to. `changed` is called when one changes."""
    known = _known_years(collection)

    def pills(
        label: str, options: tuple[str, ...], key: str, words: Callable[[str], str], titled: bool = True, least: int = 2
    ) -> None:
        if len(options) < least:
            return
        st.pills(
            label,
            options,
            selection_mode="multi",
            format_func=words,
            key=key,
            bind="query-params",
            on_change=changed,
            label_visibility="visible" if titled else "collapsed",
        )

    def clear() -> None:
        for key in (GENRES, SOURCES, PARTS_KEY, HAS, TAGS):
            st.session_state[key] = []
        st.session_state[YEARS] = known
        changed()

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters"):
        pills("Genre", collection.genres, GENRES, lambda genre: display(tidy(genre, 24)), titled=False)
        with st.popover(_title(known), icon=":material/tune:"):
            pills("Has", tuple(_HAS_WORDS), HAS, _HAS_WORDS.__getitem__)
            pills("Source", collection.sources, SOURCES, lambda source: source_title(source) or "None")
            parts = sorted(collection.parts, key=lambda part: (*PARTS, part).index(part))
            pills("Part", tuple(parts), PARTS_KEY, lambda part: _PART_WORDS.get(part, tidy(part)))
            pills("Tag", collection.tags, TAGS, tidy, least=1)
            if known and st.slider("Year", *known, known, key=YEARS, bind="query-params", on_change=changed) != known:
                st.caption("Covers without a year are hidden.")
            st.button("Clear all filters", on_click=clear, icon=":material/close:")
    return chosen_filters(collection)


def chosen_filters(collection: Collection) -> Filters:
    """What the filters are set to at this moment, as a button has to ask when it is pressed."""
    genres, sources, parts = (tuple(st.session_state.get(key) or ()) for key in (GENRES, SOURCES, PARTS_KEY))
    known = _known_years(collection)
    years = st.session_state.get(YEARS, known)
    has, tags = (tuple(st.session_state.get(key) or ()) for key in (HAS, TAGS))
    wanted = None if years == known else years
    return Filters(genres, sources, parts, wanted, named="name" in has, pictured="picture" in has, tags=tags)


def _known_years(collection: Collection) -> tuple[int, int] | None:
    """The first and the last year; None if there is no choice."""
    return collection.years if collection.years and collection.years[0] < collection.years[1] else None


def _title(known: tuple[int, int] | None) -> str:
    """The label, with the number of filters hidden in the closed popover."""
    chosen = [bool(st.session_state.get(key)) for key in (SOURCES, PARTS_KEY, HAS, TAGS)]
    chosen.append(st.session_state.get(YEARS, known) != known)
    return f"Filters ({sum(chosen)})" if any(chosen) else "Filters"
