"""What an audit found, by the rows of a collection."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from covergenre.audit import Audit


@dataclass(frozen=True)
class Finding:
    """What an audit says of one cover in one respect."""

    issue: str
    score: float
    detail: str


class Findings:
    """The findings of an audit. It may be about an earlier table of covers: what it doesn't know is passed over."""

    def __init__(self, report: Audit, paths: Sequence[str], in_use: Callable[[str], bool]) -> None:
        """`paths` of the covers, in the rows' order; `in_use` tells whether the cover of a path was not left out."""
        self.report = report
        self._paths = paths
        self._in_use = in_use
        self.groups = cache(self._groups)
        self.scores = cache(self._scores_of)

    @cached_property
    def issues(self) -> tuple[str, ...]:
        """The issues that grade covers, in the audit's order."""
        return tuple(issue for issue in self.report.thresholds if issue in self._worst)

    @cached_property
    def graded(self) -> tuple[str, ...]:
        """The issues in which any cover has a score above 0."""
        return tuple(issue for issue in self.issues if self._worst[issue] > 0)

    def flagged(self, issue: str) -> list[str]:
        """The paths of the covers that are flagged for an issue, the worst first."""
        return self.report.flagged(issue)["path"].tolist()

    def of(self, path: str) -> list[Finding]:
        """What is flagged about a cover, the worst first."""
        own = self._flagged[self._flagged["path"] == path]
        told = zip(own["issue"], own["score"].tolist(), own["detail"], strict=True)
        return sorted((Finding(*each) for each in told), key=lambda found: -found.score)

    def group(self, path: str, issue: str) -> tuple[str, ...]:
        """The paths of the group that a cover is in, for an issue of groups; () when it is in none."""
        return next((group for group in self.groups(issue) if path in group), ())

    def has_groups(self, issue: str) -> bool:
        """Whether an issue is one of groups, with any found."""
        return bool(self.report.groups(issue))

    def _groups(self, issue: str) -> tuple[tuple[str, ...], ...]:
        """The groups of an issue that are still two or more covers in use, the worst first."""
        left = (tuple(filter(self._in_use, group)) for group in self.report.groups(issue))
        return tuple(group for group in left if len(group) > 1)

    def _scores_of(self, issue: str) -> np.ndarray:
        """The score of each cover in an issue, float64 (n,), NaN where it has none."""
        found = self.report.findings
        own, scores = found[found["issue"] == issue], np.full(len(self._paths), np.nan)
        rows = self._row_of.get_indexer(own["path"])
        there = np.flatnonzero(rows >= 0)[::-1]  # of two findings the first one counts
        scores[rows[there]] = own["score"].to_numpy(np.float64)[there]
        return scores

    @cached_property
    def _row_of(self) -> pd.Index:
        return pd.Index(self._paths)

    @cached_property
    def _worst(self) -> Mapping[str, float]:
        """The worst score of each issue that has any."""
        return self.report.findings.groupby("issue")["score"].max().to_dict()

    @cached_property
    def _flagged(self) -> pd.DataFrame:
        return self.report.findings[self.report.findings["flagged"]]
