"""Training: from a data set to a run that is done.

`prepare` says what is wrong before any work is done and leaves a queued run, which any process may `execute`; `train`
is both at once. Covers are embedded for methods that read pictures, too: whoever asks which covers are near to one
needs the vectors.
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
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.embedding.engine import check_engine, fetch_weights
from covergenre.errors import BadDataset, BadRun, CoverGenreError
from covergenre.evaluation import metrics
from covergenre.methods import METHODS, Context, TrainSpec, method
from covergenre.packages import need, versions
from covergenre.progress import SILENT, Monitor
from covergenre.runs.cautions import save_background
from covergenre.runs.journal import Journal, open_journal
from covergenre.runs.notes import assign_name
from covergenre.runs.record import EMBEDDING_S, Run, RunSpec, probability_columns
from covergenre.training.experiment import fit_and_evaluate
from covergenre.training.parts import Parts, VectorCache, load_parts, read_texts, select_covers

_log = logging.getLogger(__name__)

# Where embedding and fitting end, as shares of a run: a guess, since nobody knows before how much is in the cache.
_EMBEDDED, _FITTED = 0.6, 0.95
_FETCHED = 0.1  # where a network that is not here yet has come
_EMBEDDED_BESIDE = 0.05  # for a method that reads pictures, which takes much longer
_READ = 0.9  # where the words on covers have been read

_LIBRARIES = ("numpy", "pandas", "pillow", "openvino", "torch", "faiss-cpu", "scikit-learn", "scipy")


def train(dataset: Dataset, spec: TrainSpec, monitor: Monitor = SILENT) -> Run:
    """Prepare a run and execute it here and now; see both for what is reported and what is raised."""
    return execute(prepare(dataset, spec), dataset, monitor)


def prepare(dataset: Dataset, spec: TrainSpec) -> Run:
    """A queued run of what is asked of a data set, once all of it is known to be possible.

    Raises CoverGenreError, and leaves no run, for a missing package, an unknown method, parameter, variant or
    backbone; BadDataset for an unknown genre or split, fewer than two genres, a genre without a training cover, or
    no cover to test on.
    """
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
    _log.debug("recipe %s", spec.recipe.key)  # which also finds out whether there is such a backbone and weights file
    settled |= {"dataset_hash": fingerprint(dataset.manifest), "dataset_id": dataset.id, "versions": _versions()}
    prepared = RunSpec(**{**vars(spec), **settled})
    select_covers(dataset, prepared)
    check_engine(spec.recipe)
    run = assign_name(Run.create(prepared))
    save_background(run, dataset)
    return run


def execute(run: Run, dataset: Dataset | None = None, monitor: Monitor = SILENT) -> Run:
    """Do the work of a queued run; the same run, done.

    `dataset`: the one it was prepared for (None: open it by its name). It stops when `monitor` says so, or somebody has
    asked the run to.

    Progress goes from 0 to `journal.STEPS`, with the method's figures. However the work ends, the status says so:
    "cancelled" and Cancelled raised after a stop, "failed" with its reason after any other error, which goes on to the
    caller. BadRun when the run is not queued; BadDataset when the data set has changed since it was prepared.
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
    """The evaluation of the run's test part, computed from its stored predictions; BadRun when they can't be read."""
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
    """The original and what else is wanted, in the order of `VARIANTS`; CoverGenreError for one that there isn't."""
    if unknown := [variant for variant in wanted if variant not in VARIANTS]:
        raise CoverGenreError(f"there is no variant {unknown[0]!r}: choose from {', '.join(VARIANTS)}")
    return tuple(variant for variant in VARIANTS if variant == "original" or variant in wanted)


def _genres(dataset: Dataset, wanted: Sequence[str]) -> tuple[str, ...]:
    """The genres to tell apart, sorted, so that the order they are asked for in makes no other run."""
    genres = tuple(sorted(set(wanted or dataset.genres)))
    if unknown := [genre for genre in genres if genre not in dataset.genres]:
        raise BadDataset(
            f"{dataset.name} has no usable cover of {unknown[0]!r}: choose from {', '.join(dataset.genres)}"
        )
    if len(genres) < 2:
        raise BadDataset(f"found {len(genres)} genres ({', '.join(genres)}): choose at least two genres")
    return genres


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "covergenre": covergenre.__version__, **versions(_LIBRARIES)}


def _check_unchanged(dataset: Dataset, spec: RunSpec) -> None:
    same = dataset.id == spec.dataset_id if spec.dataset_id else dataset.name == spec.dataset
    if not same or fingerprint(dataset.manifest) != spec.dataset_hash:
        raise BadDataset(
            f"the data set {dataset.name} is not as it was when the run was made for {spec.dataset}: train again"
        )


def _parts(dataset: Dataset, covers: pd.DataFrame, spec: RunSpec, journal: Journal, context: Context) -> Parts:
    """What the method gets, in two phases of the journal: all originals, then the variants of training covers."""
    vectors, embedded = VectorCache(dataset, spec.recipe), _EMBEDDED
    if method(spec.method).reads != "vectors":
        embedded = _EMBEDDED_BESIDE
    journal.enter(_FETCHED)
    fetch_weights(spec.recipe, context.monitor)
    further = (covers["part"] == "train").sum() * (len(spec.variants) - 1)
    journal.enter(embedded * len(covers) / (len(covers) + further))
    vectors.embed(covers, ("original",), context)
    if method(spec.method).reads == "texts":
        journal.enter(_READ)
        read_texts(dataset, covers, context)  # which are kept: below, they are there
    else:
        journal.enter(embedded)
    parts = load_parts(dataset, covers, spec, vectors, context)
    context.monitor.report(1, 1, "embedding covers", {EMBEDDING_S: vectors.seconds})
    return parts
