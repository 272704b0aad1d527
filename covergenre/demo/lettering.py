"""Lettering: one font, many manners.

Only Pillow's built-in font is sure to be there. Its letters are drawn large as a mask; the mask is bent, squeezed into
its box and painted, and each of these steps has a handful of ways, which are functions.
"""

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from covergenre.demo.canvas import SIDE, Canvas, mix

Box = tuple[float, float, float, float]  # left, top, right, bottom
_SIZE = 110  # of the letters as drawn


def arch(canvas: Canvas, mask: Image.Image) -> Image.Image:  # noqa: ARG001 (all bends are called alike)
    """A row that rises in the middle."""
    height, across = mask.height, np.linspace(-1, 1, mask.width)
    padded = np.pad(np.asarray(mask), ((0, height), (0, 0)))
    rows = np.arange(2 * height)[:, None] - np.round(across**2 * 0.55 * height).astype(int)[None]
    return _trim(Image.fromarray(np.take_along_axis(padded, rows, axis=0)))


def thorns(canvas: Canvas, mask: Image.Image) -> Image.Image:
    """Letters that grow thorns and roots, alike to the left and to the right, until they are hard to read."""
    width, height = mask.width, mask.height
    grown = Image.new("L", (int(width * 1.24), height * 3))
    grown.paste(mask, (int(width * 0.12), height))
    draw, middle = ImageDraw.Draw(grown), grown.width / 2
    for _ in range(max(10, width // 22)):
        out, half, lean = canvas.between(0, 0.5), canvas.between(3, 9), canvas.between(-14, 14)
        up = canvas.pick((-1, 1))
        root, reach = height * (1.5 + 0.2 * up), height * up * (0.3 + canvas.between(0.15, 0.9 if out > 0.4 else 0.5))
        for x in (middle - out * width, middle + out * width):
            draw.polygon([(x - half, root), (x + half, root), (x + lean, root + reach)], fill=255)
    for side, y in ((side, y) for side in (-1, 1) for y in (1.15, 1.5, 1.85)):
        root, tip = middle + side * width * 0.44, middle + side * width * 0.62
        draw.polygon([(root, height * (y - 0.06)), (root, height * (y + 0.06)), (tip, height * (3 * y - 3))], fill=255)
    return _trim(grown)


def shadow(canvas: Canvas, mask: Image.Image, ink: float) -> None:
    """Letters with sides, as if cut out of a board."""
    for step in range(8, 0, -1):
        canvas.image.paste(canvas.ink(1 - ink), mask=ImageChops.offset(mask, step, step))
    canvas.image.paste(canvas.ink(ink), mask=mask)


def sticker(canvas: Canvas, mask: Image.Image, ink: float) -> None:
    """A broad edge around the letters."""
    edge = mask.filter(ImageFilter.GaussianBlur(6)).point(lambda level: min(level * 12, 255))
    canvas.image.paste(canvas.ink(1 - ink), mask=edge)
    canvas.image.paste(canvas.ink(ink), mask=mask)


def neon(canvas: Canvas, mask: Image.Image, ink: float) -> None:
    """Tubes that glow."""
    for blur in (16, 5):
        canvas.image.paste(canvas.ink("accent"), mask=mask.filter(ImageFilter.GaussianBlur(blur)))
    canvas.image.paste(mix(canvas.ink("accent"), (255, 255, 255), 0.75) if ink else canvas.ink(ink), mask=mask)


@dataclass(frozen=True)
class Lettering:
    """A manner of writing.

    `bold` and `tracking` are shares of the letter size, `stretch` is how far letters may be narrowed or widened to fill
    their box, `slant` a shear, `lines` the most lines a text may take; letters are flat and straight unless told.
    """

    bold: float = 0.0
    tracking: float = 0.0
    stretch: tuple[float, float] = (1.0, 1.0)
    slant: float = 0.0
    lines: int = 1
    bend: Callable[[Canvas, Image.Image], Image.Image] | None = None
    paint: Callable[[Canvas, Image.Image, float], None] | None = None
    upper: bool = True


def write(canvas: Canvas, text: str, box: Box, manner: Lettering, align: float = 0.5) -> None:
    """Write a text into a box, at its left (`align` 0) or right (1), in an ink that reads."""
    left, top, right, bottom = (edge * SIDE for edge in box)
    rows = _break(text.upper() if manner.upper else text, manner.lines, (right - left) / (bottom - top))
    height, whole = (bottom - top) / len(rows), Image.new("L", (SIDE, SIDE))
    masks = [_letters(canvas, row, manner) for row in rows]
    for number, mask in enumerate(_fit(masks, right - left, height * 0.88, manner.stretch)):
        x, y = left + align * (right - left - mask.width), top + height * (number + 0.5) - mask.height / 2
        whole.paste(mask, (round(x), round(y)))
    ink = 1.0 if canvas.is_dark(box) else 0.0
    if manner.paint:
        manner.paint(canvas, whole, ink)
    else:
        canvas.image.paste(canvas.ink(ink), mask=whole)


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_SIZE)


def _break(text: str, most: int, aspect: float) -> list[str]:
    """Split between words into at most `most` rows, so that the letters come out as large as the box allows."""
    widths = (max(len(text) // count, 1) + 3 for count in range(1, most + 1))
    options = [textwrap.wrap(text, width, break_long_words=False) for width in widths]
    return max(options, key=lambda rows: min(aspect / (0.65 * max(map(len, rows))), 1 / len(rows)))


def _letters(canvas: Canvas, text: str, manner: Lettering) -> Image.Image:
    font, stroke, space = _font(), round(manner.bold * _SIZE), manner.tracking * _SIZE
    width = font.getlength(text) + (space + 2 * stroke) * len(text)
    mask = Image.new("L", (int(width) + 2 * _SIZE, 3 * _SIZE))
    draw, x = ImageDraw.Draw(mask), _SIZE / 2
    for letter in text:
        draw.text((x, _SIZE), letter, fill=255, font=font, stroke_width=stroke)
        x += font.getlength(letter) + space + stroke
    if manner.slant:
        lean = (1, manner.slant, -manner.slant * mask.height / 2, 0, 1, 0)
        mask = mask.transform(mask.size, Image.Transform.AFFINE, lean, Image.Resampling.BILINEAR)
    return manner.bend(canvas, _trim(mask)) if manner.bend else _trim(mask)


def _trim(mask: Image.Image) -> Image.Image:
    return mask.crop(mask.getbbox() or (0, 0, 1, 1))


def _fit(masks: list[Image.Image], width: float, height: float, stretch: tuple[float, float]) -> list[Image.Image]:
    """Scale each row to fill its box as far as `stretch` allows; rows that may not be stretched share one scale."""
    sizes = np.array([mask.size for mask in masks], float)
    sizes[:, 0] *= np.clip(width / height * sizes[:, 1] / sizes[:, 0], *stretch)
    scales = np.minimum(width / sizes[:, 0], height / sizes[:, 1])
    scales = np.full(len(masks), scales.min()) if stretch == (1.0, 1.0) else scales
    sizes = np.maximum(np.round(sizes * scales[:, None]), 1).astype(int).tolist()
    return [mask.resize(size, Image.Resampling.LANCZOS) for mask, size in zip(masks, sizes, strict=True)]
