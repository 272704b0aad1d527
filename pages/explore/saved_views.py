"""Saved views of a data set: filters, order and colours under a name, restored with one click."""

import streamlit as st

from covergenre.dataset.views import LONGEST, View, drop_view, read_views, save_view
from covergenre.errors import CoverGenreError
from pages.explore import filters as explore_filters
from pages.explore.map import COLOUR
from pages.explore.messages import reporting_errors
from pages.explore.places import COVER, VIEW
from pages.explore.workspace import Workspace
from pages.widgets.address import go
from pages.widgets.menus import close, menu
from pages.widgets.safe_text import plain, sentence

_NAME, _MENU = "view name", "views"
_KEYS = (*explore_filters.KEYS, VIEW, COLOUR)


def show_views(opened: Workspace) -> None:
    """The menu of saved views, with a form to save the current one."""
    if not opened.dataset.writable:
        return
    with menu("Views", _MENU, icon=":material/bookmark:"):
        try:
            views = read_views(opened.dataset)
        except CoverGenreError as error:
            st.error(sentence(str(error)))
            return
        for number, (name, view) in enumerate(views.items()):
            with st.container(horizontal=True, gap="small"):
                st.button(plain(name, LONGEST), key=f"view-{number}", width="stretch", on_click=_open,
                          args=(view,))  # fmt: skip
                st.button("Delete", key=f"forget-{number}", icon=":material/delete:", type="tertiary", on_click=_delete,
                          args=(opened, name))  # fmt: skip
        if not views:
            st.caption("Save filters and order under a name to come back to them.")
        with st.form("save view", border=False, clear_on_submit=True):
            st.text_input("Name of this view", max_chars=LONGEST, key=_NAME, placeholder="Doubtful jazz")
            st.form_submit_button("Save this view", icon=":material/bookmark_add:", width="stretch", on_click=_save,
                                  args=(opened,))  # fmt: skip


def _save(opened: Workspace) -> None:
    view = {key: values for key in _KEYS if (values := st.query_params.get_all(key))}
    with reporting_errors():
        save_view(opened.dataset, st.session_state[_NAME], view)
        close(_MENU)


def _open(view: View) -> None:
    parameters: dict[str, str | list[str]] = {key: view[key] for key in _KEYS if key in view}
    close(_MENU)
    go(**explore_filters.only(**{COVER: "", **parameters}))


def _delete(opened: Workspace, name: str) -> None:
    with reporting_errors():
        drop_view(opened.dataset, name)
