"""starter build and starter show."""

from pathlib import Path
from typing import Annotated

import typer

from covergenre.cli.console import AsJson, out, print_json, print_table, progress, with_interval
from covergenre.dataset.starter import Starter, open_starter

app = typer.Typer(help="The starter: what ships with the project.", no_args_is_help=True)


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(help="Real covers: a folder of genre folders.", show_default=False)],
    target: Annotated[
        Path | None, typer.Option(help="Where to put it.", show_default="artifacts/starter, or in COVERGENRE_HOME")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the split.")] = 42,
    words: Annotated[bool, typer.Option(help="Learn what is written on the covers, too.")] = True,
    as_json: AsJson = False,
) -> None:
    """Make the starter from a folder of real covers.

    Example: covergenre starter build ../covers
    """
    from covergenre.training.build_starter import build_starter

    with progress() as report:
        starter = build_starter(folder, target, seed, progress=report, words=words)
    _show(starter, as_json)


@app.command()
def show(as_json: AsJson = False) -> None:
    """What the starter was made from, and how good it is.

    Example: covergenre starter show
    """
    _show(open_starter(), as_json)


def _show(starter: Starter, as_json: bool) -> None:
    card = starter.card
    if as_json:
        print_json({"folder": str(starter.folder), "card": card.to_dict()})
        return
    out.print(f"{card.covers} covers of {len(card.genres)} genres; missing: {', '.join(card.missing) or 'none'}")
    print_table(
        ("genre", "train", "validation", "test"), [(genre, *counts.values()) for genre, counts in card.counts.items()]
    )
    if new := card.chosen.left_out:
        print_table(
            ("source never seen", "covers", "accuracy"),
            [
                ("all, at most 250 of each", new.evaluation.covers, with_interval(new.evaluation.accuracy)),
                *((source, each.covers, with_interval(each.accuracy)) for source, each in new.by_source.items()),
            ],
        )
        rows = [
            (
                method.title + (" *" if method.name == card.default else ""),
                with_interval(new.evaluation.accuracy),
                with_interval(new.evaluation.balanced_accuracy),
                f"{new.confidence:.1%}",
                f"{new.evaluation.calibration_error.value:.3f}",
            )
            for method in card.methods
            if (new := method.left_out)
        ]
        print_table(("sources never seen", "accuracy", "balanced accuracy", "says", "calibration error"), rows)
    rows = [
        (
            method.title + (" *" if method.name == card.default else ""),
            with_interval(method.test.accuracy),
            with_interval(method.test.balanced_accuracy),
            with_interval(method.test.f1_macro),
            f"{method.test.calibration_error.value:.3f}",
        )
        for method in card.methods
    ]
    print_table(("test part", "accuracy", "balanced accuracy", "macro F1", "calibration error"), rows)
    print_table(
        ("source", "test covers", "accuracy"),
        [
            (source, figures.covers, with_interval(figures.accuracy))
            for source, figures in card.chosen.by_source.items()
        ],
    )
    out.print("* whose answer counts")
    if card.words:
        print_table(
            (f"words can be read on {card.words.readable:.0%}", "covers", "by looks alone", "with words"),
            [
                (name, gain.covers, with_interval(gain.looks), with_interval(gain.both))
                for name, gain in (("all test covers", card.words.together), ("no known name", card.words.apart))
            ],
        )
