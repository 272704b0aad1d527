"""The ten genres as a page shows them: a name to read and a colour that is the same everywhere.

Each genre has one colour for light and one for dark surroundings, both with a contrast of at least 3 : 1 against the
page. They were chosen by search so that the two nearest of the ten stay apart for readers with deuteranopia, protanopia
and tritanopia too; a colour is never the only sign, the name stands beside it.
"""

import colorsys
import hashlib
from functools import cache

_COLOURS = {
    "anime": ("#3833c8", "#606ef7"),
    "black metal": ("#25272f", "#aeb1bc"),
    "classical": ("#736b10", "#d2cc7d"),
    "country": ("#b38044", "#e6960d"),
    "disco": ("#712364", "#9868ab"),
    "edm": ("#139990", "#12daff"),
    "jazz": ("#6c7dce", "#4ba8ed"),
    "pop": ("#e34481", "#bc6c7e"),
    "rap": ("#7e1800", "#da4e07"),
    "reggae": ("#035d35", "#638f4f"),
}
_LUMINANCES = ((0.09, 0.28), (0.19, 0.5))
"""Of other genres' colours on a light and on a dark page: either pair stands out from both by 3 : 1."""

GENRES = tuple(_COLOURS)


def display(genre: str) -> str:
    """The genre as a heading has it: "Black metal", "EDM"."""
    return genre.upper() if genre == "edm" else genre[:1].upper() + genre[1:]


def inline(genre: str) -> str:
    """The genre inside a sentence: "black metal", "EDM"."""
    return genre.upper() if genre == "edm" else genre


def colours(genre: str) -> tuple[str, str]:
    """The colour on a light and on a dark page: of a genre beyond the ten one that follows from its name alone."""
    return _COLOURS.get(genre) or _other(genre)


def css_colour(genre: str) -> str:
    """The colour as CSS that follows the theme by itself."""
    return "light-dark({}, {})".format(*colours(genre))


@cache
def _other(genre: str) -> tuple[str, str]:
    number = int.from_bytes(hashlib.blake2b(genre.casefold().encode(), digest_size=4).digest())
    hue, pair = number % 360 / 360, number // 360 % len(_LUMINANCES)
    light, dark = (_of_luminance(hue, luminance) for luminance in _LUMINANCES[pair])
    return light, dark


def _of_luminance(hue: float, luminance: float) -> str:
    """The colour of a hue (0-1) that is as light as that (relative luminance, as WCAG defines it), as CSS has it."""
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        channels = colorsys.hls_to_rgb(hue, middle, 0.6)
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        found = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
        low, high = (middle, high) if found < luminance else (low, middle)
    return "#" + "".join(f"{round(255 * value):02x}" for value in channels)
