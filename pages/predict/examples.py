"""Drawn covers to click for a newcomer with no cover at hand."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from covergenre import images
from pages.widgets.thumbnails import data_address

_SIDE = 176


@dataclass(frozen=True)
class Example:
    """A drawn cover: the key of its button, its title, the genre it was drawn as, its bytes as a file has them, a small
    picture as an address."""

    key: str
    title: str
    genre: str
    data: bytes
    picture: str


def make(tiles: Iterable[tuple[str, str, Image.Image]]) -> list[Example]:
    """The tiles as files, in their order."""
    return [
        Example(f"example-{number}", title, genre, as_png(image), data_address(images.thumbnail(image, _SIDE)))
        for number, (title, genre, image) in enumerate(tiles)
    ]


def style(examples: Iterable[Example]) -> str:
    """The style sheet that gives every button its picture."""
    rules = (f'.st-key-{example.key} button {{ background-image: url("{example.picture}"); }}' for example in examples)
    return f"<style>{' '.join(rules)}</style>"


def as_png(image: Image.Image) -> bytes:
    """The picture as a file has it."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
