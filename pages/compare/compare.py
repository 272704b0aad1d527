"""Pick finished runs: which is better, whether it truly is, where, and on which covers; or look at one closely."""

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
from covergenre.report.ladders import related_studies
from covergenre.report.sections import ABSTENTION_NOTE, CALIBRATION_NOTE, PRECISION_NOTE, Sections
from covergenre.report.tables import comparison_tables, zip_tables
from covergenre.runs.notes import full_name, run_name
from covergenre.runs.record import Run, finished_runs
from pages.compare import selection as compare_selection
from pages.compare.confusion import show_confusion
from pages.compare.covers import show_galleries
from pages.compare.ladders import show_ladders
from pages.compare.settings import show_settings
from pages.widgets.address import go
from pages.widgets.figures import genre_cell
from pages.widgets.genres import show_colours
from pages.widgets.safe_text import plain, sentence

_OF_A_RUN = ("status.json", "run.json")
TABS = ("Figures", "Confusion", "Covers", "Weak spots", "Calibration", "Settings", "Ladders")


@st.cache_resource(max_entries=4, show_spinner=False)
def load_runs(stamp: tuple) -> tuple[Run, ...]:  # noqa: ARG001 (the stamp is the key)
    """The runs that are done, the newest first, and those that ship."""
    return finished_runs()


@st.cache_resource(max_entries=16, show_spinner="Comparing …")
def load(ids: tuple[str, ...], stamp: tuple) -> ComparedRuns:  # noqa: ARG001 (the stamp is part of the key)
    """The runs compared, kept until one of them or a data set changes."""
    return compare_runs([Run.open(run) for run in ids])


@st.cache_resource(max_entries=16, show_spinner="Looking at the covers …")
def load_slices(ids: tuple[str, ...], stamp: tuple) -> tuple[Slice, ...]:
    """Their slices, for which every cover has to be read."""
    return compute_slices(load(ids, stamp))


def times(*files: Path) -> tuple:
    """What tells that one of the files is not as it was."""
    told = []
    for file in files:
        with suppress(OSError):  # a run may be deleted at this very moment
            told.append((str(file), file.stat().st_mtime_ns))
    return tuple(sorted(told))


def stamp_of(runs: Sequence[Run]) -> tuple:
    """What tells that what is said of these runs has to be made anew; other runs may be at work meanwhile."""
    theirs = (run.folder / name for run in runs for name in (*_OF_A_RUN, "predictions.parquet", "model/choices.json"))
    return times(*theirs, *home.datasets().glob("*/manifest.csv"), *home.datasets().glob("*/splits/*.csv"))


def picked_runs() -> None:
    """Other runs were picked: what the address says of the old ones goes."""
    go(run=st.session_state.compare_runs, a="", b="", of="")


def pick(finished: Sequence[Run]) -> tuple[str, ...]:
    """The box of runs; what it holds, which the address says too, so that runs that come later change nothing."""
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
        on_change=picked_runs,
    )
    if gone := [run for run in addressed if run not in names]:
        st.caption(f"Not finished or gone: {plain(', '.join(gone), 200)}.")
    return chosen


def show_downloads(compared: ComparedRuns, ids: tuple[str, ...], stamp: tuple) -> None:
    """The report and the tables."""
    with st.popover("Download", icon=":material/download:"):
        pictures = st.toggle("Covers as small pictures", value=len(compared.runs) < 4)
        st.download_button(
            "Report in one HTML file",
            lambda: html_report(compared, load_slices(ids, stamp), pictures, related_studies(compared)).encode(),
            "comparison.html",
            "text/html",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            "Tables as CSV files",
            lambda: zip_tables(comparison_tables(compared, load_slices(ids, stamp), related_studies(compared))),
            "comparison.zip",
            "application/zip",
            on_click="ignore",
            width="stretch",
        )


def show_figures(parts: Sections) -> None:
    """The headline table, every pair in a sentence, and F1 by genre."""
    st.markdown(parts.headline(), unsafe_allow_html=True)
    st.caption(
        "Beside each figure stands its 95 % interval, drawn on the scale above it. A run is marked best only where a "
        "paired test tells it from every other, by accuracy (McNemar's) and by the figure itself (a bootstrap)."
    )
    if warned := parts.cautions():
        st.header("What speaks against these figures", anchor=False)
        st.markdown(warned, unsafe_allow_html=True)
    if len(parts.compared.runs) > 1:
        st.header("Is the difference real?", anchor=False)
        st.markdown(parts.pairs(), unsafe_allow_html=True)
        st.caption(
            "McNemar's exact test, with Holm's allowance for every other pair. A run is called better only when the "
            "bootstrapped interval of the difference agrees."
        )
    st.header("By genre", anchor=False)
    st.markdown(parts.by_genre(), unsafe_allow_html=True)


def show_weak_spots(compared: ComparedRuns, parts: Sections, cut: tuple[Slice, ...]) -> None:
    """The genres most often mistaken, and the kinds of covers."""
    st.header("Most often mistaken", anchor=False)
    st.markdown(parts.confused(), unsafe_allow_html=True)
    st.caption("Shares of the covers that are truly of the genre, with their 95 % intervals.")
    if cut:
        st.header("By kind of cover", anchor=False)
        st.markdown(parts.slices(cut), unsafe_allow_html=True)
    if all(run.run.spec.split == "honest" for run in compared.runs):
        st.caption("No run was trained on near copies of these covers or on their artists: the split is honest.")


def show_calibration(compared: ComparedRuns, parts: Sections) -> None:
    """Whether the runs are as sure as they should be, what they gain by silence, and what they find."""
    st.markdown(
        "A run that is 70\u202f% sure should be right 7 times in 10: its dots then lie on the dashed line. Rings show "
        "it before its temperature, the one number fitted on validation to mend that; bars count covers."
    )
    diagrams = "".join(parts.reliability(number) for number in range(len(compared.runs)))
    st.markdown(f'<div class="wall">{diagrams}</div>', unsafe_allow_html=True)
    st.caption(CALIBRATION_NOTE)
    st.header("Answering only when sure", anchor=False)
    if told := parts.abstention():
        st.caption(ABSTENTION_NOTE)
        st.markdown(told, unsafe_allow_html=True)
    st.markdown(parts.coverage(), unsafe_allow_html=True)
    st.header("Precision and recall by genre", anchor=False)
    st.caption(PRECISION_NOTE)
    st.markdown(parts.precision(), unsafe_allow_html=True)


def show_nothing() -> None:
    """What to do while there is nothing to compare."""
    st.markdown("No run is finished yet. Train two methods on the same covers, in the app or from the shell:")
    st.code(
        "covergenre demo\ncovergenre train demo --method knn\ncovergenre train demo --method logistic",
        language="bash",
    )


with st.container(key="page"):
    files = (file for name in _OF_A_RUN for file in home.runs().glob(f"*/{name}"))
    finished = load_runs(times(*files, home.starter() / "card.json"))
    alone = [run_name(run) for run in finished if st.query_params.get_all("run") == [run.id]]
    st.title(plain(alone[0]) if alone else "Which run is better?", anchor=False)
    if not finished:
        show_nothing()
        st.stop()
    ids = pick(finished)
    if not ids:
        st.markdown("Pick a run to look at it closely, several to compare them.")
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
