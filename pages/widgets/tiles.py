"""The grid of covers that all pages share.

A tile's `face` is HTML in which everything from outside is `plain`; over it lies a button, or a link if the tile has an
address. The grid is one element for Streamlit, however many covers it has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from covergenre.collection.table import Neighbour
from covergenre.formatting import percent
from pages.widgets.cover_art import art, words
from pages.widgets.figures import genre_cell
from pages.widgets.genres import css_colour
from pages.widgets.safe_text import tidy
from pages.widgets.verdict import album_line

_GRID = st.components.v2.component(
    "covergenre_tiles",
    html='<ul class="gallery" aria-label="Covers; the arrow keys go from one to the next"></ul>',
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Tile:
    """A cover in a grid: the `key` that a press returns, a label for screen readers, and what is seen as HTML.

    `href` is an address of its own, which a press opens in a new tab if `new_tab`; `look` names styles; a tile that is
    `still` can't be pressed. `mark` says what the button in its corner does, "" for none; it is pressed if `marked`.
    """

    key: str
    label: str
    face: str
    href: str = ""
    look: str = ""
    still: bool = False
    new_tab: bool = False
    mark: str = ""
    marked: bool = False


def show_grid(
    tiles: Sequence[Tile], name: str, go: Callable[[str], object], mark: Callable[[str], object] | None = None
) -> str:
    """Draw the grid, which `name` tells from others on the page; `go` is called with the key of the tile pressed.

    The key is returned, too, for what can't be done in a callback. `mark` is called for the button in a corner.
    """
    key = f"grid-{name}"

    def called(event: str, act: Callable[[str], object] | None) -> Callable[[], None]:
        def call() -> None:
            if act and (pressed := st.session_state[key].get(event)):
                act(pressed)

        return call

    with st.container(key=f"tiles-{name}"):
        pressed = _GRID(
            data={"tiles": [asdict(tile) for tile in tiles]},
            key=key,
            on_go_change=called("go", go),
            on_mark_change=called("mark", mark),
        )
    return pressed.go or ""


def tile(
    cover: Neighbour, load_pictures: bool, votes: Mapping[str, float] | None = None, href: str = "", **more: Any
) -> Tile:
    """A known cover as a tile.

    `load_pictures`: see `sleeve.art`. `votes`: the share of an answer by content hash, shown instead of
    the similarity. `more`: see `Tile`.
    """
    name = f"{tidy(album_line(cover), 160)}, {tidy(cover.genre, 24)}"
    return Tile(cover.key, name, face(cover, load_pictures, votes), href, **more)


def face(cover: Neighbour, load_pictures: bool, votes: Mapping[str, float] | None = None) -> str:
    """The face of a known cover, as HTML without line breaks."""
    who, what = words(cover)
    year = f" ({cover.year})" if cover.year else ""
    likeness = f'<span title="Cosine similarity, 1 is the same">{cover.similarity:.2f}</span>'
    return (
        f'{art(cover, load_pictures)}<span class="who">{who}</span><span class="what">{what}{year}</span>'
        f'<span class="facts">{genre_cell(cover.genre)}{likeness if votes is None else _vote(cover, votes)}</span>'
    )


def _vote(cover: Neighbour, votes: Mapping[str, float]) -> str:
    """The share of the votes, as a figure and as a bar relative to the largest."""
    share = votes.get(cover.content_hash)
    if share is None:
        return '<span class="vote" title="Not a training cover, so it has no vote">no vote</span>'
    length, colour = 100 * share / max(votes.values()), css_colour(cover.genre)
    title = f"{percent(share, 1)} of the votes; cosine similarity {cover.similarity:.2f}"
    return (
        f'<span class="vote" title="{title}">{percent(share, 1)}</span>'
        f'<span class="weight"><span style="width: {length:.0f}%; background: {colour}"></span></span>'
    )
