"""The starter: a data set of real covers without their artwork, and the methods trained on it.

    card.json        `Card`: what it was made from and how good it is
    covers.parquet   a row a cover, `COLUMNS`; the picture only as its signature
    vectors.npy      float16 (covers, width): each cover where neighbours are looked for, in the rows' order
    familiarity.npz  see `covergenre.collection.novelty`
    map.npz          the covers on a plane, see `covergenre.collection.map`
    network.xml      the backbone for `Engine.open`, with network.bin beside it
    digests.json     what the large files are, see `digests`
    runs/NAME/       each method as a run (see `covergenre.runs.record`), with its answers to the held-out covers

The path of a cover is its content hash.

It ships with the project and is still read like any untrusted folder: damage is reported, and nothing in it is
executed. Building it is a run (`covergenre.training.build_starter`).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from covergenre import home, images
from covergenre.digests import changed_files, write_digests
from covergenre.errors import BadRun
from covergenre.evaluation.metrics import Evaluation, Interval

STARTER = "starter"
"""Its name as a data set and in the names of its runs."""

FORMAT = 2
_LARGE = (".bin", ".xml", ".npy", ".npz", ".parquet", ".safetensors")
GENRES = ("anime", "black metal", "classical", "country", "disco", "edm", "jazz", "pop", "rap", "reggae")
"""The ten genres of the project."""

_MISSED = 0.1  # of a genre's covers: where fewer are recognised, it is hardly ever answered

COLUMNS = (
    *("source", "id", "genre", "part", "artist", "album", "year", "image_url"),
    *("content_hash", "phash", "signature"),
)


@dataclass(frozen=True)
class SourceFigures:
    """How well a method does on the test covers of one source."""

    covers: int
    accuracy: Interval


@dataclass(frozen=True)
class LeftOut:
    """How well a method does on covers of a source that it never saw, each left out of learning in turn.

    `evaluation`: over at most 250 covers of each; `confidence`: how sure it was of them on average, 0..1. `by_source`
    is of all covers that were asked about.
    """

    evaluation: Evaluation
    confidence: float
    by_source: Mapping[str, SourceFigures]


@dataclass(frozen=True)
class WordsGain:
    """Accuracy on some test covers by their looks alone, and with the words on them."""

    covers: int
    looks: Interval
    both: Interval


@dataclass(frozen=True)
class WordsFigures:
    """What reading words adds: `readable`, the share of test covers on which any could be read; what they gain on all
    test covers, and on those that are `apart`: that share no name with a cover that was learned from."""

    readable: float
    together: WordsGain
    apart: WordsGain


@dataclass(frozen=True)
class MethodCard:
    """One method of the starter: what it chose on validation, its figures on both held-out parts, of sources that it
    learned from, and on sources left out."""

    name: str
    title: str
    choices: Mapping[str, float | int | str]
    validation: Evaluation
    test: Evaluation
    by_source: Mapping[str, SourceFigures]
    left_out: LeftOut | None = None

    @property
    def missed(self) -> tuple[str, ...]:
        """The genres that it hardly ever answers: of their test covers it recognises fewer than one in ten."""
        return _missed(self.test)

    @property
    def missed_elsewhere(self) -> tuple[str, ...]:
        """The genres beside these of which that holds where it never saw the source."""
        told = _missed(self.left_out.evaluation) if self.left_out else ()
        return tuple(genre for genre in told if genre not in self.missed)


@dataclass(frozen=True)
class Card:
    """What the starter was made from and how good it is.

    `recipe` as `Recipe.to_dict` has it. `genres` are those it can answer, `missing` those of the ten it can't. `counts`
    are covers by genre and part, `sources` by source and genre, `left_out` by reason. `default` names the method whose
    answer counts, the best on sources left out. `words`: what reading these adds, where the starter does.
    """

    format: int
    built: str
    seed: int
    recipe: Mapping[str, str | int | None]
    genres: tuple[str, ...]
    missing: tuple[str, ...]
    covers: int
    counts: Mapping[str, Mapping[str, int]]
    sources: Mapping[str, Mapping[str, int]]
    left_out: Mapping[str, int]
    default: str
    methods: tuple[MethodCard, ...]
    versions: Mapping[str, str]
    words: WordsFigures | None = None

    @property
    def chosen(self) -> MethodCard:
        """The default method."""
        return next(method for method in self.methods if method.name == self.default)

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, fit for JSON."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class Starter:
    """The starter in memory; see the module for its parts."""

    folder: Path
    card: Card
    covers: pd.DataFrame
    vectors: np.ndarray

    @property
    def network(self) -> Path:
        """The backbone's file."""
        return self.folder / "network.xml"

    def head(self, method: str) -> Path:
        """The folder of what a method learned."""
        return run_folder(self.folder, method) / "model"


def open_starter(folder: Path | None = None) -> Starter:
    """The starter in `folder` (None: the one of `home.starter()`); BadRun when it is missing or damaged."""
    folder = folder or home.starter()
    if not folder.is_dir():
        raise BadRun(f"there is no starter in {folder}: restore the folder, or make it by starter build FOLDER")
    try:
        card = _adapter().validate_json((folder / "card.json").read_bytes())
        if card.format != FORMAT:
            raise ValueError(f"its format is {card.format}, this version reads {FORMAT}")
        if card.default not in {method.name for method in card.methods}:
            raise ValueError(f"it has no method {card.default!r}")
        covers = _checked(pd.read_parquet(folder / "covers.parquet"), card)
        vectors = np.load(folder / "vectors.npy", allow_pickle=False)
        if vectors.ndim != 2 or len(vectors) != len(covers) or not np.isfinite(vectors).all():
            raise ValueError("its vectors are not one row of finite numbers a cover")
        if changed := changed_files(folder, folder / "card.json"):
            raise ValueError(f"{', '.join(changed)} changed since it was built")
    except Exception as error:  # Readers of damaged files raise errors of every kind.
        why = " ".join(str(error).split())[:200]
        raise BadRun(f"the starter in {folder} is damaged ({why}): restore the folder, or build it again") from error
    return Starter(folder, card, covers, vectors)


def seal(folder: Path) -> None:
    """Store the digests of the large files, so that a changed bit is noticed."""
    large = (path for path in sorted(folder.rglob("*")) if path.suffix in _LARGE and path.name != "map.npz")
    write_digests(folder, [path.relative_to(folder).as_posix() for path in large], folder / "card.json")


def run_folder(folder: Path, method: str) -> Path:
    """Where the starter in `folder` keeps a method's run."""
    return folder / "runs" / f"{STARTER}-{method}"


def by_hash(covers: pd.DataFrame) -> pd.DataFrame:
    """These covers with their content hashes as paths."""
    return covers.assign(path=covers["content_hash"])


def _missed(evaluation: Evaluation) -> tuple[str, ...]:
    told = [scores for scores in evaluation.by_genre if scores.covers]
    return tuple(scores.genre for scores in told if scores.recall.value < _MISSED)


def _checked(covers: pd.DataFrame, card: Card) -> pd.DataFrame:
    if tuple(covers.columns) != COLUMNS:
        raise ValueError("covers.parquet has other columns than it should")
    if len(covers) != card.covers or not set(covers["genre"]) <= set(card.genres):
        raise ValueError("covers.parquet and card.json don't fit together")
    if {len(signature) for signature in covers["signature"]} - {images.SIGNATURE_LENGTH}:
        raise ValueError("a colour signature is not as long as it should be")
    return covers


@cache
def _adapter() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Card)
