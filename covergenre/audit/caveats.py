"""What of an audit bears on training, kept in `audit/facts.json` of a data set so that it is there at once."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from covergenre.audit.cues import one_source
from covergenre.audit.findings import Audit
from covergenre.dataset.manifest import fingerprint, usable
from covergenre.dataset.registry import Dataset
from covergenre.files import read_json, replace_json, where_allowed

COUNTED = ("wrong labels", "contradicting labels", "exact duplicates", "near duplicates")
"""The issues whose covers are counted."""

_MOST_ARE_AS_LARGE = 0.05  # the share of covers that may be smaller than `Caveats.side`


@dataclass(frozen=True)
class Caveats:
    """About the covers of `dataset_hash` (see `manifest.fingerprint`).

    `cues`: by genre, the AUC of each cue that gives it away. `one_source`: the genres whose covers come from one of
    several sources, and that source. `side`: the pixels that nearly all covers have along their longer side.
    `flagged`: by issue of `COUNTED` and genre, how many covers are flagged; an issue that wasn't judged is missing.
    """

    dataset_hash: str
    cues: Mapping[str, Mapping[str, float]]
    one_source: Mapping[str, str]
    side: int
    flagged: Mapping[str, Mapping[str, int]]


def find_caveats(dataset: Dataset, report: Audit) -> Caveats:
    """The facts in an audit of the data set."""
    covers, told = usable(dataset.manifest), report.cue_genres
    told = told[told["auc"] >= report.thresholds["spurious cues"]]
    genre_of = covers.set_index("path")["genre"]
    return Caveats(
        fingerprint(dataset.manifest),
        {genre: dict(zip(own["cue"], own["auc"].round(3), strict=True)) for genre, own in told.groupby("genre")},
        one_source(covers),
        int(covers[["width", "height"]].max(axis=1).quantile(_MOST_ARE_AS_LARGE)) if len(covers) else 0,
        {issue: _by_genre(report, issue, genre_of) for issue in COUNTED if issue not in report.skipped},
    )


def write_caveats(dataset: Dataset, report: Audit) -> None:
    """Keep them with the data set, where that may be written to."""
    with where_allowed():
        replace_json(_file(dataset.folder), asdict(find_caveats(dataset, report)))


def read_caveats(dataset: Dataset) -> Caveats | None:
    """The facts that were kept; None when there are none about the covers as they are."""
    try:
        facts = Caveats(**read_json(_file(dataset.folder)))
    except (OSError, ValueError, TypeError):
        return None
    return facts if facts.dataset_hash == fingerprint(dataset.manifest) else None


def _by_genre(report: Audit, issue: str, genre_of: pd.Series) -> dict[str, int]:
    return report.flagged(issue)["path"].map(genre_of).value_counts().to_dict()


def _file(folder: Path) -> Path:
    return folder / "audit" / "facts.json"
