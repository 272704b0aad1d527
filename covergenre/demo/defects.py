"""Defects planted in the demo, like those of collected data sets.

One of them has no file of its own: the covers of `SMALL_GENRE` are smaller than all others, so that their size alone
gives the genre away.
"""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from covergenre.demo.albums import GENRES, Album, draw

SMALL_GENRE, SMALL_SIDE = "edm", 240
Save = Callable[[Image.Image], bytes]


def encode(image: Image.Image, quality: int = 88) -> bytes:
    """The image as a JPEG file."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


@dataclass(frozen=True)
class Cover:
    """A file of the demo: the album it shows, and what is wrong with it.

    `path` is POSIX, genre folder first. `defect` is "" for a sound cover; `of` is the path of the cover it is a copy
    of, `detail` says how it was spoiled, or for a wrong label which genre is right. `save` makes a file of a picture.
    """

    path: str
    album: Album
    defect: str = ""
    of: str = ""
    detail: str = ""
    save: Save = encode

    def content(self) -> bytes:
        """The bytes of the file, the same each time."""
        image = draw(self.album)
        if self.album.genre == SMALL_GENRE:
            image = image.resize((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        return self.save(image)


def plant(albums: Sequence[Album], rng: np.random.Generator) -> list[Cover]:
    """The files of a data set of these albums, sorted by path: their covers, some of them spoiled, and copies of some.

    No cover has two defects, and none that is spoiled has a copy.
    """
    covers = {}
    for album in albums:
        name = "-".join(re.findall("[a-z0-9]+", f"{album.artist} {album.title}".lower()))
        covers[album] = Cover(f"{album.genre}/{name}.jpg", album)
    deck = [covers[albums[index]] for index in rng.permutation(len(albums))]
    spoiled = [replace(deck.pop(), defect=defect, detail=detail, save=save) for defect, detail, save in _each(_SPOILED)]
    for cover in (deck.pop() for _ in range(_WRONG_LABELS)):
        path = _in_another_genre(cover, rng)
        spoiled.append(replace(cover, path=path, defect="wrong label", detail=cover.album.genre))
    copies = []
    for defect, detail, save in _each(_COPIED):
        cover = deck.pop()
        path = _in_another_genre(cover, rng) if defect == "two genres" else cover.path.replace(".jpg", "-2.jpg")
        copies.append(Cover(path, cover.album, defect, cover.path, detail, save))
    files = [*(covers | {cover.album: cover for cover in spoiled}).values(), *copies]
    return sorted(files, key=lambda cover: cover.path)


def _each(table: Sequence[tuple[int, str, str, Save]]) -> list[tuple[str, str, Save]]:
    """The rows of a table, each as many times as it says."""
    return [(defect, detail, save) for count, defect, detail, save in table for _ in range(count)]


def _in_another_genre(cover: Cover, rng: np.random.Generator) -> str:
    genre = rng.choice([genre for genre in GENRES if genre != cover.album.genre])
    return f"{genre}/{cover.path.partition('/')[2]}"


def _truncated(image: Image.Image) -> bytes:
    data = encode(image)
    return data[: len(data) // 4]  # half a file would still be decoded as far as it goes


def _cropped(image: Image.Image) -> bytes:
    edge = image.width // 40
    return encode(image.crop((edge, edge, image.width - edge, image.height - edge)).resize(image.size))


def _brighter(factor: float) -> Save:
    return lambda image: encode(ImageEnhance.Brightness(image).enhance(factor))


def _resized(width: int, height: int) -> Save:
    return lambda image: encode(image.resize((width, height), Image.Resampling.LANCZOS))


_recompressed = partial(encode, quality=30)

# How many, the defect, in detail, and how the picture is saved.
_SPOILED: Sequence[tuple[int, str, str, Save]] = (
    (6, "truncated", "a quarter of the file", _truncated),
    (2, "not an image", "empty", lambda _: b""),
    (2, "not an image", "a web page", lambda _: b"<!DOCTYPE html><title>404 Not Found</title>\n"),
    (2, "not an image", "text", lambda _: b"cover art goes here\n"),
    (6, "blank", "one colour", lambda image: encode(image.resize((1, 1), Image.Resampling.BOX).resize(image.size))),
    (6, "very dark", "a twelfth as bright", _brighter(1 / 12)),
    (6, "blurred", "Gaussian blur of 8 px", lambda image: encode(image.filter(ImageFilter.GaussianBlur(8)))),
    (2, "odd size", "48 x 48 px", _resized(48, 48)),
    (2, "odd size", "300 x 96 px", _resized(300, 96)),
    (2, "odd size", "1500 x 1500 px", _resized(1500, 1500)),
)
_WRONG_LABELS = 12
_COPIED: Sequence[tuple[int, str, str, Save]] = (
    (12, "exact copy", "same bytes", encode),
    (6, "near copy", "recompressed", _recompressed),
    (6, "near copy", "cropped", _cropped),
    (6, "near copy", "brightened", _brighter(1.25)),
    (5, "two genres", "same bytes", encode),
    (5, "two genres", "recompressed", _recompressed),
)
