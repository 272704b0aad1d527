"""See what is in a data set and what is wrong with it, and repair it."""

from functools import partial

import streamlit as st

from covergenre.errors import CoverGenreError
from pages.explore import add_dataset
from pages.explore import filters as explore_filters
from pages.explore.cover import show_cover
from pages.explore.datasets import choose_dataset, show_damaged, show_management
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
from pages.widgets.address import PAGE, bind, get_option, go
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
    """Show one cover."""
    go(**{COVER: path, VIEW: VIEWS["gallery"]})


def close_cover(page: int = 1) -> None:
    """Back to a page of the gallery."""
    go(**{COVER: "", PAGE: str(page) if page > 1 else ""})


def to_gallery(**filters: str | list[str]) -> None:
    """Show the gallery with these filters and no others."""
    go(**{**explore_filters.only(**filters), COVER: "", GROUPS: "", VIEW: VIEWS["gallery"]})


def show_work(opened: Workspace) -> None:
    """Start the work that costs little; show what is running and what stopped."""
    job = current_job(opened)
    if job is None and not opened.is_current and not is_large(opened):
        start_inspection(opened, with_audit=was_audited(opened.dataset))
        job = current_job(opened)
    state = job.state if job else "done"  # read first: a job stores its result before it ends
    if version_of(opened) != opened.version:
        st.rerun()
    if state == "running":
        watch(job, "work", partial(version_of, opened))
    elif state != "done":
        with st.container(horizontal=True, vertical_alignment="center"):
            reason = sentence(job.error) if job.error else "Results so far are kept."
            st.markdown(f"{job.title}: {job.state}. {reason}", width="content")
            st.button("Continue", on_click=start_inspection, args=(opened, was_audited(opened.dataset)))


def show_index(opened: Workspace) -> None:
    """How well the index finds the most similar of many covers, or a button to build it."""
    job = current_job(opened)
    if made := opened.covers.index_stats:
        st.caption(f"{made}.")
    elif not (job and job.running):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"Similar covers and the map need an index of these {len(opened.covers):,} covers. Building it takes a "
                "few minutes, longer if their vectors have to be computed first.",
                width="stretch",
            )
            st.button("Build index", type="primary", icon=":material/hub:", on_click=start_index, args=(opened,))


def offer_audit(opened: Workspace, reason: str) -> None:
    """Say why an audit is needed, with a button to start it."""
    st.info(reason, icon=":material/troubleshoot:")
    job = current_job(opened)
    st.button(
        "Look for defects",
        type="primary",
        icon=":material/troubleshoot:",
        on_click=start_inspection,
        args=(opened, True),
        disabled=bool(job and job.running),
    )
    st.caption("Takes about a minute per thousand covers the first time, mostly to compute their vectors.")


def show_covers(opened: Workspace) -> None:
    """The gallery, or the cover that was opened."""
    covers = opened.covers
    query = explore_filters.choose_filters(opened)
    rows, row = query.find(covers), covers.row_of(st.query_params.get(COVER, ""))
    if row is None:
        show_gallery(opened, rows, query, open_cover)
    else:
        show_steps(covers, rows, row, open_cover, close_cover)
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
        offer_audit(opened, "This data set has not been checked for defects yet.")
    elif view == "review":
        show_review(opened, open_cover)
    elif view == "findings":
        show_findings(opened, open_cover, to_gallery)
    else:
        offer_audit(opened, "The map needs the covers' vectors, which have not been computed yet.")


job = add_dataset.adding_job()  # before `finish_adding`: a job that ends in between is shown by the next run
add_dataset.finish_adding()
with st.container(key="page"):
    st.title("Explore a data set and repair it", anchor=False)
    message = st.container()
    if job:
        watch(job, "adding")
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with bar:
        name = choose_dataset()
    with message:
        show_message(name)
    if not name:
        if not job:
            add_dataset.show_first_steps()
        st.stop()
    try:
        opened = open_workspace(name)
    except CoverGenreError as error:
        st.error(sentence(str(error)), title="This data set can't be opened")
        with bar:
            show_damaged(name)
        st.stop()
    show_colours(opened.covers.genres)
    with bar:
        show_views(opened)
        show_management(opened)
    titles = list(VIEWS.values())
    chosen = st.segmented_control(
        "View", titles, required=True, label_visibility="collapsed", wrap=True,
        **bind(VIEW, get_option(VIEW, titles, default=titles[0])),
    )  # fmt: skip
    view = next(name for name, title in VIEWS.items() if title == chosen)
    if not opened.dataset.writable:
        st.caption(
            f"The {len(opened.covers):,} real covers behind the predictions, for viewing only. Their artwork is not "
            "included: you see names and colours."
        )
    else:
        if view != "review":  # a review is applied, and the data set inspected again, at its end
            show_work(opened)
        if is_large(opened):
            show_index(opened)
    show(view, opened)
