"""Doing something to one cover or to many."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from covergenre.exchange.export import as_list
from covergenre.formatting import counted
from covergenre.repair import repair
from covergenre.repair.repair import Plan, Repair
from pages.explore.messages import report, reporting_errors
from pages.explore.workspace import Workspace
from pages.widgets import menus
from pages.widgets.genres import GENRES, named
from pages.widgets.safe_text import plain


def carry_out(opened: Workspace, plan: Plan, done: Callable[[], None] = lambda: None) -> None:
    """Repair the data set, which is one entry of its history, and then call `done`; else the page says why not."""
    with reporting_errors():
        before = len(repair.history(opened.dataset))
        repair.apply(opened.dataset, plan)
        if made := repair.history(opened.dataset)[before:]:
            remember(opened, made[-1], f"{plan.why[:1].upper()}{plan.why[1:]}")
        else:
            st.toast("There was nothing to change.", icon=":material/check:")
        done()


def remember(opened: Workspace, made: Repair, what: str) -> None:
    """Have the page tell what a repair has done, with the way to undo it."""
    words = plain(f"{what}: {counted(len(made.changes), 'cover')}.", 160)
    report(words, opened.dataset.name, made.number)


def leave_out(paths: Sequence[str]) -> Plan:
    """Leave these covers out because somebody said so."""
    return replace(repair.exclude(paths, "by hand"), why="left out by hand")


def show_actions(opened: Workspace, paths: Sequence[str], name: str, done: Callable[[], None] = lambda: None) -> None:
    """What can be done with these covers; `done` is called after it was. `name` tells the bar from others."""
    covers = opened.covers
    rows = covers.rows_of(paths)
    out = [covers.paths[row] for row in rows if covers.state_of[row] == "left out"]
    left = [covers.paths[row] for row in rows if covers.state_of[row] != "left out"]
    genre, tag, opened_by = f"new genre {name}", f"new tag {name}", (f"menu genre {name}", f"menu tag {name}")

    def close() -> None:
        menus.close(*opened_by)
        done()

    def act(plan: Callable[[], Plan]) -> None:
        with reporting_errors():
            carry_out(opened, plan(), close)

    def relabel() -> None:
        if chosen := st.session_state[genre]:
            act(lambda: repair.relabel(paths, chosen, f"{chosen} by hand"))
            st.session_state[genre] = None

    def put_on() -> Plan:
        return repair.tag(opened.dataset.manifest, paths, st.session_state[tag])

    def take_off(known: str) -> Plan:
        return repair.untag(opened.dataset.manifest, paths, known)

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"actions-{name}"):
        if opened.dataset.writable:
            if left or not out:
                st.button("Leave out", icon=":material/block:", key=f"out-{name}", disabled=not left,
                          on_click=act, args=(lambda: leave_out(left),))  # fmt: skip
            if out:
                st.button("Take back in", icon=":material/undo:", key=f"in-{name}",
                          on_click=act, args=(lambda: repair.include(out),))  # fmt: skip
            with menus.menu("Genre", opened_by[0], icon=":material/label:", disabled=not rows):
                st.selectbox("New genre", sorted({*covers.genres, *GENRES}), index=None, key=genre, on_change=relabel,
                             placeholder="Choose or type one", format_func=named, accept_new_options=True)  # fmt: skip
            with menus.menu("Tag", opened_by[1], icon=":material/sell:", disabled=not rows):
                st.text_input("Tag", max_chars=40, key=tag, placeholder="check again")
                st.button("Add the tag", key=f"tag-{name}", type="primary", width="stretch",
                          on_click=act, args=(put_on,))  # fmt: skip
                for place, known in enumerate(sorted({tag for row in rows for tag in covers.tagged(row)})):
                    st.button(f"Take off “{plain(known, 40)}”", key=f"untag-{name}-{place}", type="tertiary",
                              icon=":material/close:", on_click=act, args=(partial(take_off, known),))  # fmt: skip
        st.download_button(
            "CSV",
            lambda: as_list(opened.dataset.manifest, paths).encode(),
            f"{opened.dataset.name}-chosen.csv",
            "text/csv",
            icon=":material/download:",
            key=f"csv-{name}",
            help="A list of these covers",
            on_click="ignore",
            disabled=not rows,
        )
