"""Defects like those of collected data sets, planted where `planted.csv` says.

One more defect has no file of its own: the covers of one genre are smaller than all others, so that their size alone
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


def encode(image: Image.Image, quality: int = 88) -> bytes:
    """The image as JPEG."""
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
    save: Callable[[Image.Image], bytes] = encode

    def content(self) -> bytes:
        """The bytes of the file, the same each time."""
        image = draw(self.album)
        if self.album.genre == SMALL_GENRE:
            image = image.resize((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        return self.save(image)


def plant(albums: Sequence[Album], rng: np.random.Generator) -> list[Cover]:
    """The files of a data set of these albums, sorted by path: their covers, some of them spoiled, and copies of some.

    No cover has two defects, and none that was spoiled has a copy.
    """
    covers = [Cover(f"{album.genre}/{_file_name(album)}", album) for album in albums]
    deck = [covers[index] for index in rng.permutation(len(covers))]
    planted = [replace(deck.pop(), defect=name, detail=detail, save=save) for name, detail, save in _each(_SPOILED)]
    planted += [_mislabelled(deck.pop(), rng) for _ in range(_WRONG_LABELS)]
    copies = [_copy(deck.pop(), name, detail, save, rng) for name, detail, save in _each(_COPIED)]
    spoiled = {cover.album for cover in planted}
    return sorted(
        [cover for cover in covers if cover.album not in spoiled] + planted + copies, key=lambda cover: cover.path
    )


def _file_name(album: Album) -> str:
    return "-".join(re.findall("[a-z0-9]+", f"{album.artist} {album.title}".lower())) + ".jpg"


def _each(table: Sequence[tuple]) -> list[tuple]:
    """The rows of a table, each as many times as it says."""
    return [tuple(row) for count, *row in table for _ in range(count)]


def _mislabelled(cover: Cover, rng: np.random.Generator) -> Cover:
    return replace(cover, path=_in_another_genre(cover, rng), defect="wrong label", detail=cover.album.genre)


def _copy(cover: Cover, defect: str, detail: str, save: Callable, rng: np.random.Generator) -> Cover:
    path = _in_another_genre(cover, rng) if defect == "two genres" else cover.path.replace(".jpg", "-2.jpg")
    return Cover(path, cover.album, defect, cover.path, detail, save)


def _in_another_genre(cover: Cover, rng: np.random.Generator) -> str:
    genre = rng.choice([genre for genre in GENRES if genre != cover.album.genre])
    return f"{genre}/{cover.path.partition('/')[2]}"


def _truncated(image: Image.Image) -> bytes:
    data = encode(image)
    return data[: len(data) // 4]  # what has half is answered as far as it goes


def _instead(data: bytes, image: Image.Image) -> bytes:  # noqa: ARG001 (nothing is left of the image)
    return data


def _blank(image: Image.Image) -> bytes:
    return encode(image.resize((1, 1), Image.Resampling.BOX).resize(image.size))


def _brighter(factor: float, image: Image.Image) -> bytes:
    return encode(ImageEnhance.Brightness(image).enhance(factor))


def _blurred(image: Image.Image) -> bytes:
    return encode(image.filter(ImageFilter.GaussianBlur(8)))


def _resized(width: int, height: int, image: Image.Image) -> bytes:
    return encode(image.resize((width, height), Image.Resampling.LANCZOS))


def _cropped(image: Image.Image) -> bytes:
    edge = image.width // 40
    return encode(image.crop((edge, edge, image.width - edge, image.height - edge)).resize(image.size))


_recompressed = partial(encode, quality=30)

# How many, the defect, in detail, and how the picture is saved.
_SPOILED = (
    (6, "truncated", "a quarter of the file", _truncated),
    (2, "not an image", "empty", partial(_instead, b"")),
    (2, "not an image", "a web page", partial(_instead, b"<!DOCTYPE html><title>404 Not Found</title>\n")),
    (2, "not an image", "text", partial(_instead, b"cover art goes here\n")),
    (6, "blank", "one colour", _blank),
    (6, "very dark", "a twelfth as bright", partial(_brighter, 1 / 12)),
    (6, "blurred", "Gaussian blur of 8 px", _blurred),
    (2, "odd size", "48 x 48 px", partial(_resized, 48, 48)),
    (2, "odd size", "300 x 96 px", partial(_resized, 300, 96)),
    (2, "odd size", "1500 x 1500 px", partial(_resized, 1500, 1500)),
)
_WRONG_LABELS = 12
_COPIED = (
    (12, "exact copy", "same bytes", encode),
    (6, "near copy", "recompressed", _recompressed),
    (6, "near copy", "cropped", _cropped),
    (6, "near copy", "brightened", partial(_brighter, 1.25)),
    (5, "two genres", "same bytes", encode),
    (5, "two genres", "recompressed", _recompressed),
)
