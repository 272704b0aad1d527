"""scan, embed and demo: data sets and their vectors."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from covergenre.augment import VARIANTS
from covergenre.cli.console import answer, listed, progress, say, table
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
from covergenre.cluster import dataset as cluster
from covergenre.cluster.job import HERE
from covergenre.dataset import registry
from covergenre.dataset.manifest import Scan, usable
from covergenre.dataset.registry import Dataset, Missing, open_dataset, register
from covergenre.demo import build_demo
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.runs.record import dependents_note

_NAMED = 5  # skipped files that are named


app = typer.Typer()


@app.command()
def scan(
    folder: Annotated[Path, argument("A folder of genre folders.")],
    name: Annotated[str, option("What to call the data set.", shown=False)],
    genre_level: Annotated[
        int | None,
        option(
            "Which folder names the genre: 1 is the first below FOLDER, 0 the one that holds the file.",
            shown="told from the files",
            min=0,
        ),
    ] = None,
    missing: Annotated[
        Missing, option("Covers whose files are gone: refuse where they are many, keep what is known, or forget it.")
    ] = "refuse",
    on: On = HERE,
    as_json: AsJson = False,
) -> None:
    """Read a folder of genre folders into a data set; again, only what changed.

    Example: covergenre scan ~/covers --name mine
    """
    reader = cluster.scanner(on) if on else None
    with progress() as report:
        dataset, scanned = register(name, folder, report, genre_level=genre_level, missing=missing, read_pixels=reader)
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
    answer(as_json, data, *_in_words(dataset), *_scanned_in_words(scanned))


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
    """Compute the vectors of a data set's covers, each once; later uses find them.

    Example: covergenre embed mine --variants all
    """
    started = time.perf_counter()
    with progress() as report:
        recipe, fill = Recipe(backbone, features, limit, weights), cluster.embedder(on) if on else None
        vectors = embed_dataset(open_dataset(name), recipe, variants_of(variants), report, fill=fill)
    counts = {variant: len(rows) for variant, rows in vectors.items()}
    width, seconds = next(iter(vectors.values())).shape[1], round(time.perf_counter() - started, 2)
    answer(
        as_json,
        {"name": name, "variants": counts, "width": width, "seconds": seconds},
        table(("variant", "vectors"), counts.items()),
        f"{width} numbers each, {seconds} s",
    )


@app.command()
def demo(as_json: AsJson = False) -> None:
    """Draw the demo data set, once: ten genres of invented albums, with defects planted among them.

    Example: covergenre demo
    """
    with progress() as monitor:
        dataset = build_demo(monitor)
    answer(as_json, _summary(dataset), *_in_words(dataset))


@app.command()
def rename(name: DatasetName, to: Annotated[str, argument("Its new name.", "NEW")]) -> None:
    """Give a data set another name; its runs go on.

    Example: covergenre rename mine covers
    """
    registry.rename(name, to)
    say(f"{name} is called {to} now")


@app.command()
def remove(name: DatasetName, yes: Annotated[bool, option("Don't ask.", "--yes")] = False) -> None:
    """Forget a data set: its scan, splits, audit and repairs. The covers stay.

    Example: covergenre remove mine
    """
    if name not in registry.names():
        open_dataset(name)  # which says what there is
    if said := dependents_note(name):
        say(said)
    if not yes:
        typer.confirm(f"Forget {name}?", abort=True)
    registry.remove(name)
    say(f"{name}: forgotten; its covers stay where they are")


def variants_of(text: str) -> tuple[str, ...]:
    """The variants that a command line names."""
    return VARIANTS if text == "all" else listed(text)


def _summary(dataset: Dataset) -> dict:
    good = usable(dataset.manifest)
    return {
        "name": dataset.name,
        "root": str(dataset.root),
        "covers": len(dataset.manifest),
        "usable": len(good),
        "genres": {genre: int(count) for genre, count in good["genre"].value_counts().sort_index().items()},
    }


def _in_words(dataset: Dataset) -> tuple[Table, str]:
    summary = _summary(dataset)
    unusable = summary["covers"] - summary["usable"]
    sentence = f"{dataset.name}: {summary['usable']} covers that can be used, {unusable} that can't"
    return table(("genre", "covers"), summary["genres"].items()), sentence


def _scanned_in_words(scanned: Scan) -> Iterator[str]:
    yield f"read as {scanned.layout}; --genre-level chooses another"
    for reason, count in scanned.skipped.items():
        named = scanned.skipped.names[reason][:_NAMED]
        more = ", ..." if count > len(named) else ""
        yield f"skipped, {reason}: {count} ({', '.join(named)}{more})"
    if scanned.gone:
        yield f"gone: {len(scanned.gone)} ({', '.join(scanned.gone[:_NAMED])}); kept for when they are back"
    yield from scanned.remarks
