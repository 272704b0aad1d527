"""The reference study's experiments, on any data set: ladders of genres, k, ladders of variants, and each method.

A point is one training with one look at the test part. Points are many, so they leave a line of figures and no run;
only the methods on all genres, at the end, are runs like any other. Each point is kept as it is made: a study that was
stopped goes on where it was.

Runs that wait in the queue go between two points, so that never two trainings share the processors.

Two protocols. "honest": our split, every choice on validation. "reference": its split, which has no validation part,
with its settings, so that whoever has its covers can make its tables again.
"""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from covergenre.augment import VARIANTS
from covergenre.dataset.manifest import fingerprint
from covergenre.dataset.registry import Dataset
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.errors import Cancelled, CoverGenreError
from covergenre.evaluation.metrics import Evaluation, evaluate
from covergenre.methods import Context, Covers, TrainSpec, method
from covergenre.methods.base import preset_of
from covergenre.progress import Progress, Report, ShouldStop, never, silent
from covergenre.runs import launch
from covergenre.runs.published import GENRES
from covergenre.runs.studies import Outcome, Study
from covergenre.runs.train import as_covers, covers_of, train

PARTS = ("ladder", "k", "variants", "methods", "finetune")
USUAL = PARTS[:-1]
"""Without fine-tuning, which takes hours where the others take minutes."""

KS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 25, 50, 100)
_QUICK_KS = (1, 4, 9, 25)
_QUICK_VARIANTS = (1, 2)
_STEP = " · "  # parts what is done of a point from its title


@dataclass(frozen=True)
class Point:
    """One training: where it stands in a study (see `Outcome`), and what it takes."""

    part: str
    method: str
    x: int
    what: str
    genres: tuple[str, ...]
    variants: tuple[str, ...] = ("original",)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What tells it from every other point of a study."""
        settings = ",".join(f"{name}={value}" for name, value in sorted(self.parameters.items()))
        return f"{self.part}/{self.method}/{self.x}/{len(self.genres)}/{len(self.variants)}/{settings}"


def study(
    dataset: Dataset,
    split: str = "honest",
    only: Sequence[str] = USUAL,
    quick: bool = False,
    genres: Sequence[str] | None = None,
    recipe: Recipe | None = None,
    seed: int = 42,
    report: Report = silent,
    should_stop: ShouldStop = never,
) -> Study:
    """Make the points that aren't made yet; the study, whose outcomes may hold more than was asked for now.

    `split`: the protocol. `only`: which of `PARTS`. `quick`: a few points of each. `genres`: in the order in which
    ladders take them (None: the reference's, then others by name).

    Raises CoverGenreError for an unknown part, split or genre, fewer than two genres, or when another process works on
    the same study; Cancelled when stopped. What was made before is kept.
    """
    asked, points = _asked(dataset, split, only, quick, genres, recipe, seed)
    with asked.lock:
        asked.save()
        _make(asked, dataset, points, report, lambda: should_stop() or asked.stop_asked())
    return asked


def begin(
    dataset: Dataset,
    split: str = "honest",
    only: Sequence[str] = USUAL,
    quick: bool = False,
    recipe: Recipe | None = None,
) -> Study:
    """Have `study` done by a process of its own, which outlives this one. Raises as `study` does before any work."""
    asked, _ = _asked(dataset, split, only, quick, None, recipe, 42)
    asked.save()
    used = asked.recipe
    options = ["--only", ",".join(only), "--split", split, "--backbone", used.backbone, "--features", used.feature_set]
    options += ["--quick"] if quick else []
    options += ["--limit", str(used.limit)] if used.limit else []
    options += ["--weights", used.weights] if used.weights else []
    command = (sys.executable, "-P", "-m", "covergenre", "study", dataset.name, *options)
    launch.detached(command, asked.folder / "log.txt")
    return asked


def in_order(genres: Sequence[str]) -> tuple[str, ...]:
    """The genres as ladders take them: those of the reference in its order, then the others by name."""
    known = [genre for genre in GENRES if genre in genres]
    return (*known, *sorted(set(genres) - set(known)))


def plan(genres: tuple[str, ...], split: str, only: Sequence[str] = USUAL, quick: bool = False) -> tuple[Point, ...]:
    """The points of a study, in the order in which they are made."""
    parts: dict[str, Callable[[], Iterator[Point]]] = {
        "ladder": lambda: _ladder(genres, split, quick),
        "k": lambda: _ks(genres, split, quick),
        "variants": lambda: _variants(genres, split, quick),
        "methods": lambda: _methods(genres, split, ("knn", "logistic", "boosting"), "methods"),
        "finetune": lambda: _methods(genres, split, ("finetune",), "finetune"),
    }
    return tuple(point for part in PARTS if part in only for point in parts[part]())


def _asked(
    dataset: Dataset,
    split: str,
    only: Sequence[str],
    quick: bool,
    genres: Sequence[str] | None,
    recipe: Recipe | None,
    seed: int,
) -> tuple[Study, tuple[Point, ...]]:
    """What is asked for, with its folder, and its points; raises as `study` does."""
    _check(dataset, split, only, genres)
    ordered = tuple(genres) if genres else in_order(dataset.genres)
    points = plan(ordered, split, only, quick)
    keys = tuple(point.key for point in points)
    asked = Study(dataset.name, fingerprint(dataset.manifest), split, seed, ordered, recipe or Recipe(), keys)
    asked.folder.mkdir(parents=True, exist_ok=True)
    if asked.is_running():
        raise CoverGenreError(f"the study of {dataset.name} is being made by another process: wait for it, or stop it")
    return asked, points


def _check(dataset: Dataset, split: str, only: Sequence[str], genres: Sequence[str] | None) -> None:
    if unknown := [part for part in only if part not in PARTS]:
        raise CoverGenreError(f"a study has no part {unknown[0]!r}: choose from {', '.join(PARTS)}")
    if split not in ("honest", "reference"):
        raise CoverGenreError(f"a study has no protocol {split!r}: choose honest or reference")
    if unknown := [genre for genre in genres or () if genre not in dataset.genres]:
        raise CoverGenreError(f"{dataset.name} has no cover of {unknown[0]!r}: choose from {', '.join(dataset.genres)}")
    if len(set(genres or dataset.genres)) < 2:
        raise CoverGenreError(f"a study of {dataset.name} takes two genres or more: name another")


def _settings(name: str, split: str, **own: Any) -> dict[str, Any]:
    """The parameters of a method under a protocol; `own` are those that the reference had there."""
    return {} if split == "honest" else {**asdict(preset_of(method(name), "reference")), **own}


def _ladder(genres: tuple[str, ...], split: str, quick: bool) -> Iterator[Point]:
    rungs = range(2, len(genres) + 1)
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


def _make(asked: Study, dataset: Dataset, points: Sequence[Point], report: Report, should_stop: ShouldStop) -> None:
    made = {outcome.key for outcome in asked.outcomes()}
    bench, report = _Bench(asked, dataset), _told(asked, report)
    for number, point in enumerate(points):
        title = f"{point.part}: {method(point.method).title}, {point.what}"
        report(Progress(number, len(points), title))
        if point.key in made:
            continue
        if should_stop():
            raise Cancelled(f"the study was stopped at point {number + 1} of {len(points)}; what was made is kept")

        def tell(progress: Progress, number: int = number, title: str = title) -> None:
            report(Progress(number, len(points), f"{title}{_STEP}{progress.what} {progress.done}/{progress.total}"))

        def tell_waiting(number: int = number) -> None:
            report(Progress(number, len(points), "waiting for a run that goes first"))

        make = bench.run if point.part in PARTS[3:] else bench.judge
        with launch.turn(should_stop, tell_waiting):
            asked.add(make(point, tell, should_stop))
    report(Progress(len(points), len(points), "done"))


def _told(asked: Study, report: Report) -> Report:
    """`report`, which also leaves word for other processes; of the steps of a point, once a second."""
    title, written = "", 0.0

    def tell(progress: Progress) -> None:
        nonlocal title, written
        report(progress)
        now = progress.what.partition(_STEP)[0]
        if now != title or time.monotonic() - written > 1:
            asked.tell(progress.what)
            title, written = now, time.monotonic()

    return tell


class _Bench:
    """Makes points, with the vectors of all that were needed so far at hand."""

    def __init__(self, asked: Study, dataset: Dataset) -> None:
        self._asked, self._dataset = asked, dataset
        self._vectors: dict[str, np.ndarray] = {}
        self._covers = covers_of(dataset, tuple(sorted(asked.genres)), asked.split, asked.seed)

    def judge(self, point: Point, report: Report, should_stop: ShouldStop) -> Outcome:
        """Train and test here, and leave nothing but figures."""
        parts, groups = self._parts(point, report, should_stop)
        began = time.perf_counter()
        genres, seed = tuple(sorted(point.genres)), self._asked.seed
        spec = TrainSpec(method=point.method, parameters=point.parameters, genres=genres, seed=seed)
        context = Context(report, should_stop)
        fitted = method(point.method).fit(parts["train"], parts["validation"], spec, context)
        test = parts["test"]
        found = evaluate(test.labels, fitted.predict_proba(test), tuple(sorted(point.genres)), groups, self._asked.seed)
        return _outcome(point, found, time.perf_counter() - began)

    def run(self, point: Point, report: Report, should_stop: ShouldStop) -> Outcome:
        """Train as a run, to be compared and used like any other."""
        made = train(
            self._dataset,
            point.method,
            point.parameters,
            point.genres,
            self._asked.recipe,
            point.variants,
            self._asked.split,
            self._asked.seed,
            report,
            should_stop,
        )
        return _outcome(point, made.evaluation(), made.status().seconds or 0.0, made.id)

    def _parts(self, point: Point, report: Report, should_stop: ShouldStop) -> tuple[dict[str, Covers], np.ndarray]:
        """The covers of each part, the training ones in all variants of the point; and the groups of the test part."""
        covers = covers_of(self._dataset, tuple(sorted(point.genres)), self._asked.split, self._asked.seed)
        kept = self._covers["path"].isin(covers["path"]).to_numpy()
        parts = {}
        for part in ("train", "validation", "test"):
            rows, own = kept & (self._covers["part"] == part).to_numpy(), covers[covers["part"] == part]
            variants = point.variants if part == "train" else ("original",)
            parts[part] = as_covers(own, [self._of(variant, report, should_stop)[rows] for variant in variants])
        return parts, covers.loc[covers["part"] == "test", "group"].to_numpy(np.int64)

    def _of(self, variant: str, report: Report, should_stop: ShouldStop) -> np.ndarray:
        """The vectors of all covers of the study, in the order of its covers; of a variant, zeros but in training."""
        if variant not in self._vectors:
            needed = self._covers if variant == "original" else self._covers[self._covers["part"] == "train"]
            within = self._dataset.manifest["path"].isin(needed["path"])
            some = replace(self._dataset, manifest=self._dataset.manifest[within])
            found = embed_dataset(some, self._asked.recipe, (variant,), report, should_stop)[variant]
            whole = np.zeros((len(self._covers), found.shape[1]), np.float32)
            whole[needed.index.to_numpy()] = found
            self._vectors[variant] = whole
        return self._vectors[variant]


def _outcome(point: Point, found: Evaluation, seconds: float, run: str = "") -> Outcome:
    figures = (found.covers, found.accuracy, found.balanced_accuracy, found.f1_weighted)
    return Outcome(point.key, point.part, point.method, point.x, point.what, *figures, round(seconds, 2), run)
