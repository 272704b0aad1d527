"""The settings of the compared runs, their learning curves, and their models to download."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.report.charts import COLOURS, run_colours
from covergenre.report.sections import Sections
from covergenre.runs.cautions import read_background
from covergenre.runs.export import SNIPPET, export_run
from pages.train import curve
from pages.train.run_summary import settings
from pages.widgets.figures import table
from pages.widgets.safe_text import plain


def show_settings(compared: ComparedRuns, parts: Sections) -> None:
    """The settings side by side, the learning curves, and the models to download."""
    runs = compared.runs
    differ = len(runs) > 1 and st.toggle("Only differences", value=True, key="compare_differ", persist_state="page")
    st.markdown(_settings(parts, runs, differ), unsafe_allow_html=True)
    dark = st.context.theme.type == "dark"
    colours = [COLOURS[number][dark] for number in run_colours([run.run for run in runs])]
    if charts := curve.curves({run.name: run.run.events() for run in runs}, colours):
        st.header("Learning curves", anchor=False)
        curve.show(charts, columns=2)
    own = [run for run in runs if run.run.spec.dataset != "starter"]
    if own:
        st.header("Download the model", anchor=False)
        with st.container(horizontal=True):
            for run in own:
                st.download_button(
                    plain(run.name),
                    partial(export_run, run.run),
                    f"{run.id}.zip",
                    "application/zip",
                    on_click="ignore",
                    icon=":material/download:",
                    key=f"model-{run.id}",
                )
        st.caption(
            "Where covergenre is installed, `python use.py cover.jpg` from the archive predicts the genre of a cover:"
        )
        st.code(SNIPPET, language="python")


def _settings(parts: Sections, runs: Sequence[ComparedRun], differ: bool) -> str:
    known = [
        {**settings(run.run), "Repairs before": "; ".join(read_background(run.run).repairs) or "none known"}
        for run in runs
    ]
    names = dict.fromkeys(name for each in known for name in each)
    rows = [[each.get(name, "–") for each in known] for name in names]
    shown = [(name, row) for name, row in zip(names, rows, strict=True) if not differ or len(set(row)) > 1]
    if not shown:
        return "<p>Their settings are the same.</p>"
    return table(
        ("", *parts.run_headings()), ([plain(name), *(plain(each, 300) for each in row)] for name, row in shown)
    )
