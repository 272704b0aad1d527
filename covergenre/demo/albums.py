"""Invented albums: who made them, how they are called, and the cover that is drawn for them."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from covergenre.demo import names
from covergenre.demo.looks import LOOKS, Style, choose_style, compose

GENRES = tuple(LOOKS)
_DISCOGRAPHIES = (1, 1, 2, 3)
_BORROWING = 0.4


@dataclass(frozen=True)
class Album:
    """An album; `lender` is the genre its cover borrows its palette from ("" none), `seed` draws the cover."""

    genre: str
    artist: str
    title: str
    year: int
    style: Style
    lender: str
    seed: int


def release(genre: str, count: int, rng: np.random.Generator) -> list[Album]:
    """So many albums of a genre, no two alike in artist and title; the covers of an artist share a style."""
    albums: dict[tuple[str, str], Album] = {}
    while len(albums) < count:
        artist, style = names.artist_name(genre, rng), choose_style(genre, rng)
        for _ in range(rng.choice(_DISCOGRAPHIES)):
            title, year = names.album_title(genre, rng), names.release_year(genre, rng)
            lender = str(rng.choice(GENRES)) if rng.random() < _BORROWING else ""
            albums[artist, title] = Album(genre, artist, title, year, style, lender, int(rng.integers(2**32)))
    return list(albums.values())[:count]


def draw(album: Album) -> Image.Image:
    """The cover of an album: RGB, 300 x 300, the same each time."""
    rng = np.random.default_rng(album.seed)
    return compose(album.genre, album.artist, album.title, album.style, rng, album.lender)
