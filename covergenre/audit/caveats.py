"""Caveats for training on a data set, from its audit; stored in its `audit/facts.json`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

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
    """Caveats about the covers of `dataset_hash` (see `manifest.fingerprint`).

    `cues`: by genre, the AUC of each cue that gives it away. `one_source`: the genres whose covers come from one of
    several sources, and that source. `side`: the pixels that nearly all covers have along their longer side.
    `flagged`: by issue of `COUNTED` and genre, how many covers are flagged; issues that were skipped are missing.
    """

    dataset_hash: str
    cues: Mapping[str, Mapping[str, float]]
    one_source: Mapping[str, str]
    side: int
    flagged: Mapping[str, Mapping[str, int]]


def find_caveats(dataset: Dataset, audit: Audit) -> Caveats:
    """The caveats in an audit of the data set."""
    covers, cues = usable(dataset.manifest), audit.cue_genres
    cues = cues[cues["auc"] >= audit.thresholds["spurious cues"]]
    genre_of = covers.set_index("path")["genre"]

    def by_genre(issue: str) -> dict[str, int]:
        return audit.flagged(issue)["path"].map(genre_of).value_counts().to_dict()

    return Caveats(
        fingerprint(dataset.manifest),
        {genre: dict(zip(own["cue"], own["auc"].round(3), strict=True)) for genre, own in cues.groupby("genre")},
        one_source(covers),
        int(covers[["width", "height"]].max(axis=1).quantile(_MOST_ARE_AS_LARGE)) if len(covers) else 0,
        {issue: by_genre(issue) for issue in COUNTED if issue not in audit.skipped},
    )


def write_caveats(dataset: Dataset, audit: Audit) -> None:
    """Store the caveats with the data set, if it may be written to."""
    with where_allowed():
        replace_json(_file(dataset.folder), asdict(find_caveats(dataset, audit)))


def read_caveats(dataset: Dataset) -> Caveats | None:
    """The stored caveats; None if there are none for the covers as they are now."""
    try:
        caveats = Caveats(**read_json(_file(dataset.folder)))
    except (OSError, ValueError, TypeError):
        return None
    return caveats if caveats.dataset_hash == fingerprint(dataset.manifest) else None


def _file(folder: Path) -> Path:
    return folder / "audit" / "facts.json"
