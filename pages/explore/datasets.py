"""Choosing a data set on Explore, and scanning it again, renaming or removing it."""

import streamlit as st

from covergenre.dataset import registry
from covergenre.dataset.registry import Dataset
from covergenre.dataset.starter import STARTER
from covergenre.exchange import archive
from covergenre.runs.record import dependents_note
from pages.explore.add_dataset import (
    choose_level,
    level,
    registering,
    show_add_button,
    start_adding,
)
from pages.explore.messages import reporting_errors
from pages.explore.places import DATASET, show_dataset
from pages.explore.workspace import Workspace, inspections
from pages.widgets.address import go, settle
from pages.widgets.menus import close, menu
from pages.widgets.safe_text import plain

_MENU = "manage"
_MISSING = {
    "refuse": "Stop if there are many",
    "keep": "Keep their entries",
    "forget": "Remove their entries",
}


def choose_dataset() -> str:
    """The name of the data set; "" if there is none but the starter and the address does not name that."""
    names = registry.names(shipped=True)
    if names in ((), (STARTER,)) and STARTER not in (st.session_state.get(DATASET), st.query_params.get(DATASET)):
        return ""
    settle(DATASET, names, DATASET)
    return st.selectbox(
        "Data set", names, key=DATASET, label_visibility="collapsed", width=240,
        on_change=lambda: show_dataset(st.session_state[DATASET]),
    )  # fmt: skip


def show_management(opened: Workspace) -> None:
    """The buttons to train on the data set, to change it and to add another; only the last if it can't be changed."""
    if opened.dataset.writable:
        if st.button("Train on this", icon=":material/model_training:"):
            st.switch_page("pages/train/train.py", query_params={"dataset": opened.dataset.name})
        _show_menu(opened.dataset)
    show_add_button()


def show_damaged(name: str) -> None:
    """The buttons to remove a data set that can't be opened, and to add another."""
    if name != STARTER:
        with menu("Manage", _MENU, icon=":material/settings:"):
            _show_removal(name, "Your files are kept.")
    show_add_button()


def _show_menu(dataset: Dataset) -> None:
    with menu("Manage", _MENU, icon=":material/settings:"):
        st.caption(f"{plain(str(dataset.root), 120)}")
        with st.form("rescan", border=False):
            choose_level("again level")
            st.selectbox("If files are missing", list(_MISSING), format_func=_MISSING.get, key="if gone")
            st.form_submit_button(
                "Scan again", icon=":material/refresh:", on_click=_rescan, args=(dataset,), width="stretch"
            )
        with st.form("rename", border=False):
            key = f"new name {dataset.name}"
            st.text_input("New name", value=dataset.name, max_chars=64, key=key)
            st.form_submit_button(
                "Rename", icon=":material/edit:", width="stretch", on_click=_rename, args=(dataset.name, key)
            )
        unpacked = archive.is_unpacked(dataset)
        consequence = "The files unpacked from your ZIP are deleted too." if unpacked else "Your files are kept."
        _show_removal(dataset.name, consequence, dataset)


def _show_removal(name: str, consequence: str, dataset: Dataset | None = None) -> None:
    if warning := dependents_note(name):
        st.warning(plain(warning, 400), icon=":material/warning:")
    sure = st.checkbox(f"Delete its scan, splits, audit and repairs. {consequence}", key=f"sure {name}")
    st.button(
        "Remove", icon=":material/delete:", on_click=_remove, args=(name, dataset), disabled=not sure, width="stretch"
    )


def _rescan(dataset: Dataset) -> None:
    close(_MENU)
    work = registering(dataset.name, dataset.root, level("again level"), st.session_state["if gone"])
    start_adding("Scanning again", work)


def _rename(old: str, key: str) -> None:
    new = st.session_state[key].strip()
    if old == new:
        return
    close(_MENU)
    with reporting_errors():
        registry.rename(old, new)
        inspections().pop(old, None)
        go(**{DATASET: new})


def _remove(name: str, dataset: Dataset | None) -> None:
    close(_MENU)
    with reporting_errors():
        registry.remove(name)
        if dataset:
            archive.discard(dataset)
    inspections().pop(name, None)
    show_dataset("")
