"""Doing something to one cover or to many, and undoing what was done last."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from covergenre.exchange.export import as_list
from covergenre.formatting import counted
from covergenre.repair import repair
from covergenre.repair.repair import Plan, Repair
from pages.explore.open import Opened
from pages.explore.wrong import telling
from pages.widgets.genres import GENRES, display
from pages.widgets.safe_text import plain

_MADE = "made"  # what this visitor changed last: the data set, the number of the repair, and what it was
_GENRE, _TAG = "new genre", "new tag"


def carry_out(opened: Opened, plan: Plan) -> bool:
    """Repair the data set, which is one entry of its history; whether that went well. Else the page says why not."""
    with telling():
        before = len(repair.history(opened.dataset))
        repair.apply(opened.dataset, plan)
        if made := repair.history(opened.dataset)[before:]:
            remember(opened, made[-1], f"{plan.why[:1].upper()}{plan.why[1:]}")
        else:
            st.toast("There was nothing to change.", icon=":material/check:")
        return True
    return False


def remember(opened: Opened, made: Repair, what: str) -> None:
    """Have the page tell what a repair has done, with the way to undo it."""
    words = f"{what}: {counted(len(made.changes), 'cover')}."
    st.session_state[_MADE] = (opened.dataset.name, made.number, words)


def leave_out(paths: Sequence[str]) -> Plan:
    """Leave these covers out because somebody said so."""
    return replace(repair.exclude(paths, "by hand"), why="left out by hand")


def undo(opened: Opened, number: int) -> None:
    """Undo a repair; the page says why not, if it can't be."""
    with telling():
        repair.undo(opened.dataset, number)
        st.toast(f"Repair {number} is undone.", icon=":material/undo:")
    st.session_state.pop(_MADE, None)


def show_made(opened: Opened) -> None:
    """What was changed last, with the way to undo it."""
    name, number, words = st.session_state.get(_MADE, ("", 0, ""))
    if name != opened.dataset.name:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="made-bar", border=True):
        st.markdown(f":material/check: {plain(words, 160)}", width="stretch")
        st.button("Undo", icon=":material/undo:", key="undo-made", on_click=undo, args=(opened, number))
        st.button(
            "Dismiss", icon=":material/close:", key="dismiss-made", type="tertiary",
            on_click=lambda: st.session_state.pop(_MADE, None),
        )  # fmt: skip


def show_actions(opened: Opened, paths: Sequence[str], name: str, done: Callable[[], None] = lambda: None) -> None:
    """What can be done with these covers; `done` is called after it was. `name` tells the bar from others."""
    covers = opened.covers
    rows = covers.rows_of(paths)
    out = [covers.paths[row] for row in rows if covers.state_of[row] == "left out"]
    left = [covers.paths[row] for row in rows if covers.state_of[row] != "left out"]

    def act(plan: Plan) -> None:
        if carry_out(opened, plan):
            done()

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"actions-{name}"):
        if opened.dataset.writable:
            st.button("Leave out", icon=":material/block:", key=f"out-{name}", on_click=act, args=(leave_out(left),),
                      disabled=not left)  # fmt: skip
            if out:
                st.button(
                    "Take back in", icon=":material/undo:", key=f"in-{name}", on_click=act, args=(repair.include(out),)
                )
            with st.popover("Genre", icon=":material/label:", disabled=not rows):
                st.selectbox("New genre", sorted({*covers.genres, *GENRES}), format_func=_named, key=f"{_GENRE} {name}",
                             accept_new_options=True)  # fmt: skip
                st.button("Give this genre", key=f"relabel-{name}", type="primary", width="stretch",
                          on_click=lambda: _relabel(act, paths, st.session_state[f"{_GENRE} {name}"]))  # fmt: skip
            with st.popover("Tag", icon=":material/sell:", disabled=not rows):
                st.text_input("Tag", max_chars=40, key=f"{_TAG} {name}", placeholder="check again")
                st.button("Put the tag on", key=f"tag-{name}", type="primary", width="stretch",
                          on_click=lambda: _tag(opened, act, paths, st.session_state[f"{_TAG} {name}"]))  # fmt: skip
        st.download_button(
            "CSV",
            lambda: as_list(opened.dataset.manifest, paths).encode(),
            f"{opened.dataset.name}-chosen.csv",
            "text/csv",
            icon=":material/download:",
            key=f"csv-{name}",
            help="A list of the chosen covers",
            on_click="ignore",
            disabled=not rows,
        )


def _relabel(act: Callable[[Plan], None], paths: Sequence[str], genre: str | None) -> None:
    with telling():
        act(repair.relabel(paths, genre or "", f"{genre} by hand"))


def _tag(opened: Opened, act: Callable[[Plan], None], paths: Sequence[str], name: str) -> None:
    with telling():
        act(repair.tag(opened.dataset.manifest, paths, name))


def _named(genre: str) -> str:
    return display(plain(genre, 24))
