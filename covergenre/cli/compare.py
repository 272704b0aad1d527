"""compare: finished runs on the test covers they share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from covergenre.cli.console import print_result, table, with_interval, writing
from covergenre.cli.options import AsJson, argument, option
from covergenre.comparison.comparison import ComparedRuns, compare_runs
from covergenre.comparison.slices import compute_slices
from covergenre.files import replace_text
from covergenre.formatting import duration, size
from covergenre.report.conclusion import verdict
from covergenre.report.document import html_report
from covergenre.report.ladders import related_studies
from covergenre.report.tables import METRICS, comparison_tables
from covergenre.runs.record import Run

Runs = Annotated[list[str], argument("Ids of finished runs, or starter.", "RUN")]
Html = Annotated[Path | None, option("Write a report to this file, and tables (CSV) beside it.")]
Pictures = Annotated[
    bool | None,
    option("Show covers in the report as small pictures.", "--pictures/--no-pictures", shown="when they are few"),
]

app = typer.Typer()


@app.command()
def compare(runs: Runs, html: Html = None, pictures: Pictures = None, as_json: AsJson = False) -> None:
    """Which run is better, whether it truly is, and where: on the test covers that all of them share.

    Of one run, its figures. With more than two runs, p is adjusted for the number of pairs (Holm). The starter's
    methods are runs too: starter-knn and starter-logistic; starter is the one that answers.

    Example: covergenre compare 20261122-221434-knn-38fb 20261122-222233-logistic-b8f6 --html report.html
    """
    compared = compare_runs([Run.open(run) for run in runs])
    if html:
        _write(compared, html, pictures)
    print_result(as_json, _as_dict(compared), *_lines(compared, html))


def _as_dict(compared: ComparedRuns) -> dict[str, Any]:
    """What `--json` says; the pairs name runs by their ids."""
    ids = {run.name: run.id for run in compared.runs}
    runs = [
        {
            "id": run.id,
            "method": run.run.spec.method,
            "metrics": {name: run.evaluation.to_dict()[name] for name in METRICS},
            "confusion": run.evaluation.confusion,
            "genres": compared.genres,
        }
        for run in compared.runs
    ]
    pairs = [
        {
            "a": ids[pair.a],
            "b": ids[pair.b],
            "only_a": pair.only_a,
            "only_b": pair.only_b,
            "p": pair.adjusted,
            "difference": pair.difference.value,
            "low": pair.difference.low,
            "high": pair.difference.high,
        }
        for pair in compared.comparison.pairs
    ]
    return {"covers": len(compared.covers), "runs": runs, "pairs": pairs}


def _write(compared: ComparedRuns, file: Path, pictures: bool | None) -> None:
    """The report, and beside it a CSV a table, named after the report."""
    cut, studies = compute_slices(compared), related_studies(compared)
    tables = comparison_tables(compared, cut, studies)
    texts = {file: html_report(compared, cut, pictures, studies)}
    texts |= {file.with_name(f"{file.stem}-{name}.csv"): table for name, table in tables.items()}
    with writing(file):
        for path, text in texts.items():
            replace_text(path, text)


def _lines(compared: ComparedRuns, html: Path | None) -> Iterator[str | Table]:
    yield from compared.left_out
    rows = [
        (
            run.name + (" *" if run.name == compared.comparison.best else ""),
            *(with_interval(getattr(run.evaluation, name)) for name in METRICS[:4]),
            f"{run.evaluation.log_loss.value:.3f}",
            with_interval(run.evaluation.calibration_error),
            duration(run.seconds),
            size(run.model_bytes),
        )
        for run in compared.runs
    ]
    names = [name.replace("_", " ") for name in METRICS]
    yield table((f"on {len(compared.covers):,} covers", *names, "training", "model"), rows)
    if len(compared.runs) > 2:
        yield verdict(compared)
    yield from (pair.sentence for pair in compared.comparison.pairs)
    if html:
        yield f"report {html}"
