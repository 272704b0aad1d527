"""Pick finished runs: which is better, whether it truly is, where, and on which covers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from covergenre import home
from covergenre.errors import CoverGenreError
from covergenre.evaluation.confusion import order
from covergenre.report import STYLES
from covergenre.report.document import html_report
from covergenre.report.sections import Sections
from covergenre.report.sheets import sheets, zipped
from covergenre.report.words import verdict
from covergenre.runs.comparison import ComparedRun, ComparedRuns, compare_runs
from covergenre.runs.galleries import galleries
from covergenre.runs.names import run_names
from covergenre.runs.record import Run, list_runs
from covergenre.runs.slices import Slice, slices_of
from pages.widgets import cells, compare_view, matrix
from pages.widgets.cover_grid import cover_grid
from pages.widgets.genres import display
from pages.widgets.sheet import genre_cell
from pages.widgets.words import plain, sentence

LOOK = Path(__file__).parent / "widgets" / "compare.css"
TABS = ("Figures", "Confusion", "Covers", "Weak spots", "Calibration")
ON_A_PAGE = 24
WIDE = 12  # with more genres than this, a matrix takes the whole width


@st.cache_resource(max_entries=4, show_spinner=False)
def finished_runs(_stamp: tuple) -> tuple[Run, ...]:
    """The runs that are done, the newest first."""
    return tuple(run for run in list_runs() if run.status().state == "done")


@st.cache_resource(max_entries=16, show_spinner=False)
def load(ids: tuple[str, ...], _stamp: tuple) -> ComparedRuns:
    """The runs compared, kept until one of them or a data set changes."""
    return compare_runs([Run.open(run) for run in ids])


@st.cache_resource(max_entries=16, show_spinner="Looking at the covers …")
def load_slices(ids: tuple[str, ...], stamp: tuple) -> tuple[Slice, ...]:
    """Their slices, for which every cover has to be read."""
    return slices_of(load(ids, stamp))


def stamp() -> tuple:
    """What tells that a run or a data set is not as it was: its files and their times."""
    files = [*home.runs().glob("*/status.json"), *home.datasets().glob("*/manifest.csv")]
    return tuple(sorted((str(file), file.stat().st_mtime_ns) for file in files))


def go(**places: str | list[str]) -> None:
    """Put these into the address, in one step for whoever goes back; what is empty leaves it."""
    st.query_params.update({name: place or [] for name, place in places.items()})


def follow(name: str, key: str) -> None:
    """Put what a widget was set to into the address."""
    go(**{name: st.session_state[key]})


def picked_runs() -> None:
    """Other runs were picked: what the address says of the old ones goes."""
    go(run=st.session_state.compare_runs, a="", b="", of="")


def picked_cell() -> None:
    """A cell was named by the boxes; the matrices forget which one was clicked, so that a click there is news again."""
    state = st.session_state
    go(of=state.compare_of, true=state.compare_true, predicted=state.compare_predicted)
    state.compare_rounds = [number + 1 for number in state.compare_rounds]


def clicked_cell(side: int, key: str, run_id: str) -> None:
    """A cell was clicked; the other matrix forgets its own."""
    if found := matrix.clicked(st.session_state[key].selection):
        go(of=run_id, true=found[0], predicted=found[1])
        st.session_state.compare_rounds[1 - side] += 1


def pick(finished: Sequence[Run]) -> tuple[str, ...]:
    """The box of runs; what it holds."""
    names = dict(zip((run.id for run in finished), run_names([run.spec for run in finished]), strict=True))
    chosen = compare_view.chosen_runs(st.query_params.get_all("run"), finished)
    st.session_state.compare_runs = list(chosen)
    st.multiselect(
        "Finished runs",
        list(names),
        format_func=names.get,
        max_selections=compare_view.MOST_RUNS,
        key="compare_runs",
        on_change=picked_runs,
    )
    gone = [run for run in st.query_params.get_all("run") if run not in names]
    if gone:
        st.caption(f"Not finished or gone: {plain(', '.join(gone), 200)}.")
    return chosen


def show_downloads(compared: ComparedRuns, ids: tuple[str, ...], stamped: tuple) -> None:
    """The report and the tables."""
    with st.popover("Download", icon=":material/download:"):
        pictures = st.toggle("Covers as small pictures", value=len(compared.runs) < 4)
        st.download_button(
            "Report in one HTML file",
            lambda: html_report(compared, load_slices(ids, stamped), pictures).encode(),
            "comparison.html",
            "text/html",
            on_click="ignore",
            width="stretch",
        )
        st.download_button(
            "Tables as CSV files",
            lambda: zipped(sheets(compared, load_slices(ids, stamped))),
            "comparison.zip",
            "application/zip",
            on_click="ignore",
            width="stretch",
        )


def choose_pair(compared: ComparedRuns) -> tuple[ComparedRun, ComparedRun]:
    """The two runs to look at closely; asked for only where there are more."""
    a, b = compare_view.pair(st.query_params, compared)
    if len(compared.runs) == 2:
        return a, b
    names = {run.id: run.name for run in compared.runs}
    with st.container(horizontal=True, gap="medium"):
        for name, label, run, other in (("a", "One run", a, b), ("b", "Other run", b, a)):
            key = f"compare_{name}"
            st.session_state[key] = run.id
            st.selectbox(
                label,
                [each for each in names if each != other.id],
                format_func=names.get,
                key=key,
                on_change=follow,
                args=(name, key),
                width=320,
            )
    return a, b


def show_figures(parts: Sections) -> None:
    """The headline table, every pair in a sentence, and F1 by genre."""
    st.markdown(parts.headline(), unsafe_allow_html=True)
    st.caption(
        "Beside each figure stands its 95 % interval; in a row all lines share one scale. A run is marked best only "
        "where the paired test says so."
    )
    st.subheader("Is the difference real?", anchor=False)
    st.markdown(parts.pairs(), unsafe_allow_html=True)
    st.caption(
        "McNemar's exact test, with Holm's allowance for every other pair. A run is called better only when the "
        "bootstrapped interval of the difference agrees."
    )
    st.subheader("By genre", anchor=False)
    st.markdown(parts.by_genre(), unsafe_allow_html=True)


def show_confusion(compared: ComparedRuns, parts: Sections) -> None:
    """Two matrices or their difference, and the covers of a cell."""
    a, b = choose_pair(compared)
    with st.container(horizontal=True, gap="medium", key="compare_controls"):
        view = control("View", ("Side by side", "Difference"), "compare_matrices")
        measure = control("Cells show", tuple(matrix.MEASURES), "compare_measure", matrix.MEASURES.get)
        by = control("Genres by", ("similarity", "size", "alphabet"), "compare_order")
    total = np.sum([run.evaluation.confusion for run in compared.runs], axis=0)
    places = list(order(total, compared.genres, by))
    cell = compare_view.cell(st.query_params, compared, a, b)
    if view == "Difference":
        show_difference(compared, a, b, places, cell)
    else:
        sides = st.columns(2, gap="medium") if len(places) <= WIDE else (st.container(), st.container())
        for side, run in enumerate((a, b)):
            with sides[side]:
                show_matrix(compared, run, side, places, measure, cell)
    show_cell(compared, parts, a, b, cell)


def control(label: str, options: tuple[str, ...], key: str, words=str) -> str:
    """One of a few options."""
    return st.segmented_control(
        label, options, default=options[0], format_func=words, required=True, key=key, persist_state="page"
    )


def show_matrix(
    compared: ComparedRuns, run: ComparedRun, side: int, places: list[int], measure: str, cell: compare_view.Cell
) -> None:
    """The matrix of one run."""
    genres = [compared.genres[place] for place in places]
    counts = np.array(run.evaluation.confusion)[np.ix_(places, places)]
    st.markdown(f"**{plain(run.name)}**")
    chosen = (cell.true, cell.predicted) if cell.of is run and is_chosen() else None
    draw(matrix.cells(counts, genres, measure), genres, chosen, side, run, f"Confusion matrix of {run.name}")


def show_difference(
    compared: ComparedRuns, a: ComparedRun, b: ComparedRun, places: list[int], cell: compare_view.Cell
) -> None:
    """How the matrices of two runs differ."""
    genres = [compared.genres[place] for place in places]
    one, other = (np.array(run.evaluation.confusion)[np.ix_(places, places)] for run in (a, b))
    st.markdown(
        f"How many covers more **{plain(a.name)}** has in a cell than **{plain(b.name)}**: orange where it has more, "
        "blue where it has fewer. On the diagonal more is better, beside it worse."
    )
    table = matrix.difference(one, other, genres, (a.name, b.name))
    chosen = (cell.true, cell.predicted) if is_chosen() else None
    draw(table, genres, chosen, 0, cell.of, f"Confusion matrix of {a.name} less that of {b.name}")


def draw(table, genres: list[str], chosen: tuple[str, str] | None, side: int, run: ComparedRun, alt: str) -> None:
    """A chart to click into."""
    key = f"matrix-{side}-{st.session_state.compare_rounds[side]}-{run.id}"
    with st.container(key=f"matrix_{side}" if len(genres) <= WIDE else f"matrix_wide_{side}"):
        st.vega_lite_chart(
            table,
            matrix.chart(genres, "" in set(table["true"]), chosen, st.context.theme.type),
            key=key,
            on_select=lambda: clicked_cell(side, key, run.id),
            alt=f"{alt}. Click a cell, or name it below, to see its covers.",
        )


def is_chosen() -> bool:
    """Whether the address names a cell."""
    return "of" in st.query_params


def show_cell(compared: ComparedRuns, parts: Sections, a: ComparedRun, b: ComparedRun, cell: compare_view.Cell) -> None:
    """The select boxes that name a cell, and what is in it."""
    names = {run.id: run.name for run in (a, b)}
    boxes = (
        ("Answers of", list(names), names.get, "compare_of", cell.of.id),
        ("True genre", ["", *compared.genres], lambda genre: display(genre) or "Any", "compare_true", cell.true),
        (
            "Answered",
            ["", *compared.genres],
            lambda genre: display(genre) or "Any",
            "compare_predicted",
            cell.predicted,
        ),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="compare_cell"):
        for label, options, words, key, value in boxes:
            st.session_state[key] = value
            st.selectbox(label, options, format_func=words, key=key, on_change=picked_cell)
    if not is_chosen():
        st.caption("Click a cell to see its covers, or a margin to see a whole genre; the boxes above do the same.")
        return
    st.subheader(cells.heading(cell), anchor=False)
    st.markdown(cells.sentence(compared, cell))
    if genre := cells.genre_of(cell):
        st.markdown(parts.one_genre(genre), unsafe_allow_html=True)
    rows = cells.covers(compared, cell)
    show_covers(compared, rows, (cell.of, b if cell.of is a else a), f"{cell.of.id}-{cell.true}-{cell.predicted}")


def any_genre(genre: str) -> str:
    """The genre in a select box, where "" is any."""
    return display(genre) or "Any"


def show_covers(compared: ComparedRuns, rows: np.ndarray, runs: Sequence[ComparedRun], key: str) -> None:
    """A page of covers, and the way to the other pages."""
    if not len(rows):
        st.caption("There is no such cover.")
        return
    slot = st.container()
    pages = -(-len(rows) // ON_A_PAGE)
    page = st.pagination(pages, key=f"page-{key}") if pages > 1 else 1
    with slot, st.container(key="covers"):
        st.markdown(cover_grid(compared, rows[(page - 1) * ON_A_PAGE : page * ON_A_PAGE], runs), unsafe_allow_html=True)


def show_galleries(compared: ComparedRuns) -> None:
    """The covers worth looking at."""
    a, b = choose_pair(compared)
    found = {gallery.key: gallery for gallery in galleries(compared, a, b)}
    st.session_state.compare_show = st.query_params.get("show") if st.query_params.get("show") in found else "only-a"
    st.pills(
        "Which covers",
        list(found),
        format_func=lambda key: f"{plain(found[key].title)} · {len(found[key].rows):,}",
        key="compare_show",
        required=True,
        on_change=follow,
        args=("show", "compare_show"),
        label_visibility="collapsed",
    )
    gallery = found[st.session_state.compare_show]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(plain(gallery.meaning, 300), width="content")
        genre = st.selectbox(
            "Genre",
            ["", *compared.genres],
            format_func=lambda genre: display(genre) or "All genres",
            key="compare_genre",
            label_visibility="collapsed",
            width=180,
            persist_state="page",
        )
    rows = gallery.rows
    if genre:
        rows = rows[compared.labels[rows] == compared.genres.index(genre)]
    show_covers(compared, rows, gallery.runs, f"{gallery.key}-{genre}")


def show_weak_spots(compared: ComparedRuns, parts: Sections, cut: tuple[Slice, ...]) -> None:
    """The genres most often mistaken, and the kinds of covers."""
    st.subheader("Most often mistaken", anchor=False)
    st.markdown(parts.confused(), unsafe_allow_html=True)
    st.caption("Shares of the covers that are truly of the genre, with their 95 % intervals.")
    if cut:
        st.subheader("By kind of cover", anchor=False)
        st.markdown(parts.slices(cut), unsafe_allow_html=True)
    if all(run.run.spec.split == "honest" for run in compared.runs):
        st.caption("No run was trained on near copies of these covers or on their artists: the split is honest.")


def show_calibration(compared: ComparedRuns, parts: Sections) -> None:
    """Whether the runs are as sure as they should be, and what they gain by silence."""
    st.markdown(
        "A run that is 70\u202f% sure should be right 7 times in 10: its dots then lie on the dashed line. Rings show "
        "it before its temperature, the one number fitted on validation to mend that; bars count covers."
    )
    diagrams = "".join(parts.reliability(number) for number in range(len(compared.runs)))
    st.markdown(f'<div class="wall">{diagrams}</div>', unsafe_allow_html=True)
    st.subheader("Answering only when sure", anchor=False)
    st.markdown(parts.coverage(), unsafe_allow_html=True)


def show_nothing(finished: Sequence[Run]) -> None:
    """What to do while there is nothing to compare."""
    have = "No run is finished yet." if not finished else "Only one run is finished."
    st.markdown(f"{have} To compare, train two methods on the same covers, in the app or from the shell:")
    st.code(
        "python -m covergenre demo\n"
        "python -m covergenre train demo --method knn\n"
        "python -m covergenre train demo --method logistic",
        language="bash",
    )


st.session_state.setdefault("compare_rounds", [0, 0])
for style in (*STYLES, LOOK):
    st.html(style)

with st.container(key="page"):
    st.title("Which run is better?", anchor=False)
    stamped = stamp()
    finished = finished_runs(stamped)
    if len(finished) < 2:
        show_nothing(finished)
        st.stop()
    ids = pick(finished)
    if len(ids) < 2:
        st.markdown("Pick at least two runs.")
        st.stop()
    try:
        compared = load(ids, stamped)
    except CoverGenreError as error:
        st.error(sentence(str(error)), title="These runs can't be compared")
        st.stop()
    with st.container(horizontal=True, vertical_alignment="top", horizontal_alignment="distribute"):
        with st.container(key="lead", width="stretch"):
            st.markdown(plain(verdict(compared), 600))
        show_downloads(compared, ids, stamped)
    for each in compared.left_out:
        st.caption(plain(each, 600))
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
            show_weak_spots(compared, parts, load_slices(ids, stamped))
        else:
            show_calibration(compared, parts)
