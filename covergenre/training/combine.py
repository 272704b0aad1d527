"""Ensembles of finished runs, as runs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from covergenre.augment import VARIANTS
from covergenre.errors import BadRun, CoverGenreError
from covergenre.methods import method
from covergenre.methods.ensemble import NAME, FittedEnsemble
from covergenre.runs.journal import open_journal
from covergenre.runs.notes import Notes, create_named, read_notes, write_notes
from covergenre.runs.record import Run, RunSpec, probability_columns
from covergenre.training.train import evaluate


def combine(runs: Sequence[Run]) -> Run:
    """A finished run, the ensemble of two or more.

    Nothing is trained: the stored predictions are averaged, temperature and the weight of words are fitted on
    validation, and the test part is evaluated. It takes about a second.

    Raises BadRun when a run is damaged or not done, CoverGenreError for fewer than two, or for runs that differ in
    covers, genres, split, seed or, if they read vectors, recipe.
    """
    _check(runs)
    tags = [tag for tag in read_notes(runs[0]).tags if all(tag in read_notes(other).tags for other in runs)]
    run = create_named(_spec(runs), lambda run: write_notes(run, Notes(tags=tuple(tags))))
    with open_journal(run):
        predictions = [each.predictions() for each in runs]
        columns = probability_columns(run.spec.genres)
        first = predictions[0].drop(columns=columns)
        answers = [_aligned(each, first)[columns].to_numpy(np.float64) for each in predictions]
        chosen_on = (first["part"] == "validation").to_numpy()
        labels = pd.Categorical(first["genre"], categories=run.spec.genres).codes.astype(np.int64)
        names = [each.spec.method for each in runs]
        members = list(zip(names, (each.load_model() for each in runs), strict=True))
        fitted = FittedEnsemble.of(members, [rows[chosen_on] for rows in answers], labels[chosen_on])
        run.write_predictions(first.join(pd.DataFrame(fitted.joined(answers), columns=columns)))
        run.write_evaluation(evaluate(run))
        fitted.save(run.stage_model())
        run.publish_model()
    return run


def _check(runs: Sequence[Run]) -> None:
    if len({run.id for run in runs}) < max(len(runs), 2):
        raise CoverGenreError(f"found {len(runs)} runs to combine: name two or more, each once")
    for run in runs:
        if (state := run.status().state) != "done":
            raise BadRun(f"the run {run.id} is {state}: combine only runs that are done")
    for name in ("dataset_hash", "genres", "split", "seed"):
        _check_alike(name.removesuffix("_hash"), {getattr(run.spec, name) for run in runs})
    _check_alike("recipe", {run.spec.recipe for run in runs if _reads_vectors(run)})


def _check_alike(name: str, values: set) -> None:
    if len(values) > 1:
        raise CoverGenreError(f"the runs don't share their {name}: combine runs of the same covers, genres and vectors")


def _reads_vectors(run: Run) -> bool:
    return method(run.spec.method).reads == "vectors"


def _spec(runs: Sequence[Run]) -> RunSpec:
    trained_on = {variant for run in runs for variant in run.spec.variants}
    return replace(
        next((run for run in runs if _reads_vectors(run)), runs[0]).spec,
        method=NAME,
        parameters={"members": " ".join(run.id for run in runs)},
        variants=tuple(variant for variant in VARIANTS if variant in trained_on),
        created=datetime.now(UTC),
    )


def _aligned(predictions: pd.DataFrame, first: pd.DataFrame) -> pd.DataFrame:
    """The predictions in the order of `first`. BadRun when they are not of the same covers in the same parts."""
    keys = ["path", "part"]
    ordered = predictions.set_index(keys).reindex(pd.MultiIndex.from_frame(first[keys]))
    if len(predictions) != len(first) or ordered["genre"].tolist() != first["genre"].tolist():
        raise BadRun("the runs were not tested on the same covers: train them again on the data set as it is now")
    return ordered.reset_index()
