"""The running run and the queue on the Train page."""

from collections.abc import Callable

import streamlit as st

from covergenre.errors import BadRun, CoverGenreError, in_words
from covergenre.formatting import counted, roughly, size
from covergenre.runs import launch
from covergenre.runs.record import Run, Status, list_runs
from pages.train import curve, run_summary
from pages.widgets.safe_text import plain, sentence

_LINES = 12
_ROOM = 2  # curves of a run at work: more would push the rest out of sight


def active() -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """The running runs, usually one at most, and the queue; makes sure that a worker runs."""
    launch.ensure_worker()
    waiting = launch.queued_runs()
    return tuple(run for run in list_runs() if _state(run) == "running"), waiting


def attempt(action: Callable[..., object], *arguments: object) -> None:
    """Run the action of a button; errors are shown on the page."""
    try:
        action(*arguments)
    except (CoverGenreError, OSError) as error:
        st.session_state.train_error = sentence(in_words(error))


def show_error() -> None:
    """Show the error of the last button, once."""
    if error := st.session_state.pop("train_error", ""):
        st.error(error, icon=":material/error:")


def show_running(run: Run) -> None:
    """The running run: progress, curves, resources, log, and a button to stop it."""
    status = run.status()
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{run_summary.title(run)}**, {len(run.spec.genres)} genres", width="content")
        with st.container(horizontal=True, width="content"):
            finish_button(run)
            _cancel_button(run)
    st.progress(min(status.done / status.total, 1.0), progress_words(status, run.is_finishing()))
    curve.show(curve.curves({"": run.events()})[:_ROOM])
    if taken := run.usage():
        st.caption(f"{taken.cores:.1f} processor cores · {size(taken.memory)} of memory")
    show_log(run)


def finish_button(run: Run) -> None:
    """The button to end training early, if there is something to keep."""
    if run.can_finish():
        st.button(
            "Finish now",
            icon=":material/flag:",
            help="Stops training, evaluates the best state so far and keeps it as a model.",
            on_click=attempt,
            args=(launch.finish, run.id),
        )


def show_log(run: Run) -> None:
    """The end of the log."""
    if lines := run_summary.tail(run.folder / "log.txt", _LINES):
        with st.expander("Log", icon=":material/notes:"):
            st.code(lines, language=None, wrap_lines=True)


def show_queue(waiting: tuple[Run, ...]) -> None:
    """The queue in order, with buttons to change it."""
    st.markdown(f"**Queue: {counted(len(waiting), 'run')}**")
    for place, run in enumerate(waiting):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"waits-{place}"):
            st.markdown(f"{place + 1}. {run_summary.title(run)}, {len(run.spec.genres)} genres", width="stretch")
            _icon(run, "up", "arrow_upward", "Move up", place == 0, launch.move, run.id, place - 1)
            _icon(run, "down", "arrow_downward", "Move down", place + 1 == len(waiting), launch.move, run.id, place + 1)
            _icon(run, "out", "close", "Remove from queue", False, launch.cancel, run.id)


def progress_words(status: Status, finishing: bool) -> str:
    """What a run is doing and the time left; `finishing`: it ends with what it has learned."""
    words = plain(f"{status.what[:1].upper()}{status.what[1:]}" or "Starting")
    if finishing:
        return f"{words} · finishing with the best state so far"
    left = "" if status.eta is None else f" · about {roughly(status.eta)} left"
    return f"{words} · {100 * status.done / status.total:.0f}\u202f%{left}"


def _cancel_button(run: Run) -> None:
    if run.stop_requested():
        st.button("Stop now", icon=":material/dangerous:", on_click=attempt, args=(launch.cancel, run.id, 0))
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
