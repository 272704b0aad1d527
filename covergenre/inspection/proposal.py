"""What could be repaired of what an audit found, and what that would leave: worked out before anything is changed."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import pandas as pd

from covergenre.audit import ISSUES, NO_GROUP
from covergenre.audit.examined import Examined
from covergenre.dataset.manifest import usable
from covergenre.inspection.suggest import suggest
from covergenre.repair.repair import Plan, join, preview, repaired

_WHY = "the suggested repairs"
_TITLES = {
    "contradicting labels": "Pictures under two genres",
    "near duplicates": "Groups of near copies",
    "leakage": "Groups across the split",
}


@dataclass(frozen=True, eq=False)
class Proposal:
    """A plan, and what it would make of a data set.

    `changes`: what becomes of covers, a row each: path, column ("excluded" or "genre"), before, after, and the issue
    that it is for. `after`: the manifest as it would be. `counts`: covers in use, and groups of covers that still have
    a defect, as (name, before, after). `health`: before and after (see there). `notes`: by path, the issue for which
    each cover of the whole suggestion is changed, "" for the best of a group, which stays. `suggested`: all of it.
    """

    plan: Plan
    changes: pd.DataFrame
    after: pd.DataFrame
    counts: tuple[tuple[str, int, int], ...]
    health: tuple[float, float]
    notes: Mapping[str, str]
    suggested: Plan


def propose(
    manifest: pd.DataFrame, examined: Examined, issues: Sequence[str], spared: Set[str] = frozenset()
) -> Proposal:
    """The repairs that `suggest` has for these issues, without those of the paths `spared`; raises as that does."""
    plans = suggest(manifest, examined.report, issues)
    suggested = join(plans.values(), _WHY)
    plan = Plan(_WHY, tuple(edit for edit in suggested.edits if edit.path not in spared))
    after, changes = repaired(manifest, plan), preview(manifest, plan)
    changes = changes[changes["column"].isin(("excluded", "genre"))]
    issue_of = {edit.path: issue for issue, each in reversed(plans.items()) for edit in each.edits}
    changes = changes.assign(issue=[issue_of[path] for path in changes["path"]])
    healthy = health(examined, manifest), health(examined, after)
    counts = tuple(_counts(examined, manifest, after))
    return Proposal(plan, changes, after, counts, healthy, _notes(examined, plans), suggested)


def _counts(examined: Examined, before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[str, int, int]]:
    counts = [("Covers in use", len(usable(before)), len(usable(after)))]
    for issue, title in _TITLES.items():
        if issue not in examined.report.skipped:
            left, later = (_groups_left(examined, issue, manifest) for manifest in (before, after))
            counts.append((title, left, later))
    return counts


def health(examined: Examined, manifest: pd.DataFrame) -> float:
    """The share of the covers in use that nothing grave was found about (see `Issue.grave`), as `manifest` has them.

    1 where no cover is in use. A group counts as long as it has what makes it one.
    """
    used = manifest[(manifest["excluded"] == "") & (manifest["problem"] == "")].set_index("path")["genre"]
    report = examined.report
    was = examined.dataset.manifest.set_index("path")["genre"].reindex(used.index)
    unchanged = set(used.index[used == was])
    bad: set[str] = set()
    for issue in (each.name for each in ISSUES if each.grave and each.name not in report.skipped):
        flagged = report.flagged(issue)
        grouped = bool(flagged["group"].ne(NO_GROUP).any())
        bad |= _in_groups_left(examined, issue, manifest) if grouped else set(flagged["path"]) & unchanged
    return 1 - len(bad & set(used.index)) / len(used) if len(used) else 1.0


def _notes(examined: Examined, plans: Mapping[str, Plan]) -> dict[str, str]:
    """By path: the issue for which a cover is changed; "" for the best of a group, which is kept, before its copies."""
    edited = {edit.path for plan in plans.values() for edit in plan.edits}
    used = set(usable(examined.dataset.manifest)["path"])
    notes: dict[str, str] = {}
    for issue, plan in plans.items():
        group_of = {path: group for group in examined.report.groups(issue) for path in group}
        for edit in plan.edits:
            kept = (path for path in group_of.get(edit.path, ()) if path in used and path not in edited)
            for path in kept:
                notes.setdefault(path, "")
            notes[edit.path] = issue
    return notes


def _groups_left(examined: Examined, issue: str, manifest: pd.DataFrame) -> int:
    """How many groups of an issue are left."""
    return int(_members_left(examined, issue, manifest)["group"].nunique())


def _in_groups_left(examined: Examined, issue: str, manifest: pd.DataFrame) -> set[str]:
    """The covers in them; of copies all but one, for that one may stay."""
    members = _members_left(examined, issue, manifest)
    return set(members.loc[members.duplicated("group") if issue.endswith("duplicates") else slice(None), "path"])


def _members_left(examined: Examined, issue: str, manifest: pd.DataFrame) -> pd.DataFrame:
    """The covers (group, path) of the groups that still have what makes them one: two genres, two parts, two covers."""
    used = manifest[manifest["excluded"] == ""].set_index("path")
    values = {
        "contradicting labels": used["genre"],
        "leakage": examined.split.parts if examined.split else pd.Series(dtype="str"),
    }.get(issue, pd.Series(used.index, index=used.index))
    members = pd.DataFrame(
        [(number, path) for number, group in enumerate(examined.report.groups(issue)) for path in group],
        columns=["group", "path"],
    )
    members = members[members["path"].isin(used.index)]
    different = members["path"].map(values).groupby(members["group"]).transform("nunique")
    return members[different > 1]
