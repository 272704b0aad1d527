"""predict and similar: answers to covers."""

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from covergenre import images
from covergenre.api.serialization import prediction_to_dict
from covergenre.cli.console import echo, print_error, print_json, table
from covergenre.cli.options import AsJson, option
from covergenre.collection.novelty import ODD, UNFAMILIAR
from covergenre.dataset.skipped import is_hidden
from covergenre.errors import BadImage
from covergenre.formatting import disarmed
from covergenre.images import audio
from covergenre.ocr.networks import MODULE
from covergenre.packages import missing, remedy
from covergenre.predict import STARTER, Failure, Neighbour, Prediction, Predictor
from covergenre.predict.describe import words_in_a_line
from covergenre.runs.default import open_default

_CHUNK = 32  # files held in memory at once

Files = Annotated[
    list[Path],
    typer.Argument(
        help=f"Covers ({images.ACCEPTED}), sound files with a cover inside, folders of them, or - for stdin.",
        show_default=False,
    ),
]
RunName = Annotated[str | None, option("The run that answers: its id, or starter.", "--run", shown="the run in use")]

Answer = Prediction | Failure

app = typer.Typer()


@app.command()
def predict(
    files: Files,
    run: RunName = None,
    neighbours: Annotated[int, option("How many of the most similar covers to name.", min=0)] = 5,
    words: Annotated[bool, option("Also read the text on covers.", "--words/--no-words")] = True,
    as_json: AsJson = False,
    as_csv: Annotated[bool, option("Print CSV, for spreadsheets.", "--csv")] = False,
) -> None:
    """The genre of each cover, with probabilities and the most similar albums.

    Example: covergenre predict cover.jpg --neighbours 3
    """
    if as_csv and as_json:
        raise typer.BadParameter("choose one of --json and --csv")
    predictor = _open(run)
    if not as_csv and words and predictor.weighs_words and (packages := missing([MODULE])):
        print_error(remedy("reading words, so answers come from pictures alone", packages))
    if as_csv:
        _show(_answers(predictor, files, 0, words), _csv_printer(predictor.genres))
    else:
        show = _json_printer(prediction_to_dict) if as_json else _text_printer(_print_prediction)
        _show(_answers(predictor, files, neighbours, words), show)


@app.command()
def similar(
    files: Files,
    run: RunName = None,
    neighbours: Annotated[int, option("How many to list.", min=1)] = 12,
    as_json: AsJson = False,
) -> None:
    """The albums with the most similar covers.

    Example: covergenre similar cover.jpg --neighbours 20
    """
    show = _json_printer(_similar_data) if as_json else _text_printer(_print_neighbours)
    _show(_answers(_open(run), files, neighbours, words=False), show)


def _show(answers: Iterable[Answer], show: Callable[[Answer], None]) -> None:
    """Print each answer as it comes; a failure makes the exit code 1."""
    failed = False
    for answer in answers:
        failed |= isinstance(answer, Failure)
        show(answer)
    if failed:
        raise typer.Exit(1)


def _text_printer(show: Callable[[Prediction], None]) -> Callable[[Answer], None]:
    return lambda one: print_error(f"{one.name}: {one.error}") if isinstance(one, Failure) else show(one)


def _json_printer(as_dict: Callable[[Prediction], dict[str, Any]]) -> Callable[[Answer], None]:
    return lambda one: print_json({"path": one.name, "error": one.error} if isinstance(one, Failure) else as_dict(one))


def _csv_printer(genres: Sequence[str]) -> Callable[[Answer], None]:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(map(disarmed, ("file", "genre", *genres, "unfamiliar", "note", "error")))

    def write(one: Answer) -> None:
        if isinstance(one, Failure):
            cells = (one.name, *([""] * (len(genres) + 3)), one.error)
        else:
            shares = (f"{one.probabilities[genre]:.4f}" for genre in genres)
            cells = (one.name, one.genre, *shares, f"{one.unfamiliar:.4f}", one.note, "")
        writer.writerow(map(disarmed, cells))

    return write


def _open(run: str | None) -> Predictor:
    if run:
        return Predictor.open(run)
    predictor, _, word = open_default(Predictor.open, STARTER)
    if word:
        print_error(word)
    return predictor


def _covers_in(files: Sequence[Path]) -> list[Path]:
    """The files, with each folder replaced by the covers below it, sorted and without hidden files."""
    kinds = images.EXTENSIONS | audio.EXTENSIONS
    found: list[Path] = []
    for file in files:
        if not file.is_dir():
            found.append(file)
            continue
        below = sorted(path for path in file.rglob("*") if path.suffix.lower() in kinds and path.is_file())
        covers = [path for path in below if not any(map(is_hidden, path.relative_to(file).parts))]
        found += covers or [file]  # which is then reported as unreadable
    return found


def _read(file: Path) -> bytes | Failure:
    if str(file) == "-":
        return sys.stdin.buffer.read(images.MAX_BYTES + 1)
    try:
        return images.read(file)
    except BadImage as error:
        return Failure(str(file), str(error))


def _answers(predictor: Predictor, paths: Sequence[Path], neighbours: int, words: bool) -> Iterator[Answer]:
    """The answers in the order of the files; a file that can't be read gives a Failure."""
    files = _covers_in(paths)
    for start in range(0, len(files), _CHUNK):
        contents = [(str(file), _read(file)) for file in files[start : start + _CHUNK]]
        covers = [(name, data) for name, data in contents if isinstance(data, bytes)]
        predictions = iter(predictor.predict_many(covers, neighbours, words))
        yield from (data if isinstance(data, Failure) else next(predictions) for _, data in contents)


def _similar_data(prediction: Prediction) -> dict[str, Any]:
    data = prediction_to_dict(prediction)
    return {name: data[name] for name in ("path", "neighbours")}


def _print_prediction(prediction: Prediction) -> None:
    likely = list(prediction.probabilities.items())[:3]
    shares = ", ".join(f"{genre} {share:.0%}" for genre, share in likely)
    known = "this very cover is known" if prediction.same_pixels else "a near copy of a known cover"
    notes = [f" ({known})" if prediction.seen else ""]
    unfamiliar = prediction.unfamiliar > UNFAMILIAR
    strange = "unlike the training covers: don't rely on this answer" if unfamiliar else "odd for a cover: unsure"
    notes += [f" ({strange})" if prediction.unfamiliar > ODD else ""]
    notes += [f" ({prediction.note})" if prediction.note else ""]
    if (before := prediction.precedent) and prediction.unfamiliar <= ODD:
        notes += [f" (right {before.right} of {before.covers} times when this sure)"]
    echo(f"{prediction.name}: {shares}{''.join(notes)}")
    if prediction.words and (line := words_in_a_line(prediction.words)):
        echo(f"  {line}")
    for neighbour in prediction.neighbours:
        echo(f"  {_line(neighbour)}")


def _print_neighbours(prediction: Prediction) -> None:
    rows = [(_line(neighbour), neighbour.genre, f"{neighbour.similarity:.2f}") for neighbour in prediction.neighbours]
    echo(table((prediction.name, "genre", "similarity"), rows))


def _line(neighbour: Neighbour) -> str:
    known = " - ".join(part for part in (neighbour.artist, neighbour.album) if part)
    year = f" ({neighbour.year})" if neighbour.year else ""
    return f"{known or f'{neighbour.source} {neighbour.id}'}{year}"
