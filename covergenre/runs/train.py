"""Training: from a data set to a run that is done.

Covers are embedded, the method is fitted on the training part with all its choices made on validation, validation and
test are predicted, and the test part is read once, at the end. A method that reads pictures doesn't learn from the
vectors; they are there for whoever asks which covers are near to one. `prepare` says what
is wrong before any work is done and leaves a queued run, which any process may `execute`; `train` is both at once.
"""

import logging
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

import covergenre
from covergenre import augment
from covergenre.augment import VARIANTS
from covergenre.dataset.manifest import fingerprint, usable
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.dataset.split import PARTS, split_of
from covergenre.embedding.embed import embed_dataset, read_cover
from covergenre.embedding.engine import check_engine
from covergenre.embedding.recipe import Recipe
from covergenre.errors import BadDataset, BadRun, Cancelled, CoverGenreError
from covergenre.evaluation import metrics
from covergenre.methods import METHODS, Context, Covers, Fitted, TrainSpec, method
from covergenre.packages import need, versions
from covergenre.progress import Progress, Report, ShouldStop, never, silent
from covergenre.runs.journal import Journal, keep
from covergenre.runs.record import PREDICTION_MS, Run, RunSpec, probability_columns

_log = logging.getLogger(__name__)

# Where embedding and fitting end, as shares of a run: a guess, since nobody knows before how much is in the cache.
_EMBEDDED, _FITTED = 0.6, 0.95
_EMBEDDED_BESIDE = 0.05  # for a method that reads pictures, which takes much longer

_LIBRARIES = ("numpy", "pandas", "pillow", "openvino", "torch", "faiss-cpu", "scikit-learn", "scipy")


def train(
    dataset: Dataset,
    method_name: str,
    parameters: Any = None,
    genres: Sequence[str] | None = None,
    recipe: Recipe | None = None,
    variants: Sequence[str] = ("original",),
    split: str = "honest",
    seed: int = 42,
    report: Report = silent,
    should_stop: ShouldStop = never,
) -> Run:
    """Prepare a run and execute it here and now; see both for what is asked, what is reported and what is raised."""
    run = prepare(dataset, method_name, parameters, genres, recipe, variants, split, seed)
    return execute(run, dataset, report, should_stop)


def prepare(
    dataset: Dataset,
    method_name: str,
    parameters: Any = None,
    genres: Sequence[str] | None = None,
    recipe: Recipe | None = None,
    variants: Sequence[str] = ("original",),
    split: str = "honest",
    seed: int = 42,
) -> Run:
    """A queued run of what is asked, once all of it is known to be possible.

    `parameters`: the method's `Parameters`, or some of its fields by name; the rest is as the method thinks best.
    `genres`: the genres to tell apart (None: all). `variants`: the forms of each training cover to train on, besides
    the original. `seed`: of the split and of the method.

    Raises CoverGenreError, and leaves no run, for a missing package, an unknown method, parameter, variant or
    backbone; BadDataset for an unknown genre or split, fewer than two genres, a genre without a training cover, or
    no cover to test on.
    """
    chosen = method(method_name)
    if method_name not in METHODS:
        raise CoverGenreError(f"{chosen.title.lower()} can't be trained: choose from {', '.join(METHODS)}")
    asked = TrainSpec(method=method_name, parameters=parameters or {})
    settled = asdict(asked.parameters_as(chosen.Parameters))
    need(chosen.title.lower(), chosen.needs)
    recipe = recipe or Recipe()
    _log.debug("recipe %s", recipe.key)  # which also finds out whether there is such a backbone and weights file
    variants = _variants(variants)
    genres = _genres(dataset, genres)
    covers_of(dataset, genres, split, seed)
    check_engine(recipe)
    spec = RunSpec(
        method=method_name,
        parameters=settled,
        dataset=dataset.name,
        dataset_hash=fingerprint(dataset.manifest),
        genres=genres,
        recipe=recipe,
        variants=variants,
        split=split,
        seed=seed,
        versions=_versions(),
    )
    return Run.create(spec)


def execute(run: Run, dataset: Dataset | None = None, report: Report = silent, should_stop: ShouldStop = never) -> Run:
    """Do the work of a queued run; the same run, done.

    `dataset`: the one it was prepared for (None: open it by its name). It stops when `should_stop` says so, or somebody
    has asked the run to.

    `report` hears one progress from 0 to `journal.STEPS` with the method's figures. However the work ends, the status
    says so: "cancelled" and Cancelled raised after a stop, "failed" with its reason after any other error, which goes
    on to the caller. BadRun when the run is not queued; BadDataset when the data set has changed since it was prepared.
    """
    if (state := run.status().state) != "queued":
        raise BadRun(f"the run {run.id} is {state}: only a queued one can be executed; train again for a new one")
    with keep(run, report) as journal:
        should_stop = _either(should_stop, run.stop_asked)
        _check_stop(should_stop)
        dataset = dataset or open_dataset(run.spec.dataset)
        _check_unchanged(dataset, run.spec)
        covers = covers_of(dataset, run.spec.genres, run.spec.split, run.spec.seed)
        _log.info("%s on %s: %s", run.spec.method, dataset.name, covers["part"].value_counts().to_dict())
        if method(run.spec.method).reads != "vectors":
            parts = _pictures(dataset, covers, run.spec)
            journal.enter(_EMBEDDED_BESIDE)
            _vectors(dataset, covers, run.spec.recipe, ("original",), journal.report, should_stop)
        else:
            parts = _embed(dataset, covers, run.spec, journal, should_stop)
        fitted = _fit(run, parts, journal, should_stop)
        _check_stop(should_stop)
        _judge(run, fitted, covers, parts, journal)
        _check_stop(should_stop)
        fitted.save(run.stage_model())
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


def covers_of(dataset: Dataset, genres: tuple[str, ...], split: str, seed: int) -> pd.DataFrame:
    """The usable covers of `genres`, in the manifest's order: path, genre, content_hash, part, group and label.

    Also its source, where the manifest has one. `label` (int64) is the position in `genres`. The split is that of all
    genres: a cover that tests with ten genres never trains with two. Raises BadDataset when a genre can't be trained on
    or nothing is left to test on.
    """
    made = split_of(dataset, split, seed)
    covers = usable(dataset.manifest)
    columns = ["path", "genre", "content_hash", "source"]
    covers = covers[[column for column in columns if column in covers]]
    covers = covers[covers["genre"].isin(genres)].join(made.parts, on="path").join(made.groups, on="path")
    covers["label"] = pd.Categorical(covers["genre"], categories=genres).codes.astype(np.int64)
    trained = set(covers.loc[covers["part"] == "train", "genre"])
    if untrained := [genre for genre in genres if genre not in trained]:
        raise BadDataset(
            f"no cover of {untrained[0]!r} is in the training part of the split {split!r}: add covers or leave it out"
        )
    if not (covers["part"] == "test").any():
        raise BadDataset(f"no cover of {', '.join(genres)} is in the test part of the split {split!r}: add covers")
    return covers.reset_index(drop=True)


def as_covers(covers: pd.DataFrame, vectors: Sequence[np.ndarray]) -> Covers:
    """Covers as a method sees them, once for each of `vectors` (one array a variant)."""
    labels, hashes = covers["label"].to_numpy(np.int64), covers["content_hash"].tolist()
    sources = covers["source"].tolist() if "source" in covers else []
    together = np.concatenate(vectors) if len(vectors) > 1 else vectors[0]  # a copy takes its time
    n = len(vectors)
    return Covers(together, np.tile(labels, n), tuple(hashes * n), sources=tuple(sources * n))


def _variants(wanted: Sequence[str]) -> tuple[str, ...]:
    """The original and what else is wanted, in the order of `VARIANTS`; CoverGenreError for one that there isn't."""
    if unknown := [variant for variant in wanted if variant not in VARIANTS]:
        raise CoverGenreError(f"there is no variant {unknown[0]!r}: choose from {', '.join(VARIANTS)}")
    return tuple(variant for variant in VARIANTS if variant == "original" or variant in wanted)


def _genres(dataset: Dataset, wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The genres to tell apart, sorted, so that the order they are asked for in makes no other run."""
    genres = tuple(sorted(set(dataset.genres if wanted is None else wanted)))
    if unknown := [genre for genre in genres if genre not in dataset.genres]:
        raise BadDataset(
            f"{dataset.name} has no usable cover of {unknown[0]!r}: choose from {', '.join(dataset.genres)}"
        )
    if len(genres) < 2:
        raise BadDataset(
            f"found {len(genres)} genres ({', '.join(genres)}), but it takes two to tell apart: add another"
        )
    return genres


def _versions() -> dict[str, str]:
    return {"python": platform.python_version(), "covergenre": covergenre.__version__, **versions(_LIBRARIES)}


def _check_unchanged(dataset: Dataset, spec: RunSpec) -> None:
    if (dataset.name, fingerprint(dataset.manifest)) != (spec.dataset, spec.dataset_hash):
        raise BadDataset(
            f"the data set {dataset.name} is not as it was when the run was made for {spec.dataset}: train again"
        )


def _either(first: ShouldStop, second: ShouldStop) -> ShouldStop:
    return lambda: first() or second()


def _check_stop(should_stop: ShouldStop) -> None:
    if should_stop():
        raise Cancelled("the run was stopped on request")


def _embed(
    dataset: Dataset, covers: pd.DataFrame, spec: RunSpec, journal: Journal, should_stop: ShouldStop
) -> dict[str, Covers]:
    """The covers of each part, as originals; behind those of training, their further variants.

    Only training covers are ever made into variants.
    """
    training, variants = covers[covers["part"] == "train"], spec.variants[1:]
    further = len(training) * len(variants)
    journal.enter(_EMBEDDED * len(covers) / (len(covers) + further))
    originals = _vectors(dataset, covers, spec.recipe, ("original",), journal.report, should_stop)["original"]
    parts = {part: as_covers(covers[rows], [originals[rows]]) for part in PARTS for rows in [covers["part"] == part]}
    if variants:
        journal.enter(_EMBEDDED)
        made = _vectors(dataset, training, spec.recipe, variants, journal.report, should_stop)
        parts["train"] = as_covers(training, [parts["train"].vectors, *(made[variant] for variant in variants)])
    return parts


def _vectors(
    dataset: Dataset,
    covers: pd.DataFrame,
    recipe: Recipe,
    variants: Sequence[str],
    report: Report,
    should_stop: ShouldStop,
) -> dict[str, np.ndarray]:
    """By variant, the vectors of some of the data set's covers: float32 (n, d), in their order."""
    rows = dataset.manifest["path"].isin(covers["path"])
    return embed_dataset(replace(dataset, manifest=dataset.manifest[rows]), recipe, variants, report, should_stop)


def _pictures(dataset: Dataset, covers: pd.DataFrame, spec: RunSpec) -> dict[str, Covers]:
    """The covers of each part as `_embed` has them, with pictures to be read when asked for instead of vectors."""
    parts = {}
    for part in PARTS:
        own, variants = covers[covers["part"] == part], spec.variants if part == "train" else ("original",)
        pictures = [
            partial(_picture, dataset, path, key, variant)
            for variant in variants
            for path, key in zip(own["path"], own["content_hash"], strict=True)
        ]
        parts[part] = replace(as_covers(own, [np.zeros((len(own), 0), np.float32)] * len(variants)), pictures=pictures)
    return parts


def _picture(dataset: Dataset, path: str, key: str, variant: str) -> Image.Image:
    return augment.apply(read_cover(dataset, path, key), variant)


def _fit(run: Run, parts: Mapping[str, Covers], journal: Journal, should_stop: ShouldStop) -> Fitted:
    """What the method learns; of the test part it sees nothing."""
    journal.enter(_FITTED)
    spec = run.spec
    context = Context(journal.report, should_stop, run.checkpoint)
    fitted = method(spec.method).fit(parts["train"], parts["validation"], spec, context)
    _log.info("chosen: %s", dict(fitted.choices))
    return fitted


def _judge(run: Run, fitted: Fitted, covers: pd.DataFrame, parts: Mapping[str, Covers], journal: Journal) -> None:
    """Predict validation and test, store what comes of it, and evaluate the test part: the one look at it."""
    journal.enter(1.0)
    journal.report(Progress(0, 2, "predicting"))
    started = time.perf_counter()
    predictions = pd.concat([_predictions(run, fitted, covers, parts, part) for part in ("validation", "test")])
    each = 1000 * (time.perf_counter() - started) / len(predictions)
    run.write_predictions(predictions)
    journal.report(Progress(1, 2, "evaluating", {PREDICTION_MS: each}))
    run.write_evaluation(evaluate(run))


def _predictions(
    run: Run, fitted: Fitted, covers: pd.DataFrame, parts: Mapping[str, Covers], part: str
) -> pd.DataFrame:
    told = covers.loc[covers["part"] == part, ["path", "part", "genre", "group"]].reset_index(drop=True)
    probabilities = fitted.predict_proba(parts[part]) if len(told) else np.zeros((0, len(run.spec.genres)))
    return told.join(pd.DataFrame(probabilities, columns=probability_columns(run.spec.genres)))
