"""The covers of a data set as the Explore page looks among them: filtered, searched, sorted; with their findings."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd

from covergenre.dataset.audit import NO_GROUP, AuditReport
from covergenre.dataset.registry import Dataset
from covergenre.inspection.overview import STATES

NO_PART = "no part"
_LEFT_OUT = STATES[1]


@dataclass(frozen=True)
class Wanted:
    """Which covers to show. Nothing chosen lets all pass, but those left out have to be asked for by their state.

    `issue`: flagged covers only. `picked`: paths chosen on the map. `by`: the issue whose score sorts, worst first.
    """

    genres: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    issue: str = ""
    text: str = ""
    picked: frozenset[str] | None = None
    by: str = ""

    def without(self, field: str, value: str = "") -> "Wanted":
        """The same without one of a field's values, or without that field."""
        now = getattr(self, field)
        if isinstance(now, tuple):
            return replace(self, **{field: tuple(each for each in now if each != value)})
        default = next(each.default for each in fields(self) if each.name == field)
        return replace(self, **{field: default})


@dataclass(frozen=True)
class Finding:
    """What an audit says of one cover in one respect."""

    issue: str
    score: float
    detail: str


class Covers:
    """The rows of a manifest, with their parts and findings."""

    def __init__(
        self,
        dataset: Dataset,
        report: AuditReport | None = None,
        parts: pd.Series | None = None,
        signatures: Mapping[str, bytes] | None = None,
    ) -> None:
        """`report` and `parts` (by path) may be of an earlier manifest: what they don't know is passed over.

        `signatures`, by content hash: where covers have no pictures, what is drawn in their stead.
        """
        self.dataset = dataset
        self.report = report
        self.signatures = signatures
        manifest = dataset.manifest
        self.paths = manifest["path"].tolist()
        self.hashes = manifest["content_hash"].tolist()
        self.genre_of = manifest["genre"].to_numpy(str)
        self.source_of = manifest["source"].to_numpy(str)
        self.state_of = np.select([manifest["excluded"] != "", manifest["problem"] != ""], STATES[1:], STATES[0])
        known = pd.Series(dtype="str") if parts is None else parts
        self.part_of = known.reindex(manifest["path"]).fillna(NO_PART).to_numpy(str)
        self._row_of = {path: row for row, path in enumerate(self.paths)}

    def __len__(self) -> int:
        return len(self.paths)

    def row(self, path: str) -> int | None:
        """The row of a cover, if there is one."""
        return self._row_of.get(path)

    def rows(self, paths) -> list[int]:
        """The rows of those of these paths that are there."""
        return [self._row_of[path] for path in paths if path in self._row_of]

    def title(self, row: int) -> str:
        """What the cover is called: artist and album, else its file."""
        return self._titles[row]

    def select(self, wanted: Wanted) -> np.ndarray:
        """The rows, int64, in the order wanted: the issue's own, by a score, or by path."""
        passing = np.isin(self.state_of, wanted.states) if wanted.states else self.state_of != _LEFT_OUT
        for of, chosen in (
            (self.genre_of, wanted.genres),
            (self.source_of, wanted.sources),
            (self.part_of, wanted.parts),
        ):
            if chosen:
                passing &= np.isin(of, chosen)
        if wanted.picked is not None:
            passing &= np.array([path in wanted.picked for path in self.paths], bool)
        for word in wanted.text.casefold().split():
            passing &= np.array([word in text for text in self._texts], bool)
        rows = self._flagged(wanted.issue) if wanted.issue else np.arange(len(self))
        rows = rows[passing[rows]]
        if wanted.by:
            scores = self.scores(wanted.by)[rows]
            rows = rows[np.argsort(np.where(np.isnan(scores), 1, -scores), kind="stable")]
        return rows

    def scores(self, issue: str) -> np.ndarray:
        """The score of each cover in an issue, float64 (n,), NaN where it has none."""
        return self._scores.get(issue, np.full(len(self), np.nan))

    def findings(self, row: int) -> list[Finding]:
        """What is flagged about a cover, the worst first."""
        if self.report is None:
            return []
        found = self._by_path.get(self.paths[row], ())
        return sorted((Finding(*each) for each in found), key=lambda finding: -finding.score)

    def group(self, row: int, issue: str) -> tuple[str, ...]:
        """The paths of the group that a cover is in, for an issue of groups; () when it is in none."""
        return next((group for group in self.groups(issue) if self.paths[row] in group), ())

    def groups(self, issue: str) -> tuple[tuple[str, ...], ...]:
        """The groups of an issue that are still two or more covers in use, the worst first."""
        if self.report is None:
            return ()
        if issue not in self._groups:
            left = (tuple(path for path in group if self._in_use(path)) for group in self.report.groups(issue))
            self._groups[issue] = tuple(group for group in left if len(group) > 1)
        return self._groups[issue]

    @cached_property
    def scored(self) -> tuple[str, ...]:
        """The issues that grade covers, in the audit's order."""
        return tuple(self._scores)

    @cached_property
    def _groups(self) -> dict[str, tuple[tuple[str, ...], ...]]:
        return {}

    def _in_use(self, path: str) -> bool:
        row = self.row(path)
        return row is not None and self.state_of[row] != _LEFT_OUT

    def _flagged(self, issue: str) -> np.ndarray:
        paths = self.report.flagged(issue)["path"] if self.report else ()
        return np.array(self.rows(paths), np.int64)

    @cached_property
    def _scores(self) -> Mapping[str, np.ndarray]:
        if self.report is None:
            return {}
        table = {}
        for issue, found in self.report.findings.groupby("issue", sort=False):
            scores = pd.Series(found["score"].to_numpy(), index=found["path"].to_numpy())
            table[issue] = scores[~scores.index.duplicated()].reindex(self.paths).to_numpy(np.float64)
        return {issue: table[issue] for issue in self.report.thresholds if issue in table}

    @cached_property
    def _by_path(self) -> Mapping[str, list[tuple[str, float, str]]]:
        found: dict[str, list[tuple[str, float, str]]] = {}
        flagged = self.report.findings[self.report.findings["flagged"]]
        for row in flagged.itertuples(index=False):
            found.setdefault(row.path, []).append((row.issue, row.score, row.detail))
        return found

    @cached_property
    def _titles(self) -> list[str]:
        columns = (self.dataset.manifest[column] for column in ("artist", "album", "name", "ext"))
        return [
            " – ".join(filter(None, (artist, album))) or name + ext
            for artist, album, name, ext in zip(*columns, strict=True)
        ]

    @cached_property
    def _texts(self) -> list[str]:
        columns = (self.dataset.manifest[column] for column in ("path", "artist", "album"))
        return [" ".join(cells).casefold() for cells in zip(*columns, strict=True)]


def has_groups(report: AuditReport, issue: str) -> bool:
    """Whether an issue is one of groups, with any found."""
    found = report.findings
    return bool(((found["issue"] == issue) & found["flagged"] & (found["group"] != NO_GROUP)).any())
