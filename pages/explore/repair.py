"""Repairs that the audit suggests, looked at before they are made; and the history, to undo them."""

from datetime import datetime

import pandas as pd
import streamlit as st

from covergenre.dataset import repair
from covergenre.dataset.audit import AuditReport
from covergenre.dataset.history import Repair, standing
from covergenre.dataset.suggest import REPAIRS, REPAIRS_ON_REQUEST
from covergenre.errors import CoverGenreError
from covergenre.formatting import percent, span
from covergenre.inspection.effect import Effect, measure_effect
from covergenre.inspection.proposal import Proposal, propose
from covergenre.progress import Report, ShouldStop
from pages.explore.cover import carry_out
from pages.explore.open import Opened
from pages.widgets.genres import display
from pages.widgets.safe_text import plain, sentence
from pages.widgets.watch import jobs, watch

ISSUES = "repairs"
_RECENT = 20


def show_repair(opened: Opened) -> None:
    """What could be repaired, what that would change, and what was."""
    if not opened.dataset.writable:
        st.info(
            "This data set can't be repaired: the figures that ship with it are for exactly these covers. Repair a "
            "data set of your own, and train on that.",
            icon=":material/lock:",
        )
        return
    st.markdown("Repairs change the table of the data set, never a file. Each can be undone.")
    if not opened.examined:
        st.info("Look for defects first: repairs are suggested for what is found.", icon=":material/troubleshoot:")
    elif not opened.fresh:
        st.info("The data set changed and is being checked again.", icon=":material/hourglass_top:")
    else:
        _show_suggestions(opened, opened.examined.report)
    _show_history(opened)


def _show_suggestions(opened: Opened, report: AuditReport) -> None:
    counts = dict(zip(report.summary["issue"], report.summary["count"], strict=True))
    known = {issue: how for issue, how in {**REPAIRS, **REPAIRS_ON_REQUEST}.items() if counts.get(issue)}
    st.subheader("Suggested", anchor=False)
    if not known:
        st.success("No more repairs to suggest.", icon=":material/check:")
        return
    with st.container(key="suggested", gap="xsmall"):
        chosen = [
            issue
            for issue, how in known.items()
            if st.checkbox(
                f"**{display(issue)}**: {plain(how, 120)} :gray[{_covers(counts[issue])}]",
                value=issue in REPAIRS,
                key=f"repair {issue}",
            )
        ]
    try:
        proposal = _proposal(opened.dataset.name, opened.stamp, opened.found.number, tuple(chosen), opened)
    except CoverGenreError as error:
        st.error(sentence(str(error)))
        return
    if not proposal.plan.edits:
        st.caption("The repairs chosen would not change any cover.")
        return
    _show_preview(proposal)
    _show_accuracy(opened, proposal)
    st.button(
        f"Repair {_covers(len(proposal.plan.edits))}",
        type="primary",
        icon=":material/build:",
        on_click=carry_out,
        args=(opened, proposal.plan),
        key="apply",
    )


def _show_preview(proposal: Proposal) -> None:
    with st.container(horizontal=True, gap="large", key="effect"):
        for title, before, then in proposal.counts:
            st.metric(title, f"{then:,}", f"{then - before:+,}" if then != before else None, delta_color="off",
                      delta_arrow="off", width="content")  # fmt: skip
    shown = proposal.changes
    st.dataframe(
        pd.DataFrame(
            {
                "Cover": shown["path"],
                "Issue": shown["issue"].map(display),
                "What happens": [what(*row) for row in shown[["column", "before", "after"]].itertuples(index=False)],
            }
        ),
        hide_index=True,
        height=min(len(shown) + 1, 9) * 35 + 3,
        alt="What the repairs would change, a row a cover.",
    )


def _show_accuracy(opened: Opened, proposal: Proposal) -> None:
    """What the repair does to accuracy: measured when asked for, because it takes a while."""
    if opened.examined.units is None or not opened.examined.split:
        return
    name, about = f"effect on {opened.dataset.name}", hash((opened.stamp, proposal.plan))
    job = jobs().get(name, about)
    if not job:
        st.button("Measure the accuracy before and after", icon=":material/speed:", on_click=_measure,
                  args=(opened, proposal, name, about), key="measure")  # fmt: skip
    elif job.running:
        watch(job, "effect")
    elif job.state == "done":
        effect = job.result
        st.markdown(
            f"Logistic regression on the same {_covers(effect.covers)} held out: "
            f"**{percent(effect.before.value)}** before ({span(effect.before, digits=0)}), "
            f"**{percent(effect.after.value)}** after ({span(effect.after, digits=0)}). "
            "Both are judged on the clean test part: covers that the repair keeps, and that training has no copy of."
        )
    else:
        st.caption(sentence(job.error or "it was stopped"))


def _measure(opened: Opened, proposal: Proposal, name: str, about: int) -> None:
    examined = opened.examined

    def work(report: Report, should_stop: ShouldStop) -> Effect:
        return measure_effect(examined, proposal.after, report, should_stop)

    jobs().start(name, "Measuring", work, about)


@st.cache_resource(show_spinner="Thinking of repairs", max_entries=8)
def _proposal(name: str, stamp: int, number: int, issues: tuple[str, ...], _opened: Opened) -> Proposal:  # noqa: ARG001
    return propose(_opened.dataset.manifest, _opened.examined, issues)


def what(column: str, before: str, after: str) -> str:
    """A change in words."""
    if column == "genre":
        return f"{display(before)} becomes {display(after)}"
    return f"left out: {after}" if after else "taken back in"


def _covers(count: int) -> str:
    return f"{count:,} cover" if count == 1 else f"{count:,} covers"


def _show_history(opened: Opened) -> None:
    try:
        repairs = repair.history(opened.dataset)
    except CoverGenreError as error:
        st.error(sentence(str(error)))
        return
    if not repairs:
        return
    st.subheader("History", anchor=False)
    stand = {each.number for each in standing(repairs)}
    with st.container(key="repairs-made", gap="xsmall"):
        for each in reversed(repairs[-_RECENT:]):
            _show_repair(opened, each, each.number in stand)


def _show_repair(opened: Opened, made: Repair, stands: bool) -> None:
    when = datetime.fromisoformat(made.when).astimezone()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = f"{made.number} · {plain(made.why, 100)} · {_covers(len(made.changes))} · :gray[{when:%d %b %H:%M}]"
        st.markdown(words if stands else f":gray[{words} · undone]", width="stretch")
        if stands:
            st.button("Undo", key=f"undo-{made.number}", icon=":material/undo:", on_click=_undo,
                      args=(opened, made.number))  # fmt: skip


def _undo(opened: Opened, number: int) -> None:
    try:
        repair.undo(opened.dataset, number)
    except CoverGenreError as error:
        st.session_state.wrong = str(error)
    else:
        st.toast(f"Repair {number} is undone.", icon=":material/undo:")
