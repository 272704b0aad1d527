"""The table of runs on the Train page: searched, grouped, with settings and a baseline beside the figures."""

from collections.abc import Sequence

import streamlit as st

from covergenre.runs.default import default_run
from covergenre.runs.notes import run_name
from covergenre.runs.record import Run
from covergenre.training.combine import combine
from pages.compare.selection import MOST_RUNS
from pages.train import queue, run_summary
from pages.train.run_summary import RunSummary
from pages.widgets.address import bind, get, get_option, go
from pages.widgets.safe_text import tidy

_ROW_HEIGHT = 36
_IN_SIGHT = 10
_TABLE = {
    "genres": st.column_config.NumberColumn(width="small"),
    "tags": st.column_config.TextColumn(width="medium"),
    "state": st.column_config.TextColumn(width=90),
    "note": st.column_config.TextColumn(width="medium"),
}


def show_table(summaries: Sequence[RunSummary]) -> None:
    """The table of runs; a selected row is opened, several can be compared."""
    st.header("Runs", anchor=False)
    if not summaries:
        st.markdown("No runs yet.")
        return
    runs, baseline, columns, group = _choose_runs(summaries)
    if not runs:
        st.caption("No runs match this search.")
        return
    ids = [each.run.id for each in runs]
    key = f"history-{hash((*ids,))}"  # rows are selected by number, so other runs need another table
    event = st.dataframe(
        run_summary.frame(runs, default_run(), baseline, columns, group),
        column_config=_TABLE,
        hide_index=True,
        row_height=_ROW_HEIGHT,
        height=(min(len(runs), _IN_SIGHT) + 1) * _ROW_HEIGHT + 2,
        on_select=lambda: _selected(ids, key),
        selection_mode="multi-row",
        key=key,
        alt="The runs and their figures. Select a row to open it, several to compare them.",
    )
    done = [runs[row] for row in event.selection.rows if row < len(runs) and runs[row].evaluation]
    if len(done) > 1:
        _show_together([each.run.id for each in done], "Compare")
        st.button("Combine into an ensemble", icon=":material/join:", on_click=queue.attempt, args=(_combine, ids, key))
    elif get("find") and len(known := [each.run.id for each in runs if each.evaluation]) > 1:
        _show_together(known[:MOST_RUNS], "Compare the runs found")


def open_run(run_id: str | None) -> None:
    """Put a run into the address."""
    go(run=run_id or "")


def _choose_runs(summaries: Sequence[RunSummary]) -> tuple[list[RunSummary], RunSummary | None, list[str], str]:
    """Draw the row above the table: the runs that it leaves, the baseline, the settings to show, and the grouping."""
    done = {each.run.id: each for each in summaries if each.evaluation}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input("Search", placeholder="name, data set, tag, setting …", **bind("find", get("find")))
        baseline = st.selectbox("Baseline", ["", *done], **bind("baseline", get_option("baseline", list(done))),
                                format_func=lambda run: tidy(run_name(done[run].run)) if run else "None")  # fmt: skip
        group = st.selectbox("Group by", ["", *run_summary.GROUPS], key="train_group", persist_state="session",
                             format_func=lambda name: name.capitalize() or "Nothing")  # fmt: skip
        names = dict.fromkeys(name for each in summaries for name in run_summary.settings(each.run))
        columns = st.multiselect("Settings as columns", list(names), key="train_columns", persist_state="session")
        hidden = any(each.notes.hidden for each in summaries) and st.toggle("Show hidden runs", key="train_hidden")
    runs = run_summary.search(summaries, text, hidden)
    return run_summary.group_runs(runs, group), done.get(baseline), columns, group


def _show_together(ids: list[str], words: str) -> None:
    st.page_link("pages/compare/compare.py", label=words, icon=":material/balance:", query_params={"run": ids})


def _selected(ids: list[str], key: str) -> None:
    """Open the last of the selected rows."""
    rows = [row for row in st.session_state[key].selection.rows if row < len(ids)]
    open_run(ids[rows[-1]] if rows else None)


def _combine(ids: list[str], key: str) -> None:
    """Combine the selected runs into a new one, and open it."""
    runs = [Run.open(ids[row]) for row in st.session_state[key].selection.rows if row < len(ids)]
    open_run(combine([run for run in runs if run.status().state == "done"]).id)
