"""The choice of a collection: the covers of the starter or of a finished run."""

import streamlit as st

from covergenre.methods import method
from covergenre.predict import STARTER
from covergenre.runs.default import default_run
from covergenre.runs.record import Run, list_runs
from pages.widgets.safe_text import tidy

KEY = "of"


def choose_collection() -> str:
    """Draw the choice if there are finished runs; the id of the run or the name of the starter, also in the address."""
    runs = [run.id for run in list_runs() if run.status().state == "done"]
    if not runs:
        return STARTER
    options, used = [STARTER, *runs], default_run()
    return st.selectbox(
        "Covers of",
        options,
        index=options.index(used) if used in options else 0,
        format_func=collection_title,
        key=KEY,
        bind="query-params",
        label_visibility="collapsed",
        width=320,
    )


def collection_title(name: str) -> str:
    """The name of a collection, also in an address."""
    if name == STARTER:
        return "The starter"
    spec = Run.open(name).spec
    return f"{tidy(spec.dataset, 24)}, {method(spec.method).title.lower()}, {spec.created:%d %b %H:%M}"
