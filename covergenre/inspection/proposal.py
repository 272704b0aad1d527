"""A proposal of repairs and its consequences, computed before anything is changed."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import pandas as pd

from covergenre.audit import ISSUES
from covergenre.audit.inspection import Inspection
from covergenre.dataset.manifest import usable
from covergenre.inspection.suggest import suggest
from covergenre.repair.repair import Plan, merge_plans, repaired

_WHY = "the suggested repairs"
_TITLES = {
    "contradicting labels": "Pictures under two genres",
    "near duplicates": "Groups of near copies",
    "leakage": "Groups across the split",
}


@dataclass(frozen=True, eq=False)
class Proposal:
    """A plan and its consequences for a data set.

    `after`: the manifest after the repairs. `counts`: covers in use, and groups that still have a defect, as (name,
    before, after). `health`: before and after, see `health`. `suggested`: the plan with nothing spared; `notes`: for
    each of its covers, by path, the issue for which it is changed, or "" for the best of a group, which is kept.
    """

    plan: Plan
    after: pd.DataFrame
    counts: tuple[tuple[str, int, int], ...]
    health: tuple[float, float]
    notes: Mapping[str, str]
    suggested: Plan


def propose(manifest: pd.DataFrame, inspection: Inspection, issues: Sequence[str], spared: Set[str]) -> Proposal:
    """The repairs that `suggest` has for these issues, except those of the paths `spared`. Raises as `suggest` does."""
    plans = suggest(manifest, inspection.audit, issues)
    suggested = merge_plans(plans.values(), _WHY)
    plan = Plan(_WHY, tuple(edit for edit in suggested.edits if edit.path not in spared))
    after = repaired(manifest, plan)
    healthy = health(inspection, manifest), health(inspection, after)
    counts = [("Covers in use", len(usable(manifest)), len(usable(after)))]
    for issue, title in _TITLES.items():
        if issue not in inspection.audit.skipped:
            left, later = (len(_groups_left(inspection, issue, table)) for table in (manifest, after))
            counts.append((title, left, later))
    return Proposal(plan, after, tuple(counts), healthy, _notes(inspection, plans), suggested)


def health(inspection: Inspection, manifest: pd.DataFrame) -> float:
    """The share of the covers in use, by `manifest`, that have no grave issue (see `Issue.grave`); 1 without covers.

    A group counts while it still has the defect; of duplicates one cover is healthy.
    """
    used = usable(manifest).set_index("path")["genre"]
    report = inspection.audit
    was = inspection.dataset.manifest.set_index("path")["genre"].reindex(used.index)
    unchanged = set(used.index[used == was])
    bad: set[str] = set()
    for issue in (each.name for each in ISSUES if each.grave and each.name not in report.skipped):
        if report.groups(issue):
            spare = 1 if issue.endswith("duplicates") else 0
            bad.update(*(group[spare:] for group in _groups_left(inspection, issue, manifest)))
        else:
            bad |= set(report.flagged(issue)["path"]) & unchanged
    return 1 - len(bad & set(used.index)) / len(used) if len(used) else 1.0


def _notes(inspection: Inspection, plans: Mapping[str, Plan]) -> dict[str, str]:
    """See `Proposal.notes`; the best of a group comes before its copies."""
    edited = {edit.path for plan in plans.values() for edit in plan.edits}
    used = set(usable(inspection.dataset.manifest)["path"])
    notes: dict[str, str] = {}
    for issue, plan in plans.items():
        group_of = {path: group for group in inspection.audit.groups(issue) for path in group}
        for edit in plan.edits:
            kept = (path for path in group_of.get(edit.path, ()) if path in used and path not in edited)
            for path in kept:
                notes.setdefault(path, "")
            notes[edit.path] = issue
    return notes


def _groups_left(inspection: Inspection, issue: str, manifest: pd.DataFrame) -> list[list[str]]:
    """The covers in use of each group that still has its defect: two genres, two parts, or two covers."""
    used = manifest[manifest["excluded"] == ""]
    paths = used["path"].tolist()
    if issue == "leakage":
        values = inspection.split.parts.reindex(paths, fill_value="").tolist() if inspection.split else []
    else:
        values = used["genre"].tolist() if issue == "contradicting labels" else paths
    value_of = dict(zip(paths, values, strict=False))
    groups = ([path for path in group if path in value_of] for group in inspection.audit.groups(issue))
    return [group for group in groups if len({value_of[path] for path in group} - {""}) > 1]
