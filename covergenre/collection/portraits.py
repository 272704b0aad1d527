"""Portraits of a genre: the covers that stand for it and those that don't, its colours, and which genres it resembles.

A genre is stood for by its centre, the mean of its covers (see `Collection.closeness`). Which other genre a cover is
mistaken for is judged on covers held out, where there are some: those learned from lie closer to their own centre than
is fair.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from covergenre.collection.collection import Collection
from covergenre.collection.filters import first
from covergenre.collection.table import Neighbour
from covergenre.images.palette import Swatch

_HELD_OUT = ("validation", "test")
_FEWEST = 3  # a decade with fewer covers says nothing of its colours


@dataclass(frozen=True)
class Decade:
    """A genre's covers of the ten years from `start` on: how many, their colours, and the most typical of them."""

    start: int
    covers: int
    palette: tuple[Swatch, ...]
    typical: Neighbour


@dataclass(frozen=True)
class Portrait:
    """A genre in covers and colours; the similarity of a cover is that to the centre it is listed for.

    `typical` and `untypical`: nearest to and farthest from the genre's centre, the extreme first. `mistaken`: covers
    that lie nearer to the centre of another genre, by that genre, the genre that draws most first. `resembles`: the
    share of covers that lie nearest to the centre of each genre, the largest first, its own among them; `judged` is how
    many covers that was found on. `decades`, from the first on, hold only covers of a known year, if there are any.
    """

    genre: str
    covers: int
    typical: tuple[Neighbour, ...]
    untypical: tuple[Neighbour, ...]
    mistaken: Mapping[str, tuple[Neighbour, ...]]
    palette: tuple[Swatch, ...]
    resembles: Mapping[str, float]
    judged: int
    decades: tuple[Decade, ...]


def portrait(collection: Collection, genre: str, size: int = 12) -> Portrait:
    """The portrait of a genre of the collection, with at most `size` covers in each list."""
    own = collection.genres.index(genre)
    rows = np.flatnonzero(collection.genre_of == own)
    typicality = collection.typicality[rows]
    judged = _judged(collection, rows)
    nearest = collection.closeness[judged].argmax(axis=1)
    shares = np.bincount(nearest, minlength=len(collection.genres)) / len(judged)
    order = [int(at) for at in np.argsort(-shares, kind="stable")]
    return Portrait(
        genre=genre,
        covers=len(rows),
        typical=_covers(collection, rows[first(-typicality, size)], own),
        untypical=_covers(collection, rows[first(typicality, size)], own),
        mistaken={
            collection.genres[other]: _drawn(collection, judged[nearest == other], own, other, size)
            for other in order
            if other != own and shares[other] > 0
        },
        palette=collection.colours(rows),
        resembles={collection.genres[at]: float(shares[at]) for at in order},
        judged=len(judged),
        decades=_decades(collection, rows),
    )


def _judged(collection: Collection, rows: np.ndarray) -> np.ndarray:
    held_out = rows[np.isin(collection.part_of(rows), _HELD_OUT)]
    return held_out if len(held_out) else rows


def _drawn(collection: Collection, rows: np.ndarray, own: int, other: int, size: int) -> tuple[Neighbour, ...]:
    """The covers that the other genre's centre draws hardest away from their own."""
    lead = collection.closeness[rows, other] - collection.closeness[rows, own]
    return _covers(collection, rows[first(-lead, size)], other)


def _covers(collection: Collection, rows: np.ndarray, centre: int) -> tuple[Neighbour, ...]:
    return collection.covers([(int(row), float(collection.closeness[row, centre])) for row in rows])


def _decades(collection: Collection, rows: np.ndarray) -> tuple[Decade, ...]:
    dated = rows[~np.isnan(collection.year_of[rows])]
    start = (collection.year_of[dated] // 10 * 10).astype(int)
    return tuple(_decade(collection, int(decade), dated[start == decade]) for decade in np.unique(start))


def _decade(collection: Collection, start: int, rows: np.ndarray) -> Decade:
    typical = int(rows[collection.typicality[rows].argmax()])
    colours = collection.colours(rows) if len(rows) >= _FEWEST else ()
    return Decade(start, len(rows), colours, collection.cover(typical, float(collection.typicality[typical])))
