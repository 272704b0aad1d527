"""What an audit found, a card an issue; and the groups of an issue side by side."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from covergenre.audit import ISSUES, THRESHOLDS, Audit, Issue
from covergenre.collection.collection import Collection
from covergenre.formatting import counted, percent
from covergenre.inspection.proposal import health
from covergenre.repair import repair
from pages.explore.actions import carry_out
from pages.explore.address import go, show_pager
from pages.explore.filters import ISSUE
from pages.explore.selection import select
from pages.explore.tiles import show_covers
from pages.explore.workspace import Workspace, set_threshold
from pages.widgets.figures import table
from pages.widgets.genres import display, inline
from pages.widgets.menus import menu
from pages.widgets.safe_text import plain

VIEW = "see"
GROUPS, GROUP_PAGE = "groups", "group_sheet"
A_PAGE = 8
_ALIKE = 4  # of a group that are shown


def show_findings(opened: Workspace, open_cover: Callable[[str], None], to_gallery: Callable[..., None]) -> None:
    """The cards, or the groups of the issue that was opened; `to_gallery` is called when a gallery is asked for."""
    report = opened.inspection.audit
    asked = st.query_params.get(GROUPS, "")
    if asked and opened.covers.findings.has_groups(asked):
        _show_groups(opened, asked, open_cover)
        return
    counts = dict(zip(report.summary["issue"], report.summary["count"], strict=True))
    changed = {issue.name for issue in ISSUES if report.thresholds[issue.name] != issue.threshold}
    shown = [issue for issue in ISSUES if counts.get(issue.name) or issue.name in changed & set(counts)]
    found = sorted(shown, key=lambda issue: -counts[issue.name])
    show_health(opened)
    for place, (grave, title) in enumerate(((True, "Makes every figure wrong"), (False, "Worth a look"))):
        if some := [issue for issue in found if issue.grave == grave]:
            st.header(title, anchor=False)
            with st.container(key=f"cards-{place}"):
                for issue in some:
                    _show_card(opened, issue, counts[issue.name], to_gallery)
    clean = [display(issue.name) for issue in ISSUES if issue.name in counts and issue not in shown]
    if clean:
        st.markdown(f"**Nothing found:** {', '.join(clean)}.")
    for why in dict.fromkeys(report.skipped.values()):
        names = ", ".join(inline(issue) for issue, reason in report.skipped.items() if reason == why)
        st.caption(f"Not judged: {names}; {plain(why, 200)}.")
    _show_cues(report)


def _show_card(opened: Workspace, issue: Issue, count: int, to_gallery: Callable[..., None]) -> None:
    report = opened.inspection.audit

    def open_gallery() -> None:
        to_gallery(**{ISSUE: issue.name})

    def select_flagged() -> None:
        open_gallery()
        select(path for path in opened.covers.findings.flagged(issue.name) if opened.covers.is_used(path))

    with st.container(border=True, key=f"card-{issue.name.replace(' ', '-')}"):
        st.subheader(f"{display(issue.name)} :gray[{count:,}]", anchor=False)
        st.markdown(f"{issue.meaning} {issue.harm}")
        from_score = f", from a score of {report.thresholds[issue.name]:.2f} on" if opened.dataset.writable else ""
        st.caption(f"{percent(count / report.covers)} of all covers{from_score}.")
        with st.container(horizontal=True, gap="small"):
            st.button("See them", key=f"see-{issue.name}", on_click=open_gallery, icon=":material/grid_view:")
            if opened.dataset.writable and count:
                st.button("Select", key=f"select-{issue.name}", on_click=select_flagged, icon=":material/check_box:",
                          help="See them, all selected: leave out, relabel, tag or take along")  # fmt: skip
            if opened.dataset.writable and issue.name == "wrong labels" and count:
                st.button("Review", key="review-them", on_click=to_review, icon=":material/rate_review:")
            if opened.covers.findings.has_groups(issue.name):
                st.button(
                    "Side by side", key=f"groups-{issue.name}", on_click=_open_groups, args=(issue.name,),
                    icon=":material/compare:",
                )  # fmt: skip
            if opened.dataset.writable:
                _show_threshold(opened, issue.name)


def show_health(opened: Workspace) -> None:
    """In a line, how much of the data set has nothing grave."""
    share = health(opened.inspection, opened.dataset.manifest)
    st.markdown(
        f"**{percent(share)} healthy.** That is the share of covers in use without a defect that makes the figures of "
        "every method wrong."
    )


def to_review() -> None:
    """The labels that are doubted, one after the other."""
    go(**{VIEW: "Review"})


def _show_threshold(opened: Workspace, issue: str) -> None:
    """From which score covers are flagged, and a way to change that."""
    threshold, key = opened.inspection.audit.thresholds[issue], f"from {issue}"
    with menu("Threshold", f"menu {key}", type="tertiary", help="From which score on covers are flagged"):
        st.slider(
            f"Flag {inline(issue)} from a score of",
            0.0,
            1.0,
            threshold,
            0.01,
            key=key,
            on_change=lambda: set_threshold(opened, issue, st.session_state[key]),
        )
        st.caption("Kept with the data set.")
        if threshold != (usual := THRESHOLDS[issue]):
            st.button(f"As usual, {usual:.2f}", key=f"usual {issue}", on_click=_as_usual, args=(opened, issue, key))


def _as_usual(opened: Workspace, issue: str, key: str) -> None:
    st.session_state[key] = THRESHOLDS[issue]
    set_threshold(opened, issue, THRESHOLDS[issue])


def _open_groups(issue: str) -> None:
    go(**{GROUPS: issue, GROUP_PAGE: ""})


def _close_groups() -> None:
    go(**{GROUPS: ""})


def _show_groups(opened: Workspace, issue: str, open_cover: Callable[[str], None]) -> None:
    covers = opened.covers
    st.button("All findings", type="tertiary", icon=":material/arrow_back:", on_click=_close_groups)
    groups = covers.findings.groups(issue)
    st.header(f"{display(issue)} :gray[{counted(len(groups), 'group')}]", anchor=False)
    st.markdown(next(each.meaning for each in ISSUES if each.name == issue))
    if not groups:
        st.info("None left.", icon=":material/check:")
        return
    grid = st.container(key="sets")
    page = show_pager(-(-len(groups) // A_PAGE), GROUP_PAGE)
    with grid:
        for number, paths in enumerate(groups[(page - 1) * A_PAGE : page * A_PAGE]):
            _show_group(opened, issue, number, paths, open_cover)


def _show_group(
    opened: Workspace, issue: str, number: int, paths: tuple[str, ...], open_cover: Callable[[str], None]
) -> None:
    covers = opened.covers
    rows = covers.rows_of(paths)
    notes = {row: covers.column("part")[row] for row in rows} if issue == "leakage" else _sizes(covers, rows)
    best = repair.best_of(opened.dataset.manifest, paths) if issue != "leakage" else ""
    notes |= {row: f"best · {notes[row]}" for row in rows if covers.paths[row] == best}
    rows.sort(key=lambda row: covers.paths[row] != best)
    with st.container(border=True, key=f"set-{number}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            more = f", the first {_ALIKE} are shown" if len(rows) > _ALIKE else ""
            st.markdown(f"{counted(len(rows), 'cover')}{more}", width="stretch")
            if opened.dataset.writable:
                _show_repairs(opened, issue, number, paths)
        show_covers(covers, rows[:_ALIKE], f"group{number}", open_cover, notes)


def _show_repairs(opened: Workspace, issue: str, number: int, paths: tuple[str, ...]) -> None:
    keep, out = repair.keep_one_each(opened.dataset.manifest, [paths]), repair.exclude(paths, issue)
    st.button("Keep the best", key=f"keep-{number}", on_click=carry_out, args=(opened, keep))
    st.button("Leave all out", key=f"out-{number}", on_click=carry_out, args=(opened, out))


def _sizes(covers: Collection, rows: list[int]) -> dict[int, str]:
    widths, heights = covers.column("width"), covers.column("height")
    return {row: f"{widths[row]} × {heights[row]}" for row in rows}


def _show_cues(report: Audit) -> None:
    if report.cues.empty:
        return
    st.header("What gives the genre away without the artwork", anchor=False)
    cues = report.cues.sort_values("balanced_accuracy", ascending=False)
    best = report.cue_genres.sort_values("auc", ascending=False).drop_duplicates("cue").set_index("cue")
    rows = [
        (
            display(cue.cue),
            percent(cue.balanced_accuracy),
            percent(cue.chance),
            _told_best(best, cue.cue),
        )
        for cue in cues.itertuples(index=False)
    ]  # fmt: skip
    st.markdown(
        table(("Cue alone", "Names the genre", "By chance", "Tells best (AUC)"), rows),
        unsafe_allow_html=True,
    )


def _told_best(best: pd.DataFrame, cue: str) -> str:
    if cue not in best.index:
        return ""
    return f"{inline(plain(best.loc[cue, 'genre']))} ({best.loc[cue, 'auc']:.2f})"
