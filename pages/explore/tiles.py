"""Covers of a data set in a grid: each a thumbnail to press, with its name, genre and a note."""

from collections.abc import Callable, Container, Mapping, Sequence

from covergenre.collection.collection import Collection
from covergenre.dataset.thumbnails import thumbnails
from pages.widgets.figures import genre_cell
from pages.widgets.safe_text import plain, tidy
from pages.widgets.thumbnails import data_address, soft_tile
from pages.widgets.tiles import Tile, show_grid


def show_covers(
    covers: Collection,
    rows: Sequence[int],
    name: str,
    go: Callable[[str], None],
    notes: Mapping[int, str] | None = None,
    selected: Container[str] = (),
) -> None:
    """The covers in these rows; a press calls `go` with the path. `name` tells this grid from others on the page.

    `notes` by row; covers whose paths are `selected` have a tick.
    """
    pictures = _pictures(covers, rows)
    tiles = [
        _tile(covers, row, picture, (notes or {}).get(row, ""), covers.paths[row] in selected)
        for row, picture in zip(rows, pictures, strict=True)
    ]
    show_grid(tiles, name, go)


def _tile(covers: Collection, row: int, picture: str, note: str, selected: bool) -> Tile:
    """`picture` is an address, "" if the cover can't be read."""
    label = f"{tidy(covers.title(row), 120)}, {tidy(covers.genre(row), 24)}{', selected' if selected else ''}"
    art = f'<img src="{picture}" alt="">' if picture else '<span class="torn">can’t be read</span>'
    face = (
        f'<span class="art">{art}</span><span class="who">{plain(covers.title(row), 90)}</span>'
        f'<span class="facts">{genre_cell(covers.genre(row))}<span>{plain(note, 40)}</span></span>'
    )
    look = " ".join(["explored", covers.state_of[row].replace(" ", "-"), *(["chosen"] if selected else [])])
    return Tile(covers.paths[row], label, face, look=look)


def _pictures(covers: Collection, rows: Sequence[int]) -> list[str]:
    """The addresses of the covers' thumbnails, or of their colours if the data set has no pictures."""
    if not covers.dataset.has_pictures:
        return [soft_tile(covers.signatures[row]) for row in rows]
    pictures = thumbnails(covers.dataset, [(covers.paths[row], covers.hashes[row]) for row in rows])
    return [data_address(picture) if picture else "" for picture in pictures]
