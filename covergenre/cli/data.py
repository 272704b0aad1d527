"""scan, embed and demo: data sets and their vectors."""

import time
from pathlib import Path
from typing import Annotated

import typer

from covergenre.augment import VARIANTS
from covergenre.cli.console import AsJson, On, out, print_json, print_table, progress
from covergenre.cluster import feeding
from covergenre.cluster.job import HERE
from covergenre.dataset import registry
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset, Missing, open_dataset, register
from covergenre.demo import build_demo
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.runs.record import standing_on

_NAMED = 5  # files passed over that are named

DatasetName = Annotated[str, typer.Argument(metavar="NAME", help="The name of a scanned data set.", show_default=False)]
Backbone = Annotated[str, typer.Option(help="A pretrained network, as in `covergenre.embedding.backbones`.")]
Features = Annotated[str, typer.Option(help="pooled: the last layer; stages: all layers; texture: textures, too.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Shrink covers to so many pixels first.", show_default="no")]
Weights = Annotated[str | None, typer.Option(help="A local file of pretrained weights.", show_default="the backbone's")]
Variants = Annotated[str, typer.Option(help=f"Variants, joined by commas, or all: {', '.join(VARIANTS)}.")]


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command()(scan)
    app.command()(embed)
    app.command()(demo)
    app.command()(rename)
    app.command()(remove)


def scan(
    folder: Annotated[Path, typer.Argument(help="A folder of genre folders.", show_default=False)],
    name: Annotated[str, typer.Option(help="What to call the data set.", show_default=False)],
    genre_level: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Which folder names the genre: 1 is the first below FOLDER, 0 the one that holds the file.",
            show_default="told from the files",
        ),
    ] = None,
    missing: Annotated[
        Missing,
        typer.Option(help="Covers whose files are gone: refuse where they are many, keep what is known, or forget it."),
    ] = "refuse",
    on: On = HERE,
    as_json: AsJson = False,
) -> None:
    """Read a folder of genre folders into a data set; again, only what changed.

    Example: covergenre scan ~/covers --name mine
    """
    look_at = feeding.looking(on) if on else None
    with progress() as report:
        dataset, scanned = register(name, folder, report, genre_level=genre_level, missing=missing, look_at=look_at)
    extra = {
        "passed_over": dict(scanned.passed_over),
        "passed_over_names": dict(scanned.passed_over.names),
        "read": scanned.read,
        "reused": scanned.reused,
        "gone": len(scanned.gone),
        "layout": str(scanned.layout),
        "remarks": list(scanned.remarks),
    }
    if as_json:
        print_json({**_summary(dataset), **extra})
        return
    _print_summary(dataset)
    out.print(f"read as {scanned.layout}; --genre-level chooses another", markup=False)
    for reason, count in scanned.passed_over.items():
        named = scanned.passed_over.names[reason][:_NAMED]
        more = ", ..." if count > len(named) else ""
        out.print(f"passed over, {reason}: {count} ({', '.join(named)}{more})", markup=False)
    if scanned.gone:
        out.print(f"gone: {len(scanned.gone)} ({', '.join(scanned.gone[:_NAMED])}); kept for when they are back")
    for remark in scanned.remarks:
        out.print(remark, markup=False)


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
        recipe, fill = Recipe(backbone, features, limit, weights), feeding.filling(on) if on else None
        vectors = embed_dataset(open_dataset(name), recipe, variants_of(variants), report, fill=fill)
    counts = {variant: len(rows) for variant, rows in vectors.items()}
    width, seconds = next(iter(vectors.values())).shape[1], round(time.perf_counter() - started, 2)
    if as_json:
        print_json({"name": name, "variants": counts, "width": width, "seconds": seconds})
    else:
        print_table(("variant", "vectors"), counts.items())
        out.print(f"{width} numbers each, {seconds} s")


def demo(as_json: AsJson = False) -> None:
    """Draw the demo data set, once: ten genres of invented albums, with defects planted among them.

    Example: covergenre demo
    """
    with progress() as report:
        dataset = build_demo(report)
    if as_json:
        print_json(_summary(dataset))
    else:
        _print_summary(dataset)


def rename(
    name: DatasetName, to: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.", show_default=False)]
) -> None:
    """Give a data set another name; its runs go on.

    Example: covergenre rename mine covers
    """
    registry.rename(name, to)
    out.print(f"{name} is called {to} now", markup=False)


def remove(
    name: DatasetName,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Forget a data set: its scan, splits, audit and repairs. The covers stay.

    Example: covergenre remove mine
    """
    if name not in registry.names():
        open_dataset(name)  # which says what there is
    if said := standing_on(name):
        out.print(said, markup=False)
    if not yes:
        typer.confirm(f"Forget {name}?", abort=True)
    registry.remove(name)
    out.print(f"{name}: forgotten; its covers stay where they are", markup=False)


def variants_of(text: str) -> tuple[str, ...]:
    """The variants that a command line names."""
    return VARIANTS if text == "all" else tuple(part.strip() for part in text.split(","))


def _summary(dataset: Dataset) -> dict:
    good = usable(dataset.manifest)
    return {
        "name": dataset.name,
        "root": str(dataset.root),
        "covers": len(dataset.manifest),
        "usable": len(good),
        "genres": {genre: int(count) for genre, count in good["genre"].value_counts().sort_index().items()},
    }


def _print_summary(dataset: Dataset) -> None:
    summary = _summary(dataset)
    print_table(("genre", "covers"), summary["genres"].items())
    unusable = summary["covers"] - summary["usable"]
    out.print(f"{dataset.name}: {summary['usable']} covers that can be used, {unusable} that can't", markup=False)
