"""See a data set, find what is wrong with it, and repair it."""

from pathlib import Path

import streamlit as st

from covergenre.errors import CoverGenreError
from pages.explore import filters as explore_filters
from pages.explore import sources as explore_sources
from pages.explore.cover import show_cover
from pages.explore.findings import GROUPS, show_findings
from pages.explore.gallery import show_gallery, show_steps
from pages.explore.map import show_map
from pages.explore.open import Opened, begin, examinations, open_named, was_audited, work_on
from pages.explore.overview import show_overview
from pages.explore.repair import show_repair
from pages.widgets.safe_text import sentence
from pages.widgets.watch import watch

FOLDER = Path(__file__).parent
VIEW, COVER = "see", "open"
VIEWS = {
    "overview": "Overview",
    "gallery": "Gallery",
    "findings": "Findings",
    "map": "Map",
    "repair": "Repair",
}


def go(path: str) -> None:
    """A cover was clicked."""
    st.query_params[COVER] = path
    st.session_state[VIEW] = "gallery"


def leave(page: int = 1) -> None:
    """Back to a page of the grid."""
    st.query_params.pop(COVER, None)
    st.session_state[explore_filters.PAGE] = page


def to_gallery() -> None:
    """A gallery was asked for."""
    leave()
    st.query_params.pop(GROUPS, None)
    st.session_state[VIEW] = "gallery"


def show_work(opened: Opened) -> None:
    """Begin what costs little by itself; show what is under way, and what stopped."""
    job = work_on(opened)
    if job is None and not opened.fresh:
        begin(opened, with_audit=was_audited(opened.dataset))
        job = work_on(opened)
    state = job.state if job else "done"  # asked first: what it has found is there before it says so

    def news() -> int:
        return examinations().get(opened.dataset.name).number

    if news() != opened.found.number:
        st.rerun()
    if state == "running":
        watch(job, "work", news)
    elif state != "done":
        with st.container(horizontal=True, vertical_alignment="center"):
            why = sentence(job.error) if job.error else "What was made until then is kept."
            st.markdown(f"{job.title}: {job.state}. {why}", width="content")
            st.button("Go on", on_click=begin, args=(opened, was_audited(opened.dataset)))


def offer_audit(opened: Opened, why: str) -> None:
    """What is asked for needs an audit that was not made yet."""
    st.info(why, icon=":material/troubleshoot:")
    job = work_on(opened)
    st.button(
        "Look for defects",
        type="primary",
        icon=":material/troubleshoot:",
        on_click=begin,
        args=(opened, True),
        disabled=bool(job and job.running),
    )
    st.caption("About a minute for a thousand covers, most of it to compute their vectors, once.")


def show_covers(opened: Opened) -> None:
    """The gallery, or the cover that was opened."""
    covers = opened.covers
    asked = explore_filters.choose(covers)
    rows, row = covers.find(*asked), covers.row_of(st.query_params.get(COVER, ""))
    if row is None:
        show_gallery(covers, rows, asked, go)
    else:
        show_steps(covers, rows, row, go, leave)
        show_cover(opened, row, go)


def show(view: str, opened: Opened) -> None:
    """One view of the data set."""
    if view == "overview":
        show_overview(opened)
    elif view == "gallery":
        show_covers(opened)
    elif view == "repair":
        show_repair(opened)
    elif not opened.examined:
        offer_audit(opened, "This data set has not been looked through yet.")
    elif view == "findings":
        show_findings(opened, go, to_gallery)
    elif opened.covers.vectors is None:
        offer_audit(opened, "The map needs the covers' vectors, and they are not there yet.")
    else:
        show_map(opened, to_gallery)


st.html(FOLDER.parent / "widgets" / "browse.css")
st.html(FOLDER / "style.css")
explore_sources.finish()
with st.container(key="page"):
    st.title("Explore a data set and repair it", anchor=False)
    explore_sources.show_wrong()
    job = explore_sources.bringing()
    if job:
        watch(job, "bringing")
    bar = st.container(horizontal=True, vertical_alignment="center", gap="small")
    with bar:
        name = explore_sources.choose()
    if not name:
        if not job:
            explore_sources.show_ways()
            explore_sources.show_starter()
        st.stop()
    try:
        opened = open_named(name)
    except CoverGenreError as error:
        st.error(sentence(str(error)), title="This data set can't be opened")
        with bar:
            explore_sources.show_way_out(name)
        st.stop()
    with bar:
        explore_sources.show_management(opened)
    st.session_state.setdefault(VIEW, "overview")
    view = st.segmented_control(
        "View",
        list(VIEWS),
        format_func=VIEWS.get,
        required=True,
        key=VIEW,
        bind="query-params",
        label_visibility="collapsed",
    )
    if not opened.dataset.writable:
        st.caption(
            f"The {len(opened.covers):,} real covers that predictions stand on. They are only to look at, and of each "
            "there is what it is called, its vector and its colours: the artwork does not ship."
        )
    else:
        show_work(opened)
    show(view, opened)
