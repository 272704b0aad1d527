"""The audit: every check of a data set, in one call."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from covergenre.audit import duplicates, labels, pictures
from covergenre.audit.cache import digest, load_or_compute
from covergenre.audit.caveats import write_caveats
from covergenre.audit.cues import cached_cues, find_cues
from covergenre.audit.findings import Audit, findings, together
from covergenre.audit.issues import THRESHOLDS
from covergenre.audit.measures import Measured, measure
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
    """What is wrong with a data set: see `issues.ISSUES` for what is looked for.

    `split`: the one to look for leaks in. `vectors`: float32 (n, d) of the usable covers in the manifest's order, of
    one backbone; without them near duplicates are told by pHash alone, and labels and outliers not at all.
    `thresholds`: those that differ from `issues.THRESHOLDS`. `nearby`: what finds neighbours by these vectors, where
    there is an index. What is measured is remembered in the data set's folder:
    only covers with new pixels are opened; with new vectors, genres or groups, labels are judged anew.

    Raises BadDataset when no cover is left to look at, CoverGenreError for vectors of another shape or thresholds that
    can't be, Cancelled when stopped.
    """
    limits = all_thresholds(thresholds)
    covers = usable(dataset.manifest)
    looked_at = dataset.manifest[dataset.manifest["excluded"] == ""]
    if looked_at.empty:
        raise BadDataset(f"the data set {dataset.name} has no cover left to look at: take one back in, or add covers")
    _check(vectors, len(covers))
    folder = dataset.folder / "audit"
    measured = measure(dataset, covers, folder, monitor)
    monitor.report(0, 1, "comparing covers")
    rows, pairs = duplicates.cached_candidates(covers, folder)
    told = vectors if len(covers) >= ENOUGH else None
    space = None if told is None else open_space(told, rows, pairs, folder, nearby)
    alike = duplicates.find_alike(covers, pairs, space, limits["near duplicates"])
    monitor.report(1, 1, "comparing covers")
    skipped = _skipped(covers, split, vectors)
    judged = None
    if space and "wrong labels" not in skipped:
        judged = labels.judge(covers, space.short, folder, monitor)
    values = measured.values
    scores = load_or_compute(folder / "looks-1.npz", digest(values.to_numpy()), lambda: pictures.look_scores(values))
    cues, cue_genres = cached_cues(covers, values["brightness"].to_numpy(), folder)
    found = [
        _unreadable(looked_at, measured),
        *_repeats(covers, alike, split, limits),
        *pictures.find_looks(covers, values, scores, limits),
        *pictures.find_odd_files(covers, limits),
        *_doubts(covers, judged, limits, confirmed_labels(dataset)),
        find_cues(covers, cue_genres, limits["spurious cues"]),
    ]
    likely = labels.likely_genres(covers, judged)
    everything = together(found, folder / "findings.arrow")
    made = Audit(dataset.name, len(looked_at), everything, limits, skipped, cues, cue_genres, likely)
    write_caveats(dataset, made)
    return made


def _check(vectors: np.ndarray | None, n: int) -> None:
    if vectors is None:
        return
    if vectors.ndim != 2 or len(vectors) != n or vectors.dtype != np.float32 or not finite(vectors):
        raise CoverGenreError(
            f"found vectors of shape {vectors.shape} and type {vectors.dtype}, expected one finite float32 vector for "
            f"each of {n} usable covers: embed the data set again"
        )


def _skipped(covers: pd.DataFrame, split: Split | None, vectors: np.ndarray | None) -> dict[str, str]:
    """The issues that can't be judged, and why."""
    skipped = {} if split else {"leakage": "no split was given"}
    if covers["genre"].nunique() < 2:
        skipped |= dict.fromkeys(("class imbalance", "spurious cues", *_OF_VECTORS), "there is one genre only")
    elif vectors is None:
        skipped |= dict.fromkeys(_OF_VECTORS, "no vectors were given: embed the data set")
    elif len(covers) < ENOUGH:
        skipped |= dict.fromkeys(_OF_VECTORS, f"there are fewer than {ENOUGH} usable covers")
    return skipped


def _unreadable(manifest: pd.DataFrame, measured: Measured) -> pd.DataFrame:
    problems = {path: problem for path, problem in zip(manifest["path"], manifest["problem"], strict=True) if problem}
    problems |= measured.problems
    ones = np.ones(len(problems))
    return findings("unreadable", list(problems), ones, ones, list(problems.values()))


def _repeats(
    covers: pd.DataFrame, alike: duplicates.Alike, split: Split | None, limits: Mapping[str, float]
) -> list[pd.DataFrame]:
    found = duplicates.find_duplicates(covers, alike)
    found.append(duplicates.find_contradictions(covers, alike, limits["contradicting labels"]))
    if split:
        found.append(duplicates.find_leaks(covers, alike, split.parts, limits["leakage"]))
    return found


def _doubts(
    covers: pd.DataFrame, judged: labels.Judged | None, limits: Mapping[str, float], kept: frozenset[Label]
) -> list[pd.DataFrame]:
    found = [labels.find_near_names(covers), labels.find_imbalance(covers, limits["class imbalance"])]
    if judged:
        found.append(labels.find_wrong_labels(covers, judged, limits["wrong labels"], kept))
        found.append(labels.find_outliers(covers, judged.oddness, limits["outliers"]))
    return found
