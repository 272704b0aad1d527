"""See a data set, find what is wrong with it, and repair it."""

from functools import partial

import streamlit as st

from covergenre.errors import CoverGenreError
from pages.explore import datasets as explore_datasets
from pages.explore import filters as explore_filters
from pages.explore.address import PAGE, bind, get_option, go
from pages.explore.cover import show_cover
from pages.explore.findings import GROUPS, VIEW, show_findings
from pages.explore.gallery import show_gallery, show_steps
from pages.explore.map import show_map
from pages.explore.messages import show_message
from pages.explore.overview import show_overview
from pages.explore.repair import show_repair
from pages.explore.review import show_review
from pages.explore.saved_views import show_views
from pages.explore.workspace import (
    Workspace,
    current_job,
    is_large,
    open_workspace,
    start_index,
    start_inspection,
    version_of,
    was_audited,
)
from pages.widgets.genres import show_colours
from pages.widgets.safe_text import sentence
from pages.widgets.watch import watch

COVER = "open"
VIEWS = {
    "overview": "Overview",
    "gallery": "Gallery",
    "findings": "Findings",
    "map": "Map",
    "review": "Review",
    "repair": "Repair",
}


def open_cover(path: str) -> None:
    """A cover was clicked."""
    go(**{COVER: path, VIEW: VIEWS["gallery"]})


def leave(page: int = 1) -> None:
    """Back to a page of the grid."""
    go(**{COVER: "", PAGE: str(page) if page > 1 else ""})


def to_gallery(**filters: str | list[str]) -> None:
    """The covers that pass these filters and no others were asked for."""
    go(**{**explore_filters.only(**filters), COVER: "", GROUPS: "", VIEW: VIEWS["gallery"]})


def show_work(opened: Workspace) -> None:
    """Begin what costs little by itself; show what is under way, and what stopped."""
    job = current_job(opened)
    if job is None and not opened.is_current and not is_large(opened):
        start_inspection(opened, with_audit=was_audited(opened.dataset))
        job = current_job(opened)
    state = job.state if job else "done"  # asked first: what it has found is there before it says so
    if version_of(opened) != opened.version:
        st.rerun()
    if state == "running":
        watch(job, "work", partial(version_of, opened))
    elif state != "done":
        with st.container(horizontal=True, vertical_alignment="center"):
            why = sentence(job.error) if job.error else "What was made until then is kept."
            st.markdown(f"{job.title}: {job.state}. {why}", width="content")
            st.button("Go on", on_click=start_inspection, args=(opened, was_audited(opened.dataset)))


def show_index(opened: Workspace) -> None:
    """How well the nearest of many covers are found; an offer to make the index, where there is none."""
    job = current_job(opened)
    if made := opened.covers.index_stats:
        st.caption(f"{made}.")
    elif not (job and job.running):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"These {len(opened.covers):,} covers have no index yet: neighbours and the map wait for it. It takes "
                "some minutes, and their vectors first, where those are missing.",
                width="stretch",
            )
            st.button("Make the index", type="primary", icon=":material/hub:", on_click=start_index, args=(opened,))


def offer_audit(opened: Workspace, why: str) -> None:
    """What is asked for needs an audit that was not made yet."""
    st.info(why, icon=":material/troubleshoot:")
    job = current_job(opened)
    st.button(
        "Look for defects",
        type="primary",
        icon=":material/troubleshoot:",
        on_click=start_inspection,
        args=(opened, True),
        disabled=bool(job and job.running),
    )
    st.caption("About a minute for a thousand covers, most of it to compute their vectors, once.")


def show_covers(opened: Workspace) -> None:
    """The gallery, or the cover that was opened."""
    covers = opened.covers
    asked = explore_filters.choose_filters(opened)
    rows, row = asked.find(covers), covers.row_of(st.query_params.get(COVER, ""))
    if row is None:
        show_gallery(opened, rows, asked, open_cover)
    else:
        show_steps(covers, rows, row, open_cover, leave)
        show_cover(opened, row, open_cover)


def show(view: str, opened: Workspace) -> None:
    """One view of the data set."""
    if view == "overview":
        show_overview(opened, to_gallery)
    elif view == "gallery":
        show_covers(opened)
    elif view == "repair":
        show_repair(opened)
    elif view == "map" and opened.covers.vectors is not None:
        show_map(opened, to_gallery)
    elif not opened.inspection:
        offer_audit(opened, "This data set has not been looked through yet.")
    elif view == "review":
        show_review(opened, open_cover)
    elif view == "findings":
        show_findings(opened, open_cover, to_gallery)
    else:
        offer_audit(opened, "The map needs the covers' vectors, and they are not there yet.")


job = explore_datasets.adding_job()  # before `finish`: a job that ends in between is shown by the next run
explore_datasets.finish()
with st.container(key="page"):
    st.title("Explore a data set and repair it", anchor=False)
    news = st.container()
    if job:
        watch(job, "bringing")
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with bar:
        name = explore_datasets.choose_dataset()
    with news:
        show_message(name)
    if not name:
        if not job:
            explore_datasets.show_add_forms()
            explore_datasets.show_starter()
        st.stop()
    try:
        opened = open_workspace(name)
    except CoverGenreError as error:
        st.error(sentence(str(error)), title="This data set can't be opened")
        with bar:
            explore_datasets.show_damaged(name)
        st.stop()
    show_colours(opened.covers.genres)
    with bar:
        show_views(opened)
        explore_datasets.show_management(opened)
    titles = list(VIEWS.values())
    chosen = st.segmented_control(
        "View", titles, required=True, label_visibility="collapsed", wrap=True,
        **bind(VIEW, get_option(VIEW, titles, default=titles[0])),
    )  # fmt: skip
    view = next(name for name, title in VIEWS.items() if title == chosen)
    if not opened.dataset.writable:
        st.caption(
            f"The {len(opened.covers):,} real covers that predictions stand on. They are only to look at, and of each "
            "there is what it is called, its vector and its colours: the artwork does not ship."
        )
    else:
        if view != "review":  # what is decided there is settled, and looked through anew, at its end
            show_work(opened)
        if is_large(opened):
            show_index(opened)
    show(view, opened)
