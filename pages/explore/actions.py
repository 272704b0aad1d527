"""Changes to one cover or several: leave out, relabel, tag, download as a list."""

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


def apply_plan(opened: Workspace, plan: Plan, done: Callable[[], None] = lambda: None) -> None:
    """Repair the data set, which adds one entry to its history, and call `done`; or show why that isn't possible."""
    with reporting_errors():
        before = len(repair.history(opened.dataset))
        repair.apply(opened.dataset, plan)
        if new := repair.history(opened.dataset)[before:]:
            report_repair(opened, new[-1], f"{plan.why[:1].upper()}{plan.why[1:]}")
        else:
            st.toast("Nothing to change.", icon=":material/check:")
        done()


def report_repair(opened: Workspace, made: Repair, summary: str) -> None:
    """Show what a repair changed, with a button to undo it."""
    report(plain(f"{summary}: {counted(len(made.changes), 'cover')}.", 160), opened.dataset.name, made.number)


def show_actions(opened: Workspace, paths: Sequence[str], name: str, done: Callable[[], None] = lambda: None) -> None:
    """Draw the actions on these covers; `done` is called after one. `name` tells the bar from others on the page."""
    covers, manifest = opened.covers, opened.dataset.manifest
    rows = covers.rows_of(paths)
    out = [covers.paths[row] for row in rows if covers.state_of[row] == "left out"]
    used = [covers.paths[row] for row in rows if covers.state_of[row] != "left out"]
    genre, tag, genre_menu, tag_menu = (f"{key} {name}" for key in ("new genre", "new tag", "menu genre", "menu tag"))

    def close() -> None:
        menus.close(genre_menu, tag_menu)
        done()

    def act(plan: Callable[[], Plan]) -> None:
        with reporting_errors():
            apply_plan(opened, plan(), close)

    def leave_out() -> Plan:
        return replace(repair.exclude(used, "by hand"), why="left out by hand")

    def relabel() -> None:
        if chosen := st.session_state[genre]:
            act(lambda: repair.relabel(paths, chosen, f"{chosen} by hand"))
            st.session_state[genre] = None

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"actions-{name}"):
        if opened.dataset.writable:
            if used or not out:
                st.button("Leave out", icon=":material/block:", key=f"out-{name}", disabled=not used, on_click=act,
                          args=(leave_out,))  # fmt: skip
            if out:
                st.button("Include again", icon=":material/undo:", key=f"in-{name}", on_click=act,
                          args=(partial(repair.include, out),))  # fmt: skip
            with menus.menu("Genre", genre_menu, icon=":material/label:", disabled=not rows):
                st.selectbox("New genre", sorted({*covers.genres, *GENRES}), index=None, key=genre, on_change=relabel,
                             placeholder="Choose or type one", format_func=named, accept_new_options=True)  # fmt: skip
            with menus.menu("Tag", tag_menu, icon=":material/sell:", disabled=not rows):
                st.text_input("Tag", max_chars=40, key=tag, placeholder="check again")
                st.button("Add tag", key=f"tag-{name}", type="primary", width="stretch", on_click=act,
                          args=(lambda: repair.tag(manifest, paths, st.session_state[tag]),))  # fmt: skip
                for number, known in enumerate(sorted({tag for row in rows for tag in covers.tags_of(row)})):
                    st.button(f"Remove “{plain(known, 40)}”", key=f"untag-{name}-{number}", type="tertiary",
                              icon=":material/close:", on_click=act,
                              args=(partial(repair.untag, manifest, paths, known),))  # fmt: skip
        st.download_button(
            "CSV",
            lambda: as_list(manifest, paths).encode(),
            f"{opened.dataset.name}-chosen.csv",
            "text/csv",
            icon=":material/download:",
            key=f"csv-{name}",
            help="Download a list of these covers",
            on_click="ignore",
            disabled=not rows,
        )
