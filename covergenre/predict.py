"""From a cover's bytes to its genre: one object for the app, the command line and Python.

    from covergenre.predict import Predictor

    prediction = Predictor.open().predict(Path("cover.jpg").read_bytes())
    print(prediction.genre, prediction.probabilities[prediction.genre])

With the starter, neither torch nor scikit-learn is imported.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from PIL import Image

from covergenre import images
from covergenre.collection.index import CoverIndex, Projection
from covergenre.collection.novelty import NoveltyDetector
from covergenre.collection.table import Neighbour
from covergenre.collection.track_record import PastAnswers, TrackRecord
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import open_dataset
from covergenre.dataset.split import split_of
from covergenre.dataset.starter import COLUMNS, STARTER, Card, open_starter, run_folder
from covergenre.embedding.engine import Engine, engine_for
from covergenre.embedding.recipe import Recipe
from covergenre.errors import BadImage, BadRun, NoWeights
from covergenre.methods import Covers, Fitted, method
from covergenre.methods.base import Picture
from covergenre.sharing import Shared

if TYPE_CHECKING:
    from covergenre.runs.record import Run

__all__ = ["STARTER", "Failure", "Neighbour", "Prediction", "Predictor", "open_predictor"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prediction:
    """What is said about one cover.

    `probabilities` of all genres add up to 1, the likeliest first; they are those of the method whose answer counts.
    `answers` has those of each method, by its title, in the same order of genres. `neighbours` are the most similar
    known covers, best first, this cover itself left out; `seen` is it, when it is known: with `same_pixels`, or as a
    near copy. `unfamiliar`, 0..1, is the share of held-out covers that are more like the training covers than this one
    is (see `NoveltyDetector`). `seconds`: from bytes to answer. `precedent`: what came of answers like this one; None
    where that is not known. `note`: what is wrong with a file that could be read all the same, else "".
    """

    name: str
    genre: str
    probabilities: Mapping[str, float]
    answers: Mapping[str, Mapping[str, float]]
    neighbours: tuple[Neighbour, ...]
    seen: Neighbour | None
    unfamiliar: float
    seconds: float
    same_pixels: bool = True
    precedent: PastAnswers | None = None
    note: str = ""


@dataclass(frozen=True)
class Failure:
    """A file that is no cover, and why."""

    name: str
    error: str


@dataclass(frozen=True)
class Look:
    """A cover as it was looked at: its vector (d,), and which known cover it is, by its pixels or as a near copy.

    `content_hash` is that of the known cover, if it is one, for a near copy is treated as what it copies: neither has a
    say in the answer. `picture` gives the cover itself, for heads that read pictures.
    """

    vector: np.ndarray
    content_hash: str
    picture: Picture
    seen: Neighbour | None
    same_pixels: bool


@dataclass(frozen=True)
class _Read:
    """A file that was read, the seconds that took, and what is wrong with it all the same."""

    name: str
    look: Look
    seconds: float
    note: str


class Predictor:
    """Tells genres. Any number of threads may use one predictor at once."""

    def __init__(
        self,
        engine: Engine,
        genres: Sequence[str],
        heads: Mapping[str, Fitted],
        shelf: CoverIndex,
        familiarity: NoveltyDetector,
        card: Card | None = None,
        precedents: TrackRecord | None = None,
    ) -> None:
        """`heads` by title, the one whose answer counts first; each answers in the order of `genres`."""
        self.genres = tuple(genres)
        self.card = card
        self.engine = engine
        self.heads = dict(heads)
        self.shelf = shelf
        self._familiarity = familiarity
        self._precedents = precedents

    @classmethod
    def open(cls, run: str = STARTER) -> Self:
        """The predictor of a run, or of the starter. BadRun when it is missing, damaged or not done."""
        return cls(*(_starter_parts() if run == STARTER else _run_parts(run)))

    def predict(self, data: bytes, name: str = "", neighbours: int = 12) -> Prediction:
        """What is said about the cover in these bytes; BadImage, saying why, when there is none in them."""
        (result,) = self.predict_many([(name, data)], neighbours)
        if isinstance(result, Failure):
            raise BadImage(result.error)
        return result

    def predict_many(self, files: Sequence[tuple[str, bytes]], neighbours: int = 12) -> list[Prediction | Failure]:
        """What is said about each of the files (name, bytes), in their order; they are read on all cores at once."""
        if not files:
            return []
        with ThreadPoolExecutor(min(self.engine.workers, len(files))) as pool:
            results = list(pool.map(self._read, *zip(*files, strict=True)))
        answers = iter(self._answer([result for result in results if isinstance(result, _Read)], neighbours))
        return [next(answers) if isinstance(result, _Read) else result for result in results]

    def look(self, image: Image.Image) -> Look:
        """What heads and shelf are asked about an RGB cover."""
        content_hash = images.content_hash(image)
        seen, same_pixels = self.shelf.known(content_hash), True
        if seen is None:
            seen, same_pixels = self.shelf.copy_of(images.perceptual_hash(image)), False
        known_as = seen.content_hash if seen else content_hash
        return Look(self.engine.vector(image), known_as, lambda: image, seen, seen is None or same_pixels)

    def _read(self, name: str, data: bytes) -> _Read | Failure:
        started = time.perf_counter()
        try:
            decoded = images.decode_once(data)
        except BadImage as error:
            return Failure(name, str(error))
        # Asked for again if a head wants to see it: the pixels of many covers at once would fill the memory.
        look = replace(self.look(decoded.image), picture=lambda: images.decode_once(data).image)
        return _Read(name, look, time.perf_counter() - started, decoded.note)

    def _answer(self, read: Sequence[_Read], neighbours: int) -> list[Prediction]:
        if not read:
            return []
        started = time.perf_counter()
        covers = unlabelled([one.look for one in read])
        shares = {title: head.predict_proba(covers) for title, head in self.heads.items()}
        nearest = self.shelf.nearest(covers.vectors, covers.hashes, neighbours)
        unfamiliar = self._familiarity.unfamiliar(covers.vectors)
        each = (time.perf_counter() - started) / len(read)
        return [
            self._prediction(one, {title: rows[i] for title, rows in shares.items()}, nearest[i], unfamiliar[i], each)
            for i, one in enumerate(read)
        ]

    def _prediction(
        self,
        read: _Read,
        shares: Mapping[str, np.ndarray],
        neighbours: tuple[Neighbour, ...],
        unfamiliar: float,
        seconds: float,
    ) -> Prediction:
        order = np.argsort(-next(iter(shares.values())), kind="stable")
        answers = {title: {self.genres[i]: float(row[i]) for i in order} for title, row in shares.items()}
        return Prediction(
            name=read.name,
            genre=self.genres[order[0]],
            probabilities=next(iter(answers.values())),
            answers=answers,
            neighbours=neighbours,
            seen=read.look.seen,
            unfamiliar=float(unfamiliar),
            seconds=read.seconds + seconds,
            same_pixels=read.look.same_pixels,
            precedent=self._precedents.of(list(shares.values())) if self._precedents else None,
            note=read.note,
        )


open_predictor = Shared(Predictor.open)
"""`Predictor.open` for all who live in one process: pages and API hold a run's models once."""


def unlabelled(looks: Sequence[Look]) -> Covers:
    """The covers as a head sees them when their genres are not known."""
    vectors = np.stack([look.vector for look in looks])
    hashes = tuple(look.content_hash for look in looks)
    return Covers(vectors, np.full(len(looks), -1), hashes, [look.picture for look in looks])


def _starter_parts() -> tuple[Any, ...]:
    """What `Predictor` is made of, for the starter."""
    from covergenre.runs.record import Run

    starter = open_starter()
    card = starter.card
    try:
        engine = Engine.open(starter.network, Recipe.from_dict(card.recipe))
    except NoWeights as error:
        raise BadRun(f"the starter in {starter.folder} is damaged: restore the folder, or build it again") from error
    cards = sorted(card.methods, key=lambda method: method.name != card.default)
    heads = {each.title: method(each.name).load(starter.head(each.name)) for each in cards}
    shelf = CoverIndex(starter.covers, starter.vectors, method("knn").load(starter.head("knn")))
    familiarity = NoveltyDetector.load(starter.folder / "familiarity.npz")
    runs = [Run.at(run_folder(starter.folder, each.name)) for each in cards]
    return engine, card.genres, heads, shelf, familiarity, card, _precedents(runs)


def run_shelf(run: "Run", head: Fitted) -> tuple[pd.DataFrame, np.ndarray, Projection]:
    """The covers of a run's genres as a shelf takes them, their vectors (n, d), and where they are compared.

    `head` is what the run learned. Raises BadDataset when its data set has gone.
    """
    from covergenre.embedding.embed import embed_dataset

    dataset = open_dataset(run.spec.dataset)
    parts = split_of(dataset, run.spec.split, run.spec.seed).parts
    own = replace(dataset, manifest=dataset.manifest[dataset.manifest["genre"].isin(run.spec.genres)])
    covers, vectors = _shelved(usable(own.manifest), parts), embed_dataset(own, run.spec.recipe)["original"]
    return covers, vectors, head if isinstance(head, Projection) else _space(covers, vectors, run.spec.genres)


def _run_parts(run_id: str) -> tuple[Any, ...]:
    """What `Predictor` is made of, for a run that is done."""
    from covergenre.runs.record import Run

    run = Run.open(run_id)
    head = run.load_model()
    covers, vectors, projection = run_shelf(run, head)
    shelf = CoverIndex(covers, projection.project(vectors), projection)
    training, validation = (vectors[(covers["part"] == part).to_numpy()] for part in ("train", "validation"))
    engine = engine_for(run.spec.recipe)
    familiarity = NoveltyDetector.learn(training, validation if len(validation) else training, engine.plain)
    heads = {method(run.spec.method).title: head}
    return engine, run.spec.genres, heads, shelf, familiarity, None, _precedents([run])


def _precedents(runs: Sequence["Run"]) -> TrackRecord | None:
    """What came of the answers to the validation covers that runs of one split share; None where they are not kept."""
    from covergenre.runs.record import probability_columns

    try:
        tables = [run.predictions().query("part == 'validation'").set_index("path") for run in runs]
    except BadRun as error:
        _log.warning("nothing is said of how often answers were right: %s", error)
        return None
    genres, shared = runs[0].spec.genres, tables[0].index
    if not len(shared) or any(not shared.isin(table.index).all() for table in tables):
        return None
    labels = pd.Categorical(tables[0]["genre"], categories=genres).codes
    return TrackRecord(labels, [table.loc[shared, probability_columns(genres)].to_numpy() for table in tables])


def _shelved(covers: pd.DataFrame, parts: pd.Series) -> pd.DataFrame:
    """The usable covers of a data set as a shelf holds them."""
    columns = {name: covers.get(name, "") for name in COLUMNS}
    return pd.DataFrame({**columns, "id": covers["path"], "part": covers["path"].map(parts), "signature": b""})


def _space(covers: pd.DataFrame, vectors: np.ndarray, genres: Sequence[str]) -> Projection:
    from covergenre.methods.space import learn_space

    training = (covers["part"] == "train").to_numpy()
    labels = pd.Categorical(covers["genre"], categories=genres).codes.astype(np.int64)
    known = Covers(vectors[training], labels[training], tuple(covers.loc[training, "content_hash"]))
    return learn_space("blend", known, len(genres), shrinkage=0.5)
