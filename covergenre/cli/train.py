"""train and evaluate: runs and their figures."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from covergenre.cli.console import print_result, progress, split_list, table, with_interval
from covergenre.cli.data import variants_of
from covergenre.cli.options import AsJson, DatasetName, Features, Variants, Weights, option
from covergenre.dataset.registry import open_dataset
from covergenre.dataset.starter import open_starter
from covergenre.embedding.recipe import EVEN, Recipe
from covergenre.errors import BadRun
from covergenre.evaluation.metrics import Evaluation, absent_genres_note
from covergenre.methods import METHODS, TrainSpec
from covergenre.methods import method as method_called
from covergenre.methods.base import preset_of
from covergenre.predict import STARTER
from covergenre.runs.notes import read_notes, run_name
from covergenre.runs.record import Run

_BACKBONE = "The pretrained network that computes vectors, or that is fine-tuned in finetune."
_HEADLINE = ("accuracy", "balanced_accuracy", "f1_weighted", "f1_macro")

app = typer.Typer()


@app.command()
def train(
    name: DatasetName,
    method: Annotated[str, option(f"One of {', '.join(METHODS)}.")] = "logistic",
    genres: Annotated[str | None, option("Genres, joined by commas.", shown="all")] = None,
    backbone: Annotated[str | None, option(_BACKBONE, shown="the method's own")] = None,
    features: Features = Recipe.feature_set,
    limit: Annotated[
        int | None, option("Shrink covers to so many pixels first.", shown=f"{EVEN}; no for finetune", min=1)
    ] = None,
    weights: Weights = None,
    variants: Variants = "original",
    split: Annotated[str, option("honest (grouped, stratified) or reference.")] = "honest",
    seed: Annotated[int, option("Of the split and of the method.", min=0)] = 42,
    preset: Annotated[
        str | None, option("Parameters by name, where the method has them: reference or starter.", shown="none")
    ] = None,
    settings: Annotated[list[str] | None, option("A parameter of the method.", "--set", metavar="KEY=VALUE")] = None,
    background: Annotated[
        bool, option("Train in a background process, after the runs in the queue.", "--background")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a method on a data set, and evaluate it on the test part.

    Example: covergenre train mine --method knn --genres jazz,rap --set k=20
    """
    from covergenre.runs import launch
    from covergenre.training.train import execute, prepare

    dataset = open_dataset(name)
    network, recipe = _network(method, backbone, features, limit, weights)
    spec = TrainSpec(
        method,
        {**_preset(method, preset), **network, **_parameters(settings or [])},
        genres=split_list(genres, dataset.genres),
        recipe=recipe,
        variants=variants_of(variants),
        split=split,
        seed=seed,
    )
    run = prepare(dataset, spec)
    if background:
        launch.start(run)
    else:
        with progress() as monitor:
            execute(run, dataset, monitor)
    parts = () if background else _lines(run.evaluation())
    print_result(as_json, run_as_dict(run), f"run {run.id}, {run_name(run)}", *parts)


@app.command()
def evaluate(
    run: Annotated[str, typer.Argument(help="The id of a run, or the starter.")] = STARTER, as_json: AsJson = False
) -> None:
    """The figures of a run on its test part, each with its 95 % interval.

    Example: covergenre evaluate starter
    """
    evaluation = _evaluation(Run.open(run))
    print_result(as_json, {"id": run, **evaluation.to_dict()}, *_lines(evaluation))


def run_as_dict(run: Run) -> dict[str, Any]:
    """A run as `--json` prints it."""
    status, evaluation = run.status(), evaluation_of(run)
    figures = evaluation.to_dict() if evaluation else {}
    return {
        "id": run.id,
        "name": run_name(run),
        "tags": read_notes(run).tags,
        "state": status.state,
        "method": run.spec.method,
        "dataset": run.spec.dataset,
        "genres": run.spec.genres,
        "seconds": None if status.seconds is None else round(status.seconds, 2),
        "metrics": {name: figures[name] for name in _HEADLINE if evaluation},
    }


def evaluation_of(run: Run) -> Evaluation | None:
    """The evaluation of a run; None while there is none, or where it is damaged: other runs are listed all the same."""
    with suppress(BadRun):
        return _evaluation(run) if run.status().state == "done" else None
    return None


def _evaluation(run: Run) -> Evaluation:
    """The evaluation of a run; those of the runs that ship are in the starter's card."""
    shipped = open_starter().card.methods if run.is_shipped else ()
    return next((each.test for each in shipped if run.id == f"{STARTER}-{each.name}"), None) or run.evaluation()


def _network(
    method: str, backbone: str | None, features: str, limit: int | None, weights: str | None
) -> tuple[dict[str, Any], Recipe]:
    """The network options: as parameters of a method that learns from pictures, else as a recipe of vectors."""
    if method_called(method).reads != "pictures":
        return {}, Recipe(backbone or Recipe.backbone, features, limit or EVEN, weights)
    options = {"backbone": backbone, "weights": weights, "limit": limit}
    given = {name: value for name, value in options.items() if value is not None}
    return given, Recipe(feature_set=features, limit=limit)


def _preset(method: str, name: str | None) -> dict[str, Any]:
    return {} if name is None else asdict(preset_of(method_called(method), name))


def _parameters(settings: list[str]) -> dict[str, Any]:
    """The parameters given by `--set`; numbers are parsed, and none stands for None."""
    parameters: dict[str, Any] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals:
            raise typer.BadParameter(f"{setting!r} is not KEY=VALUE", param_hint="--set")
        parameters[key.strip()] = _value(value.strip())
    return parameters


def _value(text: str) -> int | float | str | None:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None if text == "none" else text


def _lines(evaluation: Evaluation) -> Iterator[str | Table]:
    for name in _HEADLINE:
        yield f"{name.replace('_', ' '):18}{with_interval(getattr(evaluation, name))}"
    rows = [
        (scores.genre, scores.covers, *map(with_interval, (scores.precision, scores.recall, scores.f1)))
        for scores in evaluation.by_genre
    ]
    yield table(("genre", "covers", "precision", "recall", "F1"), rows)
    yield f"{evaluation.covers} test covers; 95 % intervals in brackets"
    if evaluation.absent:
        yield absent_genres_note(evaluation.absent)
