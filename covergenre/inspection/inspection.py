"""Inspecting a data set: its split, its vectors and its audit together."""

import logging
from collections.abc import Callable
from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd

from covergenre.audit import THRESHOLDS, Audit, audit_dataset, read_thresholds
from covergenre.audit.cache import load_or_compute
from covergenre.audit.cues import no_cues
from covergenre.audit.duplicates import cached_candidates, candidates, find_alike, find_repeats
from covergenre.audit.inspection import Inspection
from covergenre.audit.labels import find_imbalance, find_outliers, likely_genres, outlier_scores
from covergenre.audit.space import ENOUGH, NeighbourSearch, open_space
from covergenre.collection.disk_index import DiskIndex
from covergenre.collection.sources import INDEX_FOLDER
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import Split, split_of
from covergenre.dataset.starter import open_starter
from covergenre.embedding.embed import embed_missing, stores_of
from covergenre.embedding.engine import engine_for
from covergenre.embedding.recipe import Recipe
from covergenre.errors import BadDataset, NoWeights
from covergenre.progress import SILENT, Monitor
from covergenre.runs.record import list_runs
from covergenre.vectors import unit_rows

_STAGES = Recipe(feature_set="stages")
RECIPES = (Recipe(), Recipe(limit=150), _STAGES, replace(_STAGES, limit=150))
"""The recipes of vectors to look for first: those of training and of the starter, then of both before textures."""

_SAMPLE = 50  # covers by which an index is compared with the vectors
_NO_PICTURES = "the starter ships no pictures"
_NOT_JUDGED = {"wrong labels": "the starter's vectors were made with the help of its labels"}
_log = logging.getLogger(__name__)


def inspect_dataset(
    dataset: Dataset,
    monitor: Monitor = SILENT,
    publish: Callable[[Inspection], None] | None = None,
) -> Inspection:
    """Split, embed and audit a data set, with its own thresholds; what exists already is not computed again.

    Embedding takes minutes, so the findings that need no vectors are passed to `publish` before it. Of a data set
    without pictures, only what needs none is found. Raises as `audit_dataset` and `embed_dataset` do.
    """
    if not dataset.has_pictures:
        return _inspect_starter(dataset)
    split, thresholds = split_if_possible(dataset), read_thresholds(dataset)
    recipe, complete = best_recipe(dataset)
    if not complete:
        if publish:
            publish(Inspection(dataset, audit_dataset(dataset, split, None, monitor, thresholds), split, None))
        embed_missing(dataset, recipe, monitor=monitor)
    vectors = _vectors(dataset, recipe)
    nearby = index_neighbours(dataset, vectors)
    found = audit_dataset(dataset, split, vectors, monitor, thresholds, nearby)
    return Inspection(dataset, found, split, _units(dataset, vectors, nearby))


def index_neighbours(dataset: Dataset, vectors: np.ndarray) -> NeighbourSearch | None:
    """A search for neighbours in the index of a data set (see `indexing`); None if there is no index that fits.

    It fits when it holds every usable cover at the place that its space gives to these vectors, float32 (n, d).
    """
    covers = usable(dataset.manifest)[["content_hash", "path"]].rename(columns={"path": "id"})
    if len(covers) < ENOUGH or not (near := DiskIndex.open(dataset.folder / INDEX_FOLDER)):
        return None
    row_of, _ = near.match(covers)
    vector_of = np.full(len(covers), -1)
    vector_of[row_of[row_of >= 0]] = np.flatnonzero(row_of >= 0)
    some = np.linspace(0, len(covers) - 1, _SAMPLE).astype(int)
    if (vector_of < 0).any() or not near.agrees(vector_of[some], vectors[some]):
        _log.info("the index of %s is of other covers or vectors and is not used", dataset.name)
        return None

    def find(rows: np.ndarray, k: int) -> np.ndarray:
        found = near.index.search(near.vectors[vector_of[rows]], k)[1]
        return np.where(found >= 0, row_of[found], -1)

    return NeighbourSearch(near.index.stats.digest, find)


def stored_vectors(dataset: Dataset) -> np.ndarray | None:
    """The vectors of the usable covers, float32 (n, d), if one recipe has all of them; else None.

    They are without textures, because the likeness of covers was calibrated by eye without them.
    """
    recipe, complete = best_recipe(dataset)
    return _vectors(dataset, recipe) if complete else None


def best_recipe(dataset: Dataset) -> tuple[Recipe, bool]:
    """The recipe by which most covers are embedded (the first of equals), and whether it covers all of them."""
    keys = usable(dataset.manifest)["content_hash"].tolist()
    best, most = RECIPES[0], 0
    of_runs = (run.spec.recipe for run in list_runs() if run.spec.dataset == dataset.name)
    for recipe in dict.fromkeys(chain(RECIPES, of_runs)):
        try:
            found = int(stores_of(recipe)["original"].holds(keys).sum())
        except NoWeights:
            continue
        if found > most:
            best, most = recipe, found
        if most == len(keys):
            break
    return best, 0 < most == len(keys)


def plain_width(dataset: Dataset, recipe: Recipe) -> int | None:
    """The width of a vector without its textures, cached with the data set; None: all of it."""
    if recipe.feature_set != "texture":
        return None
    file = dataset.folder / "audit" / "plain-1.npz"
    return int(load_or_compute(file, recipe.key, lambda: {"width": np.array(engine_for(recipe).plain)})["width"])


def split_if_possible(dataset: Dataset) -> Split | None:
    """The honest split; None for a data set with too few covers or groups."""
    try:
        return split_of(dataset)
    except BadDataset as error:
        _log.info("%s is not split: %s", dataset.name, error)
        return None


def _vectors(dataset: Dataset, recipe: Recipe) -> np.ndarray:
    """The vectors of the usable covers, without textures."""
    keys = usable(dataset.manifest)["content_hash"].tolist()
    return stores_of(recipe)["original"].get(keys, plain_width(dataset, recipe))[1]


def _units(dataset: Dataset, vectors: np.ndarray, nearby: NeighbourSearch | None) -> np.ndarray:
    """Unit vectors in the space in which the audit compares covers; for few covers, of deviations from the mean."""
    if len(vectors) >= ENOUGH:
        folder = dataset.folder / "audit"
        rows, pairs = cached_candidates(usable(dataset.manifest), folder)
        vectors = open_space(vectors, rows, pairs, folder, nearby).short
    else:
        vectors = vectors - vectors.mean(axis=0)
    return unit_rows(vectors)


def _inspect_starter(dataset: Dataset) -> Inspection:
    """The split of the starter and the issues that pHashes and vectors alone can show; nothing is stored."""
    split, starter = split_of(dataset), open_starter(dataset.folder)
    units = unit_rows(np.asarray(starter.vectors, np.float32))
    return Inspection(dataset, _audit_starter(dataset.manifest, split, units), split, units, starter.vectors)


def _audit_starter(covers: pd.DataFrame, split: Split, units: np.ndarray) -> Audit:
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
