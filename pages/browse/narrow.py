"""The filters of the Browse page: which covers to look among. Each is in the page's address."""

from collections.abc import Callable

import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.dataset.split import PARTS
from pages.widgets.genres import display
from pages.widgets.safe_text import tidy
from pages.widgets.verdict import source_title

GENRES, SOURCES, PARTS_KEY, YEARS = "genre", "source", "part", "years"
_PART_WORDS = {"train": "Learned from", "validation": "Chosen on", "test": "Tested on", "": "In no part"}


def choose_filters(collection: Collection, changed: Callable[[], None]) -> Filters:
    """Draw the filters and tell what they are set to; `changed` is called when one is."""
    known = collection.years if collection.years and collection.years[0] < collection.years[1] else None

    def pills(
        label: str, options: tuple[str, ...], key: str, words: Callable[[str], str], said: bool = True
    ) -> tuple[str, ...]:
        if len(options) < 2:
            return ()
        chosen = st.pills(
            label,
            options,
            selection_mode="multi",
            format_func=words,
            key=key,
            bind="query-params",
            on_change=changed,
            label_visibility="visible" if said else "collapsed",
        )
        return tuple(chosen or ())

    def clear() -> None:
        for key in (GENRES, SOURCES, PARTS_KEY):
            st.session_state[key] = []
        st.session_state[YEARS] = known
        changed()

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters"):
        genres = pills("Genre", collection.genres, GENRES, lambda genre: display(tidy(genre, 24)), said=False)
        with st.popover(_title(known), icon=":material/tune:"):
            sources = pills("Source", collection.sources, SOURCES, lambda source: source_title(source) or "None")
            parts = pills(
                "Part", _in_order(collection.parts), PARTS_KEY, lambda part: _PART_WORDS.get(part, tidy(part))
            )
            years = _years(known, changed) if known else None
            st.button("Clear all filters", on_click=clear, icon=":material/close:")
    return Filters(genres, sources, parts, years)


def _years(known: tuple[int, int], changed: Callable[[], None]) -> tuple[int, int] | None:
    """The years chosen; None when that is all of them."""
    chosen = st.slider("Year", *known, known, key=YEARS, bind="query-params", on_change=changed)
    if chosen == known:
        return None
    st.caption("Covers of an unknown year are left out.")
    return chosen


def _title(known: tuple[int, int] | None) -> str:
    """How many filters are set that can't be seen while the popover is closed."""
    chosen = [bool(st.session_state.get(key)) for key in (SOURCES, PARTS_KEY)]
    chosen.append(st.session_state.get(YEARS, known) != known)
    return f"Filters ({sum(chosen)})" if any(chosen) else "Filters"


def _in_order(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(parts, key=lambda part: PARTS.index(part) if part in PARTS else len(PARTS)))
