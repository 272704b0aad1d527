"""Training: from a data set to a finished run.

`prepare` validates the spec and leaves a queued run, which any process may `execute`; `train` does both. Covers are
embedded for methods that read pictures, too, as the search for similar covers needs vectors.
"""

import logging
import platform
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

import covergenre
from covergenre.augment import VARIANTS
from covergenre.dataset.manifest import fingerprint
from covergenre.dataset.registry import Dataset, open_dataset, require_pictures
from covergenre.embedding.engine import check_engine, fetch_weights
from covergenre.errors import BadDataset, BadRun, CoverGenreError
from covergenre.evaluation import metrics
from covergenre.methods import METHODS, Context, TrainSpec, method
from covergenre.packages import need, versions
from covergenre.progress import SILENT, Monitor
from covergenre.runs.cautions import save_background
from covergenre.runs.journal import Journal, open_journal
from covergenre.runs.notes import create_named
from covergenre.runs.record import EMBEDDING_S, Run, RunSpec, probability_columns
from covergenre.training.experiment import fit_and_evaluate
from covergenre.training.parts import Parts, VectorCache, load_parts, read_texts, select_covers

_log = logging.getLogger(__name__)

# Ends of phases as fractions of a run, which are guesses: how much is cached isn't known before.
_FETCHED = 0.1  # weights downloaded
_EMBEDDED, _FITTED = 0.6, 0.95
_EMBEDDED_BESIDE = 0.05  # for methods that read pictures, which take much longer
_READ = 0.9  # words read

_LIBRARIES = ("numpy", "pandas", "pillow", "openvino", "torch", "faiss-cpu", "scikit-learn", "scipy")


def train(dataset: Dataset, spec: TrainSpec, monitor: Monitor = SILENT) -> Run:
    """Prepare a run and execute it; see both for what is reported and raised."""
    return execute(prepare(dataset, spec), dataset, monitor)


def prepare(dataset: Dataset, spec: TrainSpec) -> Run:
    """A queued run of this spec on a data set.

    Raises CoverGenreError, and leaves no run, for a missing package, an unknown method, parameter, variant or
    backbone; BadDataset without pictures, for an unknown genre or split, fewer than two genres, a genre without a
    training cover, or no test cover.
    """
    require_pictures(dataset)
    chosen = method(spec.method)
    if spec.method not in METHODS:
        raise CoverGenreError(f"{chosen.title.lower()} can't be trained: choose from {', '.join(METHODS)}")
    settled: dict[str, Any] = {
        "dataset": dataset.name,
        "parameters": asdict(spec.parameters_as(chosen.Parameters)),
        "variants": _variants(spec.variants),
        "genres": _genres(dataset, spec.genres),
    }
    need(chosen.title.lower(), chosen.needs)
    _log.debug("recipe %s", spec.recipe.key)  # which raises for an unknown backbone or a missing weights file
    known = {"python": platform.python_version(), "covergenre": covergenre.__version__, **versions(_LIBRARIES)}
    settled |= {"dataset_hash": fingerprint(dataset.manifest), "dataset_id": dataset.id, "versions": known}
    prepared = RunSpec(**{**vars(spec), **settled})
    select_covers(dataset, prepared)
    check_engine(spec.recipe)
    return create_named(prepared, lambda run: save_background(run, dataset))


def execute(run: Run, dataset: Dataset | None = None, monitor: Monitor = SILENT) -> Run:
    """Execute a queued run, and return it.

    `dataset`: the one it was prepared for (None: open it by name). Progress goes from 0 to `journal.STEPS`, with the
    method's metrics. It stops by `monitor` or `Run.request_stop`: the status is "cancelled" then, and Cancelled is
    raised. Any other error makes it "failed" and is raised. BadRun when the run is not queued; BadDataset when the data
    set has changed since it was prepared.
    """
    if (state := run.status().state) != "queued":
        raise BadRun(f"the run {run.id} is {state}: only a queued one can be executed; train again for a new one")
    with open_journal(run, monitor) as journal:
        followed = Monitor(journal.report, lambda: monitor.should_stop() or run.stop_requested())
        context = Context(followed, run.checkpoint)
        context.monitor.check()
        dataset = dataset or open_dataset(run.spec.dataset, run.spec.dataset_id)
        _check_unchanged(dataset, run.spec)
        covers = select_covers(dataset, run.spec)
        _log.info("%s on %s: %s", run.spec.method, dataset.name, covers["part"].value_counts().to_dict())
        parts = _parts(dataset, covers, run.spec, journal, context)
        journal.enter(_FITTED)
        result = fit_and_evaluate(parts, run.spec, context)
        run.write_predictions(result.predictions(covers, run.spec.genres))
        run.write_left_out_predictions(result.left_out_predictions(covers, run.spec.genres))
        run.write_evaluation(result.evaluation)
        result.fitted.save(run.stage_model())
        run.publish_model()
    run.drop_checkpoint()
    return run


def evaluate(run: Run) -> metrics.Evaluation:
    """The evaluation of a run on test, from its stored predictions; BadRun when they can't be read."""
    predictions = run.predictions()
    test = predictions[predictions["part"] == "test"]
    genres = run.spec.genres
    return metrics.evaluate(
        pd.Categorical(test["genre"], categories=genres).codes.astype(np.int64),
        test[probability_columns(genres)].to_numpy(np.float64),
        genres,
        groups=test["group"].to_numpy(np.int64),
        seed=run.spec.seed,
    )


def _variants(wanted: Sequence[str]) -> tuple[str, ...]:
    """The original and the wanted ones, in the order of `VARIANTS`; CoverGenreError for an unknown one."""
    if unknown := [variant for variant in wanted if variant not in VARIANTS]:
        raise CoverGenreError(f"there is no variant {unknown[0]!r}: choose from {', '.join(VARIANTS)}")
    return tuple(variant for variant in VARIANTS if variant == "original" or variant in wanted)


def _genres(dataset: Dataset, wanted: Sequence[str]) -> tuple[str, ...]:
    """The genres, sorted, so that their order makes no difference."""
    genres = tuple(sorted(set(wanted or dataset.genres)))
    if unknown := [genre for genre in genres if genre not in dataset.genres]:
        raise BadDataset(
            f"{dataset.name} has no usable cover of {unknown[0]!r}: choose from {', '.join(dataset.genres)}"
        )
    if len(genres) < 2:
        raise BadDataset(f"found {len(genres)} genres ({', '.join(genres)}): choose at least two genres")
    return genres


def _check_unchanged(dataset: Dataset, spec: RunSpec) -> None:
    same = dataset.id == spec.dataset_id if spec.dataset_id else dataset.name == spec.dataset
    if not same or fingerprint(dataset.manifest) != spec.dataset_hash:
        raise BadDataset(
            f"the data set {dataset.name} is not as it was when the run was made for {spec.dataset}: train again"
        )


def _parts(dataset: Dataset, covers: pd.DataFrame, spec: RunSpec, journal: Journal, context: Context) -> Parts:
    """The input of the method, in phases of the journal: all originals, then the variants of training covers."""
    vectors, reads = VectorCache(dataset, spec.recipe), method(spec.method).reads
    embedded = _EMBEDDED if reads == "vectors" else _EMBEDDED_BESIDE
    journal.enter(_FETCHED)
    fetch_weights(spec.recipe, context.monitor)
    further = (covers["part"] == "train").sum() * (len(spec.variants) - 1)
    journal.enter(embedded * len(covers) / (len(covers) + further))
    vectors.embed(covers, ("original",), context)
    if reads == "texts":
        journal.enter(_READ)
        read_texts(dataset, covers, context)  # cached for `load_parts`
    else:
        journal.enter(embedded)
    parts = load_parts(dataset, covers, spec, vectors, context)
    context.monitor.report(1, 1, "embedding covers", {EMBEDDING_S: vectors.seconds})
    return parts
