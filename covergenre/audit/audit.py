"""The audit of a data set: every check in one call."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from covergenre.audit import duplicates, labels, pictures
from covergenre.audit.cache import digest, load_or_compute
from covergenre.audit.caveats import write_caveats
from covergenre.audit.cues import cached_cues, find_cues
from covergenre.audit.findings import Audit, concat_findings, findings
from covergenre.audit.issues import THRESHOLDS
from covergenre.audit.measures import Measures, measure
from covergenre.audit.space import ENOUGH, NeighbourSearch, open_space
from covergenre.audit.thresholds import all_thresholds
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import Split
from covergenre.errors import BadDataset, CoverGenreError
from covergenre.progress import SILENT, Monitor
from covergenre.repair.review import Label, confirmed_labels
from covergenre.vectors import finite

_OF_VECTORS = ("wrong labels", "outliers")


def audit_dataset(
    dataset: Dataset,
    split: Split | None = None,
    vectors: np.ndarray | None = None,
    monitor: Monitor = SILENT,
    thresholds: Mapping[str, float] = THRESHOLDS,
    nearby: NeighbourSearch | None = None,
) -> Audit:
    """Look for every issue of `issues.ISSUES` in a data set.

    `split`: where to look for leaks. `vectors`: float32 (n, d) of the usable covers in the manifest's order, all of one
    backbone; without them near duplicates are found by pHash alone, and labels and outliers are not judged.
    `thresholds`: those that differ from the defaults. `nearby`: finds neighbours by these vectors, where there is an
    index. Intermediate results are cached in the data set's folder: only covers with new pixels are opened, and labels
    are judged again only for new vectors, genres or groups.

    Raises BadDataset when no cover is in use, CoverGenreError for vectors of another shape or invalid thresholds,
    Cancelled when stopped.
    """
    limits = all_thresholds(thresholds)
    covers, in_use = usable(dataset.manifest), dataset.manifest[dataset.manifest["excluded"] == ""]
    if in_use.empty:
        raise BadDataset(f"the data set {dataset.name} has no cover left to audit: take one back in, or add covers")
    _check(vectors, len(covers))
    folder = dataset.folder / "audit"
    measures = measure(dataset, covers, folder, monitor)
    monitor.report(0, 1, "comparing covers")
    rows, pairs = duplicates.cached_candidates(covers, folder)
    space = None
    if vectors is not None and len(covers) >= ENOUGH:
        space = open_space(vectors, rows, pairs, folder, nearby)
    alike = duplicates.find_alike(covers, pairs, space, limits["near duplicates"])
    monitor.report(1, 1, "comparing covers")
    skipped = _skipped(covers, split, vectors)
    scored = None
    if space and "wrong labels" not in skipped:
        scored = labels.score_labels(covers, space.short, folder, monitor)
    values = measures.values
    scores = load_or_compute(folder / "looks-1.npz", digest(values.to_numpy()), lambda: pictures.picture_scores(values))
    cues, cue_genres = cached_cues(covers, values["brightness"].to_numpy(), folder)
    found = [
        _unreadable(in_use, measures),
        *duplicates.find_repeats(covers, alike, split.parts if split else None, limits),
        *pictures.find_poor_pictures(covers, values, scores, limits),
        *pictures.find_odd_files(covers, limits),
        *_label_findings(covers, scored, limits, confirmed_labels(dataset)),
        find_cues(covers, cue_genres, limits["spurious cues"]),
    ]
    result = Audit(
        dataset.name,
        len(in_use),
        concat_findings(found, folder / "findings.arrow"),
        limits,
        skipped,
        cues,
        cue_genres,
        labels.likely_genres(covers, scored),
    )
    write_caveats(dataset, result)
    return result


def _check(vectors: np.ndarray | None, n: int) -> None:
    if vectors is None:
        return
    if vectors.ndim != 2 or len(vectors) != n or vectors.dtype != np.float32 or not finite(vectors):
        raise CoverGenreError(
            f"found vectors of shape {vectors.shape} and type {vectors.dtype}, expected one finite float32 vector for "
            f"each of {n} usable covers: embed the data set again"
        )


def _skipped(covers: pd.DataFrame, split: Split | None, vectors: np.ndarray | None) -> dict[str, str]:
    """The issues that can't be looked for, and why."""
    skipped = {} if split else {"leakage": "no split was given"}
    if covers["genre"].nunique() < 2:
        skipped |= dict.fromkeys(("class imbalance", "spurious cues", *_OF_VECTORS), "there is one genre only")
    elif vectors is None:
        skipped |= dict.fromkeys(_OF_VECTORS, "no vectors were given: embed the data set")
    elif len(covers) < ENOUGH:
        skipped |= dict.fromkeys(_OF_VECTORS, f"there are fewer than {ENOUGH} usable covers")
    return skipped


def _unreadable(manifest: pd.DataFrame, measures: Measures) -> pd.DataFrame:
    problems = manifest.set_index("path")["problem"]
    problems = {**problems[problems != ""].to_dict(), **measures.problems}
    ones = np.ones(len(problems))
    return findings("unreadable", list(problems), ones, ones, list(problems.values()))


def _label_findings(
    covers: pd.DataFrame, scored: labels.LabelScores | None, limits: Mapping[str, float], kept: frozenset[Label]
) -> list[pd.DataFrame]:
    found = [labels.find_similar_names(covers), labels.find_imbalance(covers, limits["class imbalance"])]
    if scored:
        found.append(labels.find_wrong_labels(covers, scored, limits["wrong labels"], kept))
        found.append(labels.find_outliers(covers, scored.oddness, limits["outliers"]))
    return found
