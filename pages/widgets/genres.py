"""The names and colours of genres on the pages.

Each of the ten genres has one colour for light and one for dark pages, both with a contrast of at least 3 : 1 against
the page. They were searched so that the two nearest stay apart with deuteranopia, protanopia and tritanopia, too. A
colour is never the only sign: the name is beside it.
"""

import colorsys
import hashlib
from collections.abc import Iterable
from functools import cache

import numpy as np
import streamlit as st

from pages.widgets.safe_text import plain

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
"""Of other genres' colours on a light and on a dark page: either pair has a contrast of 3 : 1 to both."""
_CONES = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]])
_OKLAB = np.array([[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])

GENRES = tuple(_COLOURS)


def display(genre: str) -> str:
    """The genre as a heading has it: "Black metal", "EDM"."""
    return genre.upper() if genre == "edm" else genre[:1].upper() + genre[1:]


def named(genre: str) -> str:
    """`display`, safe in Markdown and HTML."""
    return display(plain(genre, 24))


def inline(genre: str) -> str:
    """The genre inside a sentence: "black metal", "EDM"."""
    return genre.upper() if genre == "edm" else genre


def colours(genre: str) -> tuple[str, str]:
    """The colour on a light and on a dark page; that of a genre beyond the ten depends on its name alone."""
    return _COLOURS.get(genre) or _by_name(genre)


def colours_among(genres: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The colours of genres shown together, chosen to be easily told apart beyond the ten.

    The same genres always get the same colours; a new genre changes none of those before it in the alphabet.
    """
    return _distinct(tuple(sorted(set(genres))))


def css_colour(genre: str) -> str:
    """The colour as CSS that follows the theme and, beyond the ten genres, `show_colours`."""
    alone = "light-dark({}, {})".format(*colours(genre))
    return alone if genre in _COLOURS else f"var({_variable(genre)}, {alone})"


def show_colours(genres: Iterable[str]) -> None:
    """Use the colours of `colours_among` for these genres on the whole page."""
    others = {genre: pair for genre, pair in colours_among(genres).items() if genre not in _COLOURS}
    if others:
        rules = "".join(f"{_variable(genre)}: light-dark({light}, {dark});" for genre, (light, dark) in others.items())
        st.html(f"<style>:root {{ {rules} }}</style>")


@cache
def _distinct(genres: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Each genre beyond the ten gets the colour farthest from those taken, on the page where it is nearest."""
    palette = _palette()
    seen = np.array([[perceived(colour) for colour in pair] for pair in (*_COLOURS.values(), *palette)])
    known = len(_COLOURS)
    away = np.linalg.norm(seen[known:, None] - seen[None, :known], axis=-1).min(axis=(1, 2))
    found = {}
    for genre in genres:
        if genre in _COLOURS:
            found[genre] = _COLOURS[genre]
            continue
        place = int(away.argmax())
        found[genre] = palette[place]
        away = np.minimum(away, np.linalg.norm(seen[known:] - seen[known + place], axis=-1).min(axis=-1))
    return found


@cache
def _palette() -> tuple[tuple[str, str], ...]:
    """Colours for light and dark pages to choose from."""
    return tuple(
        (_with_luminance(hue / 36, light, saturation), _with_luminance(hue / 36, dark, saturation))
        for saturation in (0.8, 0.35)
        for light, dark in _LUMINANCES
        for hue in range(36)
    )


def perceived(colour: str) -> np.ndarray:
    """The colour in Oklab, where distances are as people see them, float64 (3,)."""
    linear = np.array([_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5)])
    return _OKLAB @ np.cbrt(_CONES @ linear)


def _variable(genre: str) -> str:
    return f"--genre-{hashlib.blake2b(genre.encode(), digest_size=6).hexdigest()}"


@cache
def _by_name(genre: str) -> tuple[str, str]:
    number = int.from_bytes(hashlib.blake2b(genre.casefold().encode(), digest_size=4).digest())
    return _palette()[number % len(_palette())]


@cache
def _with_luminance(hue: float, luminance: float, saturation: float) -> str:
    """The CSS colour of a hue (0-1) with this relative luminance, as WCAG defines it."""
    low, high = 0.0, 1.0
    for _ in range(12):
        middle = (low + high) / 2
        channels = colorsys.hls_to_rgb(hue, middle, saturation)
        linear = [_linear(value) for value in channels]
        found = sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
        low, high = (middle, high) if found < luminance else (low, middle)
    return "#" + "".join(f"{round(255 * value):02x}" for value in channels)


def _linear(value: float) -> float:
    """A channel of sRGB, 0-1, in proportion to its light."""
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
