"""The picture of a cover on a page, or its colours with artist and title as a label.

Pictures come from the app's own server only. They lie over the colours, which stay if a picture is missing.
"""

from urllib.parse import urlsplit

from covergenre.api.pictures import FOLDER
from covergenre.collection.table import Neighbour
from pages.widgets.genres import css_colour
from pages.widgets.safe_text import plain
from pages.widgets.thumbnails import soft_tile, tile_of_file
from pages.widgets.verdict import album_line, is_untitled, origin, source_title

UNTITLED = "Untitled release"


def art(cover: Neighbour, load_pictures: bool) -> str:
    """The square of a cover as HTML without line breaks.

    `load_pictures`: load the real picture if there may be one. The link to its source, in a corner, is for the mouse
    alone: the page of the cover has it, too.
    """
    file_tile = tile_of_file(cover.path)
    tile = file_tile or (soft_tile(cover.signature) if cover.signature else "")
    kind = "Cover" if file_tile else "Colours of the cover"
    under = f'<img src="{tile}" alt="{kind} of {plain(album_line(cover), 200)}">' if tile else ""
    over = ""
    if not file_tile:
        over = _label(cover) + (_picture(cover) if load_pictures else "")
    return f'<span class="art">{under}{over}{_source(cover)}</span>'


def web_address(address: str) -> str:
    """The address, escaped for an HTML attribute, if it is http or https with a host; else ""."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return plain(address, 2000) if parts.scheme in ("http", "https") and parts.hostname else ""


def words(cover: Neighbour) -> tuple[str, str]:
    """Artist and album, `plain`; if only one is known or neither, the best name there is and ""."""
    if is_untitled(cover):
        return UNTITLED, plain(origin(cover))
    return plain(cover.artist or cover.album or origin(cover)), plain(cover.album if cover.artist else "")


def _label(cover: Neighbour) -> str:
    who, what = words(cover)
    style = f'style="--genre: {css_colour(cover.genre)}"'
    return f'<span class="label" {style} aria-hidden="true"><b>{what or who}</b>{who if what else ""}</span>'


def _picture(cover: Neighbour) -> str:
    key = cover.content_hash
    if not web_address(cover.image_url) or not (len(key) == 32 and key.isalnum() and key.isascii()):
        return ""
    return f'<img src="{FOLDER}/{key}.jpg?fetch=1" alt="">'


def _source(cover: Neighbour) -> str:
    """The link to its page at the source, in a corner of its picture."""
    page = web_address(cover.page_url)
    if not page:
        return ""
    title = plain(f"{album_line(cover)} at {source_title(cover.source)}", 240)
    hidden = 'tabindex="-1" aria-hidden="true"'
    return f'<a href="{page}" target="_blank" rel="noopener noreferrer" title="{title}" {hidden}></a>'
