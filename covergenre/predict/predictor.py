"""The predictor of a run or of the starter. With the starter, neither torch nor scikit-learn is imported."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from PIL import Image

from covergenre import augment, images
from covergenre.collection.collection import Collection
from covergenre.collection.novelty import NoveltyDetector
from covergenre.collection.run_cache import RunCache
from covergenre.collection.table import Neighbour
from covergenre.dataset.starter import STARTER, Card
from covergenre.embedding.engine import Engine
from covergenre.errors import BadImage, BadRun
from covergenre.methods import Covers, Fitted
from covergenre.methods.base import Picture
from covergenre.methods.ensemble import FittedEnsemble
from covergenre.methods.words import FittedWords
from covergenre.ocr.networks import installed
from covergenre.ocr.reader import Reader, open_reader
from covergenre.ocr.text import CoverText
from covergenre.predict.track_record import PastAnswers, TrackRecord
from covergenre.predict.words import Performers, Words


@dataclass(frozen=True)
class Prediction:
    """The prediction for one cover.

    `probabilities` of all genres add up to 1, the likeliest first; they are those of the method whose answer counts.
    `answers` has those of each method, by its title, in the same order. `neighbours` are the most similar known covers,
    best first, without the cover itself. `seen` is the known cover with `same_pixels`, or else a near copy.
    `unfamiliar`, 0..1: see `NoveltyDetector`. `seconds`: from bytes to answer. `precedent`: how often comparable
    predictions were right, if known. `note`: a defect of the file that did not prevent reading it, else "". `words`:
    what is written on the cover; None where it was not read.
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
    words: Words | None = None


@dataclass(frozen=True)
class Failure:
    """A file that could not be read as a cover, and why."""

    name: str
    error: str


@dataclass(frozen=True)
class Look:
    """The input of the heads: a cover's vector (d,), `picture` and `text` (None where it was not read).

    `seen`: see `Prediction`. `content_hash` is that of `seen`, if there is one: a near copy is treated as what it
    copies, and neither votes.
    """

    vector: np.ndarray
    content_hash: str
    picture: Picture
    seen: Neighbour | None
    same_pixels: bool
    text: CoverText | None = None


@dataclass(frozen=True)
class _Read:
    """A file that was read; see `Prediction`."""

    name: str
    look: Look
    seconds: float
    note: str


class Predictor:
    """Predicts genres. Thread-safe."""

    def __init__(
        self,
        engine: Engine,
        genres: Sequence[str],
        heads: Mapping[str, Fitted],
        collection: Collection,
        novelty: NoveltyDetector,
        views: Sequence[str],
        card: Card | None = None,
        record: TrackRecord | None = None,
    ) -> None:
        """`heads` by title, the one whose answer counts first; their columns are `genres`.

        `views`: those of `augment.VIEWS` whose vectors are averaged, as they were for the figures of the heads.
        """
        self.genres = tuple(genres)
        self.card = card
        self.engine = engine
        self.heads = dict(heads)
        self.collection = collection
        self._views = views
        self._novelty = novelty
        self._record = record
        self._words = _words_head(next(iter(self.heads.values())))
        self._performers = Performers(collection.column("artist") if self._words else ())

    @classmethod
    def open(cls, run: str = STARTER) -> Self:
        """The predictor of a run, or of the starter; BadRun when it is missing, damaged or unfinished."""
        from covergenre.predict.loading import load_run, load_starter

        return cls(**(load_starter() if run == STARTER else load_run(run)))

    @property
    def weighs_words(self) -> bool:
        """Whether predictions use what is written on covers; `ocr.networks` says whether that can be read."""
        return self._words is not None

    def predict(self, data: bytes, name: str = "", neighbours: int = 12, words: bool = True) -> Prediction:
        """The prediction for the bytes of a file; BadImage when they can't be read as a cover.

        `words`: whether to read what is written on it, where that is used and possible.
        """
        (result,) = self.predict_many([(name, data)], neighbours, words)
        if isinstance(result, Failure):
            raise BadImage(result.error)
        return result

    def predict_many(
        self, files: Sequence[tuple[str, bytes]], neighbours: int = 12, words: bool = True
    ) -> list[Prediction | Failure]:
        """The predictions for files (name, bytes), in their order, computed on all cores."""
        if not files:
            return []
        reader = open_reader() if words and self.weighs_words and installed() else None
        with ThreadPoolExecutor(min(self.engine.workers, len(files))) as pool:
            results = list(pool.map(lambda file: self._read(file[0], file[1], reader), files))
        answers = iter(self._answer([result for result in results if isinstance(result, _Read)], neighbours))
        return [next(answers) if isinstance(result, _Read) else result for result in results]

    def look(self, image: Image.Image, reader: Reader | None = None) -> Look:
        """The input of the heads for an RGB cover; without a reader, its text is not read."""
        with ThreadPoolExecutor(1) as pool:  # reading takes twice as long as the vector: both at once
            text = pool.submit(reader.read, image) if reader else None
            content_hash = images.content_hash(image)
            seen, same_pixels = self.collection.known(content_hash), True
            if seen is None:
                seen, same_pixels = self.collection.near_copy(images.perceptual_hash(image)), False
            return Look(
                vector=self.engine.embed([augment.apply(image, view) for view in self._views]).mean(axis=0),
                content_hash=seen.content_hash if seen else content_hash,
                picture=lambda: image,
                seen=seen,
                same_pixels=seen is None or same_pixels,
                text=text.result() if text else None,
            )

    def _read(self, name: str, data: bytes, reader: Reader | None) -> _Read | Failure:
        started = time.perf_counter()
        try:
            decoded = images.decode_once(data)
        except BadImage as error:
            return Failure(name, str(error))
        # Decoded again if a head needs it: the pixels of many covers at once would fill the memory.
        look = replace(self.look(decoded.image, reader), picture=lambda: images.decode_once(data).image)
        return _Read(name, look, time.perf_counter() - started, decoded.note)

    def _answer(self, read: Sequence[_Read], neighbours: int) -> list[Prediction]:
        if not read:
            return []
        started = time.perf_counter()
        covers = unlabelled([one.look for one in read])
        probabilities = {title: head.predict_proba(covers) for title, head in self.heads.items()}
        if not all(np.isfinite(rows).all() for rows in (covers.vectors, *probabilities.values())):
            raise BadRun("this model predicts values that are not finite: its files are damaged; restore them")
        nearest = self.collection.neighbours(covers.vectors, covers.hashes, neighbours)
        unfamiliar = self._novelty.unfamiliar(covers.vectors)
        each = (time.perf_counter() - started) / len(read)
        rows = [dict(zip(probabilities, row, strict=True)) for row in zip(*probabilities.values(), strict=True)]
        return [self._prediction(*one, each) for one in zip(read, rows, nearest, unfamiliar, strict=True)]

    def _prediction(
        self,
        read: _Read,
        probabilities: Mapping[str, np.ndarray],
        neighbours: tuple[Neighbour, ...],
        unfamiliar: float,
        seconds: float,
    ) -> Prediction:
        order = np.argsort(-next(iter(probabilities.values())), kind="stable")
        answers = {title: {self.genres[i]: float(row[i]) for i in order} for title, row in probabilities.items()}
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
            precedent=self._record.of(list(probabilities.values())) if self._record else None,
            note=read.note,
            words=self._words_of(read.look.text),
        )

    def _words_of(self, text: CoverText | None) -> Words | None:
        if text is None or self._words is None:
            return None
        spoken = tuple((each.line, self.genres[each.genre], each.factor) for each in self._words.telling_lines(text))
        return Words(tuple(line.text for line in text.lines), spoken, self._performers.find(text) or "")


open_predictor = RunCache(Predictor.open)
"""`Predictor.open`, cached for the process: pages and API share the models of a run."""


def unlabelled(looks: Sequence[Look]) -> Covers:
    """Covers of unknown genre as the input of a head."""
    vectors = np.stack([look.vector for look in looks])
    hashes = tuple(look.content_hash for look in looks)
    texts = [look.text or CoverText() for look in looks]
    return Covers(vectors, np.full(len(looks), -1), hashes, [look.picture for look in looks], texts=texts)


def _words_head(head: Fitted) -> FittedWords | None:
    """The head that reads words: this one, or the first such member of an ensemble."""
    if isinstance(head, FittedWords):
        return head
    return next(iter(head.readers()), None) if isinstance(head, FittedEnsemble) else None
