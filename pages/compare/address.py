"""The two runs that the Compare page looks at closely, as its address says (see `compare_selection`)."""

import streamlit as st

from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from pages.compare import selection as compare_selection
from pages.widgets.address import follow


def choose_pair(compared: ComparedRuns) -> tuple[ComparedRun, ComparedRun]:
    """The two runs to look at closely; asked for only where there are more."""
    a, b = compare_selection.pair(st.query_params, compared)
    if len(compared.runs) < 3:
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
