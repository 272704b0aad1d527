"""scan, embed, process, index, demo, rename and remove: data sets and their vectors."""

import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from covergenre import home
from covergenre.augment import VARIANTS
from covergenre.cli.console import echo, print_error, print_result, progress, split_list, table
from covergenre.cli.options import (
    AsJson,
    Backbone,
    DatasetName,
    Features,
    Limit,
    On,
    Variants,
    Weights,
    argument,
    option,
)
from covergenre.cluster import steps as available
from covergenre.cluster.dataset import embedder, scanner
from covergenre.cluster.inputs import find_items
from covergenre.cluster.job import HERE, run
from covergenre.cluster.shards import Shards
from covergenre.collection.sources import index_run
from covergenre.dataset import registry
from covergenre.dataset.manifest import Scan, usable
from covergenre.dataset.registry import Dataset, Missing, open_dataset, register
from covergenre.dataset.starter import STARTER
from covergenre.demo import build_demo
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.errors import CoverGenreError
from covergenre.inspection.indexing import index_dataset
from covergenre.runs.default import default_run
from covergenre.runs.record import Run, dependents_note

_SKIPPED_NAMED = 5  # skipped files whose names are printed
_FAILURES_NAMED = 20

app = typer.Typer()


@app.command()
def scan(
    folder: Annotated[Path, argument("A folder of genre folders.")],
    name: Annotated[str, option("What to call the data set.", shown=False)],
    genre_level: Annotated[
        int | None,
        option(
            "Which folder names the genre: 1 is the first below FOLDER, 0 the one that contains the file.",
            shown="detected",
            min=0,
        ),
    ] = None,
    missing: Annotated[
        Missing, option("Covers whose files are gone: refuse where they are many, keep what is known, or forget it.")
    ] = "refuse",
    on: On = HERE,
    as_json: AsJson = False,
) -> None:
    """Read a folder of genre folders into a data set. Scanning again reads only what changed.

    Example: covergenre scan ~/covers --name mine
    """
    reader = scanner(on) if on else None
    with progress() as monitor:
        dataset, scanned = register(name, folder, monitor, genre_level=genre_level, missing=missing, read_pixels=reader)
    data = {
        **_summary(dataset),
        "passed_over": dict(scanned.skipped),
        "passed_over_names": dict(scanned.skipped.names),
        "read": scanned.read,
        "reused": scanned.reused,
        "gone": len(scanned.gone),
        "layout": str(scanned.layout),
        "remarks": list(scanned.remarks),
    }
    print_result(as_json, data, *_lines(dataset), *_scan_lines(scanned))


@app.command()
def embed(
    name: DatasetName,
    backbone: Backbone = Recipe.backbone,
    features: Features = Recipe.feature_set,
    limit: Limit = None,
    weights: Weights = None,
    variants: Variants = "original",
    on: On = HERE,
    as_json: AsJson = False,
) -> None:
    """Compute the vectors of a data set's covers and keep them for later use.

    Example: covergenre embed mine --variants all
    """
    started = time.perf_counter()
    with progress() as monitor:
        recipe, fill = Recipe(backbone, features, limit, weights), embedder(on) if on else None
        vectors = embed_dataset(open_dataset(name), recipe, variants_of(variants), monitor, fill=fill)
    counts = {variant: len(rows) for variant, rows in vectors.items()}
    width, seconds = next(iter(vectors.values())).shape[1], round(time.perf_counter() - started, 2)
    print_result(
        as_json,
        {"name": name, "variants": counts, "width": width, "seconds": seconds},
        table(("variant", "vectors"), counts.items()),
        f"{width} numbers each, {seconds} s",
    )


@app.command()
def process(
    covers: Annotated[str, argument("A folder, s3://..., gs://..., or a .txt with one address per line.")],
    to: Annotated[str, argument("The folder or bucket that gets the Parquet files.")],
    steps: Annotated[
        str, option("What to do, joined by commas: look, vectors, measures, thumbnails, answers.")
    ] = "look,answers",
    backbone: Backbone = Recipe.backbone,
    features: Features = Recipe.feature_set,
    limit: Limit = None,
    name: Annotated[str | None, option("The run that answers.", "--run", shown="the run in use")] = None,
    on: On = HERE,
    as_json: AsJson = False,
) -> None:
    """Process many covers into Parquet files, one row each. Processing again handles only what is new or changed.

    Example: covergenre process s3://bucket/covers rows --steps look,answers --on ray
    """
    by_name = {
        "look": available.look(),
        "vectors": available.vectors(Recipe(backbone, features, limit)),
        "measures": available.measures(),
        "thumbnails": available.thumbnails(),
        "answers": available.answers(name or default_run() or STARTER),
    }
    wanted = split_list(steps) or ("",)
    if unknown := [step for step in wanted if step not in by_name]:
        raise CoverGenreError(f"there is no step {unknown[0]!r}: choose from {', '.join(by_name)}")
    chosen = [by_name[step] for step in dict.fromkeys(wanted)]
    with progress() as monitor:
        outcome = run(find_items(covers), chosen, to, on, monitor)
    failures, folder = {**outcome.bad, **outcome.undone}, Shards(to, chosen).folder
    print_result(
        as_json,
        {**asdict(outcome), "folder": folder},
        f"{outcome.done} covers processed, {outcome.reused} were done before: {folder}",
    )
    if not as_json:
        for path, why in list(failures.items())[:_FAILURES_NAMED]:
            print_error(f"{path}: {why}")
        if len(failures) > _FAILURES_NAMED:
            print_error(f"and {len(failures) - _FAILURES_NAMED} more, named by --json")
    if failures:
        raise typer.Exit(1)


@app.command()
def index(name: Annotated[str, argument("A scanned data set, or the id of a run.")], as_json: AsJson = False) -> None:
    """Build a nearest-neighbour index, which the app needs for more than 200,000 covers, and measure its recall.

    Example: covergenre index mine
    """
    with progress() as monitor:
        if (home.runs() / name).is_dir():
            made = index_run(Run.open(name), monitor)
        else:
            made = index_dataset(open_dataset(name), monitor)
    print_result(as_json, asdict(made), f"{name}: {made}")


@app.command()
def demo(as_json: AsJson = False) -> None:
    """Draw the demo data set: ten genres of invented albums, with planted defects.

    Example: covergenre demo
    """
    with progress() as monitor:
        dataset = build_demo(monitor)
    print_result(as_json, _summary(dataset), *_lines(dataset))


@app.command()
def rename(name: DatasetName, to: Annotated[str, argument("Its new name.", "NEW")]) -> None:
    """Rename a data set; its runs stay valid.

    Example: covergenre rename mine covers
    """
    registry.rename(name, to)
    echo(f"{name} is now called {to}")


@app.command()
def remove(name: DatasetName, yes: Annotated[bool, option("Don't ask.", "--yes")] = False) -> None:
    """Forget a data set: its scan, splits, audit and repairs. The covers stay.

    Example: covergenre remove mine
    """
    registry.folder_of(name)  # which raises where there is nothing to remove
    if note := dependents_note(name):
        echo(note)
    if not yes:
        typer.confirm(f"Forget {name}?", abort=True)
    registry.remove(name)
    echo(f"{name} is forgotten; its covers stay where they are")


def variants_of(text: str) -> tuple[str, ...]:
    """The variants in an option."""
    return VARIANTS if text == "all" else split_list(text)


def _summary(dataset: Dataset) -> dict:
    good = usable(dataset.manifest)
    return {
        "name": dataset.name,
        "root": str(dataset.root),
        "covers": len(dataset.manifest),
        "usable": len(good),
        "genres": {genre: int(count) for genre, count in good["genre"].value_counts().sort_index().items()},
    }


def _lines(dataset: Dataset) -> tuple[Table, str]:
    summary = _summary(dataset)
    unusable = summary["covers"] - summary["usable"]
    sentence = f"{dataset.name}: {summary['usable']} usable covers, {unusable} unusable"
    return table(("genre", "covers"), summary["genres"].items()), sentence


def _scan_lines(scanned: Scan) -> Iterator[str]:
    yield f"read as {scanned.layout}; --genre-level chooses another"
    for reason, count in scanned.skipped.items():
        named = scanned.skipped.names[reason][:_SKIPPED_NAMED]
        more = ", ..." if count > len(named) else ""
        yield f"skipped, {reason}: {count} ({', '.join(named)}{more})"
    if scanned.gone:
        yield f"gone: {len(scanned.gone)} ({', '.join(scanned.gone[:_SKIPPED_NAMED])}); kept for when they are back"
    yield from scanned.remarks
