"""A comparison as tables to take away: CSV files in UTF-8, a row a figure, an answer, a cell."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from covergenre.comparison.comparison import ComparedRuns
from covergenre.comparison.slices import Slice
from covergenre.evaluation.intervals import Interval
from covergenre.formatting import as_csv
from covergenre.report.sections import FIGURES
from covergenre.studies.record import COLUMNS, Study

METRICS = tuple(name for name, *_ in FIGURES)
"""The headline figures, as `Evaluation` names them."""


@dataclass(frozen=True)
class Table:
    """A table: what its file is called, without an ending, the names of its columns, and its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple, ...]

    def to_csv(self) -> str:
        """The table as CSV. A text that a spreadsheet would run as a formula gets a leading apostrophe."""
        return as_csv(self.columns, self.rows)


def comparison_tables(
    compared: ComparedRuns, slices: Sequence[Slice] = (), studies: Sequence[Study] = ()
) -> tuple[Table, ...]:
    """All tables of a comparison: figures, pairs, genres, confusion, covers; slices and ladders where there are any."""
    interval = ("value", "low", "high")
    run = ("run", "name")
    pair = ("a", "b", "covers", "only_a", "only_b", "difference", "low", "high", "p", "adjusted")
    answers = (
        f"{column}: {each.name}" for each in compared.runs for column in ("predicted", "probability", "of truth")
    )
    cut = (Table("slices", ("fact", "value", "covers", *run, *interval), tuple(_slices(compared, slices))),)
    climbed = (Table("ladders", ("data set", "split", "genres", *COLUMNS), tuple(_ladders(studies))),)
    return (
        Table("figures", (*run, "method", "figure", *interval), tuple(_figures(compared))),
        Table("pairs", pair, tuple(tuple(each.to_dict()[name] for name in pair) for each in compared.comparison.pairs)),
        Table("genres", (*run, "genre", "covers", "figure", *interval), tuple(_genres(compared))),
        Table("confusion", (*run, "true", "predicted", "covers"), tuple(_confusion(compared))),
        Table("covers", ("path", "genre", *answers), tuple(_covers(compared))),
        *(cut if slices else ()),
        *(climbed if studies else ()),
    )


def zip_tables(tables: Iterable[Table]) -> bytes:
    """The tables as CSV files in one ZIP archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        for table in tables:
            files.writestr(f"{table.name}.csv", table.to_csv())
    return archive.getvalue()


def _figures(compared: ComparedRuns) -> Iterator[tuple]:
    for run, metric in product(compared.runs, METRICS):
        told = (run.id, run.name, run.run.spec.method, metric)
        yield (*told, *_numbers(getattr(run.evaluation, metric)))
    for run in compared.runs:
        costs = {"seconds": run.seconds, "prediction_ms": run.prediction_ms, "model_bytes": run.model_bytes}
        for cost, value in costs.items():
            yield (run.id, run.name, run.run.spec.method, cost, "" if value is None else value, "", "")


def _genres(compared: ComparedRuns) -> Iterator[tuple]:
    for run in compared.runs:
        for scores, figure in product(run.evaluation.by_genre, ("precision", "recall", "f1")):
            yield (run.id, run.name, scores.genre, scores.covers, figure, *_numbers(getattr(scores, figure)))


def _confusion(compared: ComparedRuns) -> Iterator[tuple]:
    for run in compared.runs:
        for true, row in zip(compared.genres, run.evaluation.confusion, strict=True):
            for predicted, covers in zip(compared.genres, row, strict=True):
                yield (run.id, run.name, true, predicted, covers)


def _covers(compared: ComparedRuns) -> Iterator[tuple]:
    labels, places = compared.labels, zip(compared.covers.paths, compared.covers.column("genre"), strict=True)
    for number, (path, genre) in enumerate(places):
        answers: list[str] = []
        for run in compared.runs:
            chances = run.probabilities[number]
            answers += [compared.genres[chances.argmax()], f"{chances.max():.4f}", f"{chances[labels[number]]:.4f}"]
        yield (path, genre, *answers)


def _slices(compared: ComparedRuns, slices: Iterable[Slice]) -> Iterator[tuple]:
    for each in slices:
        for run, accuracy in zip(compared.runs, each.accuracy, strict=True):
            yield (each.fact, each.value, each.covers, run.id, run.name, *_numbers(accuracy))


def _ladders(studies: Iterable[Study]) -> Iterator[tuple]:
    for study in studies:
        for outcome in study.current_outcomes():
            yield (study.dataset, study.split, len(study.genres), *outcome.row())


def _numbers(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high
