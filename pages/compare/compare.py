"""Compare finished runs: which is better, whether the difference is real, where, and on which covers."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import streamlit as st

from covergenre import home
from covergenre.comparison.comparison import ComparedRuns, compare_runs
from covergenre.comparison.slices import Slice, compute_slices
from covergenre.errors import CoverGenreError
from covergenre.report.conclusion import verdict
from covergenre.report.document import html_report
from covergenre.report.ladders import CAVEAT, ladders, related_studies, study_title
from covergenre.report.sections import ABSTENTION_NOTE, CALIBRATION_NOTE, PRECISION_NOTE, Sections
from covergenre.report.tables import comparison_tables, zip_tables
from covergenre.runs.notes import full_name, run_name
from covergenre.runs.record import Run, finished_runs
from covergenre.studies.record import list_studies
from pages.compare import selection as compare_selection
from pages.compare.confusion import show_confusion
from pages.compare.covers import show_galleries
from pages.compare.settings import show_settings
from pages.widgets.address import go
from pages.widgets.figures import genre_cell
from pages.widgets.genres import show_colours
from pages.widgets.safe_text import plain, sentence, tidy

_OF_A_RUN = ("status.json", "run.json")
TABS = ("Figures", "Confusion", "Covers", "Weak spots", "Calibration", "Settings", "Ladders")


@st.cache_resource(max_entries=4, show_spinner=False)
def load_runs(stamp: tuple) -> tuple[Run, ...]:  # noqa: ARG001 (the stamp is the key)
    """The finished runs, the newest first, and those that ship."""
    return finished_runs()


@st.cache_resource(max_entries=16, show_spinner="Comparing …")
def load(ids: tuple[str, ...], stamp: tuple) -> ComparedRuns:  # noqa: ARG001 (the stamp is part of the key)
    """The comparison, cached until one of the runs or a data set changes."""
    return compare_runs([Run.open(run) for run in ids])


@st.cache_resource(max_entries=16, show_spinner="Reading the covers …")
def load_slices(ids: tuple[str, ...], stamp: tuple) -> tuple[Slice, ...]:
    """The slices, for which every cover has to be read."""
    return compute_slices(load(ids, stamp))


def times(*files: Path) -> tuple:
    """The times of the files; they change when one of the files does."""
    known = []
    for file in files:
        with suppress(OSError):  # a run may be deleted at this very moment
            known.append((str(file), file.stat().st_mtime_ns))
    return tuple(sorted(known))


def stamp_of(runs: Sequence[Run]) -> tuple:
    """Changes when these runs have to be compared again; progress of other runs does not count."""
    own = (run.folder / name for run in runs for name in (*_OF_A_RUN, "predictions.parquet", "model/choices.json"))
    return times(*own, *home.datasets().glob("*/manifest.csv"), *home.datasets().glob("*/splits/*.csv"))


def change_runs() -> None:
    """Put the chosen runs into the address, and remove what it says about the old ones."""
    go(run=st.session_state.compare_runs, a="", b="", of="")


def choose_runs(finished: Sequence[Run]) -> tuple[str, ...]:
    """Draw the choice of runs; the address then names them, so that later runs change nothing."""
    names = {run.id: full_name(run) for run in finished}
    addressed = st.query_params.get_all("run")
    emptied = not addressed and st.session_state.get("compare_runs") == []
    chosen = () if emptied else compare_selection.chosen_runs(addressed, finished)
    st.session_state.compare_runs = list(chosen)
    if chosen and not addressed:
        go(run=list(chosen))
    st.multiselect(
        "Finished runs",
        list(names),
        format_func=names.get,
        max_selections=compare_selection.MOST_RUNS,
        key="compare_runs",
        on_change=change_runs,
    )
    if gone := [run for run in addressed if run not in names]:
        st.caption(f"Unfinished or deleted: {plain(', '.join(gone), 200)}.")
    return chosen


def show_downloads(compared: ComparedRuns, ids: tuple[str, ...], stamp: tuple) -> None:
    """The menu to download the report and the tables."""
    with st.popover("Download", icon=":material/download:"):
        pictures = st.toggle("Include thumbnails of covers", value=len(compared.runs) < 4)
        st.download_button(
            "Report (HTML)",
            lambda: html_report(compared, load_slices(ids, stamp), pictures, related_studies(compared)).encode(),
            "comparison.html",
            "text/html",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            "Tables (CSV)",
            lambda: zip_tables(comparison_tables(compared, load_slices(ids, stamp), related_studies(compared))),
            "comparison.zip",
            "application/zip",
            on_click="ignore",
            width="stretch",
        )


def show_figures(parts: Sections) -> None:
    """The table of figures, a sentence on each pair, and F1 by genre."""
    st.markdown(parts.headline(), unsafe_allow_html=True)
    best = (
        " A run is marked best only if paired tests tell it from every other run: McNemar's test of accuracy and a "
        "bootstrap of the figure itself."
    )
    several = len(parts.compared.runs) > 1
    st.caption(f"Figures have 95 % confidence intervals, drawn on the scale above.{best if several else ''}")
    if warned := parts.cautions():
        st.header("Reasons to doubt these figures", anchor=False)
        st.markdown(warned, unsafe_allow_html=True)
    if several:
        st.header("Is the difference real?", anchor=False)
        st.markdown(parts.pairs(), unsafe_allow_html=True)
        st.caption(
            "McNemar's exact test with Holm's correction for the number of pairs. A run is called better only if the "
            "bootstrap interval of the difference agrees."
        )
    st.header("By genre", anchor=False)
    st.markdown(parts.by_genre(), unsafe_allow_html=True)


def show_weak_spots(compared: ComparedRuns, parts: Sections, cut: tuple[Slice, ...]) -> None:
    """The most frequent mistakes, and the figures by kind of cover."""
    st.header("Most frequent mistakes", anchor=False)
    st.markdown(parts.confused(), unsafe_allow_html=True)
    st.caption("Shares of all covers of the true genre, with 95 % confidence intervals.")
    if cut:
        st.header("By kind of cover", anchor=False)
        st.markdown(parts.slices(cut), unsafe_allow_html=True)
    if all(run.run.spec.split == "honest" for run in compared.runs):
        st.caption("The split is honest: no run was trained on near copies of these covers or on their artists.")


def show_calibration(compared: ComparedRuns, parts: Sections) -> None:
    """Whether the stated certainty is right, the gain from leaving unsure covers out, and precision against recall."""
    st.markdown(
        "A run that is 70\u202f% sure should be right 7 times out of 10: its dots then lie on the dashed line. Rings "
        "show the run before calibration, which fits one number, the temperature, on validation; bars count covers."
    )
    diagrams = "".join(parts.reliability(number) for number in range(len(compared.runs)))
    st.markdown(f'<div class="wall">{diagrams}</div>', unsafe_allow_html=True)
    st.caption(CALIBRATION_NOTE)
    st.header("Answering only when sure", anchor=False)
    if gain := parts.abstention():
        st.caption(ABSTENTION_NOTE)
        st.markdown(gain, unsafe_allow_html=True)
    st.markdown(parts.coverage(), unsafe_allow_html=True)
    st.header("Precision and recall by genre", anchor=False)
    st.caption(PRECISION_NOTE)
    st.markdown(parts.precision(), unsafe_allow_html=True)


def show_first_steps() -> None:
    """What to do while there are no finished runs."""
    st.markdown("There are no finished runs yet. Train two methods on the same covers, in the app or from the shell:")
    st.code(
        "covergenre demo\ncovergenre train demo --method knn\ncovergenre train demo --method logistic",
        language="bash",
    )


def show_ladders() -> None:
    """The charts of a study beside the published figures, once there is a study."""
    studies = {study.folder.name: study for study in list_studies() if study.current_outcomes()}
    if not studies:
        st.markdown("There are no studies yet. Start one on the Train page, or from the shell:")
        st.code("covergenre study demo --quick", language="bash")
        return
    name = st.selectbox(
        "Study",
        list(studies),
        format_func=lambda name: tidy(study_title(studies[name])),
        key="ladders",
        persist_state="page",
    )
    st.markdown(CAVEAT)
    st.markdown(ladders(studies[name]), unsafe_allow_html=True)


with st.container(key="page"):
    files = (file for name in _OF_A_RUN for file in home.runs().glob(f"*/{name}"))
    finished = load_runs(times(*files, home.starter() / "card.json"))
    alone = [run_name(run) for run in finished if st.query_params.get_all("run") == [run.id]]
    st.title(plain(alone[0]) if alone else "Which run is better?", anchor=False)
    if not finished:
        show_first_steps()
        st.stop()
    ids = choose_runs(finished)
    if not ids:
        st.markdown("Choose one run to see it in detail, or several to compare them.")
        st.stop()
    stamp = stamp_of([run for run in finished if run.id in ids])
    try:
        compared = load(ids, stamp)
    except CoverGenreError as error:
        st.error(sentence(str(error)), title="These runs can't be compared")
        st.stop()
    with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute"):
        with st.container(key="lead", width="stretch"):
            st.markdown(plain(verdict(compared), 600))
        show_downloads(compared, ids, stamp)
    for each in compared.left_out:
        st.caption(plain(each, 600))
    show_colours(compared.genres)
    parts = Sections(compared, genre_cell)
    tabs = st.tabs(TABS, key="tab", bind="query-params")
    with next(tab for tab in tabs if tab.open):
        opened = st.session_state.tab
        if opened == "Figures":
            show_figures(parts)
        elif opened == "Confusion":
            show_confusion(compared, parts)
        elif opened == "Covers":
            show_galleries(compared)
        elif opened == "Weak spots":
            show_weak_spots(compared, parts, load_slices(ids, stamp))
        elif opened == "Calibration":
            show_calibration(compared, parts)
        elif opened == "Settings":
            show_settings(compared, parts)
        else:
            show_ladders()
