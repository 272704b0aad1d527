"""What is known about one cover, in Markdown."""

from collections.abc import Sequence

from covergenre.collection.table import Neighbour
from covergenre.formatting import percent
from pages.widgets.cover_art import UNTITLED, art, web_address
from pages.widgets.figures import genre_cell
from pages.widgets.genres import inline
from pages.widgets.safe_text import plain
from pages.widgets.verdict import is_untitled, origin, source_title

_PARTS = {
    "train": "Used for training.",
    "validation": "Held out for validation; settings were chosen on it.",
    "test": "Held out for the test; the methods never saw it.",
}


def name(cover: Neighbour) -> tuple[str, str]:
    """Its album, and its artist with the year; its source if those are unknown."""
    album, artist = plain(cover.album, 160), plain(cover.artist, 100)
    year = f", {cover.year}" if cover.year else ""
    if is_untitled(cover):
        return UNTITLED, f"{plain(origin(cover))}{year}"
    return (album or artist or plain(origin(cover)), f"{artist if album else ''}{year}".removeprefix(", "))


def picture(cover: Neighbour, load_pictures: bool) -> str:
    """The cover, as HTML; it links to its page at the source."""
    return f'<div class="gallery">{art(cover, load_pictures)}</div>'


def genre(cover: Neighbour) -> str:
    """Its genre with the dot of its colour, as HTML."""
    return f'<span class="sheet">{genre_cell(cover.genre)}</span>'


def standing(cover: Neighbour, above: float, nearest: str, covers: int) -> str:
    """How typical of its genre it is, and whether it looks more like another."""
    genre = inline(plain(cover.genre))
    looks = "" if nearest == cover.genre else f" It looks more like {inline(plain(nearest))}."
    if covers < 2:
        return f"The only {genre} cover here.{looks}"
    return f"More typical of {genre} than {percent(above)} of the {covers:,} {genre} covers.{looks}"


def part(cover: Neighbour) -> str:
    """What the methods used it for; "" if that is unknown."""
    return _PARTS.get(cover.part, "")


def tags(names: Sequence[str]) -> str:
    """Its tags; "" without."""
    return f"Tagged: {plain(', '.join(names), 160)}." if names else ""


def source_link(cover: Neighbour) -> str:
    """A link to its page at the source, as HTML; "" if there is none."""
    page = web_address(cover.page_url)
    if not page:
        return ""
    return f'<a href="{page}" target="_blank" rel="noopener noreferrer">Open at {plain(source_title(cover.source))}</a>'
