"""study: the experiments of the reference study."""

from typing import Annotated

import typer

from covergenre.cli.console import echo, print_json, progress, split_list, table, with_interval
from covergenre.cli.options import AsJson, Backbone, DatasetName, Features, Limit, Weights, option
from covergenre.dataset.registry import open_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.runs.notes import method_title
from covergenre.studies.record import COLUMNS, Outcome, by_method

TITLES = {
    "ladder": "Ladder of genres",
    "k": "Neighbours",
    "variants": "Ladder of variants",
    "methods": "Methods, all genres",
    "finetune": "Fine-tuning, all genres",
}

app = typer.Typer()


@app.command()
def study(
    name: DatasetName,
    only: Annotated[
        str | None, option(f"Parts, joined by commas: {', '.join(TITLES)}.", shown="all but finetune")
    ] = None,
    quick: Annotated[bool, option("A few points of each part.", "--quick")] = False,
    split: Annotated[str, option("honest, or reference: the reference study's split and settings.")] = "honest",
    genres: Annotated[str | None, option("Genres in the order of the ladders.", shown="the reference's order")] = None,
    backbone: Backbone = Recipe.backbone,
    features: Features = Recipe.feature_set,
    limit: Limit = None,
    weights: Weights = None,
    seed: Annotated[int, option("Of the split and of the methods.")] = 42,
    as_json: AsJson = False,
) -> None:
    """Run the reference study's experiments on a data set, beside its published figures. Running it again continues it.

    Example: covergenre study demo --only ladder,k --quick
    """
    from covergenre.studies.study import DEFAULT_EXPERIMENTS, design
    from covergenre.studies.study import run_study as make

    dataset, recipe = open_dataset(name), Recipe(backbone, features, limit, weights)
    plan = design(
        dataset,
        split,
        list(split_list(only)) or DEFAULT_EXPERIMENTS,
        quick,
        list(split_list(genres, dataset.genres)),
        recipe,
        seed,
    )
    with progress() as monitor:
        made = make(plan, dataset, monitor)
    outcomes = [outcome for outcome in made.outcomes() if outcome.key in made.points]
    if as_json:
        for outcome in outcomes:
            print_json(dict(zip(COLUMNS, outcome.row(), strict=True)))
        return
    for part, title in TITLES.items():
        rows = [_row(outcome) for found in by_method(outcomes, part).values() for outcome in found]
        if rows:
            echo(table((title, "", "covers", "accuracy", "F1, weighted", "reference", "s"), rows), "")
    echo("reference: the accuracy that the reference study published, of its own covers")
    echo(f"table {made.folder / 'table.csv'}")


def _row(outcome: Outcome) -> tuple[str, ...]:
    return (
        method_title(outcome.method),
        outcome.what,
        str(outcome.covers),
        with_interval(outcome.accuracy),
        with_interval(outcome.f1_weighted),
        "" if outcome.published is None else f"{100 * outcome.published:.1f} %",
        f"{outcome.seconds:.1f}",
    )
