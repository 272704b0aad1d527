"""A comparison as CSV tables to take away, a row a figure, an answer or a cell."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.comparison.slices import Slice
from covergenre.evaluation.intervals import Interval
from covergenre.formatting import as_csv
from covergenre.report.sections import FIGURES
from covergenre.studies.record import COLUMNS, Study

METRICS = tuple(name for name, *_ in FIGURES)
"""The headline figures, as `Evaluation` names them."""

_RUN, _INTERVAL = ("run", "name"), ("value", "low", "high")
_PAIR = ("a", "b", "covers", "only_a", "only_b", "difference", "low", "high", "p", "adjusted")


def comparison_tables(
    compared: ComparedRuns, slices: Sequence[Slice] = (), studies: Sequence[Study] = ()
) -> dict[str, str]:
    """The CSV of each table by name: figures, pairs, genres, confusion, covers; slices and ladders if there are any.

    A text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    answers = (f"{each}: {run.name}" for run in compared.runs for each in ("predicted", "probability", "of truth"))
    pairs = [[pair.to_dict()[name] for name in _PAIR] for pair in compared.comparison.pairs]
    tables = {
        "figures": as_csv((*_RUN, "method", "figure", *_INTERVAL), _figures(compared)),
        "pairs": as_csv(_PAIR, pairs),
        "genres": as_csv((*_RUN, "genre", "covers", "figure", *_INTERVAL), _genres(compared)),
        "confusion": as_csv((*_RUN, "true", "predicted", "covers"), _confusion(compared)),
        "covers": as_csv(("path", "genre", *answers), _covers(compared)),
    }
    if slices:
        tables["slices"] = as_csv(("fact", "value", "covers", *_RUN, *_INTERVAL), _slices(compared, slices))
    if studies:
        rows = (
            (study.dataset, study.split, len(study.genres), *outcome.row())
            for study in studies
            for outcome in study.current_outcomes()
        )
        tables["ladders"] = as_csv(("data set", "split", "genres", *COLUMNS), rows)
    return tables


def zip_tables(tables: Mapping[str, str]) -> bytes:
    """The tables as CSV files in one ZIP archive."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as files:
        for name, table in tables.items():
            files.writestr(f"{name}.csv", table)
    return archive.getvalue()


def _figures(compared: ComparedRuns) -> Iterator[tuple]:
    for run, metric in product(compared.runs, METRICS):
        yield (*_names(run), run.run.spec.method, metric, *_bounds(getattr(run.evaluation, metric)))
    for run, cost in product(compared.runs, ("seconds", "prediction_ms", "model_bytes")):
        value = getattr(run, cost)
        yield (*_names(run), run.run.spec.method, cost, "" if value is None else value, "", "")


def _genres(compared: ComparedRuns) -> Iterator[tuple]:
    for run in compared.runs:
        for scores, figure in product(run.evaluation.by_genre, ("precision", "recall", "f1")):
            yield (*_names(run), scores.genre, scores.covers, figure, *_bounds(getattr(scores, figure)))


def _confusion(compared: ComparedRuns) -> Iterator[tuple]:
    for run in compared.runs:
        for true, row in zip(compared.genres, run.evaluation.confusion, strict=True):
            for predicted, covers in zip(compared.genres, row, strict=True):
                yield (*_names(run), true, predicted, covers)


def _covers(compared: ComparedRuns) -> Iterator[tuple]:
    covers = zip(compared.covers.paths, compared.covers.column("genre"), compared.labels, strict=True)
    for number, (path, genre, label) in enumerate(covers):
        answers: list[str] = []
        for run in compared.runs:
            shares = run.probabilities[number]
            answers += [compared.genres[shares.argmax()], f"{shares.max():.4f}", f"{shares[label]:.4f}"]
        yield (path, genre, *answers)


def _slices(compared: ComparedRuns, slices: Sequence[Slice]) -> Iterator[tuple]:
    for each in slices:
        for run, accuracy in zip(compared.runs, each.accuracy, strict=True):
            yield (each.fact, each.value, each.covers, *_names(run), *_bounds(accuracy))


def _names(run: ComparedRun) -> tuple[str, str]:
    return run.id, run.name


def _bounds(interval: Interval) -> tuple[float, float, float]:
    return interval.value, interval.low, interval.high
