"""How often answers like one were right: counted on covers held out, among those answered about as surely.

A probability says how sure a method is; this says what came of it before. Where there are several methods it matters
much whether they agree. Where covers come from several sources, it is counted on sources that were left out of
learning: a user's cover comes from a new one, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_CROWD = 60  # covers: enough for a share to hold within a tenth or so, and few enough to be alike
_FEWEST = 20  # of fewer nothing is said


@dataclass(frozen=True)
class PastAnswers:
    """Of `covers` held-out covers answered about as surely, `right` were answered rightly.

    `agreed`: whether the methods agreed on each of them, as they do (or don't) here; None where there is one method.
    `new_source`: whether the methods had not seen the source of any of them, as it is with a cover from anywhere.
    """

    covers: int
    right: int
    agreed: bool | None
    new_source: bool = False

    @property
    def share(self) -> float:
        """How many of them were right: 0..1."""
        return self.right / self.covers


class TrackRecord:
    """What came of earlier answers. Any number of threads may ask at once."""

    def __init__(self, labels: np.ndarray, answers: Sequence[np.ndarray], new_source: bool = False) -> None:
        """`labels` (n,) of held-out covers; the probabilities (n, genres) of each method, the one that counts first.
        `new_source`: see `PastAnswers`."""
        self._new_source = new_source
        first, *others = answers
        named = first.argmax(axis=1)
        self._several = bool(others)
        self._confidence = first.max(axis=1)
        self._right = named == labels
        self._agreed = np.ones(len(named), bool)
        for other in others:
            self._agreed &= other.argmax(axis=1) == named

    def of(self, answers: Sequence[np.ndarray]) -> PastAnswers | None:
        """What came of answers like this one; None when there were too few. `answers`: each method's, (genres,)."""
        agreed = len({int(answer.argmax()) for answer in answers}) == 1
        alike = np.flatnonzero(self._agreed == agreed)
        if len(alike) < _FEWEST:
            return None
        distance = np.abs(self._confidence[alike] - answers[0].max())
        nearest = alike[np.argsort(distance, kind="stable")[:_CROWD]]
        right = int(self._right[nearest].sum())
        return PastAnswers(len(nearest), right, agreed if self._several else None, self._new_source)
