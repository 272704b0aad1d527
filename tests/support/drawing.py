"""Synthetic covers: the same call draws the same picture, and each genre has a look that can be learned."""

import io
import random
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw

_SHAPES = ("ellipse", "rectangle", "line", "regular_polygon")


def cover(genre: str = "jazz", number: int = 0, side: int = 96) -> Image.Image:
    """Cover `number` of a genre, RGB, `side` x `side`: the genre sets colours and shapes, the number the rest."""
    look, chance = random.Random(genre), random.Random(f"{genre}/{number}")
    hue, shape = look.randrange(360), look.choice(_SHAPES)
    image = Image.new("RGB", (side, side), _colour(chance, hue + chance.randrange(-20, 20)))
    pen = ImageDraw.Draw(image)
    for _ in range(chance.randint(4, 9)):
        _shape(pen, shape, chance, _colour(chance, hue + chance.choice((0, 30, 180))), side)
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    """The bytes of a file that holds `image`; `kind` and `options` are those of Pillow's `save`."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def genre_folders(root: Path, genres: Iterable[str], per_genre: int, side: int = 96) -> Path:
    """Fills `root` with `per_genre` JPEG covers a genre (root/jazz/000.jpg, ...) and returns it."""
    for genre in genres:
        folder = root / genre
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(per_genre):
            cover(genre, number, side).save(folder / f"{number:03}.jpg", quality=90)
    return root


def _colour(chance: random.Random, hue: int) -> str:
    return f"hsl({hue % 360}, {chance.randint(40, 90)}%, {chance.randint(20, 80)}%)"


def _shape(pen: ImageDraw.ImageDraw, shape: str, chance: random.Random, colour: str, side: int) -> None:
    x, y, reach = chance.randrange(side), chance.randrange(side), chance.randint(side // 10, side // 3)
    if shape == "regular_polygon":
        pen.regular_polygon((x, y, reach), n_sides=3, rotation=chance.randrange(360), fill=colour)
    elif shape == "line":
        pen.line((x, y, chance.randrange(side), chance.randrange(side)), fill=colour, width=max(reach // 4, 1))
    else:
        getattr(pen, shape)((x - reach, y - reach, x + reach, y + reach), fill=colour)
