"""Studies on the Train page: repeat the experiments of the reference study, follow them, and see the results."""

import time
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from covergenre import home
from covergenre.dataset import registry
from covergenre.embedding.recipe import Recipe
from covergenre.formatting import percent, span
from covergenre.report.ladders import CAVEAT, ladders
from covergenre.runs.notes import method_title
from covergenre.studies.record import Outcome, Study, list_studies, to_csv
from covergenre.studies.study import DEFAULT_EXPERIMENTS, EXPERIMENTS, design, start_study
from pages.train import queue
from pages.train.fields import LIMITS
from pages.train.form import offer_data
from pages.train.run_summary import tail
from pages.widgets.history import run_again
from pages.widgets.safe_text import plain, tidy

POLL = 3.0
_STARTS_WITHIN = 30.0  # seconds from the button to the first sign of the process
_POINTS = ("All", "A few of each")
_PROTOCOLS = {"honest": "Ours: honest split, choices on validation", "reference": "Reference study"}
_WORDS = {
    "ladder": "Genres",
    "k": "Neighbours",
    "variants": "Variants",
    "methods": "Methods",
    "finetune": "Fine-tuning (hours)",
}


def show_studies() -> None:
    """The form to start a study, and the studies."""
    st.markdown(
        "Repeat the experiments of the reference study on your covers: with more and more genres, neighbours and "
        "variants, and with every method on all genres."
    )
    names = registry.names()
    if names:
        _show_form(names)
    else:
        offer_data()
    studies = list_studies()
    if studies:
        known = {study.folder.name: study for study in studies}
        name = st.selectbox("Study", list(known), format_func=lambda name: _title(known[name]), key="study")
        _show(known[name])


def _show_form(names: tuple[str, ...]) -> None:
    with st.expander("Start or continue a study", icon=":material/science:", expanded=not list_studies()):
        left, right = st.columns(2)
        left.selectbox("Data set", names, format_func=tidy, key="study_dataset", persist_state="session")
        right.selectbox("Protocol", list(_PROTOCOLS), format_func=_PROTOCOLS.get, key="study_split")
        only = st.pills(
            "Experiments",
            EXPERIMENTS,
            selection_mode="multi",
            default=DEFAULT_EXPERIMENTS,
            format_func=_WORDS.get,
            key="study_only",
            wrap=True,
        )
        left.selectbox("Covers shrunk to", list(LIMITS.values()), key="study_limit")
        right.selectbox("Points", _POINTS, key="study_quick")
        st.button(
            "Start",
            type="primary",
            icon=":material/play_arrow:",
            disabled=not only,
            on_click=queue.attempt,
            args=(_begin,),
        )


def _begin() -> None:
    """Start the study that the form is set to."""
    state = st.session_state
    limit = next(pixels for pixels, words in LIMITS.items() if words == state.study_limit)
    asked = design(
        registry.open_dataset(state.study_dataset),
        state.study_split,
        state.study_only,
        state.study_quick != _POINTS[0],
        recipe=Recipe(limit=limit),
    )
    start_study(asked)
    state.study = asked.folder.name
    state.study_started = time.monotonic()


def _title(study: Study) -> str:
    size = f", {study.recipe.limit} px" if study.recipe.limit else ""
    return f"{tidy(study.dataset)}, {len(study.genres)} genres, {study.split} split{size}"


def _show(study: Study) -> None:
    """The progress of a study while it runs, and its results."""
    poll = study.is_running() or _is_starting(study)

    @st.fragment(run_every=POLL if poll else None)
    def drawn() -> None:
        running = study.is_running()
        if running:
            st.session_state.pop("study_started", None)
        starting = not running and _is_starting(study)
        if poll and not (running or starting):
            run_again()
        queue.show_error()
        _show_progress(study, running, starting)
        _show_outcomes(study)

    drawn()


def _is_starting(study: Study) -> bool:
    """Whether its process may still start: it has given no sign yet, and the study is not complete."""
    waited = time.monotonic() - st.session_state.get("study_started", -_STARTS_WITHIN)
    return waited < _STARTS_WITHIN and not set(study.points) <= {outcome.key for outcome in study.outcomes()}


def _show_progress(study: Study, running: bool, starting: bool) -> None:
    made = {outcome.key for outcome in study.outcomes()} & set(study.points)
    if running:
        with st.container(horizontal=True, vertical_alignment="center"):
            text = f"{len(made)} of {len(study.points)} points · {plain(study.activity(), 120)}"
            st.progress(len(made) / max(len(study.points), 1), text)
            st.button(
                "Stop", icon=":material/stop_circle:", disabled=study.stop_requested(), on_click=study.request_stop
            )
    elif starting:
        st.caption("Starting …")
    elif len(made) < len(study.points):
        st.caption(f"Stopped at {len(made)} of {len(study.points)} points. Start it again to continue.")
        if last := tail(study.folder / "log.txt", 4):
            st.code(last, language=None, wrap_lines=True)


def _show_outcomes(study: Study) -> None:
    outcomes = study.current_outcomes()
    if not outcomes:
        return
    st.markdown(f"{CAVEAT} Bars are 95 % intervals.")
    st.markdown(ladders(study), unsafe_allow_html=True)
    st.header("All points", anchor=False)
    st.dataframe(frame(outcomes), hide_index=True, alt="All points with their figures and the published ones")
    st.download_button(
        "Download as CSV", lambda: to_csv(outcomes), f"{study.folder.name}.csv", "text/csv", icon=":material/download:"
    )
    st.caption(plain(str(study.folder.relative_to(home.home()) / "table.csv"), 200))


def frame(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """All outcomes as a table."""
    rows = [
        (
            method_title(each.method),
            each.what,
            f"{percent(each.accuracy.value, 1)} ({span(each.accuracy)})",
            f"{percent(each.f1_weighted.value, 1)} ({span(each.f1_weighted)})",
            "" if each.published is None else percent(each.published, 1),
            each.covers,
            each.seconds,
        )
        for each in outcomes
    ]
    columns = ("method", "what", "accuracy", "F1, weighted", "published", "test covers", "seconds")
    return pd.DataFrame(rows, columns=list(columns))
