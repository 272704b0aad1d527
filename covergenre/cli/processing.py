"""process and index: what many covers take."""

from dataclasses import asdict
from typing import Annotated

import typer

from covergenre import home
from covergenre.cli.console import answer, complain, progress
from covergenre.cli.options import AsJson, Backbone, Features, Limit, On, argument, option
from covergenre.cluster.inputs import find_items
from covergenre.cluster.job import HERE, run
from covergenre.cluster.shards import Shards
from covergenre.cluster.steps import Answer, Embed, Look, Measure, Shrink, Step
from covergenre.collection.sources import index_run
from covergenre.dataset.registry import open_dataset
from covergenre.dataset.starter import STARTER
from covergenre.embedding.recipe import Recipe
from covergenre.errors import CoverGenreError
from covergenre.inspection.indexing import index_dataset
from covergenre.runs.default import default_run
from covergenre.runs.record import Run

_NAMED = 20  # failures that are named

app = typer.Typer()


@app.command()
def process(
    covers: Annotated[str, argument("A folder, s3://..., gs://..., or a .txt with an address a line.")],
    to: Annotated[str, argument("The folder or bucket that gets the Parquet files.")],
    steps: Annotated[
        str, option("What to do, joined by commas: look, vectors, measures, thumbnails, answers.")
    ] = "look,answers",
    backbone: Backbone = Recipe.backbone,
    features: Features = Recipe.feature_set,
    limit: Limit = None,
    name: Annotated[str | None, option("Whose answers.", "--run", shown="the run in use")] = None,
    on: On = HERE,
    as_json: AsJson = False,
) -> None:
    """Look through many covers, a row each in Parquet files; again, only what is new or changed.

    Example: covergenre process s3://bucket/covers rows --steps look,answers --on ray
    """
    made: dict[str, Step] = {
        "look": Look(),
        "vectors": Embed(Recipe(backbone, features, limit)),
        "measures": Measure(),
        "thumbnails": Shrink(),
        "answers": Answer(name or default_run() or STARTER),
    }
    wanted = [step.strip() for step in steps.split(",")]
    if unknown := [step for step in wanted if step not in made]:
        raise CoverGenreError(f"there is no step {unknown[0]!r}: choose from {', '.join(made)}")
    chosen = [made[step] for step in dict.fromkeys(wanted)]
    items = find_items(covers)
    with progress() as monitor:
        outcome = run(items, chosen, to, on, monitor)
    failures = {**outcome.bad, **outcome.undone}
    folder = Shards(to, chosen).folder
    answer(
        as_json,
        {**asdict(outcome), "folder": folder},
        f"{outcome.done} covers done, {outcome.reused} were done before: {folder}",
    )
    if not as_json:
        for path, why in list(failures.items())[:_NAMED]:
            complain(f"{path}: {why}")
        if len(failures) > _NAMED:
            complain(f"and {len(failures) - _NAMED} more, named by --json")
    if failures:
        raise typer.Exit(1)


@app.command()
def index(name: Annotated[str, argument("A scanned data set, or the id of a run.")], as_json: AsJson = False) -> None:
    """Make the index by which covers are found among many; the app takes it by itself, and needs it beyond 200,000.

    How many of the nearest it finds is measured as it is made. Example: covergenre index mine
    """
    with progress() as monitor:
        if (home.runs() / name).is_dir():
            made = index_run(Run.open(name), monitor)
        else:
            made = index_dataset(open_dataset(name), monitor)
    answer(as_json, asdict(made), f"{name}: {made}")
