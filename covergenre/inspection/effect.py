"""The effect of a repair on accuracy: one method, trained on the covers before and after it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from covergenre.audit.inspection import Inspection
from covergenre.dataset.manifest import usable
from covergenre.dataset.split import Split
from covergenre.errors import BadDataset
from covergenre.evaluation.intervals import Interval
from covergenre.inspection.inspection import stored_vectors
from covergenre.methods import Context, Covers, TrainSpec
from covergenre.progress import SILENT, Monitor
from covergenre.training.experiment import fit_and_evaluate
from covergenre.training.parts import Parts, to_covers

METHOD = "logistic"


@dataclass(frozen=True)
class Effect:
    """Test accuracy on the same `covers` clean covers, trained on the data `before` and `after` the repair."""

    covers: int
    before: Interval
    after: Interval


def measure_effect(inspection: Inspection, repaired: pd.DataFrame, monitor: Monitor = SILENT) -> Effect:
    """The effect of replacing the manifest of an inspected data set by `repaired`.

    Both are tested on the test covers that stay in use, with their repaired genres, except those that leak: they would
    flatter the figure before the repair. Raises BadDataset when there are no vectors or too few covers are left,
    Cancelled when stopped.
    """
    dataset, split, vectors = inspection.dataset, inspection.split, stored_vectors(inspection.dataset)
    if vectors is None or split is None:
        raise BadDataset(f"{dataset.name} has no vectors yet: embed it, or look for defects first")
    row_of = {path: row for row, path in enumerate(usable(dataset.manifest)["path"])}
    before, after = (_parts(manifest, split, row_of) for manifest in (dataset.manifest, repaired))
    test = after["test"]
    genres = tuple(sorted(set(after["train"]["genre"])))
    leaking = set(inspection.audit.flagged("leakage")["path"])
    test = test[test["genre"].isin(genres) & ~test["path"].isin(leaking)]
    if test.empty or len(genres) < 2:
        raise BadDataset("the repair leaves too few covers to train and to test on: repair less at once")
    spec, figures = TrainSpec(method=METHOD, genres=genres), []
    for parts in monitor.steps((before, after), "training", "nothing was changed", "trainings"):
        chosen = (part[part["genre"].isin(genres)] for part in (parts["train"], parts["validation"], test))
        training, validation, judged = (_covers(part, genres, vectors, row_of) for part in chosen)
        context = Context(Monitor(should_stop=monitor.should_stop))
        figures.append(fit_and_evaluate(Parts(training, validation, judged), spec, context).evaluation.accuracy)
    return Effect(len(test), *figures)


def _parts(manifest: pd.DataFrame, split: Split, row_of: dict[str, int]) -> dict[str, pd.DataFrame]:
    covers = usable(manifest)
    covers = covers[covers["path"].isin(row_of)]
    part = split.parts.reindex(covers["path"]).to_numpy()
    return {name: covers[part == name] for name in ("train", "validation", "test")}


def _covers(covers: pd.DataFrame, genres: tuple[str, ...], vectors: np.ndarray, row_of: dict[str, int]) -> Covers:
    labelled = covers.assign(label=np.searchsorted(genres, covers["genre"].to_numpy(str)))
    return to_covers(labelled, [vectors[[row_of[path] for path in covers["path"]]]])
