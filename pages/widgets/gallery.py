"""Covers in a grid of tiles: what they look like, whose they are, their genre, how similar, and where they come from.

The grid is one piece of HTML, because no built-in element lays a picture over another. Everything that comes from
outside passes `plain`, and an address is used only when it is one of the web.
"""

from collections.abc import Iterable

from covergenre.predict import Neighbour
from pages.widgets.genres import css_colour, display
from pages.widgets.safe_text import plain
from pages.widgets.sleeve import art, words


def gallery(neighbours: Iterable[Neighbour], load_pictures: bool, in_tile: bool = False) -> str:
    """The grid as HTML that is also one block of Markdown (it has no line breaks).

    `load_pictures`, `in_tile`: see `sleeve.art`.
    """
    return f'<ul class="gallery">{"".join(_tile(neighbour, load_pictures, in_tile) for neighbour in neighbours)}</ul>'


def _tile(neighbour: Neighbour, load_pictures: bool, in_tile: bool) -> str:
    return f"<li>{art(neighbour, load_pictures, in_tile)}{_caption(neighbour)}{_facts(neighbour)}</li>"


def _caption(neighbour: Neighbour) -> str:
    year = f" ({neighbour.year})" if neighbour.year else ""
    who, what = words(neighbour)
    return f'<span class="who">{who}</span><span class="what">{what}{year}</span>'


def _facts(neighbour: Neighbour) -> str:
    dot = f'<span class="dot" style="background: {css_colour(neighbour.genre)}"></span>'
    return (
        f'<span class="facts"><span class="genre">{dot}{display(plain(neighbour.genre, 24))}</span>'
        f'<span title="Cosine similarity, 1 is the same">{neighbour.similarity:.2f}</span></span>'
    )
