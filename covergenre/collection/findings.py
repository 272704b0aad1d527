"""What an audit found, by the rows of a collection."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from covergenre.audit import NO_GROUP, AuditReport


@dataclass(frozen=True)
class Finding:
    """What an audit says of one cover in one respect."""

    issue: str
    score: float
    detail: str


class Findings:
    """The findings of an audit. It may be about an earlier table of covers: what it doesn't know is passed over."""

    def __init__(self, report: AuditReport, paths: Sequence[str], in_use: Callable[[str], bool]) -> None:
        """`paths` of the covers, in the rows' order; `in_use` tells whether the cover of a path was not left out."""
        self.report = report
        self._paths = paths
        self._in_use = in_use
        self.groups = cache(self._groups)

    @cached_property
    def issues(self) -> tuple[str, ...]:
        """The issues that grade covers, in the audit's order."""
        return tuple(self._scores)

    @cached_property
    def graded(self) -> tuple[str, ...]:
        """The issues in which any cover has a score above 0."""
        return tuple(issue for issue in self.issues if (self.scores(issue) > 0).any())

    def scores(self, issue: str) -> np.ndarray:
        """The score of each cover in an issue, float64 (n,), NaN where it has none."""
        return self._scores.get(issue, np.full(len(self._paths), np.nan))

    def flagged(self, issue: str) -> list[str]:
        """The paths of the covers that are flagged for an issue, the worst first."""
        return self.report.flagged(issue)["path"].tolist()

    def of(self, path: str) -> list[Finding]:
        """What is flagged about a cover, the worst first."""
        return sorted((Finding(*each) for each in self._by_path.get(path, ())), key=lambda found: -found.score)

    def group(self, path: str, issue: str) -> tuple[str, ...]:
        """The paths of the group that a cover is in, for an issue of groups; () when it is in none."""
        return next((group for group in self.groups(issue) if path in group), ())

    def has_groups(self, issue: str) -> bool:
        """Whether an issue is one of groups, with any found."""
        found = self.report.findings
        return bool(((found["issue"] == issue) & found["flagged"] & (found["group"] != NO_GROUP)).any())

    def _groups(self, issue: str) -> tuple[tuple[str, ...], ...]:
        """The groups of an issue that are still two or more covers in use, the worst first."""
        left = (tuple(filter(self._in_use, group)) for group in self.report.groups(issue))
        return tuple(group for group in left if len(group) > 1)

    @cached_property
    def _scores(self) -> Mapping[str, np.ndarray]:
        table = {}
        for issue, found in self.report.findings.groupby("issue", sort=False):
            scores = pd.Series(found["score"].to_numpy(), index=found["path"].to_numpy())
            table[issue] = scores[~scores.index.duplicated()].reindex(self._paths).to_numpy(np.float64)
        return {issue: table[issue] for issue in self.report.thresholds if issue in table}

    @cached_property
    def _by_path(self) -> Mapping[str, list[tuple[str, float, str]]]:
        found: dict[str, list[tuple[str, float, str]]] = {}
        for row in self.report.findings[self.report.findings["flagged"]].itertuples(index=False):
            found.setdefault(row.path, []).append((row.issue, row.score, row.detail))
        return found
