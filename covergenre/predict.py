"""From a cover's bytes to its genre: one object for the app, the command line and Python.

    from covergenre.predict import Predictor

    prediction = Predictor.open().predict(Path("cover.jpg").read_bytes())
    print(prediction.genre, prediction.probabilities[prediction.genre])

With the starter, neither torch nor scikit-learn is imported.
"""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from covergenre import images
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import open_dataset
from covergenre.dataset.split import split_of
from covergenre.dataset.starter import COLUMNS, Card, open_starter
from covergenre.embedding.engine import Engine, engine_for
from covergenre.embedding.recipe import Recipe
from covergenre.errors import BadImage, BadRun, NoWeights
from covergenre.familiarity import Familiarity
from covergenre.methods import Covers, Fitted, method
from covergenre.shelf import Neighbour, Projection, Shelf

__all__ = ["STARTER", "Failure", "Neighbour", "Prediction", "Predictor"]

STARTER = "starter"
"""The name of the starter where a run is asked for."""


@dataclass(frozen=True)
class Prediction:
    """What is said about one cover.

    `probabilities` of all genres add up to 1, the likeliest first; they are those of the method whose answer counts.
    `answers` has those of each method, by its title, in the same order of genres. `neighbours` are the most similar
    known covers, best first, this cover itself left out; `seen` is it, when its very pixels are known. `unfamiliar`,
    0..1, is the share of held-out covers that are more like the training covers than this one is (see
    `Familiarity`). `seconds`: from bytes to answer.
    """

    name: str
    genre: str
    probabilities: Mapping[str, float]
    answers: Mapping[str, Mapping[str, float]]
    neighbours: tuple[Neighbour, ...]
    seen: Neighbour | None
    unfamiliar: float
    seconds: float


@dataclass(frozen=True)
class Failure:
    """A file that is no cover, and why."""

    name: str
    error: str


@dataclass(frozen=True)
class _Read:
    """A cover that was read: its vector (d,), the hash of its pixels, and the seconds that took."""

    name: str
    vector: np.ndarray
    content_hash: str
    seconds: float


class Predictor:
    """Tells genres. Any number of threads may use one predictor at once."""

    def __init__(
        self,
        engine: Engine,
        genres: Sequence[str],
        heads: Mapping[str, Fitted],
        shelf: Shelf,
        familiarity: Familiarity,
        card: Card | None = None,
    ) -> None:
        """`heads` by title, the one whose answer counts first; each answers in the order of `genres`."""
        self.genres = tuple(genres)
        self.card = card
        self._engine = engine
        self._heads = dict(heads)
        self._shelf = shelf
        self._familiarity = familiarity

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
        with ThreadPoolExecutor(min(self._engine.workers, len(files))) as pool:
            looks = list(pool.map(self._read, *zip(*files, strict=True)))
        answers = iter(self._answer([look for look in looks if isinstance(look, _Read)], neighbours))
        return [next(answers) if isinstance(look, _Read) else look for look in looks]

    def _read(self, name: str, data: bytes) -> _Read | Failure:
        started = time.perf_counter()
        try:
            image = images.decode(data).image
        except BadImage as error:
            return Failure(name, str(error))
        vector, content_hash = self._engine.vector(image), images.content_hash(image)
        return _Read(name, vector, content_hash, time.perf_counter() - started)

    def _answer(self, looks: Sequence[_Read], neighbours: int) -> list[Prediction]:
        if not looks:
            return []
        started = time.perf_counter()
        vectors, hashes = np.stack([look.vector for look in looks]), tuple(look.content_hash for look in looks)
        covers = Covers(vectors, np.full(len(looks), -1), hashes)
        shares = {title: head.predict_proba(covers) for title, head in self._heads.items()}
        nearest, unfamiliar = self._shelf.nearest(vectors, hashes, neighbours), self._familiarity.unfamiliar(vectors)
        each = (time.perf_counter() - started) / len(looks)
        return [
            self._prediction(look, {title: rows[i] for title, rows in shares.items()}, nearest[i], unfamiliar[i], each)
            for i, look in enumerate(looks)
        ]

    def _prediction(
        self,
        look: _Read,
        shares: Mapping[str, np.ndarray],
        neighbours: tuple[Neighbour, ...],
        unfamiliar: float,
        seconds: float,
    ) -> Prediction:
        order = np.argsort(-next(iter(shares.values())), kind="stable")
        answers = {title: {self.genres[i]: float(row[i]) for i in order} for title, row in shares.items()}
        return Prediction(
            name=look.name,
            genre=self.genres[order[0]],
            probabilities=next(iter(answers.values())),
            answers=answers,
            neighbours=neighbours,
            seen=self._shelf.known(look.content_hash),
            unfamiliar=float(unfamiliar),
            seconds=look.seconds + seconds,
        )


def _starter_parts() -> tuple[Any, ...]:
    """What `Predictor` is made of, for the starter."""
    starter = open_starter()
    card = starter.card
    try:
        engine = Engine.open(starter.network, Recipe.from_dict(card.recipe))
    except NoWeights as error:
        raise BadRun(f"the starter in {starter.folder} is damaged: restore the folder, or build it again") from error
    cards = sorted(card.methods, key=lambda method: method.name != card.default)
    heads = {card.title: method(card.name).load(starter.head(card.name)) for card in cards}
    shelf = Shelf(starter.covers, starter.vectors, method("knn").load(starter.head("knn")))
    return engine, card.genres, heads, shelf, Familiarity.load(starter.folder / "familiarity.npz"), card


def _run_parts(run_id: str) -> tuple[Any, ...]:
    """What `Predictor` is made of, for a run that is done."""
    from covergenre.embedding.embed import embed_dataset
    from covergenre.runs.record import Run

    run = Run.open(run_id)
    head = run.load_model()
    dataset = open_dataset(run.spec.dataset)
    covers = _shelved(usable(dataset.manifest), split_of(dataset, run.spec.split, run.spec.seed).parts)
    vectors = embed_dataset(dataset, run.spec.recipe)["original"]
    among = covers["genre"].isin(run.spec.genres).to_numpy()
    covers, vectors = covers[among], vectors[among]
    projection = head if isinstance(head, Projection) else _space(covers, vectors, run.spec.genres)
    shelf = Shelf(covers, projection.project(vectors), projection)
    training, validation = (vectors[(covers["part"] == part).to_numpy()] for part in ("train", "validation"))
    familiarity = Familiarity.learn(training, validation if len(validation) else training)
    return engine_for(run.spec.recipe), run.spec.genres, {method(run.spec.method).title: head}, shelf, familiarity


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
