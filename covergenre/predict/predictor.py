"""What a run or the starter says of covers. With the starter, neither torch nor scikit-learn is imported."""

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
    """What is said about one cover.

    `probabilities` of all genres add up to 1, the likeliest first; they are those of the method whose answer counts.
    `answers` has those of each method, by its title, in the same order of genres. `neighbours` are the most similar
    known covers, best first, this cover itself left out; `seen` is it, when it is known: with `same_pixels`, or as a
    near copy. `unfamiliar`, 0..1, is the share of held-out covers that are more like the training covers than this one
    is (see `NoveltyDetector`). `seconds`: from bytes to answer. `precedent`: what came of answers like this one; None
    where that is not known. `note`: what is wrong with a file that could be read all the same, else "". `words`: what
    is written on the cover; None where nobody read it.
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
    """A file that is no cover, and why."""

    name: str
    error: str


@dataclass(frozen=True)
class Look:
    """A cover as it was looked at: its vector (d,), and which known cover it is, by its pixels or as a near copy.

    `content_hash` is that of the known cover, if it is one, for a near copy is treated as what it copies: neither has a
    say in the answer. `picture` gives the cover itself, for heads that read pictures; `text` is what is written on it,
    None where nobody read it.
    """

    vector: np.ndarray
    content_hash: str
    picture: Picture
    seen: Neighbour | None
    same_pixels: bool
    text: CoverText | None = None


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
        collection: Collection,
        novelty: NoveltyDetector,
        card: Card | None = None,
        record: TrackRecord | None = None,
    ) -> None:
        """`heads` by title, the one whose answer counts first; each answers in the order of `genres`."""
        self.genres = tuple(genres)
        self.card = card
        self.engine = engine
        self.heads = dict(heads)
        self.collection = collection
        self._views = augment.VIEWS if card else ("original",)  # the starter's figures are of averaged views
        self._novelty = novelty
        self._record = record
        self._words = _words_head(next(iter(self.heads.values())))
        self._performers = Performers(collection.column("artist") if self._words else ())

    @classmethod
    def open(cls, run: str = STARTER) -> Self:
        """The predictor of a run, or of the starter. BadRun when it is missing, damaged or not done."""
        from covergenre.predict.loading import parts_of

        return cls(**parts_of(run))

    @property
    def weighs_words(self) -> bool:
        """Whether its answers count on what is written on covers; `ocr.networks` says whether that can be read."""
        return self._words is not None

    def predict(self, data: bytes, name: str = "", neighbours: int = 12, words: bool = True) -> Prediction:
        """What is said about the cover in these bytes; BadImage, saying why, when there is none in them.

        `words`: whether to read what is written on it, where that counts and can be done.
        """
        (result,) = self.predict_many([(name, data)], neighbours, words)
        if isinstance(result, Failure):
            raise BadImage(result.error)
        return result

    def predict_many(
        self, files: Sequence[tuple[str, bytes]], neighbours: int = 12, words: bool = True
    ) -> list[Prediction | Failure]:
        """What is said about each of the files (name, bytes), in their order; they are read on all cores at once."""
        if not files:
            return []
        reader = open_reader() if words and self.weighs_words and installed() else None
        with ThreadPoolExecutor(min(self.engine.workers, len(files))) as pool:
            results = list(pool.map(lambda file: self._read(file[0], file[1], reader), files))
        answers = iter(self._answer([result for result in results if isinstance(result, _Read)], neighbours))
        return [next(answers) if isinstance(result, _Read) else result for result in results]

    def look(self, image: Image.Image, reader: Reader | None = None) -> Look:
        """What heads and collection are asked about an RGB cover; without a reader, nothing is read on it."""
        with ThreadPoolExecutor(1) as beside:  # words take twice as long as the vector: both at once
            text = beside.submit(reader.read, image) if reader else None
            content_hash = images.content_hash(image)
            seen, same_pixels = self.collection.known(content_hash), True
            if seen is None:
                seen, same_pixels = self.collection.near_copy(images.perceptual_hash(image)), False
            known_as = seen.content_hash if seen else content_hash
            vector = self.engine.embed([augment.apply(image, view) for view in self._views]).mean(axis=0)
            return Look(
                vector, known_as, lambda: image, seen, seen is None or same_pixels, text.result() if text else None
            )

    def _read(self, name: str, data: bytes, reader: Reader | None) -> _Read | Failure:
        started = time.perf_counter()
        try:
            decoded = images.decode_once(data)
        except BadImage as error:
            return Failure(name, str(error))
        # Asked for again if a head wants to see it: the pixels of many covers at once would fill the memory.
        look = replace(self.look(decoded.image, reader), picture=lambda: images.decode_once(data).image)
        return _Read(name, look, time.perf_counter() - started, decoded.note)

    def _answer(self, read: Sequence[_Read], neighbours: int) -> list[Prediction]:
        if not read:
            return []
        started = time.perf_counter()
        covers = unlabelled([one.look for one in read])
        shares = {title: head.predict_proba(covers) for title, head in self.heads.items()}
        if not all(np.isfinite(rows).all() for rows in (covers.vectors, *shares.values())):
            raise BadRun("this model answers with figures that are not finite: its files are damaged; restore them")
        nearest = self.collection.neighbours(covers.vectors, covers.hashes, neighbours)
        unfamiliar = self._novelty.unfamiliar(covers.vectors)
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
            precedent=self._record.of(list(shares.values())) if self._record else None,
            note=read.note,
            words=self._words_of(read.look.text),
        )

    def _words_of(self, text: CoverText | None) -> Words | None:
        if text is None or self._words is None:
            return None
        spoken = tuple((each.line, self.genres[each.genre], each.factor) for each in self._words.telling_lines(text))
        return Words(tuple(line.text for line in text.lines), spoken, self._performers.find(text) or "")


open_predictor = RunCache(Predictor.open)
"""`Predictor.open` for all who live in one process: pages and API hold a run's models once."""


def unlabelled(looks: Sequence[Look]) -> Covers:
    """The covers as a head sees them when their genres are not known."""
    vectors = np.stack([look.vector for look in looks])
    hashes = tuple(look.content_hash for look in looks)
    texts = [look.text or CoverText() for look in looks]
    return Covers(vectors, np.full(len(looks), -1), hashes, [look.picture for look in looks], texts=texts)


def _words_head(head: Fitted) -> FittedWords | None:
    """What tells genres by words: this head, or the first of its members that does."""
    if isinstance(head, FittedWords):
        return head
    return next(iter(head.readers()), None) if isinstance(head, FittedEnsemble) else None
