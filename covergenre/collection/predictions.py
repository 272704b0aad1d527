"""What a run took the covers of a collection for, by their rows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from covergenre.collection.table import CoverTable

if TYPE_CHECKING:
    from covergenre.runs.record import Run


@dataclass(frozen=True)
class Wanted:
    """Which answers to look among: of which genres (() for all), right or wrong (None for both), how certain (0-1)."""

    genres: tuple[str, ...] = ()
    right: bool | None = None
    certainty: tuple[float, float] = (0.0, 1.0)


class Predictions:
    """The answers of a run that is done: for the covers that it was judged on, none for those it learned from.

    `genre_of`: the likeliest genre of each cover, texts (n,), "" where there is no answer. `certainty`: its
    probability, float64 (n,), NaN there. `right`: whether the cover is called so now, bool (n,).
    """

    def __init__(self, run: "Run", covers: CoverTable) -> None:
        """BadRun when the run has no predictions."""
        from covergenre.runs.record import probability_columns

        told = run.predictions()
        shares = told[probability_columns(run.spec.genres)].to_numpy(np.float64)
        rows = np.array([-1 if (row := covers.row_of(path)) is None else row for path in told["path"]], np.int64)
        there = rows >= 0
        best = shares.argmax(axis=1)
        names = np.array(run.spec.genres, dtype=object)
        self.genre_of = np.full(len(covers), "", dtype=object)
        self.genre_of[rows[there]] = names[best[there]]
        self.certainty = np.full(len(covers), np.nan)
        self.certainty[rows[there]] = shares[np.arange(len(best)), best][there]
        self.right = self.genre_of == np.array(covers.column("genre"), dtype=object)
        self.genres = tuple(sorted(set(self.genre_of) - {""}))

    def passing(self, wanted: Wanted) -> np.ndarray:
        """Which covers have such an answer: bool (n,)."""
        low, high = wanted.certainty
        with np.errstate(invalid="ignore"):
            passing = (self.certainty >= low) & (self.certainty <= high)
        if wanted.genres:
            passing &= np.isin(self.genre_of.astype(str), wanted.genres)
        if wanted.right is not None:
            passing &= self.right == wanted.right
        return passing
