"""The run at work and those that wait, as the Train page shows them; drawn again every few seconds meanwhile."""

from collections.abc import Callable

import streamlit as st

from covergenre.errors import BadRun, CoverGenreError, in_words
from covergenre.formatting import roughly, size
from covergenre.runs import launch
from covergenre.runs.record import Run, Status, list_runs
from pages.train import curve, run_summary
from pages.widgets.safe_text import plain, sentence

_LINES = 12
_ROOM = 2  # curves of a run at work: more would push the rest out of sight


def active() -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The runs at work, as a rule one at most, and those that wait; sees to it that somebody works on them."""
    launch.ensure_worker()
    waiting = launch.queued_runs()
    return tuple(run for run in list_runs() if _state(run) == "running"), waiting


def attempt(action: Callable[..., object], *arguments: object) -> None:
    """Do what a button asks for; what goes wrong is said on the page."""
    try:
        action(*arguments)
    except (CoverGenreError, OSError) as error:
        st.session_state.train_error = sentence(in_words(error))


def show_error() -> None:
    """What went wrong with the last button, once."""
    if error := st.session_state.pop("train_error", ""):
        st.error(error, icon=":material/error:")


def show_running(run: Run) -> None:
    """A run at work: how far it is, its curve, what it takes, what it logs, and how to stop it."""
    status = run.status()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{run_summary.title(run)}**, {len(run.spec.genres)} genres", width="content")
        with st.container(horizontal=True, width="content"):
            finish_button(run)
            _cancel_button(run)
    st.progress(min(status.done / status.total, 1.0), progress_words(status, launch.is_finishing(run)))
    curve.show(curve.curves({"": run.events()})[:_ROOM])
    if taken := launch.usage(run):
        st.caption(f"{taken.cores:.1f} processor cores · {size(taken.memory)} of memory")
    show_log(run)


def finish_button(run: Run) -> None:
    """The button that has a run make do with what it has learned, where it has."""
    if launch.can_finish(run):
        st.button(
            "Finish now",
            icon=":material/flag:",
            help="Stops learning, evaluates the best state so far, and keeps it as a usable model.",
            on_click=attempt,
            args=(launch.finish, run.id),
        )


def show_log(run: Run) -> None:
    """The end of its log."""
    if lines := run_summary.log_tail(run, _LINES):
        with st.expander("Log", icon=":material/notes:"):
            st.code(lines, language=None, wrap_lines=True)


def show_queue(waiting: tuple[Run, ...]) -> None:
    """The runs that wait, in order, with ways to change it."""
    st.markdown("**Next**" if len(waiting) == 1 else f"**Next: {len(waiting)} runs, in this order**")
    for place, run in enumerate(waiting):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"waits-{place}"):
            st.markdown(f"{place + 1}. {run_summary.title(run)}, {len(run.spec.genres)} genres", width="stretch")
            _icon(run, "up", "arrow_upward", "Earlier", place == 0, launch.move, run.id, place - 1)
            _icon(run, "down", "arrow_downward", "Later", place + 1 == len(waiting), launch.move, run.id, place + 1)
            _icon(run, "out", "close", "Take out", False, launch.cancel, run.id)


def progress_words(status: Status, finishing: bool = False) -> str:
    """What a run is busy with, and the time left; `finishing`: it makes do with what it has learned."""
    words = plain(f"{status.what[:1].upper()}{status.what[1:]}" or "Starting")
    if finishing:
        return f"{words} · finishing with its best so far"
    left = "" if status.eta is None else f" · about {roughly(status.eta)} left"
    return f"{words} · {100 * status.done / status.total:.0f}\u202f%{left}"


def _cancel_button(run: Run) -> None:
    if run.stop_requested():
        st.button(
            "Stopping; end it now", icon=":material/dangerous:", on_click=attempt, args=(launch.cancel, run.id, 0)
        )
    else:
        st.button("Cancel", icon=":material/stop_circle:", on_click=attempt, args=(launch.cancel, run.id))


def _icon(
    run: Run, key: str, icon: str, words: str, disabled: bool, action: Callable[..., object], *arguments: object
) -> None:
    st.button(
        words,
        icon=f":material/{icon}:",
        key=f"{key}-{run.id}",
        type="tertiary",
        disabled=disabled,
        on_click=attempt,
        args=(action, *arguments),
    )


def _state(run: Run) -> str:
    try:
        return run.status().state
    except BadRun:
        return ""
