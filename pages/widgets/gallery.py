"""Covers in a grid of tiles: what they look like, whose they are, their genre, how similar, and where they come from.

The grid is one piece of HTML, because no built-in element lays a picture over another. Everything that comes from
outside passes `plain`, and an address is used only when it is one of the web.
"""

from collections.abc import Iterable, Mapping

from covergenre.formatting import percent
from covergenre.predict import Neighbour
from pages.widgets.genres import css_colour, display
from pages.widgets.safe_text import plain
from pages.widgets.sleeve import art, words


def gallery(
    neighbours: Iterable[Neighbour],
    load_pictures: bool,
    votes: Mapping[str, float] | None = None,
    in_tile: bool = False,
) -> str:
    """The grid as HTML that is also one block of Markdown (it has no line breaks).

    `load_pictures`, `in_tile`: see `sleeve.art`. `votes`: the share that each has of an answer, by content hash, shown
    in place of its similarity.
    """
    tiles = (
        f"<li>{art(each, load_pictures, in_tile)}{_caption(each)}{_facts(each, votes)}</li>" for each in neighbours
    )
    return f'<ul class="gallery">{"".join(tiles)}</ul>'


def _caption(neighbour: Neighbour) -> str:
    year = f" ({neighbour.year})" if neighbour.year else ""
    who, what = words(neighbour)
    return f'<span class="who">{who}</span><span class="what">{what}{year}</span>'


def _facts(neighbour: Neighbour, votes: Mapping[str, float] | None) -> str:
    dot = f'<span class="dot" style="background: {css_colour(neighbour.genre)}"></span>'
    likeness = f'<span title="Cosine similarity, 1 is the same">{neighbour.similarity:.2f}</span>'
    return (
        f'<span class="facts"><span class="genre">{dot}{display(plain(neighbour.genre, 24))}</span>'
        f"{likeness if votes is None else _vote(neighbour, votes)}</span>"
    )


def _vote(neighbour: Neighbour, votes: Mapping[str, float]) -> str:
    """Its share of the votes, as a figure and as a bar beside the loudest of all."""
    share = votes.get(neighbour.content_hash)
    if share is None:
        return '<span class="vote" title="Not one of the covers learned from: it has no vote">no vote</span>'
    length, colour = 100 * share / max(votes.values()), css_colour(neighbour.genre)
    told = f"{percent(share, 1)} of the votes; cosine similarity {neighbour.similarity:.2f}"
    return (
        f'<span class="vote" title="{told}">{percent(share, 1)}</span>'
        f'<span class="weight"><span style="width: {length:.0f}%; background: {colour}"></span></span>'
    )
