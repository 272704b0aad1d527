"""Inspection of the starter, as far as that is possible without pictures."""

import numpy as np
import pandas as pd

from covergenre.audit import THRESHOLDS, Audit
from covergenre.audit.cues import no_cues
from covergenre.audit.duplicates import candidates, find_alike, find_repeats
from covergenre.audit.inspection import Inspection
from covergenre.audit.labels import find_imbalance, find_outliers, likely_genres, outlier_scores
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import Split, split_of
from covergenre.dataset.starter import open_starter
from covergenre.vectors import unit_rows

_NO_PICTURES = "the starter ships no pictures"
_NOT_JUDGED = {"wrong labels": "the starter's vectors were made with the help of its labels"}


def inspect_starter(dataset: Dataset) -> Inspection:
    """The split of the starter and the issues that pHashes and vectors alone can show; nothing is stored."""
    split, starter = split_of(dataset), open_starter(dataset.folder)
    units = unit_rows(np.asarray(starter.vectors, np.float32))
    return Inspection(dataset, _report(dataset.manifest, split, units), split, units, starter.vectors)


def _report(covers: pd.DataFrame, split: Split, units: np.ndarray) -> Audit:
    limits = dict(THRESHOLDS)
    alike = find_alike(covers, candidates(covers)[1], None, limits["near duplicates"])
    labels = np.unique(covers["genre"].to_numpy(str), return_inverse=True)[1]
    found = [
        *find_repeats(covers, alike, split.parts, limits),
        find_imbalance(covers, limits["class imbalance"]),
        find_outliers(covers, outlier_scores(units, labels), limits["outliers"]),
    ]
    judged = ("exact duplicates", "near duplicates", "contradicting labels", "leakage", "class imbalance", "outliers")
    skipped = {issue: _NOT_JUDGED.get(issue, _NO_PICTURES) for issue in limits if issue not in judged}
    everything = pd.concat(found, ignore_index=True)
    return Audit("starter", len(covers), everything, limits, skipped, *no_cues(), likely_genres(covers, None))
