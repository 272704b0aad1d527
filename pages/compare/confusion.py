"""Confusion matrices of two runs, side by side or as a difference; a click on a cell shows its covers."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.evaluation.confusion import order
from covergenre.report.sections import Sections
from pages.compare import cells, matrix
from pages.compare import selection as compare_selection
from pages.compare.covers import show_covers
from pages.compare.selection import choose_pair
from pages.widgets.address import go
from pages.widgets.genres import display
from pages.widgets.safe_text import plain

_WIDE = 12  # with more genres than this, a matrix takes the whole width


def show_confusion(compared: ComparedRuns, parts: Sections) -> None:
    """Two matrices or their difference, and the covers of a cell."""
    st.session_state.setdefault("compare_rounds", [0, 0])
    a, b = choose_pair(compared)
    with st.container(horizontal=True, gap="medium", key="compare_controls"):
        view = _control("View", ("Side by side", "Difference"), "compare_matrices") if a is not b else ""
        by = _control("Genres by", ("similarity", "size", "alphabet"), "compare_order")
        if view != "Difference":
            measure = _control("Cells show", tuple(matrix.MEASURES), "compare_measure", matrix.MEASURES.get)
    total = np.sum([run.evaluation.confusion for run in compared.runs], axis=0)
    places = list(order(total, compared.genres, by))
    cell = compare_selection.cell(st.query_params, compared, a, b)
    if view == "Difference":
        with st.container(width="stretch" if len(places) > _WIDE else 820):
            _show_difference(compared, a, b, places, cell)
    else:
        sides = st.columns(2, gap="medium") if len(places) <= _WIDE else (st.container(), st.container())
        for side, run in enumerate(dict.fromkeys((a, b))):
            with sides[side]:
                _show_matrix(compared, run, side, places, measure, cell)
    _show_cell(compared, parts, a, b, cell)


def _control(label: str, options: tuple[str, ...], key: str, words: Callable[[str], str] = str) -> str:
    return st.segmented_control(
        label, options, default=options[0], format_func=words, required=True, key=key, persist_state="page"
    )


def _show_matrix(
    compared: ComparedRuns, run: ComparedRun, side: int, places: list[int], measure: str, cell: compare_selection.Cell
) -> None:
    """The matrix of one run."""
    genres = [compared.genres[place] for place in places]
    counts = np.array(run.evaluation.confusion)[np.ix_(places, places)]
    st.markdown(f"**{plain(run.name)}**")
    chosen = (cell.true, cell.predicted) if cell.of is run and _is_chosen() else None
    _draw(matrix.cells(counts, genres, measure), genres, chosen, side, run, f"Confusion matrix of {run.name}")


def _show_difference(
    compared: ComparedRuns, a: ComparedRun, b: ComparedRun, places: list[int], cell: compare_selection.Cell
) -> None:
    """How the matrices of two runs differ."""
    genres = [compared.genres[place] for place in places]
    one, other = (np.array(run.evaluation.confusion)[np.ix_(places, places)] for run in (a, b))
    st.markdown(
        f"How many more covers **{plain(a.name)}** has in a cell than **{plain(b.name)}**: orange for more, blue for "
        "fewer. More is better on the diagonal, worse elsewhere."
    )
    table = matrix.difference(one, other, genres, (a.name, b.name))
    chosen = (cell.true, cell.predicted) if _is_chosen() else None
    _draw(table, genres, chosen, 0, cell.of, f"Confusion matrix of {a.name} minus that of {b.name}")


def _draw(
    table: pd.DataFrame, genres: list[str], chosen: tuple[str, str] | None, side: int, run: ComparedRun, alt: str
) -> None:
    """A chart to click into."""
    key = f"matrix-{side}-{st.session_state.compare_rounds[side]}-{run.id}"
    with st.container(key=f"matrix_{side}" if len(genres) <= _WIDE else f"matrix_wide_{side}"):
        st.vega_lite_chart(
            table,
            matrix.chart(genres, "" in set(table["true"]), chosen, st.context.theme.type),
            key=key,
            on_select=lambda: _clicked_cell(side, key, run.id),
            alt=f"{alt}. Click a cell, or choose it below, to see its covers.",
        )


def _is_chosen() -> bool:
    """Whether the address names a cell."""
    return "of" in st.query_params


def _show_cell(
    compared: ComparedRuns, parts: Sections, a: ComparedRun, b: ComparedRun, cell: compare_selection.Cell
) -> None:
    """The select boxes for a cell, and its covers."""
    names, genres = {run.id: run.name for run in (a, b)}, ["", *compared.genres]
    boxes = (
        ("Answers of", list(names), names.get, "compare_of", cell.of.id),
        ("True genre", genres, _any_genre, "compare_true", cell.true),
        ("Predicted", genres, _any_genre, "compare_predicted", cell.predicted),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="compare_cell"):
        for label, options, words, key, value in boxes:
            st.session_state[key] = value
            st.selectbox(label, options, format_func=words, key=key, on_change=_picked_cell)
    if not _is_chosen():
        st.caption("Click a cell to see its covers, or a margin to see a whole genre. The boxes above do the same.")
        return
    st.header(cells.heading(cell), anchor=False)
    st.markdown(cells.sentence(compared, cell))
    if genre := cells.genre_of(cell):
        st.markdown(parts.one_genre(genre), unsafe_allow_html=True)
    rows = cells.covers(compared, cell)
    show_covers(compared, rows, (a, b))


def _picked_cell() -> None:
    """A cell was chosen in the boxes: the matrices drop their selection, so that a click there counts again."""
    state = st.session_state
    go(of=state.compare_of, true=state.compare_true, predicted=state.compare_predicted, sheet="")
    state.compare_rounds = [number + 1 for number in state.compare_rounds]


def _clicked_cell(side: int, key: str, run_id: str) -> None:
    """A cell was clicked: the other matrix drops its selection."""
    if found := matrix.clicked(st.session_state[key].selection):
        go(of=run_id, true=found[0], predicted=found[1], sheet="")
        st.session_state.compare_rounds[1 - side] += 1


def _any_genre(genre: str) -> str:
    """The genre in a select box, where "" is any."""
    return display(genre) or "Any"
