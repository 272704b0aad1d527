"""Bringing real covers from the web: what to collect, and going on with what was stopped."""

import streamlit as st

from covergenre.collecting import background
from covergenre.collecting.genres import genre_tags
from covergenre.collecting.record import Plan
from covergenre.errors import CoverGenreError
from covergenre.jobs import Work
from pages.widgets.genres import display
from pages.widgets.safe_text import plain, sentence

_GENRES, _EACH, _NAME = "collect genres", "collect each", "collect name"
_A_SECOND = 1.5  # covers that come in one second, about: the sources ask for patience


def asked() -> Plan | None:
    """Draw the form; what is asked for once its button was pressed.

    Raises CoverGenreError for what can't be collected.
    """
    with st.form("collect", border=False):
        st.pills("Genres", list(genre_tags()), selection_mode="multi", format_func=display, key=_GENRES)
        each = st.number_input("Covers of each genre", 1, 2000, 100, step=50, key=_EACH)
        st.caption(
            "Albums from MusicBrainz, pictures from the Cover Art Archive, at the pace they ask for: "
            f"ten genres take about {max(round(10 * each / _A_SECOND / 60), 1)} min. The pictures stay on this machine."
        )
        name = st.text_input("Call it", placeholder="collected", max_chars=64, key=_NAME)
        if not st.form_submit_button("Collect", icon=":material/cloud_download:"):
            return None
    return Plan((name or "").strip() or "collected", tuple(st.session_state[_GENRES]), int(each))


def unfinished() -> Plan | None:
    """Draw what was begun and isn't done; the plan that is to go on, once its button was pressed."""
    for plan in background.unfinished():
        status = background.read_status(plan)
        why = "" if status.state == "stopped" else sentence(status.error, 200)
        st.markdown(f"**{plain(plan.name)}** is not complete: {status.done:,} of {status.total:,} covers so far. {why}")
        if st.button("Go on", icon=":material/resume:", key=f"go-on-{plan.name}"):
            return plan
    return None


def work(plan: Plan) -> Work:
    """Start to collect a plan, or follow the process that does; raises CoverGenreError when it can't be started."""
    if not background.is_running(plan):
        background.start(plan)
    return lambda report, should_stop: (background.wait(plan, report, should_stop), None)


def at_work() -> Plan | None:
    """A plan that a process collects just now, perhaps begun before this server."""
    try:
        return next((plan for plan in background.unfinished() if background.is_running(plan)), None)
    except CoverGenreError:
        return None
