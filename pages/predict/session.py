"""The covers that the page is about: the address names them (`?answer=TOKEN&open=2`), the disk keeps them."""

import logging
from collections.abc import Iterable, Sequence

import streamlit as st

from covergenre.predict import STARTER
from covergenre.predict.saved_queries import Cover, Query, delete_query, load_query, save_query
from covergenre.runs.default import default_run, set_default_run

_ALL: dict[str, list[str]] = {"only": [], "sort": []}  # of many covers
_log = logging.getLogger(__name__)


def restore() -> None:
    """Set up the session; after another page, go back to the last prediction."""
    defaults = {"held": ("", None), "stopped": False, "uploader": 0, "uploaded": (), "remarks": [], "unkept": False}
    for name, value in defaults.items():
        st.session_state.setdefault(name, value)
    last: Query | None = st.session_state.held[1]
    if last and "answer" not in st.query_params and st.session_state.get("came_from", "Predict") != "Predict":
        show(last.covers, st.session_state.get("opened"), st.session_state.remarks)


def current() -> Query | None:
    """The covers that the address names; None if it names none or they have expired."""
    token = st.query_params.get("answer", "")
    if not token:
        return None
    if st.session_state.held[0] != token:
        if (found := load_query(token)) is None:
            return None
        st.session_state.held = (token, found)
        st.session_state.remarks, st.session_state.stopped, st.session_state.unkept = [], False, False
    return st.session_state.held[1]


def is_expired() -> bool:
    """Whether the address names covers that have expired."""
    return "answer" in st.query_params and current() is None


def open_index() -> int | None:
    """Which of several covers is open."""
    text = st.query_params.get("open", "")
    return int(text) if text.isdecimal() and len(text) < 6 else None


def show(covers: Sequence[Cover], open_one: int | None = None, remarks: Iterable[str] = ()) -> None:
    """Show these covers, predicted by the run in use, with the one at `open_one` open; without covers, the empty page.

    `remarks` (Markdown) are about archives.
    """
    st.session_state.stopped, st.session_state.remarks = False, list(remarks)
    if not covers:
        st.query_params.update({"answer": [], "open": [], **_ALL})
        return
    new = Query(tuple(covers), default_run() or STARTER)
    try:
        token, kept = save_query(new)
    except OSError as error:
        _log.warning("covers can't be saved: %s", error)
        token, kept = "0" * 32, False
    st.session_state.held, st.session_state.unkept = (token, new), not kept
    st.session_state.opened = open_one
    st.query_params.update({"answer": token, "open": [] if open_one is None else str(open_one), **_ALL})


def open_cover(number: int | None) -> None:
    """Open one of several covers; None goes back to all of them."""
    st.session_state.opened = number
    st.query_params.update({"open": [] if number is None else str(number)})


def delete_covers() -> None:
    """Delete the covers and their address."""
    delete_query(st.query_params.get("answer", ""))
    st.session_state.held = ("", None)
    st.session_state.uploader += 1
    show(())


def use_starter() -> None:
    """Predict with the starter from now on, these covers too; the prediction of the run keeps its address."""
    set_default_run(None)
    if now := current():
        show(now.covers, open_index(), st.session_state.remarks)
