"""Repairs that the audit suggests, previewed before they are made; and the history, to undo them."""

from datetime import datetime
from functools import partial

import streamlit as st

from covergenre.audit import Audit
from covergenre.errors import CoverGenreError
from covergenre.formatting import counted, percent, span
from covergenre.inspection.effect import measure_effect
from covergenre.inspection.proposal import Proposal
from covergenre.inspection.suggest import REPAIRS, REPAIRS_ON_REQUEST
from covergenre.repair import repair
from covergenre.repair.history import Repair, active_repairs
from covergenre.repair.repair import Edit
from pages.explore.actions import apply_plan
from pages.explore.messages import undo
from pages.explore.tiles import show_covers
from pages.explore.workspace import Workspace, open_proposal
from pages.widgets.address import show_pager
from pages.widgets.genres import display
from pages.widgets.safe_text import plain, sentence
from pages.widgets.watch import jobs, watch

_RECENT = 20
_A_PAGE = 24
_PAGE, _SPARED = "change_sheet", "spared"


def show_repair(opened: Workspace) -> None:
    """Suggested repairs with a preview, and the history."""
    if not opened.dataset.writable:
        st.info(
            "The starter can't be changed: its figures hold for exactly these covers. You can repair data sets of your "
            "own.",
            icon=":material/lock:",
        )
        return
    st.markdown("Repairs change the data set's table, never your files, and can be undone.")
    if not opened.inspection:
        st.info("Look for defects first. Repairs are suggested for what is found.", icon=":material/troubleshoot:")
    elif not opened.is_current:
        st.info("The data set has changed and is being checked again.", icon=":material/hourglass_top:")
    else:
        _show_suggestions(opened, opened.inspection.audit)
    _show_history(opened)


def _show_suggestions(opened: Workspace, report: Audit) -> None:
    counts = dict(zip(report.summary["issue"], report.summary["count"], strict=True))
    known = {issue: how for issue, how in {**REPAIRS, **REPAIRS_ON_REQUEST}.items() if counts.get(issue)}
    st.header("Suggested", anchor=False)
    if not known:
        st.success("No repairs to suggest.", icon=":material/check:")
        return
    with st.container(key="suggested", gap="xsmall"):
        chosen = [
            issue
            for issue, how in known.items()
            if st.checkbox(
                f"**{display(issue)}**: {plain(how, 120)} :gray[{counted(counts[issue], 'cover')}]",
                value=issue in REPAIRS,
                key=f"repair {issue}",
            )
        ]
    try:
        proposal = open_proposal(opened, tuple(chosen), _spared(opened))
    except CoverGenreError as error:
        st.error(sentence(str(error)))
        return
    if not proposal.suggested.edits:
        st.caption("These repairs would not change any cover.")
        return
    _show_changes(opened, proposal)
    _show_counts(proposal)
    _show_accuracy(opened, proposal)
    st.button(
        f"Repair {counted(len(proposal.plan.edits), 'cover')}",
        type="primary",
        icon=":material/build:",
        on_click=apply_plan,
        args=(opened, proposal.plan),
        key="apply",
        disabled=not proposal.plan.edits,
    )


def _spared(opened: Workspace) -> frozenset[str]:
    """The covers that stay as they are, whatever is suggested."""
    return st.session_state.get(_SPARED, {}).get((opened.dataset.name, opened.stamp), frozenset())


def _show_changes(opened: Workspace, proposal: Proposal) -> None:
    """A tile for each change, ticked until it is clicked."""
    covers, paths, spared = opened.covers, list(proposal.notes), _spared(opened)
    edits = {edit.path: edit for edit in proposal.suggested.edits}

    def spare(paths: frozenset[str]) -> None:
        st.session_state[_SPARED] = {(opened.dataset.name, opened.stamp): paths}

    def toggle(path: str) -> None:
        if path in edits:
            spare(spared ^ {path})

    ticked = {edit.path for edit in proposal.plan.edits}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{len(ticked):,} of {counted(len(edits), 'change')}** selected", width="content")
        st.button(
            "Select all", type="tertiary", key="tick-all", on_click=spare, args=(frozenset(),), disabled=not spared
        )
        st.button("Clear", type="tertiary", key="tick-none", on_click=spare, args=(frozenset(edits),),
                  disabled=not ticked)  # fmt: skip
    grid = st.container()
    rows = covers.rows_of(show_pager(paths, _A_PAGE, _PAGE))
    with grid:
        notes = {row: describe(edits.get(path := covers.paths[row]), proposal.notes[path]) for row in rows}
        show_covers(covers, rows, "plan", toggle, notes, ticked)
    st.caption("Selected covers are changed; click one to leave it as it is. Covers marked “best” are kept.")


def _show_counts(proposal: Proposal) -> None:
    """Figures of the data set before and after the repair."""
    before, after = proposal.health
    with st.container(horizontal=True, gap="large", key="effect"):
        meaning = "Covers in use without a defect that makes all figures wrong"
        st.metric("Healthy covers", percent(after), f"was {percent(before)}", delta_color="off", delta_arrow="off",
                  width="content", help=meaning)  # fmt: skip
        for title, left, later in proposal.counts:
            change = f"{later - left:+,}".replace("-", "−") if later != left else None
            st.metric(title, f"{later:,}", change, delta_color="off", delta_arrow="off", width="content")


def _show_accuracy(opened: Workspace, proposal: Proposal) -> None:
    """What the repair does to accuracy; measured on request, because it takes a while."""
    if opened.inspection.units is None or not opened.inspection.split:
        return
    name, about = f"effect on {opened.dataset.name}", hash((opened.stamp, proposal.plan))
    job = jobs().get(name, about)
    if not job:

        def measure() -> None:
            jobs().start(name, "Measuring", partial(measure_effect, opened.inspection, proposal.after), about)

        st.button("Measure accuracy before and after", icon=":material/speed:", on_click=measure,
                  key="measure")  # fmt: skip
    elif job.running:
        watch(job, "effect")
    elif job.state == "done":
        effect = job.result
        st.markdown(
            f"Logistic regression on the same {counted(effect.covers, 'held-out cover')}: "
            f"**{percent(effect.before.value)}** before ({span(effect.before, digits=0)}), "
            f"**{percent(effect.after.value)}** after ({span(effect.after, digits=0)}). "
            "Both are tested on clean covers: those that the repair keeps and that training has no copy of."
        )
    else:
        st.caption(sentence(job.error or "it was stopped"))


def describe(edit: Edit | None, issue: str) -> str:
    """What happens to a cover, in a few words."""
    if edit is None:
        return "best"
    return f"becomes {display(edit.genre)}" if edit.genre else f"out: {issue}"


def _show_history(opened: Workspace) -> None:
    try:
        repairs = repair.history(opened.dataset)
    except CoverGenreError as error:
        st.error(sentence(str(error)))
        return
    if not repairs:
        return
    st.header("History", anchor=False)
    in_effect = {each.number for each in active_repairs(repairs)}
    with st.container(key="repairs", gap="xsmall"):
        for each in reversed(repairs[-_RECENT:]):
            _show_repair(opened, each, each.number in in_effect)


def _show_repair(opened: Workspace, made: Repair, in_effect: bool) -> None:
    when = datetime.fromisoformat(made.when).astimezone()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        covers = counted(len(made.changes), "cover")
        words = f"{made.number} · {plain(made.why, 100)} · {covers} · :gray[{when:%d %b %H:%M}]"
        st.markdown(words if in_effect else f":gray[{words} · undone]", width="stretch")
        if in_effect:
            st.button("Undo", key=f"undo-{made.number}", icon=":material/undo:", on_click=undo,
                      args=(opened.dataset.name, made.number))  # fmt: skip
