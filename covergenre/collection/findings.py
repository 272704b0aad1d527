"""The findings of an audit, for the covers of a collection."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from covergenre.audit import Audit


@dataclass(frozen=True)
class Finding:
    """One cover, flagged by one issue."""

    issue: str
    score: float
    detail: str


class Findings:
    """The findings of an audit, which may be of an earlier state of the data set: covers it lacks have none."""

    def __init__(self, report: Audit, paths: Sequence[str], in_use: Callable[[str], bool]) -> None:
        """`paths` of the covers by row; `in_use` says whether there is a cover of a path that was not left out."""
        self.report = report
        self._paths = paths
        self._in_use = in_use
        self.groups = cache(self._groups)
        self.scores = cache(self._scores)

    @cached_property
    def issues(self) -> tuple[str, ...]:
        """The issues that score covers, in the audit's order."""
        return tuple(issue for issue in self.report.thresholds if issue in self._worst)

    @cached_property
    def graded(self) -> tuple[str, ...]:
        """The issues in which any cover scores above 0."""
        return tuple(issue for issue in self.issues if self._worst[issue] > 0)

    def flagged(self, issue: str) -> list[str]:
        """The paths of the covers that are flagged for an issue, the worst first."""
        return self.report.flagged(issue)["path"].tolist()

    def of(self, path: str) -> list[Finding]:
        """The findings that flag a cover, the worst first."""
        own = self._flagged[self._flagged["path"] == path].sort_values("score", ascending=False, kind="stable")
        return list(map(Finding, own["issue"], own["score"].tolist(), own["detail"]))

    def group(self, path: str, issue: str) -> tuple[str, ...]:
        """The paths of the group that an issue puts a cover into; () when there is none."""
        return next((group for group in self.groups(issue) if path in group), ())

    def has_groups(self, issue: str) -> bool:
        """Whether an issue found groups of covers."""
        return bool(self.report.groups(issue))

    def _groups(self, issue: str) -> tuple[tuple[str, ...], ...]:
        """The groups of an issue, as paths, that still have two covers in use, the worst first."""
        left = (tuple(filter(self._in_use, group)) for group in self.report.groups(issue))
        return tuple(group for group in left if len(group) > 1)

    def _scores(self, issue: str) -> np.ndarray:
        """The score of each cover in an issue: float64 (n,), NaN where it has none."""
        found = self.report.findings
        own, scores = found[found["issue"] == issue], np.full(len(self._paths), np.nan)
        rows = self._rows.get_indexer(own["path"])
        there = np.flatnonzero(rows >= 0)[::-1]  # of two findings the first counts
        scores[rows[there]] = own["score"].to_numpy(np.float64)[there]
        return scores

    @cached_property
    def _rows(self) -> pd.Index:
        return pd.Index(self._paths)

    @cached_property
    def _worst(self) -> Mapping[str, float]:
        """The worst score of each issue that has any."""
        return self.report.findings.groupby("issue")["score"].max().to_dict()

    @cached_property
    def _flagged(self) -> pd.DataFrame:
        return self.report.findings[self.report.findings["flagged"]]
