"""What a repair would leave: covers in use, and groups of covers that still have a defect."""

import pandas as pd

from covergenre.dataset.manifest import usable
from covergenre.inspection.examined import Examined

_TITLES = {
    "contradicting labels": "Pictures under two genres",
    "near duplicates": "Groups of near copies",
    "leakage": "Groups across the split",
}


def repair_counts(examined: Examined, before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[str, int, int]]:
    """What a repair makes of a manifest `before`, as (name, before, after)."""
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
