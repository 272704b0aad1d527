"""Covers in a grid of tiles: what they look like, whose they are, their genre, how similar, and where they come from.

The grid is one piece of HTML: a picture from its source lies over the soft tile, so that the tile stays where the
picture can't be had, and no built-in element does that. Everything that comes from outside passes `plain`, and an
address is used only when it is one of the web.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from covergenre.predict import Neighbour
from pages.widgets.genres import css_colour, display
from pages.widgets.safe_text import plain
from pages.widgets.thumbnails import soft_tile, tile_of_file
from pages.widgets.verdict import album_line, origin, source_title


def gallery(neighbours: Iterable[Neighbour], load_pictures: bool) -> str:
    """The grid as HTML that is also one block of Markdown (it has no line breaks).

    `load_pictures`: let the browser ask the source for the real picture, where its address is known.
    """
    return f'<ul class="gallery">{"".join(_tile(neighbour, load_pictures) for neighbour in neighbours)}</ul>'


def web_address(address: str) -> str:
    """The address, fit for an HTML attribute, if it is one of the web (http or https with a host); else ""."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return plain(address, 2000) if parts.scheme in ("http", "https") and parts.hostname else ""


def _tile(neighbour: Neighbour, load_pictures: bool) -> str:
    return f"<li>{_art(neighbour, load_pictures)}{_caption(neighbour)}{_facts(neighbour)}</li>"


def _art(neighbour: Neighbour, load_pictures: bool) -> str:
    file_tile = tile_of_file(neighbour.path)
    tile = file_tile or (soft_tile(neighbour.signature) if neighbour.signature else "")
    kind = "Cover" if file_tile else "Colours of the cover"
    under = f'<img src="{tile}" alt="{kind} of {plain(album_line(neighbour), 200)}">' if tile else ""
    address = "" if file_tile or not load_pictures else web_address(neighbour.image_url)
    over = f'<img src="{address}" alt="" loading="lazy" referrerpolicy="no-referrer">' if address else ""
    return f'<span class="art">{under}{over}{_source(neighbour)}</span>'


def _source(neighbour: Neighbour) -> str:
    """The way to its page at the source, in a corner of its picture."""
    page = web_address(neighbour.page_url)
    if not page:
        return ""
    said = plain(f"{album_line(neighbour)} at {source_title(neighbour.source)}", 240)
    return f'<a href="{page}" target="_blank" rel="noopener noreferrer" title="{said}"></a>'


def _caption(neighbour: Neighbour) -> str:
    year = f" ({neighbour.year})" if neighbour.year else ""
    artist = plain(neighbour.artist or origin(neighbour))
    return f'<span class="who">{artist}</span><span class="what">{plain(neighbour.album)}{year}</span>'


def _facts(neighbour: Neighbour) -> str:
    dot = f'<span class="dot" style="background: {css_colour(neighbour.genre)}"></span>'
    return (
        f'<span class="facts"><span class="genre">{dot}{display(plain(neighbour.genre, 24))}</span>'
        f'<span title="Cosine similarity, 1 is the same">{neighbour.similarity:.2f}</span></span>'
    )
