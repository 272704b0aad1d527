"""Views of a data set that were given a name: filters, order and colours, found again in one click."""

import streamlit as st

from covergenre.dataset.views import LONGEST, View, drop_view, read_views, save_view
from covergenre.errors import CoverGenreError
from pages.explore import filters as explore_filters
from pages.explore.address import go
from pages.explore.findings import VIEW
from pages.explore.map import COLOUR
from pages.explore.messages import reporting_errors
from pages.explore.workspace import Workspace
from pages.widgets.menus import close, menu
from pages.widgets.safe_text import plain, sentence

_NAME, _MENU = "view name", "views"
_KEYS = (*explore_filters.KEYS, VIEW, COLOUR)


def show_views(opened: Workspace) -> None:
    """The views that were saved, and a way to save this one."""
    if not opened.dataset.writable:
        return
    with menu("Views", _MENU, icon=":material/bookmark:"):
        try:
            saved = read_views(opened.dataset)
        except CoverGenreError as error:
            st.error(sentence(str(error)))
            return
        for place, (name, view) in enumerate(saved.items()):
            with st.container(horizontal=True, gap="small"):
                st.button(plain(name, LONGEST), key=f"view-{place}", width="stretch", on_click=_open,
                          args=(view,))  # fmt: skip
                st.button("Forget", key=f"forget-{place}", icon=":material/delete:", type="tertiary", on_click=_drop,
                          args=(opened, name))  # fmt: skip
        if not saved:
            st.caption("Filters and order under a name.")
        with st.form("save view", border=False, clear_on_submit=True):
            st.text_input("Name of this view", max_chars=LONGEST, key=_NAME, placeholder="Doubtful jazz")
            st.form_submit_button("Save this view", icon=":material/bookmark_add:", width="stretch", on_click=_save,
                                  args=(opened,))  # fmt: skip


def _save(opened: Workspace) -> None:
    view = {key: told for key in _KEYS if (told := st.query_params.get_all(key))}
    with reporting_errors():
        save_view(opened.dataset, st.session_state[_NAME], view)
        close(_MENU)


def _open(view: View) -> None:
    asked: dict[str, str | list[str]] = {key: view[key] for key in _KEYS if key in view}
    close(_MENU)
    go(**explore_filters.only(**{"open": "", **asked}))


def _drop(opened: Workspace, name: str) -> None:
    with reporting_errors():
        drop_view(opened.dataset, name)
