"""The result of an audit: a table of findings and what they rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from covergenre.files import read_arrow, where_allowed, write_arrow

MANY = 200_000
"""Of more findings, those of an `Audit` lie in a file, and a column of them takes memory when it is looked at."""

COLUMNS = ("issue", "path", "score", "flagged", "group", "detail")
NO_GROUP = -1

_TYPES = {"issue": "str", "path": "str", "score": "float64", "flagged": "bool", "group": "int64", "detail": "str"}


@dataclass(frozen=True, eq=False)
class Audit:
    """The findings in a data set, and what they rest on.

    `covers`: how many were looked at, unreadable ones too and excluded ones not. `findings`: one row an issue and
    cover, with `COLUMNS`: score 0-1 (1 is worst), whether that is flagged, the group within its issue (`NO_GROUP`
    where the issue has none), and for flagged covers a sentence. Issues that grade covers have a row for each cover.

    `thresholds`: the score from which covers were flagged, by issue. `skipped`: issues not judged, and why.

    `cues`: columns cue, balanced_accuracy, chance: how well each cue alone predicts the genre, cross-validated.
    `cue_genres`: columns cue, genre, auc: how well it tells one genre from all others (0.5 is chance).
    `likely`: columns path, genre, probability: which genre a usable cover looks like by all covers but its own group;
    empty without vectors.
    """

    dataset: str
    covers: int
    findings: pd.DataFrame
    thresholds: Mapping[str, float]
    skipped: Mapping[str, str]
    cues: pd.DataFrame
    cue_genres: pd.DataFrame
    likely: pd.DataFrame

    @property
    def summary(self) -> pd.DataFrame:
        """Columns issue, count (flagged covers) and share (of `covers`): one row for each issue that was judged."""
        issues = [issue for issue in self.thresholds if issue not in self.skipped]
        counts = self.findings.loc[self.findings["flagged"], "issue"].value_counts().reindex(issues, fill_value=0)
        return pd.DataFrame({"issue": issues, "count": counts.to_numpy(), "share": counts.to_numpy() / self.covers})

    def flagged(self, issue: str) -> pd.DataFrame:
        """The flagged findings of an issue, group by group, the worst first."""
        return self._flagged.get(issue, self.findings[:0])

    def groups(self, issue: str) -> tuple[tuple[str, ...], ...]:
        """The paths of each group of an issue, the worst group first; empty when the issue has no groups."""
        return self._groups.get(issue, ())

    @cached_property
    def _flagged(self) -> Mapping[str, pd.DataFrame]:
        found = self.findings[self.findings["flagged"]]
        grouped = found["group"] != NO_GROUP
        worst = found.groupby(["issue", "group"])["score"].transform("max").where(grouped, found["score"])
        order = found.assign(worst=-worst, own=-found["score"]).sort_values(["worst", "group", "own", "path"])
        return {issue: own.reset_index(drop=True) for issue, own in order[list(COLUMNS)].groupby("issue")}

    @cached_property
    def _groups(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        groups = {}
        for issue, found in self._flagged.items():
            members: dict[int, list[str]] = {}
            for group, path in zip(found["group"], found["path"], strict=True):
                if group != NO_GROUP:
                    members.setdefault(group, []).append(path)
            groups[issue] = tuple(tuple(sorted(paths)) for paths in members.values())
        return groups

    def to_dict(self) -> dict:
        """The report as JSON has it: covers, summary, groups."""
        return {
            "covers": self.covers,
            "summary": self.summary.to_dict("records"),
            "groups": [
                {"issue": issue, "paths": list(paths)} for issue in self.thresholds for paths in self.groups(issue)
            ],
        }


def concat_findings(found: Sequence[pd.DataFrame], file: Path) -> pd.DataFrame:
    """These findings as one table, which is mapped from `file` when it is large."""
    if sum(map(len, found)) > MANY:
        with where_allowed():
            write_arrow([each for each in found if len(each)], file)
            if (mapped := read_arrow(file)) is not None:
                return mapped
    return pd.concat(found, ignore_index=True)


def findings(
    issue: str,
    paths: Sequence[str],
    scores: np.ndarray,
    flagged: np.ndarray,
    details: Sequence[str],
    groups: np.ndarray | None = None,
) -> pd.DataFrame:
    """Findings of one issue; `details` has one text a flagged cover."""
    flagged = np.asarray(flagged, dtype=bool)
    texts = np.full(len(flagged), "", dtype=object)
    texts[flagged] = list(details)
    columns = {
        "issue": issue,
        "path": list(paths),
        "score": np.asarray(scores),
        "flagged": flagged,
        "group": NO_GROUP if groups is None else groups,
        "detail": texts,
    }
    return pd.DataFrame(columns, columns=list(COLUMNS)).astype(_TYPES)
