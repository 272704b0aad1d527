"""The studies' ladders on the Compare page: what was found here beside what the reference study published."""

import streamlit as st

from covergenre.runs.names import method_title
from covergenre.runs.studies import Study, list_studies, of_part
from pages.widgets import study_view
from pages.widgets.words import tidy


def show_ladders() -> None:
    """The charts of a study, once there is one."""
    studies = {study.folder.name: study for study in list_studies() if study.outcomes()}
    if not studies:
        st.markdown("No study was made yet. The Train page makes them, and so does the shell:")
        st.code("python -m covergenre study demo --quick", language="bash")
        return
    name = st.selectbox(
        "Study", list(studies), format_func=lambda name: _title(studies[name]), key="ladders", persist_state="page"
    )
    st.markdown(
        "Dashed is what the reference study published, of its own covers. Unless these are the very same ones, a "
        "difference of a few points says nothing; its settings were chosen on the covers that it was tested on."
    )
    outcomes = studies[name].outcomes()
    for part, known in study_view.PARTS.items():
        if found := of_part(outcomes, part):
            st.subheader(known.title, anchor=False)
            methods = ", ".join(map(method_title, found))
            st.vega_lite_chart(study_view.chart(outcomes, part), alt=f"{known.title}: the accuracy of {methods}")


def _title(study: Study) -> str:
    return f"{tidy(study.dataset)}, {len(study.genres)} genres, {study.split} split"
