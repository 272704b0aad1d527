"""The ten genres as a page shows them: a name to read and a colour that is the same everywhere.

Each genre has one colour for light and one for dark surroundings, both with a contrast of at least 3 : 1 against the
page. They were chosen by search so that the two nearest of the ten stay apart for readers with deuteranopia, protanopia
and tritanopia too; a colour is never the only sign, the name stands beside it.
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
"""Of other genres' colours on a light and on a dark page: either pair stands out from both by 3 : 1."""
_CONES = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.63]])
_OKLAB = np.array([[0.2105, 0.7936, -0.0041], [1.978, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])

GENRES = tuple(_COLOURS)


def display(genre: str) -> str:
    """The genre as a heading has it: "Black metal", "EDM"."""
    return genre.upper() if genre == "edm" else genre[:1].upper() + genre[1:]


def named(genre: str) -> str:
    """The genre as a heading has it, harmless in Markdown and HTML whatever it is."""
    return display(plain(genre, 24))


def inline(genre: str) -> str:
    """The genre inside a sentence: "black metal", "EDM"."""
    return genre.upper() if genre == "edm" else genre


def colours(genre: str) -> tuple[str, str]:
    """The colour on a light and on a dark page: of a genre beyond the ten one that follows from its name alone."""
    return _COLOURS.get(genre) or _other(genre)


def colours_among(genres: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The colours of genres that stand together: of those beyond the ten such as are easily told apart.

    The same genres always have the same; a genre that is new takes none from those before it in the alphabet.
    """
    return _apart(tuple(sorted(set(genres))))


def css_colour(genre: str) -> str:
    """The colour as CSS that follows the theme by itself, and what `show_colours` says of a genre beyond the ten."""
    alone = "light-dark({}, {})".format(*colours(genre))
    return alone if genre in _COLOURS else f"var({_variable(genre)}, {alone})"


def show_colours(genres: Iterable[str]) -> None:
    """Have this page show each of these genres, wherever it stands, as `colours_among` has it."""
    others = {genre: pair for genre, pair in colours_among(genres).items() if genre not in _COLOURS}
    if others:
        rules = "".join(f"{_variable(genre)}: light-dark({light}, {dark});" for genre, (light, dark) in others.items())
        st.html(f"<style>:root {{ {rules} }}</style>")


@cache
def _apart(genres: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Each genre beyond the ten takes what is farthest from all that are taken, on the page where it is nearest."""
    offered = _offered()
    seen = np.array([[perceived(colour) for colour in pair] for pair in (*_COLOURS.values(), *offered)])
    known = len(_COLOURS)
    away = np.linalg.norm(seen[known:, None] - seen[None, :known], axis=-1).min(axis=(1, 2))
    found = {}
    for genre in genres:
        if genre in _COLOURS:
            found[genre] = _COLOURS[genre]
            continue
        place = int(away.argmax())
        found[genre] = offered[place]
        away = np.minimum(away, np.linalg.norm(seen[known:] - seen[known + place], axis=-1).min(axis=-1))
    return found


@cache
def _offered() -> tuple[tuple[str, str], ...]:
    """Colours for light and dark pages to choose from."""
    return tuple(
        (_of_luminance(hue / 36, light, saturation), _of_luminance(hue / 36, dark, saturation))
        for saturation in (0.8, 0.35)
        for light, dark in _LUMINANCES
        for hue in range(36)
    )


def perceived(colour: str) -> np.ndarray:
    """The colour where distances are as people see them (Oklab), float64 (3,)."""
    linear = np.array([_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5)])
    return _OKLAB @ np.cbrt(_CONES @ linear)


def _variable(genre: str) -> str:
    return f"--genre-{hashlib.blake2b(genre.encode(), digest_size=6).hexdigest()}"


@cache
def _other(genre: str) -> tuple[str, str]:
    number = int.from_bytes(hashlib.blake2b(genre.casefold().encode(), digest_size=4).digest())
    return _offered()[number % len(_offered())]


@cache
def _of_luminance(hue: float, luminance: float, saturation: float) -> str:
    """The colour of a hue (0-1) that is as light as that (relative luminance, as WCAG defines it), as CSS has it."""
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
