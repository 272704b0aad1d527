"""The portrait of a genre: its most and least typical covers, its colours, and which genres it resembles.

Typicality is the similarity to the genre's centre (see `Collection.closeness`). Which other genres its covers resemble
is measured on held-out covers where there are some, because training covers are biased towards their own centre.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from covergenre.collection.collection import Collection
from covergenre.collection.table import Neighbour
from covergenre.images.palette import Swatch
from covergenre.vectors import smallest

_SIZE = 12
_HELD_OUT = ("validation", "test")
_MIN_COVERS = 3  # of a decade, for its colours to mean anything


@dataclass(frozen=True)
class Decade:
    """A genre's covers of the ten years from `start` on: their number, colours, and the most typical one."""

    start: int
    covers: int
    palette: tuple[Swatch, ...]
    typical: Neighbour


@dataclass(frozen=True)
class Portrait:
    """A genre in covers and colours; the similarity of a cover is that to the centre it is listed for.

    `typical` and `untypical`: nearest to and farthest from the genre's centre, the extreme first. `mistaken`: covers
    nearer to the centre of another genre, by that genre, the commonest first. `resembles`: the share of covers nearest
    to the centre of each genre, its own included, the largest first, measured on `judged` covers. `decades`: covers of
    a known year, the earliest first.
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


def portrait(collection: Collection, genre: str) -> Portrait:
    """The portrait of a genre of the collection, with at most `_SIZE` covers in each list."""
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
        typical=_covers(collection, rows[smallest(-typicality, _SIZE)], own),
        untypical=_covers(collection, rows[smallest(typicality, _SIZE)], own),
        mistaken={
            collection.genres[other]: _mistaken(collection, judged[nearest == other], own, other)
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


def _mistaken(collection: Collection, rows: np.ndarray, own: int, other: int) -> tuple[Neighbour, ...]:
    """Covers by how much nearer they are to the centre of the other genre than to that of their own."""
    lead = collection.closeness[rows, other] - collection.closeness[rows, own]
    return _covers(collection, rows[smallest(-lead, _SIZE)], other)


def _covers(collection: Collection, rows: np.ndarray, centre: int) -> tuple[Neighbour, ...]:
    return collection.covers([(int(row), float(collection.closeness[row, centre])) for row in rows])


def _decades(collection: Collection, rows: np.ndarray) -> tuple[Decade, ...]:
    dated = rows[~np.isnan(collection.year_of[rows])]
    start = (collection.year_of[dated] // 10 * 10).astype(int)
    return tuple(_decade(collection, int(decade), dated[start == decade]) for decade in np.unique(start))


def _decade(collection: Collection, start: int, rows: np.ndarray) -> Decade:
    typical = int(rows[collection.typicality[rows].argmax()])
    colours = collection.colours(rows) if len(rows) >= _MIN_COVERS else ()
    return Decade(start, len(rows), colours, collection.cover(typical, float(collection.typicality[typical])))
