"""Covers of a data set in a grid: small pictures to click, each with its name, genre and a note."""

from collections.abc import Callable, Mapping, Sequence, Set

import streamlit as st

from covergenre.collection.collection import Collection
from covergenre.dataset.thumbnails import thumbnails
from pages.widgets.genres import css_colour, display, inline
from pages.widgets.safe_text import plain
from pages.widgets.thumbnails import data_address, soft_tile


def show_covers(
    covers: Collection,
    rows: Sequence[int],
    name: str,
    go: Callable[[str], None],
    notes: Mapping[int, str] | None = None,
    chosen: Set[str] = frozenset(),
) -> None:
    """The covers in these rows; a click calls `go` with the path. `name` tells this grid from others on the page.

    Those of the paths `chosen` are ticked.

    The widgets are named by their place and not by their cover, so that a step changes tiles and rebuilds none.
    """
    rows = [int(row) for row in rows]
    with st.container(key=f"tiles-{name}"):
        for place, (row, picture) in enumerate(zip(rows, _pictures(covers, rows), strict=True)):
            with st.container(key=f"tile-{name}-{place}", gap=None):
                note, path = (notes or {}).get(row, ""), covers.paths[row]
                st.markdown(tile(covers, row, picture, note, path in chosen), unsafe_allow_html=True)
                label = f"{_label(covers, row)}{', selected' if path in chosen else ''}"
                st.button(label, key=f"go-{name}-{place}", on_click=go, args=(path,))


def tile(covers: Collection, row: int, picture: str, note: str = "", chosen: bool = False) -> str:
    """A cover as HTML that is one block of Markdown; `picture` is an address, "" where the cover can't be read."""
    title, genre = plain(covers.title(row), 90), covers.genre(row)
    art = f'<img src="{picture}" alt="">' if picture else '<span class="torn">can’t be read</span>'
    classes = [covers.state_of[row].replace(" ", "-"), *(["chosen"] if chosen else [])]
    state = f' class="{" ".join(classes)}"'
    dot = f'<span class="dot" style="background: {css_colour(genre)}"></span>'
    return (
        f'<ul class="gallery explored"><li{state}><span class="art">{art}</span><span class="who">{title}</span>'
        f'<span class="facts"><span class="genre">{dot}{display(plain(genre, 24))}</span><span>{plain(note, 40)}</span>'
        "</span></li></ul>"
    )


def _pictures(covers: Collection, rows: Sequence[int]) -> list[str]:
    """The addresses of the covers' pictures, or of their colours where there are no pictures."""
    if not covers.dataset.has_pictures:
        return [soft_tile(covers.signatures[row]) for row in rows]
    pictures = thumbnails(covers.dataset, [(covers.paths[row], covers.hashes[row]) for row in rows])
    return [data_address(picture) if picture else "" for picture in pictures]


def _label(covers: Collection, row: int) -> str:
    return f"{plain(covers.title(row), 120)}, {inline(plain(covers.column('genre')[row], 24))}"
