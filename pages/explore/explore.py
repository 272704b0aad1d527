"""See what is in a data set and what is wrong with it, and repair it."""

from functools import partial

import streamlit as st

from covergenre.errors import CoverGenreError
from pages.explore import add_dataset
from pages.explore.cover import show_cover
from pages.explore.datasets import choose_dataset, show_damaged, show_management
from pages.explore.filters import choose_filters
from pages.explore.findings import show_findings
from pages.explore.gallery import show_gallery, show_steps
from pages.explore.map import show_map
from pages.explore.messages import show_message
from pages.explore.overview import show_overview
from pages.explore.places import COVER, VIEW
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
from pages.widgets.address import bind, get, get_option
from pages.widgets.genres import show_colours
from pages.widgets.safe_text import sentence
from pages.widgets.watch import watch

VIEWS = ("Overview", "Gallery", "Findings", "Map", "Review", "Repair")


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
        with st.container(horizontal=True, vertical_alignment="center", key="stopped-work"):
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
    job = current_job(opened)
    if job and job.running and was_audited(opened.dataset):
        st.info("This data set is being checked for defects.", icon=":material/hourglass_top:")
        return
    st.info(reason, icon=":material/troubleshoot:")
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
    query = choose_filters(opened)
    rows, row = query.find(covers), covers.row_of(get(COVER))
    if row is None:
        show_gallery(opened, rows, query)
    else:
        show_steps(covers, rows, row)
        show_cover(opened, row)


def show(view: str, opened: Workspace) -> None:
    """One view of the data set."""
    if view == "Overview":
        show_overview(opened)
    elif view == "Gallery":
        show_covers(opened)
    elif view == "Repair":
        show_repair(opened)
    elif view == "Map" and opened.covers.vectors is not None:
        show_map(opened)
    elif not opened.inspection:
        offer_audit(opened, "This data set has not been checked for defects yet.")
    elif view == "Review":
        show_review(opened)
    elif view == "Findings":
        show_findings(opened)
    else:
        offer_audit(opened, "The map needs the covers' vectors, which have not been computed yet.")


job = add_dataset.adding_job()  # before `finish_adding`: a job that ends in between is shown by the next run
add_dataset.finish_adding()
with st.container(key="page"):
    st.title("Explore a data set and repair it", anchor=False)
    # Both containers are here from the start: what comes later at their places would push the rest about.
    message = st.container(key="messages")
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
    view = st.segmented_control(
        "View", VIEWS, required=True, label_visibility="collapsed", wrap=True,
        **bind(VIEW, get_option(VIEW, VIEWS, default=VIEWS[0])),
    )  # fmt: skip
    if not opened.dataset.writable:
        st.caption(
            f"The {len(opened.covers):,} real covers behind the predictions, for viewing only. Their artwork is not "
            "included: you see names and colours."
        )
    else:
        with st.container(key="checks"):
            if view != "Review":  # a review is applied, and the data set inspected again, at its end
                show_work(opened)
        if is_large(opened):
            show_index(opened)
    show(view, opened)
