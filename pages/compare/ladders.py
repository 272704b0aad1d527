"""The studies' ladders on the Compare page: what was found here beside what the reference study published."""

import streamlit as st

from covergenre.report.ladders import CAVEAT, ladders, study_title
from covergenre.studies.record import list_studies
from pages.widgets.safe_text import tidy


def show_ladders() -> None:
    """The charts of a study, once there is one."""
    studies = {study.folder.name: study for study in list_studies() if study.current_outcomes()}
    if not studies:
        st.markdown("There is no study yet. Start one on the Train page, or from the shell:")
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
