"""The reference study's experiments, on any data set: ladders of genres, k, ladders of variants, and each method.

A point is one training, evaluated once on the test part. Most points leave a line of metrics and no run; only the
methods on all genres, at the end, are runs. Outcomes are stored one by one, so a stopped study goes on where it was.
Waiting runs go first between two points, so that no two trainings share the processors.

Two protocols. "honest": our split, every choice on validation. "reference": its split, which has no validation part,
with its settings, to reproduce its tables on its covers.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from typing import Any

from covergenre.augment import VARIANTS
from covergenre.dataset.manifest import fingerprint
from covergenre.dataset.registry import Dataset, open_dataset, require_pictures
from covergenre.embedding.recipe import Recipe
from covergenre.errors import BadDataset, CoverGenreError
from covergenre.evaluation.metrics import Evaluation
from covergenre.methods import Context, TrainSpec, method
from covergenre.methods.base import preset_of
from covergenre.progress import SILENT, Monitor, Progress
from covergenre.runs import launch
from covergenre.runs.notes import read_notes, write_notes
from covergenre.studies.record import Outcome, Study
from covergenre.studies.reference import GENRES
from covergenre.training.experiment import fit_and_evaluate
from covergenre.training.parts import VectorCache, load_parts, select_covers
from covergenre.training.train import train

EXPERIMENTS = ("ladder", "k", "variants", "methods", "finetune")
DEFAULT_EXPERIMENTS = EXPERIMENTS[:-1]
"""Without fine-tuning, which takes hours where the others take minutes."""

KS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 25, 50, 100)
_QUICK_KS = (1, 4, 9, 25)
_QUICK_VARIANTS = (1, 2)
_STEP = " · "  # between the title of a point and its present step


@dataclass(frozen=True)
class Point:
    """One training: its place in a study (see `Outcome`), and its settings."""

    part: str
    method: str
    x: int
    what: str
    genres: tuple[str, ...]
    variants: tuple[str, ...] = ("original",)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """A unique name among the points of a study."""
        settings = ",".join(f"{name}={value}" for name, value in sorted(self.parameters.items()))
        return f"{self.part}/{self.method}/{self.x}/{len(self.genres)}/{len(self.variants)}/{settings}"


def design(
    dataset: Dataset,
    split: str = "honest",
    only: Sequence[str] = DEFAULT_EXPERIMENTS,
    quick: bool = False,
    genres: Sequence[str] = (),
    recipe: Recipe | None = None,
    seed: int = 42,
) -> Study:
    """The design of a study of a data set; earlier requests may have left further outcomes.

    `split`: the protocol. `only`: which of `EXPERIMENTS`. `quick`: a few points of each. `genres`: in the order of
    ladders (none: the reference's, then others by name).

    Raises CoverGenreError for an unknown part, split or genre, or fewer than two genres.
    """
    _check(dataset, split, only, genres)
    ordered = tuple(genres) or order_genres(dataset.genres)
    keys = tuple(point.key for point in plan(ordered, split, only, quick))
    return Study(dataset.name, fingerprint(dataset.manifest), split, seed, ordered, recipe or Recipe(), keys)


def run_study(asked: Study, dataset: Dataset | None = None, monitor: Monitor = SILENT) -> Study:
    """Compute the missing points of a study, and return it. `dataset`: its data set (None: open it by name).

    Raises CoverGenreError when the data set has changed or another process works on the same study; Cancelled when
    stopped.
    """
    asked.prepare()
    return compute(asked, dataset, monitor)


def start_study(asked: Study) -> None:
    """Run a study in a process of its own, which outlives this one. CoverGenreError when it is running already."""
    asked.prepare()
    asked.start()


def compute(asked: Study, dataset: Dataset | None = None, monitor: Monitor = SILENT) -> Study:
    """Compute the missing points of a study that was prepared; as `run_study`."""
    dataset = dataset or open_dataset(asked.dataset)
    if fingerprint(dataset.manifest) != asked.dataset_hash:
        raise BadDataset(f"the data set {dataset.name} has changed since the study was designed: start another")
    with asked.at_work():
        _compute_points(
            asked, dataset, Monitor(_listener(asked, monitor), lambda: monitor.should_stop() or asked.stop_requested())
        )
    return asked


def order_genres(genres: Sequence[str]) -> tuple[str, ...]:
    """The genres in the order of ladders: those of the reference first, then the others by name."""
    known = [genre for genre in GENRES if genre in genres]
    return (*known, *sorted(set(genres) - set(known)))


def plan(
    genres: tuple[str, ...], split: str, only: Sequence[str] = DEFAULT_EXPERIMENTS, quick: bool = False
) -> tuple[Point, ...]:
    """The points of a study, in order."""
    parts = {
        "ladder": _ladder(genres, split, quick),
        "k": _ks(genres, split, quick),
        "variants": _variants(genres, split, quick),
        "methods": _methods(genres, split, ("knn", "logistic", "boosting"), "methods"),
        "finetune": _methods(genres, split, ("finetune",), "finetune"),
    }
    return tuple(point for part in EXPERIMENTS if part in only for point in parts[part])


def _check(dataset: Dataset, split: str, only: Sequence[str], genres: Sequence[str]) -> None:
    require_pictures(dataset)
    if unknown := [part for part in only if part not in EXPERIMENTS]:
        raise CoverGenreError(f"a study has no part {unknown[0]!r}: choose from {', '.join(EXPERIMENTS)}")
    if split not in ("honest", "reference"):
        raise CoverGenreError(f"a study has no protocol {split!r}: choose honest or reference")
    if unknown := [genre for genre in genres if genre not in dataset.genres]:
        raise CoverGenreError(f"{dataset.name} has no cover of {unknown[0]!r}: choose from {', '.join(dataset.genres)}")
    if len(set(genres or dataset.genres)) < 2:
        raise CoverGenreError(f"a study of {dataset.name} needs more genres: choose at least two")


def _settings(name: str, split: str, **own: Any) -> dict[str, Any]:
    """The parameters of a method under a protocol; `own`: the reference's in this experiment."""
    return {} if split == "honest" else {**asdict(preset_of(method(name), "reference")), **own}


def _ladder(genres: tuple[str, ...], split: str, quick: bool) -> Iterator[Point]:
    rungs = list(range(2, len(genres) + 1))
    if quick:
        rungs = sorted({2, (2 + len(genres)) // 2, len(genres)})
    for name in ("knn", "logistic"):
        for n in rungs:
            yield Point("ladder", name, n, f"{n} genres", genres[:n], parameters=_settings(name, split))


def _ks(genres: tuple[str, ...], split: str, quick: bool) -> Iterator[Point]:
    space = {"metric": "blend", "shrinkage": 0.5} if split == "honest" else {}  # one for all, so that k alone differs
    for k in _QUICK_KS if quick else KS:
        parameters = {**_settings("knn", split), **space, "k": k}
        yield Point("k", "knn", k, f"k = {k}", genres, ("original",) if quick else VARIANTS, parameters)


def _variants(genres: tuple[str, ...], split: str, quick: bool) -> Iterator[Point]:
    for n in _QUICK_VARIANTS if quick else range(1, len(VARIANTS) + 1):
        for name in ("knn", "logistic", "boosting"):
            settings = _settings(name, split, **({"k": 1} if name == "knn" else {}))
            yield Point(
                "variants",
                name,
                n,
                f"{n} variants, the last {VARIANTS[n - 1]}" if n > 1 else "1 variant, the original",
                genres,
                VARIANTS[:n],
                settings,
            )


def _methods(genres: tuple[str, ...], split: str, names: Sequence[str], part: str) -> Iterator[Point]:
    for name in names:
        yield Point(part, name, 0, f"all {len(genres)} genres", genres, parameters=_settings(name, split))


def _compute_points(asked: Study, dataset: Dataset, monitor: Monitor) -> None:
    bench = _Bench(asked, dataset)
    known = {outcome.key for outcome in asked.outcomes()}
    points = _points(asked)
    for number, point in enumerate(points):
        report = partial(monitor.report, number, len(points))
        title = f"{point.part}: {method(point.method).title}, {point.what}"
        report(title)
        if point.key in known:
            continue
        monitor.check(f"the study was stopped at point {number + 1} of {len(points)}; finished points are kept")

        def follow(step: Progress, report: Callable = report, title: str = title) -> None:
            report(f"{title}{_STEP}{step.what} {step.done}/{step.total}")

        compute = bench.run if point.part in EXPERIMENTS[3:] else bench.judge
        with launch.wait_for_turn(monitor, partial(report, "waiting for a run that goes first")):
            asked.add(compute(point, Context(Monitor(follow, monitor.should_stop))))
    monitor.report(len(points), len(points), "done")


def _points(asked: Study) -> list[Point]:
    """The points of a study by their keys; those that only an older version has are skipped."""
    plans = (plan(asked.genres, asked.split, EXPERIMENTS, quick) for quick in (False, True))
    by_key = {point.key: point for points in plans for point in points}
    return [by_key[key] for key in asked.points if key in by_key]


def _listener(asked: Study, monitor: Monitor) -> Callable[[Progress], None]:
    """The listener of `monitor`, which also stores the activity: each point, and its steps once a second."""
    title, written = "", 0.0

    def note(step: Progress) -> None:
        nonlocal title, written
        monitor.listener(step)
        now = step.what.partition(_STEP)[0]
        if now != title or time.monotonic() - written > 1:
            asked.write_activity(step.what)
            title, written = now, time.monotonic()

    return note


class _Bench:
    """Computes points, with the vectors in memory."""

    def __init__(self, asked: Study, dataset: Dataset) -> None:
        self._asked, self._dataset = asked, dataset
        self._vectors = VectorCache(dataset, asked.recipe)
        self._covers = select_covers(dataset, TrainSpec("", genres=asked.genres, split=asked.split, seed=asked.seed))

    def judge(self, point: Point, context: Context) -> Outcome:
        """Train and evaluate without a run."""
        spec = self._spec(point)
        self._vectors.of(self._covers, ("original",), context)  # of all genres at once, for later points
        parts = load_parts(self._dataset, select_covers(self._dataset, spec), spec, self._vectors, context)
        began = time.perf_counter()
        result = fit_and_evaluate(parts, spec, context)
        return _outcome(point, result.evaluation, time.perf_counter() - began)

    def run(self, point: Point, context: Context) -> Outcome:
        """Train as a run."""
        run = train(self._dataset, self._spec(point), context.monitor)
        write_notes(run, replace(read_notes(run), tags=(f"study {self._asked.folder.name[-4:]}",)))
        return _outcome(point, run.evaluation(), run.status().seconds or 0.0, run.id)

    def _spec(self, point: Point) -> TrainSpec:
        asked, genres = self._asked, tuple(sorted(point.genres))
        return TrainSpec(
            method=point.method,
            parameters=point.parameters,
            dataset=asked.dataset,
            genres=genres,
            recipe=asked.recipe,
            variants=point.variants,
            split=asked.split,
            seed=asked.seed,
        )


def _outcome(point: Point, found: Evaluation, seconds: float, run: str = "") -> Outcome:
    figures = (found.covers, found.accuracy, found.balanced_accuracy, found.f1_weighted)
    return Outcome(point.key, point.part, point.method, point.x, point.what, *figures, round(seconds, 2), run)
