"""Related runs: one training repeated with other seeds, or all methods on the same covers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import mean, stdev

from covergenre.dataset.registry import Dataset
from covergenre.methods import METHODS, TrainSpec, method
from covergenre.packages import missing
from covergenre.runs import launch
from covergenre.runs.notes import read_notes, write_notes
from covergenre.runs.record import Run, RunSpec
from covergenre.training.train import prepare


@dataclass(frozen=True)
class Spread:
    """The spread of a metric over `runs` runs that differ in their seed only."""

    runs: int
    mean: float
    deviation: float
    low: float
    high: float


def start_all(dataset: Dataset, spec: TrainSpec) -> tuple[Run, ...]:
    """Queue a run of each method that reads vectors, with its default parameters and a common tag; the runs.

    They share covers, split, seed and vectors, so that they can be compared on all test covers. Raises as `prepare`.
    """
    names = [name for name in METHODS if method(name).reads == "vectors" and not missing(method(name).needs)]
    runs = [prepare(dataset, replace(spec, method=name, parameters={})) for name in names]
    return _start(runs, f"all methods {runs[0].id[-4:]}")


def start_repeats(dataset: Dataset, run: Run, more: int) -> tuple[Run, ...]:
    """Queue a run's training again with so many other seeds and a common tag; the runs. Raises as `prepare`.

    The seed is also that of the split, so the spread includes the chance of the split.
    """
    fields = {name: getattr(run.spec, name) for name in TrainSpec.__dataclass_fields__}
    specs = [TrainSpec(**{**fields, "seed": run.spec.seed + number}) for number in range(1, more + 1)]
    return _start([prepare(dataset, spec) for spec in specs], f"seeds of {run.id[-4:]}")


def repeats_of(run: Run, runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs whose spec is that of `run` but for the seed, itself included."""
    return tuple(other for other in runs if _but_for_seed(other.spec) == _but_for_seed(run.spec))


def spread(figures: Sequence[float]) -> Spread | None:
    """The spread of a figure over two or more runs; None of fewer."""
    if len(figures) < 2:
        return None
    return Spread(len(figures), mean(figures), stdev(figures), min(figures), max(figures))


def _start(runs: Sequence[Run], tag: str) -> tuple[Run, ...]:
    for run in runs:
        write_notes(run, replace(read_notes(run), tags=(tag,)))
        launch.start(run)
    return tuple(runs)


def _but_for_seed(spec: RunSpec) -> tuple:
    return spec.method, dict(spec.parameters), spec.dataset_hash, spec.genres, spec.recipe, spec.variants, spec.split
