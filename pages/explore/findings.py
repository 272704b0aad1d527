"""The findings of the audit, one card an issue; the groups of an issue side by side."""

import streamlit as st

from covergenre.audit import ISSUES, THRESHOLDS, Audit, Issue
from covergenre.collection.collection import Collection
from covergenre.formatting import counted, percent
from covergenre.inspection.proposal import health
from covergenre.repair import repair
from pages.explore.actions import apply_plan
from pages.explore.filters import ISSUE
from pages.explore.places import GROUPS, VIEW, open_cover, open_gallery
from pages.explore.selection import select
from pages.explore.tiles import show_covers
from pages.explore.workspace import Workspace, set_threshold
from pages.widgets.address import get, go, show_pager
from pages.widgets.figures import table
from pages.widgets.genres import display, inline
from pages.widgets.menus import menu
from pages.widgets.safe_text import plain

GROUP_PAGE = "group_sheet"
A_PAGE = 8
_SHOWN = 4  # covers of a group


def show_findings(opened: Workspace) -> None:
    """A card for each issue, or the groups of the issue that the address names."""
    report = opened.inspection.audit
    issue_of_groups = get(GROUPS)
    if issue_of_groups and opened.covers.findings.has_groups(issue_of_groups):
        _show_groups(opened, issue_of_groups)
        return
    counts = dict(zip(report.summary["issue"], report.summary["count"], strict=True))
    changed = {issue.name for issue in ISSUES if report.thresholds[issue.name] != issue.threshold}
    shown = [issue for issue in ISSUES if counts.get(issue.name) or issue.name in changed & set(counts)]
    _show_health(opened)
    for grave, title in ((True, "Makes all figures wrong"), (False, "Worth a look")):
        if some := [issue for issue in shown if issue.grave == grave]:
            st.header(title, anchor=False)
            with st.container(key=f"cards-{'grave' if grave else 'other'}"):
                for issue in sorted(some, key=lambda issue: -counts[issue.name]):
                    _show_card(opened, issue, counts[issue.name])
    if clean := [display(issue.name) for issue in ISSUES if issue.name in counts and issue not in shown]:
        st.markdown(f"**Nothing found:** {', '.join(clean)}.")
    for reason in dict.fromkeys(report.skipped.values()):
        names = ", ".join(inline(issue) for issue, why in report.skipped.items() if why == reason)
        st.caption(f"Not checked: {names}; {plain(reason, 200)}.")
    _show_cues(report)


def _show_health(opened: Workspace) -> None:
    share = health(opened.inspection, opened.dataset.manifest)
    st.markdown(
        f"**{percent(share)} healthy:** the share of covers in use without a defect that makes all figures wrong."
    )


def _show_card(opened: Workspace, issue: Issue, count: int) -> None:
    report, writable = opened.inspection.audit, opened.dataset.writable

    def show_flagged() -> None:
        open_gallery(**{ISSUE: issue.name})

    def select_flagged() -> None:
        show_flagged()
        select(path for path in opened.covers.findings.flagged(issue.name) if opened.covers.is_used(path))

    with st.container(border=True, key=f"card-{issue.name.replace(' ', '-')}"):
        st.subheader(f"{display(issue.name)} :gray[{count:,}]", anchor=False)
        st.markdown(f"{issue.meaning} {issue.harm}")
        score = f", with a score of {report.thresholds[issue.name]:.2f} or more" if writable else ""
        st.caption(f"{percent(count / report.covers)} of all covers{score}.")
        with st.container(horizontal=True, gap="xsmall", key=f"acts-{issue.name.replace(' ', '-')}"):
            st.button("Show", key=f"see-{issue.name}", on_click=show_flagged)
            if writable and count:
                st.button("Select", key=f"select-{issue.name}", on_click=select_flagged,
                          help="Show them, all selected: leave out, relabel, tag or download")  # fmt: skip
            if writable and issue.name == "wrong labels" and count:
                st.button("Review", key="review-them", on_click=lambda: go(**{VIEW: "Review"}))
            if opened.covers.findings.has_groups(issue.name):
                st.button("Compare", key=f"groups-{issue.name}",
                          on_click=lambda: go(**{GROUPS: issue.name, GROUP_PAGE: ""}),
                          help="Show the groups of covers side by side")  # fmt: skip
            if writable:
                _show_threshold(opened, issue.name)


def _show_threshold(opened: Workspace, issue: str) -> None:
    """The score from which covers are flagged, to be changed."""
    threshold, default, key = opened.inspection.audit.thresholds[issue], THRESHOLDS[issue], f"from {issue}"

    def reset() -> None:
        st.session_state[key] = default
        set_threshold(opened, issue, default)

    with menu("Threshold", f"menu {key}", type="tertiary", help="The score from which covers are flagged"):
        st.slider(
            f"Flag {inline(issue)} from a score of",
            0.0,
            1.0,
            threshold,
            0.01,
            key=key,
            on_change=lambda: set_threshold(opened, issue, st.session_state[key]),
        )
        st.caption("Stored with the data set.")
        if threshold != default:
            st.button(f"Reset to {default:.2f}", key=f"usual {issue}", on_click=reset)


def _show_groups(opened: Workspace, issue: str) -> None:
    covers = opened.covers
    st.button("All findings", type="tertiary", icon=":material/arrow_back:", on_click=lambda: go(**{GROUPS: ""}))
    groups = covers.findings.groups(issue)
    st.header(f"{display(issue)} :gray[{counted(len(groups), 'group')}]", anchor=False)
    st.markdown(next(each.meaning for each in ISSUES if each.name == issue))
    if not groups:
        st.info("No groups left.", icon=":material/check:")
        return
    grid = st.container(key="sets")
    shown = show_pager(groups, A_PAGE, GROUP_PAGE)
    with grid:
        for number, paths in enumerate(shown):
            _show_group(opened, issue, number, paths)


def _show_group(opened: Workspace, issue: str, number: int, paths: tuple[str, ...]) -> None:
    covers, manifest = opened.covers, opened.dataset.manifest
    rows = covers.rows_of(paths)
    notes = {row: covers.column("part")[row] for row in rows} if issue == "leakage" else _sizes(covers, rows)
    best = repair.best_of(manifest, paths) if issue != "leakage" else ""
    notes |= {row: f"best · {notes[row]}" for row in rows if covers.paths[row] == best}
    rows.sort(key=lambda row: covers.paths[row] != best)
    with st.container(border=True, key=f"set-{number}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            more = f", {_SHOWN} shown" if len(rows) > _SHOWN else ""
            st.markdown(f"{counted(len(rows), 'cover')}{more}", width="stretch")
            if opened.dataset.writable:
                keep_best, drop_all = repair.keep_one_each(manifest, [paths]), repair.exclude(paths, issue)
                st.button("Keep the best", key=f"keep-{number}", on_click=apply_plan, args=(opened, keep_best))
                st.button("Leave all out", key=f"out-{number}", on_click=apply_plan, args=(opened, drop_all))
        show_covers(covers, rows[:_SHOWN], f"group{number}", open_cover, notes)


def _sizes(covers: Collection, rows: list[int]) -> dict[int, str]:
    widths, heights = covers.column("width"), covers.column("height")
    return {row: f"{widths[row]} × {heights[row]}" for row in rows}


def _show_cues(report: Audit) -> None:
    if report.cues.empty:
        return
    st.header("What gives the genre away besides the artwork", anchor=False)
    cues = report.cues.sort_values("balanced_accuracy", ascending=False)
    best = report.cue_genres.sort_values("auc", ascending=False).drop_duplicates("cue").set_index("cue")
    rows = []
    for cue in cues.itertuples(index=False):
        genre = (
            f"{inline(plain(best.loc[cue.cue, 'genre']))} ({best.loc[cue.cue, 'auc']:.2f})"
            if cue.cue in best.index
            else ""
        )
        rows.append((display(cue.cue), percent(cue.balanced_accuracy), percent(cue.chance), genre))
    headings = ("Cue alone", "Balanced accuracy", "By chance", "Best at (AUC)")
    st.markdown(table(headings, rows), unsafe_allow_html=True)
