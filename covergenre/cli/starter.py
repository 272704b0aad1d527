"""starter build and starter show."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from covergenre.cli.console import print_result, progress, table, with_interval
from covergenre.cli.options import AsJson, argument, option
from covergenre.dataset.starter import Starter, open_starter
from covergenre.evaluation.metrics import Evaluation

app = typer.Typer(name="starter", help="The starter: what ships with the project.", no_args_is_help=True)


@app.command()
def build(
    folder: Annotated[Path, argument("Real covers: a folder of genre folders.")],
    target: Annotated[Path | None, option("Where to put it.", shown="artifacts/starter, or in COVERGENRE_HOME")] = None,
    seed: Annotated[int, option("Of the split.")] = 42,
    words: Annotated[bool, option("Learn what is written on the covers, too.")] = True,
    as_json: AsJson = False,
) -> None:
    """Make the starter from a folder of real covers.

    Example: covergenre starter build ../covers
    """
    from covergenre.training.build_starter import build_starter

    with progress() as monitor:
        starter = build_starter(folder, target, seed, monitor=monitor, words=words)
    print_result(as_json, _data(starter), *_lines(starter))


@app.command()
def show(as_json: AsJson = False) -> None:
    """What the starter was made from, and how good it is.

    Example: covergenre starter show
    """
    starter = open_starter()
    print_result(as_json, _data(starter), *_lines(starter))


def _data(starter: Starter) -> dict[str, Any]:
    return {"folder": str(starter.folder), "card": starter.card.to_dict()}


def _lines(starter: Starter) -> Iterator[str | Table]:
    card, columns = starter.card, ("accuracy", "balanced accuracy")
    yield f"{card.covers} covers of {len(card.genres)} genres; missing: {', '.join(card.missing) or 'none'}"
    yield table(("genre", "train", "validation", "test"), [(genre, *n.values()) for genre, n in card.counts.items()])
    titles = {method.name: method.title + (" *" if method.name == card.default else "") for method in card.methods}
    if new := card.chosen.left_out:
        sources = {"all, at most 250 of each": new.evaluation, **new.by_source}
        yield _by_source(("source never seen", "covers", "accuracy"), sources)
        rows = [
            (*_figures(titles[method.name], new.evaluation), f"{new.confidence:.1%}", _error(new.evaluation))
            for method in card.methods
            if (new := method.left_out)
        ]
        yield table(("sources never seen", *columns, "says", "calibration error"), rows)
    rows = [
        (*_figures(titles[method.name], method.test), with_interval(method.test.f1_macro), _error(method.test))
        for method in card.methods
    ]
    yield table(("test part", *columns, "macro F1", "calibration error"), rows)
    yield _by_source(("source", "test covers", "accuracy"), card.chosen.by_source)
    yield "* the method that answers"
    if words := card.words:
        yield table(
            (f"words can be read on {words.readable:.0%}", "covers", "by looks alone", "with words"),
            [
                (name, gain.covers, with_interval(gain.looks), with_interval(gain.both))
                for name, gain in (("all test covers", words.together), ("no known name", words.apart))
            ],
        )


def _by_source(columns: Sequence[str], sources: Mapping[str, Any]) -> Table:
    return table(columns, [(name, each.covers, with_interval(each.accuracy)) for name, each in sources.items()])


def _figures(title: str, evaluation: Evaluation) -> tuple[str, ...]:
    return title, with_interval(evaluation.accuracy), with_interval(evaluation.balanced_accuracy)


def _error(evaluation: Evaluation) -> str:
    return f"{evaluation.calibration_error.value:.3f}"
