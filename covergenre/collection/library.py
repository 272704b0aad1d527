"""All known covers, to walk through: found by name, narrowed by filters, each leading on to those most like it.

Plain arrays and no index: a step looks at every cover, because a filter may leave any of them, and that stays fast up
to some 100,000 (`benchmarks/browse.py`).
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, Self

import numpy as np
import pandas as pd

from covergenre.collection.table import CoverTable, Neighbour
from covergenre.dataset.registry import open_dataset
from covergenre.dataset.starter import STARTER, open_starter
from covergenre.dataset.thumbnails import known_looks
from covergenre.palette import Palette, Swatch
from covergenre.predict import run_shelf
from covergenre.runs.record import Run
from covergenre.sharing import Shared

Among = Literal["all", "same", "other"]
"""Which neighbours count: of every genre, of the cover's own only, of other genres only."""

_NOTHING = re.compile(r"[.!'’]")
_GAP = re.compile(r"\W+")


@dataclass(frozen=True)
class Filters:
    """Which covers to look among. An empty tuple lets all pass; `years` (first, last) only those of a known year."""

    genres: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    years: tuple[int, int] | None = None


EVERYTHING = Filters()


class Library:
    """The covers of the starter or of a run, by row. Any number of threads may ask at once."""

    def __init__(self, covers: pd.DataFrame, vectors: np.ndarray) -> None:
        """`covers`: as `CoverTable` takes them. `vectors`: (n, e), each cover where neighbours are compared."""
        self._catalogue = CoverTable(covers)
        self.vectors = vectors
        self.units = _units(vectors)
        self.genre_of, self.genres = _coded(covers["genre"])
        self._source_of, self.sources = _coded(covers["source"])
        self._part_of, self.parts = _coded(covers["part"])
        self.year_of = pd.to_numeric(covers["year"], errors="coerce").to_numpy(np.float64, na_value=np.nan)
        self._texts = [f" {_folded(text)}" for text in _names(covers)]
        self._row_of = {hash_[:16]: row for row, hash_ in reversed(list(enumerate(covers["content_hash"])))}

    @classmethod
    def open(cls, name: str = STARTER) -> Self:
        """The covers of the starter, or of a run that is done. BadRun when it is missing or damaged."""
        if name == STARTER:
            starter = open_starter()
            return cls(starter.covers, starter.vectors)
        run = Run.open(name)
        covers, vectors, projection = run_shelf(run, run.load_model())
        looks = known_looks(open_dataset(run.spec.dataset))
        if looks is not None:
            covers["signature"] = covers["content_hash"].map(looks["signature"].to_dict())
        return cls(covers, projection.project(vectors))

    def __len__(self) -> int:
        return len(self.units)

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year that is known; None when none is."""
        known = self.year_of[~np.isnan(self.year_of)]
        return (int(known.min()), int(known.max())) if len(known) else None

    def has(self, key: str) -> bool:
        """Whether there is a cover with this `Neighbour.key`."""
        return key in self._row_of

    def row(self, key: str) -> int | None:
        """The row of the first cover with this `Neighbour.key`, if there is one."""
        return self._row_of.get(key)

    def cover(self, row: int, similarity: float = 1.0) -> Neighbour:
        """The cover in a row."""
        return self._catalogue.neighbour(row, similarity)

    def covers(self, found: Sequence[tuple[int, float]]) -> tuple[Neighbour, ...]:
        """The covers in these rows, each with its similarity."""
        return self._catalogue.neighbours(found)

    @property
    def hashes(self) -> np.ndarray:
        """The content hashes of the covers: texts (n,)."""
        return self._catalogue.hashes

    def files(self) -> list[Path | None]:
        """The file of each cover, where a registered data set has the same picture."""
        return self._catalogue.files(range(len(self)))

    def part_of(self, rows: np.ndarray) -> np.ndarray:
        """The parts of the covers in these rows: texts (n,)."""
        return np.array(self.parts)[self._part_of[rows]]

    def colours(self, rows: np.ndarray) -> tuple[Swatch, ...]:
        """What colours the covers in these rows are made of; none where no signature is known."""
        return self._palette.swatches([self._catalogue.signatures[row] for row in rows])

    def search(self, text: str = "", filters: Filters = EVERYTHING) -> np.ndarray:
        """The rows, int64, of the covers whose artist and album hold every word of `text`, in any case.

        Where a word starts with what was given comes before where it is found inside one. Otherwise, and when no text
        is given, the most typical cover of each genre comes first, then the second of each.
        """
        rows = np.flatnonzero(self.passing(filters))
        words = _folded(text).split()
        if words:
            rows = rows[[all(word in self._texts[row] for word in words) for row in rows]]
        inside = np.array([not all(f" {word}" in self._texts[row] for word in words) for row in rows], bool)
        return rows[np.lexsort([self.genre_of[rows], self._rank[rows], inside])]

    def any(self, chance: np.random.Generator, filters: Filters = EVERYTHING) -> int | None:
        """The row of a cover drawn at random; None when none passes the filters."""
        rows = np.flatnonzero(self.passing(filters))
        return int(chance.choice(rows)) if len(rows) else None

    def nearest(
        self, row: int, k: int = 24, filters: Filters = EVERYTHING, among: Among = "all", most: bool = True
    ) -> list[tuple[int, float]]:
        """The rows and similarities of the `k` covers most like the one in `row` (least, without `most`), in order.

        Covers with the same pixels as it are left out.
        """
        passing = self.passing(filters) & (self._catalogue.hashes != self._catalogue.hashes[row])
        if among != "all":
            passing &= (self.genre_of == self.genre_of[row]) == (among == "same")
        return self._first(self.units[row], passing, k, most)

    def nearest_to(
        self, vector: np.ndarray, k: int = 24, filters: Filters = EVERYTHING, most: bool = True
    ) -> list[tuple[int, float]]:
        """As `nearest`, for a cover that need not be known: `vector` (e,) is its place (see `Predictor.place`)."""
        return self._first(_units(vector[None])[0], self.passing(filters), k, most)

    @cached_property
    def closeness(self) -> np.ndarray:
        """How near each cover is to the centre of each genre: cosines, float32 (n, genres).

        The centre is the mean of the genre's covers. The nearest centre names the genre of a held-out cover of the
        starter about as often as its best head does.
        """
        centres = np.stack([self.units[self.genre_of == genre].mean(axis=0) for genre in range(len(self.genres))])
        return self.units @ _units(centres).T

    @cached_property
    def typicality(self) -> np.ndarray:
        """How near each cover is to the centre of its own genre: float32 (n,)."""
        return self.closeness[np.arange(len(self)), self.genre_of]

    def standing(self, row: int) -> tuple[float, str]:
        """The share of its genre's covers that the one in `row` is more typical than, and the genre it lies nearest to.

        For a genre's only cover the share is 1.
        """
        others = max(int((self.genre_of == self.genre_of[row]).sum()) - 1, 1)
        return 1 - int(self._rank[row]) / others, self.genres[int(self.closeness[row].argmax())]

    @cached_property
    def _rank(self) -> np.ndarray:
        """The place of each cover in its genre, int64 (n,): 0 for the most typical."""
        ranks = np.empty(len(self), np.int64)
        for genre in range(len(self.genres)):
            rows = np.flatnonzero(self.genre_of == genre)
            ranks[rows[np.argsort(-self.typicality[rows], kind="stable")]] = np.arange(len(rows))
        return ranks

    @cached_property
    def _palette(self) -> Palette:
        return Palette(self._catalogue.signatures)

    def _first(self, unit: np.ndarray, passing: np.ndarray, k: int, most: bool) -> list[tuple[int, float]]:
        """The rows that pass and their similarities to a vector of length 1, from one end of their order."""
        rows = np.flatnonzero(passing)
        similarities = np.clip(self.units @ unit, -1, 1)[rows]
        order = first(-similarities if most else similarities, k)
        return [(int(rows[at]), float(similarities[at])) for at in order]

    def passing(self, filters: Filters) -> np.ndarray:
        """Which covers pass the filters: bool (n,)."""
        passing = np.ones(len(self), bool)
        for of, names, wanted in (
            (self.genre_of, self.genres, filters.genres),
            (self._source_of, self.sources, filters.sources),
            (self._part_of, self.parts, filters.parts),
        ):
            if wanted:
                passing &= np.isin(names, wanted)[of]
        if filters.years:
            with np.errstate(invalid="ignore"):
                passing &= (self.year_of >= filters.years[0]) & (self.year_of <= filters.years[1])
        return passing


open_library = Shared(Library.open, most=4)
"""`Library.open` for all who live in one process."""


def first(values: np.ndarray, k: int) -> np.ndarray:
    """The positions of the `k` smallest of the values (n,), smallest first; of equal ones the first."""
    if k < len(values):
        few = np.flatnonzero(values <= np.partition(values, k)[k])
        return few[np.argsort(values[few], kind="stable")][:k]
    return np.argsort(values, kind="stable")


def _units(vectors: np.ndarray) -> np.ndarray:
    vectors = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)


def _coded(column: pd.Series) -> tuple[np.ndarray, tuple[str, ...]]:
    """For each cell the position of its text among the different texts, and those, sorted."""
    names, codes = np.unique(column.to_numpy(str), return_inverse=True)
    return codes, tuple(names.tolist())


def _pairs(covers: pd.DataFrame, *columns: str) -> zip:
    return zip(*(covers[column].tolist() for column in columns), strict=True)


def _names(covers: pd.DataFrame) -> list[str]:
    """What each cover is called: its artist and album, or its source and number when neither is known."""
    rows = _pairs(covers, "artist", "album", "source", "id")
    return [f"{artist} {album}" if artist or album else f"{source} {id_}" for artist, album, source, id_ in rows]


def _folded(text: str) -> str:
    """The words of a text without case, accents and punctuation, one blank between two."""
    letters = unicodedata.normalize("NFKD", _NOTHING.sub("", text)).casefold()
    return _GAP.sub(" ", "".join(letter for letter in letters if not unicodedata.combining(letter))).strip()
