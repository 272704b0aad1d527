"""Review of doubtful labels, one cover at a time: the suggestion beside the picture, a key for each answer."""

from typing import Literal

import streamlit as st

from covergenre.errors import CoverGenreError
from covergenre.formatting import counted, percent
from covergenre.inspection.doubtful_labels import DoubtfulLabel, doubtful_labels
from covergenre.repair import review
from covergenre.repair.repair import history
from pages.explore.actions import report_repair
from pages.explore.cover import show_picture
from pages.explore.messages import reporting_errors
from pages.explore.places import open_cover
from pages.explore.tiles import show_covers
from pages.explore.workspace import Workspace
from pages.widgets.genres import GENRES, css_colour, inline, named
from pages.widgets.safe_text import plain, sentence

_LATER = "review later"
_NEAREST = 4


def show_review(opened: Workspace) -> None:
    """The next doubtful label, or the end of the review."""
    if not opened.dataset.writable:
        st.info("The labels of this data set can't be changed.", icon=":material/lock:")
        return
    report = opened.inspection.audit
    if why := report.skipped.get("wrong labels"):
        st.info(f"Labels were not checked: {plain(why, 200)}.", icon=":material/info:")
        return
    _loop(opened)


@st.fragment
def _loop(opened: Workspace) -> None:
    try:
        decisions = review.read_decisions(opened.dataset)
    except CoverGenreError as error:
        st.error(sentence(str(error)))
        return
    found = doubtful_labels(opened.inspection.audit, opened.dataset.manifest)
    later = st.session_state.setdefault(_LATER, [])
    left = sorted((doubt for doubt in found if doubt.label not in decisions), key=lambda doubt: doubt.label in later)
    plan = review.plan_decisions(opened.dataset.manifest, decisions)
    if not left:
        _show_end(opened, len(found), len(plan.edits))
        return
    _show_progress(opened, len(found) - len(left), len(found), len(plan.edits), bool(decisions))
    _show_doubt(opened, left[0])


def _show_progress(opened: Workspace, done: int, total: int, changes: int, can_go_back: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="review-bar"):
        st.progress(done / total, f"{done:,} of {counted(total, 'doubtful label')} decided")
        st.button("Back", icon=":material/undo:", shortcut="B", key="review-back", disabled=not can_go_back,
                  on_click=_take_back, args=(opened,), help="Undo the last decision")  # fmt: skip
        if changes:
            _show_settle(opened, changes, "secondary")


def _show_settle(opened: Workspace, changes: int, kind: Literal["primary", "secondary"]) -> None:
    if st.button(f"Apply {counted(changes, 'change')}", icon=":material/build:", key="settle", type=kind):
        with reporting_errors():
            review.apply_decisions(opened.dataset)
            report_repair(opened, history(opened.dataset)[-1], "Reviewed labels")
        st.rerun()


def _show_end(opened: Workspace, total: int, changes: int) -> None:
    if not total:
        st.success("No labels are doubtful.", icon=":material/check:")
        st.caption("To check more labels, lower the threshold under Findings › Wrong labels.")
        return
    st.success(f"All {counted(total, 'doubtful label')} decided.", icon=":material/check:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if changes:
            _show_settle(opened, changes, "primary")
        st.button("Back", icon=":material/undo:", shortcut="B", key="review-back", on_click=_take_back, args=(opened,))
    if changes:
        st.caption("Applied as one repair, which can be undone. The data set is then checked again.")


def _show_doubt(opened: Workspace, doubt: DoubtfulLabel) -> None:
    covers = opened.covers
    row = covers.row_of(doubt.path)
    left, right = st.columns([2, 3], gap="large")
    with right:
        head = st.container()
        _show_answers(opened, doubt)  # before the picture, so that a key never answers for the previous cover
    with head:
        st.header(plain(covers.title(row), 120), anchor=False)
        st.markdown(
            f'<p class="doubt">Labelled {_dot(doubt.genre)}, looks like {_dot(doubt.suggested)} '
            f"<span>{percent(doubt.probability)}</span></p>",
            unsafe_allow_html=True,
        )
    with left, st.container(key="review-cover"):
        show_picture(covers, row)
    with right:
        near = dict(covers.like(row, _NEAREST))
        st.caption("Most similar covers")
        show_covers(covers, list(near), "review", open_cover)


def _show_answers(opened: Workspace, doubt: DoubtfulLabel) -> None:
    suggested, own = inline(plain(doubt.suggested, 24)), inline(plain(doubt.genre, 24))
    with st.container(horizontal=True, gap="small", key="answers"):
        for label, icon, key, becomes in (
            (f"It is {suggested}", "check", "A", doubt.suggested),
            (f"Keep {own}", "lock", "K", doubt.genre),
            ("Leave out", "block", "X", ""),
        ):
            st.button(label, icon=f":material/{icon}:", shortcut=key, key=f"answer-{key}",
                      type="primary" if key == "A" else "secondary",
                      on_click=_decide, args=(opened, doubt, becomes))  # fmt: skip
        st.button("Later", icon=":material/schedule:", shortcut="L", type="tertiary", key="answer-L",
                  on_click=_put_off, args=(doubt,))  # fmt: skip
    key_of_other = f"other genre of {doubt.path}"

    def decide_other() -> None:
        if genre := st.session_state[key_of_other]:
            _decide(opened, doubt, genre)

    others = [
        genre for genre in sorted({*opened.covers.genres, *GENRES}) if genre not in (doubt.genre, doubt.suggested)
    ]
    st.selectbox(
        "Another genre",
        others,
        index=None,
        placeholder="Another genre",
        format_func=named,
        key=key_of_other,
        label_visibility="collapsed",
        on_change=decide_other,
        width=220,
    )


def _dot(genre: str) -> str:
    dot = f'<span class="dot" style="background: {css_colour(genre)}"></span>'
    return f'<b class="genre">{dot}{named(genre)}</b>'


def _decide(opened: Workspace, doubt: DoubtfulLabel, becomes: str) -> None:
    with reporting_errors():
        if doubt.label not in review.read_decisions(opened.dataset):  # unless a key was pressed twice
            review.decide(opened.dataset, doubt.label, becomes)


def _put_off(doubt: DoubtfulLabel) -> None:
    later = st.session_state[_LATER]
    if doubt.label in later:
        later.remove(doubt.label)
    later.append(doubt.label)


def _take_back(opened: Workspace) -> None:
    with reporting_errors():
        review.undo_last(opened.dataset)
