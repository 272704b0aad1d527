"""A data set that ships without its pictures, looked through as far as that goes."""

import numpy as np
import pandas as pd

from covergenre.audit import THRESHOLDS, Audit
from covergenre.audit.duplicates import candidates, find_alike, find_contradictions, find_duplicates, find_leaks
from covergenre.audit.inspection import Inspection
from covergenre.audit.labels import find_imbalance, find_outliers, likely_genres, oddness
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import Split, split_of
from covergenre.dataset.starter import open_starter
from covergenre.vectors import unit_rows

_NO_PICTURES = "the starter ships no pictures"
_NOT_JUDGED = {"wrong labels": "the starter's vectors were made with the help of its labels"}


def inspect_starter(dataset: Dataset) -> Inspection:
    """The covers, their parts, and what pHashes and vectors alone tell; nothing is stored."""
    split, starter = split_of(dataset), open_starter(dataset.folder)
    units = np.asarray(starter.vectors, np.float32)
    units = unit_rows(units)
    return Inspection(dataset, _report(dataset.manifest, split, units), split, units, starter.vectors)


def _report(covers: pd.DataFrame, split: Split, units: np.ndarray) -> Audit:
    limits = dict(THRESHOLDS)
    alike = find_alike(covers, candidates(covers)[1], None, limits["near duplicates"])
    labels = np.unique(covers["genre"].to_numpy(str), return_inverse=True)[1]
    found = [
        *find_duplicates(covers, alike),
        find_contradictions(covers, alike, limits["contradicting labels"]),
        find_leaks(covers, alike, split.parts, limits["leakage"]),
        find_imbalance(covers, limits["class imbalance"]),
        find_outliers(covers, oddness(units, labels), limits["outliers"]),
    ]
    judged = ("exact duplicates", "near duplicates", "contradicting labels", "leakage", "class imbalance", "outliers")
    skipped = {issue: _NOT_JUDGED.get(issue, _NO_PICTURES) for issue in limits if issue not in judged}
    cues = pd.DataFrame(columns=["cue", "balanced_accuracy", "chance"])
    cue_genres = pd.DataFrame(columns=["cue", "genre", "auc"])
    everything = pd.concat(found, ignore_index=True)
    return Audit("starter", len(covers), everything, limits, skipped, cues, cue_genres, likely_genres(covers, None))
