"""The filters of the Explore page's gallery: chosen in a popover, shown as chips to take off, kept in the address."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.collection.filters import Filters
from covergenre.dataset.manifest import STATES
from covergenre.dataset.split import PARTS
from pages.widgets.genres import display
from pages.widgets.safe_text import tidy

PICKED = "picked"  # covers chosen on the map; too many for an address
PAGE = "sheet"
TEXT, ISSUE, BY = "words", "issue", "by"
_KEYS = {"genres": "from_genre", "sources": "from_source", "parts": "in_part", "states": "state"}
_ALL_KEYS = (*_KEYS.values(), TEXT, ISSUE, BY)
_KEPT = "kept filters"
_ALL = "Any"
_ORDER = "As found"


class Asked(NamedTuple):
    """What `Collection.find` is asked: the filters, the text, and the issue whose score sorts ("" for none)."""

    filters: Filters
    text: str = ""
    order: str = ""


def choose(covers: Collection) -> Asked:
    """Draw the filters, and tell what they are set to."""
    _recall()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input(
            "Search",
            key=TEXT,
            placeholder="Search file, artist or album",
            icon=":material/search:",
            label_visibility="collapsed",
            on_change=_first_page,
            bind="query-params",
            width="stretch",
        )
        with st.popover("Filter", icon=":material/tune:"):
            chosen = _choose_values(covers)
            issue = _choose_issue(covers)
        by = _choose_order(covers)
    st.session_state[_KEPT] = {key: st.session_state[key] for key in _ALL_KEYS if key in st.session_state}
    asked = Asked(Filters(**chosen, issue=issue, picked=st.session_state.get(PICKED)), text, by)
    show_chips(asked)
    return asked


def open_issue(issue: str) -> None:
    """Set the filters to the flagged covers of an issue."""
    clear()
    st.session_state[ISSUE] = issue


def open_picked(paths: frozenset[str]) -> None:
    """Set the filters to covers chosen on the map."""
    clear()
    st.session_state[PICKED] = paths


def clear() -> None:
    """Take all filters off."""
    for key in _KEYS.values():
        st.session_state[key] = []
    st.session_state[TEXT], st.session_state[ISSUE], st.session_state[BY] = "", _ALL, _ORDER
    st.session_state.pop(PICKED, None)
    _first_page()


def show_chips(asked: Asked) -> None:
    """What is set, each a chip that takes itself off."""
    chips = [
        (_word(value), lambda field=field, value=value: _take_off(field, value))
        for field in _KEYS
        for value in getattr(asked.filters, field)
    ]
    if issue := asked.filters.issue:
        chips.append((display(issue), lambda: _reset(ISSUE, _ALL)))
    if asked.text:
        chips.append((f"“{tidy(asked.text, 24)}”", lambda: _reset(TEXT, "")))
    if (picked := asked.filters.picked) is not None:
        chips.append((f"{len(picked):,} from the map", lambda: _reset(PICKED, None)))
    if not chips:
        return
    with st.container(horizontal=True, gap="xsmall", key="chips"):
        for place, (label, off) in enumerate(chips):
            st.button(label, key=f"chip-{place}", icon=":material/close:", help="Remove this filter", on_click=off)
        if len(chips) > 1:
            st.button("Clear all", key="chip-all", type="tertiary", on_click=clear)


def _recall() -> None:
    """Set the filters as they were before another view was looked at, which drops what isn't drawn."""
    for key, value in st.session_state.get(_KEPT, {}).items():
        if key not in st.session_state and key not in st.query_params:
            st.session_state[key] = value


def _choose_values(covers: Collection) -> dict[str, tuple[str, ...]]:
    options = {
        "genres": covers.genres,
        "sources": covers.sources,
        "parts": [part for part in (*PARTS, "") if part in covers.parts],
        "states": [state for state in STATES if state in covers.states],
    }
    words = {"genres": "Genre", "sources": "Source", "parts": "Part of the split", "states": "State"}
    return {field: _pills(words[field], values, _KEYS[field]) for field, values in options.items()}


def _pills(label: str, options: Sequence[str], key: str) -> tuple[str, ...]:
    if len(options) < 2:
        return ()
    chosen = st.pills(
        label,
        options,
        selection_mode="multi",
        format_func=_word,
        key=key,
        bind="query-params",
        on_change=_first_page,
    )
    return tuple(chosen or ())


def _word(value: str) -> str:
    return display(tidy(value, 24)) or "None"


def _choose_issue(covers: Collection) -> str:
    if covers.findings is None:
        return ""
    summary = covers.findings.report.summary
    found = [_ALL, *summary.loc[summary["count"] > 0, "issue"]]
    chosen = st.selectbox("Issue", found, format_func=display, key=ISSUE, bind="query-params", on_change=_first_page)
    return "" if chosen == _ALL else chosen


def _choose_order(covers: Collection) -> str:
    if not covers.findings or not covers.findings.issues:
        return ""
    chosen = st.selectbox(
        "Sort by",
        [_ORDER, *covers.findings.graded],
        format_func=lambda issue: "In order" if issue == _ORDER else f"Worst first: {issue}",
        key=BY,
        bind="query-params",
        label_visibility="collapsed",
        on_change=_first_page,
        width=230,
    )
    return "" if chosen == _ORDER else chosen


def _take_off(field: str, value: str) -> None:
    key = _KEYS[field]
    st.session_state[key] = [each for each in st.session_state.get(key) or [] if each != value]
    _first_page()


def _reset(key: str, value: object) -> None:
    st.session_state[key] = value
    _first_page()


def _first_page() -> None:
    st.session_state[PAGE] = 1
