"""The predictions of a run for the covers of a collection."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from covergenre.collection.table import CoverTable

if TYPE_CHECKING:
    from covergenre.runs.record import Run


@dataclass(frozen=True)
class PredictionFilter:
    """Predicted genres (() for all), right or wrong (None for both), and the range of the probability."""

    genres: tuple[str, ...] = ()
    right: bool | None = None
    certainty: tuple[float, float] = (0.0, 1.0)


class Predictions:
    """The predictions of a finished run for its validation and test covers.

    `genre_of`: the likeliest genre of each cover, texts (n,), "" where there is no prediction. `certainty`: its
    probability, float64 (n,), NaN there. `right`: whether that is the cover's genre now, bool (n,).
    """

    def __init__(self, run: "Run", covers: CoverTable) -> None:
        """BadRun when the run has no predictions."""
        from covergenre.runs.record import probability_columns

        table = run.predictions()
        rows = np.array([-1 if (row := covers.row_of(path)) is None else row for path in table["path"]], np.int64)
        table, rows = table[rows >= 0], rows[rows >= 0]
        probabilities = table[probability_columns(run.spec.genres)].to_numpy(np.float64)
        self.genre_of = np.full(len(covers), "", dtype=object)
        self.genre_of[rows] = np.array(run.spec.genres, dtype=object)[probabilities.argmax(axis=1)]
        self.certainty = np.full(len(covers), np.nan)
        self.certainty[rows] = probabilities.max(axis=1)
        self.right = self.genre_of == np.array(covers.column("genre"), dtype=object)
        self.genres = tuple(sorted(set(self.genre_of) - {""}))

    def passing(self, wanted: PredictionFilter) -> np.ndarray:
        """Which covers have such a prediction: bool (n,)."""
        low, high = wanted.certainty
        with np.errstate(invalid="ignore"):
            passing = (self.certainty >= low) & (self.certainty <= high)
        if wanted.genres:
            passing &= np.isin(self.genre_of.astype(str), wanted.genres)
        if wanted.right is not None:
            passing &= self.right == wanted.right
        return passing
