"""What could be repaired of what an audit found, and what that would leave: worked out before anything is changed."""

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
    """A plan, and what it would make of a data set.

    `after`: the manifest as it would be. `counts`: covers in use, and groups of covers that still have
    a defect, as (name, before, after). `health`: before and after (see there). `notes`: by path, the issue for which
    each cover of the whole suggestion is changed, "" for the best of a group, which stays. `suggested`: all of it.
    """

    plan: Plan
    after: pd.DataFrame
    counts: tuple[tuple[str, int, int], ...]
    health: tuple[float, float]
    notes: Mapping[str, str]
    suggested: Plan


def propose(
    manifest: pd.DataFrame, examined: Inspection, issues: Sequence[str], spared: Set[str] = frozenset()
) -> Proposal:
    """The repairs that `suggest` has for these issues, without those of the paths `spared`; raises as that does."""
    plans = suggest(manifest, examined.audit, issues)
    suggested = merge_plans(plans.values(), _WHY)
    plan = Plan(_WHY, tuple(edit for edit in suggested.edits if edit.path not in spared))
    after = repaired(manifest, plan)
    healthy = health(examined, manifest), health(examined, after)
    counts = tuple(_counts(examined, manifest, after))
    return Proposal(plan, after, counts, healthy, _notes(examined, plans), suggested)


def _counts(examined: Inspection, before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[str, int, int]]:
    counts = [("Covers in use", len(usable(before)), len(usable(after)))]
    for issue, title in _TITLES.items():
        if issue not in examined.audit.skipped:
            left, later = (len(_groups_left(examined, issue, manifest)) for manifest in (before, after))
            counts.append((title, left, later))
    return counts


def health(examined: Inspection, manifest: pd.DataFrame) -> float:
    """The share of the covers in use that nothing grave was found about (see `Issue.grave`), as `manifest` has them.

    1 where no cover is in use. A group counts as long as it has what makes it one; of copies one may stay.
    """
    used = usable(manifest).set_index("path")["genre"]
    report = examined.audit
    was = examined.dataset.manifest.set_index("path")["genre"].reindex(used.index)
    unchanged = set(used.index[used == was])
    bad: set[str] = set()
    for issue in (each.name for each in ISSUES if each.grave and each.name not in report.skipped):
        if report.groups(issue):
            spare = 1 if issue.endswith("duplicates") else 0
            bad.update(*(group[spare:] for group in _groups_left(examined, issue, manifest)))
        else:
            bad |= set(report.flagged(issue)["path"]) & unchanged
    return 1 - len(bad & set(used.index)) / len(used) if len(used) else 1.0


def _notes(examined: Inspection, plans: Mapping[str, Plan]) -> dict[str, str]:
    """By path: the issue for which a cover is changed; "" for the best of a group, which is kept, before its copies."""
    edited = {edit.path for plan in plans.values() for edit in plan.edits}
    used = set(usable(examined.dataset.manifest)["path"])
    notes: dict[str, str] = {}
    for issue, plan in plans.items():
        group_of = {path: group for group in examined.audit.groups(issue) for path in group}
        for edit in plan.edits:
            kept = (path for path in group_of.get(edit.path, ()) if path in used and path not in edited)
            for path in kept:
                notes.setdefault(path, "")
            notes[edit.path] = issue
    return notes


def _groups_left(examined: Inspection, issue: str, manifest: pd.DataFrame) -> list[list[str]]:
    """The covers in use of the groups that still have what makes them one: two genres, two parts, two covers."""
    used = manifest[manifest["excluded"] == ""]
    paths = used["path"].tolist()
    if issue == "leakage":
        values = examined.split.parts.reindex(paths, fill_value="").tolist() if examined.split else []
    else:
        values = used["genre"].tolist() if issue == "contradicting labels" else paths
    value_of = dict(zip(paths, values, strict=False))
    groups = ([path for path in group if path in value_of] for group in examined.audit.groups(issue))
    return [group for group in groups if len({value_of[path] for path in group} - {""}) > 1]
