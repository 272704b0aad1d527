"""How often comparable predictions were right, counted on held-out covers.

A probability says how sure a method is; this says how often it was right when it was as sure. With several methods it
matters much whether they agree. Where covers come from several sources, predictions for sources that were left out of
training are counted, because a user's cover comes from a new source, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_NEAREST = 60  # covers: enough for a share to hold within a tenth or so, and few enough to be comparable
_MIN_COVERS = 20


@dataclass(frozen=True)
class PastAnswers:
    """Of `covers` held-out covers predicted about as surely, `right` were predicted correctly.

    `agreed`: whether the methods agreed on each of them, as here; None where there is one method. `new_source`: whether
    the methods were trained without the source of each.
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
    """Past predictions for held-out covers. Thread-safe."""

    def __init__(self, labels: np.ndarray, answers: Sequence[np.ndarray], new_source: bool = False) -> None:
        """`labels` (n,); the probabilities (n, genres) of each method, the one that counts first; see `PastAnswers`."""
        self._new_source = new_source
        self._several = len(answers) > 1
        predicted = np.stack([answer.argmax(axis=1) for answer in answers])
        self._confidence = answers[0].max(axis=1)
        self._right = predicted[0] == labels
        self._agreed = (predicted == predicted[0]).all(axis=0)

    def of(self, answers: Sequence[np.ndarray]) -> PastAnswers | None:
        """The past predictions comparable to one; None when too few are. `answers`: each method's, (genres,)."""
        agreed = len({int(answer.argmax()) for answer in answers}) == 1
        comparable = np.flatnonzero(self._agreed == agreed)
        if len(comparable) < _MIN_COVERS:
            return None
        distance = np.abs(self._confidence[comparable] - answers[0].max())
        nearest = comparable[np.argsort(distance, kind="stable")[:_NEAREST]]
        right = int(self._right[nearest].sum())
        return PastAnswers(len(nearest), right, agreed if self._several else None, self._new_source)
