"""What could be repaired of what an audit found, and what that would leave: worked out before anything is changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from covergenre.dataset.manifest import usable
from covergenre.dataset.repair import Plan, join, preview, repaired
from covergenre.dataset.suggest import suggest
from covergenre.inspection.examined import Examined

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
    a defect, as (name, before, after).
    """

    plan: Plan
    changes: pd.DataFrame
    after: pd.DataFrame
    counts: tuple[tuple[str, int, int], ...]


def propose(manifest: pd.DataFrame, examined: Examined, issues: Sequence[str]) -> Proposal:
    """The repairs that `suggest` has for these issues; raises as that does."""
    plans = suggest(manifest, examined.report, issues)
    plan = join(plans.values(), _WHY)
    after, changes = repaired(manifest, plan), preview(manifest, plan)
    changes = changes[changes["column"].isin(("excluded", "genre"))]
    issue_of = {edit.path: issue for issue, each in reversed(plans.items()) for edit in each.edits}
    changes = changes.assign(issue=[issue_of[path] for path in changes["path"]])
    return Proposal(plan, changes, after, tuple(_counts(examined, manifest, after)))


def _counts(examined: Examined, before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[str, int, int]]:
    counts = [("Covers in use", len(usable(before)), len(usable(after)))]
    for issue, title in _TITLES.items():
        if issue not in examined.report.skipped:
            left, later = (_groups_left(examined, issue, manifest) for manifest in (before, after))
            counts.append((title, left, later))
    return counts


def _groups_left(examined: Examined, issue: str, manifest: pd.DataFrame) -> int:
    """How many groups of an issue still have what makes it one: two genres, two parts, or two covers."""
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
    return int((members["path"].map(values).groupby(members["group"]).nunique() > 1).sum())
