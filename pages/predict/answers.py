"""Answers to covers, cached by content so that a rerun of the page needs no inference."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from covergenre.predict import Failure, Prediction, Predictor
from covergenre.predict.saved_queries import Cover
from pages.widgets.thumbnails import data_address, small

NEIGHBOURS = 24
_PICTURE_SIDE = 128
_LIMIT = 2048


@dataclass(frozen=True)
class Answer:
    """The result for one cover, and a thumbnail of it as an address ("" if it can't be read)."""

    result: Prediction | Failure
    picture: str

    @property
    def prediction(self) -> Prediction | None:
        """The result if the cover could be read."""
        return self.result if isinstance(self.result, Prediction) else None

    @property
    def error(self) -> str:
        """Why the cover could not be read, "" if it could."""
        return self.result.error if isinstance(self.result, Failure) else ""


class Answers:
    """The answers to the last 2,048 different covers. Safe to use from several threads."""

    def __init__(self, predictor: Predictor, words: bool):
        """`words`: whether the words on covers are read, too."""
        self._predictor = predictor
        self._words = words
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, cover: Cover) -> Answer | None:
        """The answer to a cover of the same content, under the name of this one; None if there is none yet."""
        with self._lock:
            answer = self._kept.get(cover.digest)
            if answer is None:
                return None
            self._kept.move_to_end(cover.digest)
        return replace(answer, result=replace(answer.result, name=cover.name))

    def missing(self, covers: Iterable[Cover]) -> list[Cover]:
        """The covers without an answer yet, one for each content."""
        different = {cover.digest: cover for cover in covers}
        with self._lock:
            return [cover for digest, cover in different.items() if digest not in self._kept]

    def read(self, covers: Sequence[Cover]) -> None:
        """Predict these covers, all at once."""
        results = self._predictor.predict_many([(c.name, c.data) for c in covers], NEIGHBOURS, self._words)
        for cover, result in zip(covers, results, strict=True):
            self._keep(cover, result)

    def _keep(self, cover: Cover, result: Prediction | Failure) -> None:
        picture = data_address(small(cover.data, _PICTURE_SIDE)) if isinstance(result, Prediction) else ""
        with self._lock:
            self._kept[cover.digest] = Answer(result, picture)
            while len(self._kept) > _LIMIT:
                self._kept.popitem(last=False)
