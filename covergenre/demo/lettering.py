"""Lettering: one font, many manners.

Only Pillow's built-in font is sure to be there. Its letters are drawn large as a mask; the mask is bent, squeezed into
its box and painted, and each of these steps has a handful of ways.
"""

import textwrap
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from covergenre.demo.sheet import SIDE, Colour, Sheet, fractal, gradient, mix, points

Box = tuple[float, float, float, float]
_SIZE = 110  # of the letters as drawn
_MARGIN = 30  # around a mask that is blurred or grown
_STROKES = (
    *("0 15, 100 12", "10 50, 90 47", "0 88, 100 85", "20 0, 18 90", "50 0, 50 100"),
    *("82 10, 80 100", "50 30, 0 100", "50 45, 100 95", "35 0, 55 12"),
)


@dataclass(frozen=True)
class Lettering:
    """A manner of writing.

    `bold` and `tracking` are shares of the letter size, `stretch` is how far letters may be narrowed or widened to fill
    their box, `slant` a shear, `lines` the most lines a text may take; `bend` and `paint` name what is done to them.
    """

    bold: float = 0.0
    tracking: float = 0.0
    stretch: tuple[float, float] = (1.0, 1.0)
    slant: float = 0.0
    lines: int = 1
    bend: str = "straight"
    paint: str = "flat"
    upper: bool = True


def write(sheet: Sheet, text: str, box: Box, manner: Lettering, align: float = 0.5, ink: Colour | None = None) -> None:
    """Write a text into a box (left, top, right, bottom), at its left (`align` 0) or right (1).

    Without `ink`, the palette gives one that reads.
    """
    left, top, right, bottom = box
    rows = _break(text.upper() if manner.upper else text, manner.lines, (right - left) / (bottom - top))
    ink = ink or _readable(sheet, box)
    height = (bottom - top) / len(rows)
    masks = [_bend(sheet, _letters(sheet, row, manner), manner.bend) for row in rows]
    for number, mask in enumerate(_fit(masks, (right - left) * SIDE, height * SIDE * 0.88, manner.stretch)):
        x = left * SIDE + align * ((right - left) * SIDE - mask.width)
        y = (top + height * (number + 0.5)) * SIDE - mask.height / 2
        _paint(sheet, mask, round(x), round(y), manner.paint, ink)


def glyphs(sheet: Sheet, x: float, y: float, size: float, count: int, ink: Colour) -> None:
    """A column of made-up characters: a few brush strokes each, in no real script."""
    for number in range(count):
        pen = sheet.pen(x, y + number * size * 1.2, size)
        for stroke in sheet.rng.choice(_STROKES, int(sheet.rng.integers(4, 6)), replace=False):
            start, end = points(str(stroke)) + sheet.rng.normal(0, 0.04, (2, 2))
            middle = (start + end) / 2 + sheet.rng.normal(0, 0.05, 2)
            pen.stroke([start, middle, end], (0.15, 0.1, 0.06), ink)


def _readable(sheet: Sheet, box: Box) -> Colour:
    """The palette's darkest or lightest tone, or now and then its accent: whichever stands out in this box."""
    level = sheet.luminance(*box)
    if abs(_lightness(sheet.accent) - level) > 0.42 and sheet.chance(0.35):
        return sheet.accent
    return sheet.tone(1.0) if level < 0.52 else sheet.tone(0.0)


def _lightness(colour: Colour) -> float:
    return float(np.dot(colour, (0.3, 0.59, 0.11))) / 255


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_SIZE)


def _break(text: str, most: int, aspect: float) -> list[str]:
    """Split between words into at most `most` rows, so that the letters come out as large as the box allows."""
    widths = (max(len(text) // count, 1) + 3 for count in range(1, most + 1))
    options = [textwrap.wrap(text, width, break_long_words=False) for width in widths]
    return max(options, key=lambda rows: min(aspect / (0.65 * max(map(len, rows))), 1 / len(rows)))


def _letters(sheet: Sheet, text: str, manner: Lettering) -> Image.Image:
    font = _font()
    stroke, space = round(manner.bold * _SIZE), manner.tracking * _SIZE
    width = font.getlength(text) + (space + 2 * stroke) * len(text)
    mask = Image.new("L", (int(width) + 2 * _SIZE, 3 * _SIZE))
    draw, x = ImageDraw.Draw(mask), _SIZE / 2
    for letter in text:
        y = _SIZE + (sheet.rng.normal(0, 0.09) * _SIZE if manner.bend == "jitter" else 0)
        draw.text((x, y), letter, fill=255, font=font, stroke_width=stroke)
        x += font.getlength(letter) + space + stroke
    if manner.slant:
        lean = (1, manner.slant, -manner.slant * mask.height / 2, 0, 1, 0)
        mask = mask.transform(mask.size, Image.Transform.AFFINE, lean, Image.Resampling.BILINEAR)
    return _trim(mask)


def _trim(mask: Image.Image) -> Image.Image:
    return mask.crop(mask.getbbox() or (0, 0, 1, 1))


def _bend(sheet: Sheet, mask: Image.Image, bend: str) -> Image.Image:
    across = np.linspace(-1, 1, mask.width)
    if bend == "arch":
        return _shift(mask, across**2 * 0.55)
    if bend == "wave":
        return _shift(mask, 0.22 * np.sin(across * 4))
    if bend == "thorns":
        return _thorns(sheet, mask)
    return mask


def _shift(mask: Image.Image, drop: np.ndarray) -> Image.Image:
    """Move every column of the mask down by `drop` of its height."""
    height = mask.height
    padded = np.pad(np.asarray(mask), ((height, height), (0, 0)))
    rows = np.arange(3 * height)[:, None] - np.round(drop * height).astype(int)[None]
    return _trim(Image.fromarray(np.take_along_axis(padded, np.clip(rows, 0, 3 * height - 1), axis=0)))


def _thorns(sheet: Sheet, mask: Image.Image) -> Image.Image:
    """Letters that grow thorns and roots, alike to the left and to the right, until they are hard to read."""
    width, height = mask.width, mask.height
    canvas = Image.new("L", (int(width * 1.24), height * 3))
    canvas.paste(mask, (int(width * 0.12), height))
    draw, middle = ImageDraw.Draw(canvas), canvas.width / 2
    for _ in range(max(10, width // 22)):
        out, half, lean, up = sheet.between(0, 0.5), sheet.between(3, 9), sheet.between(-14, 14), sheet.pick((-1, 1))
        reach = height * up * (0.3 + sheet.between(0.15, 0.5) * (1.9 if out > 0.4 else 1))
        root = height * (1.5 + 0.2 * up)
        for side in (-1, 1):
            x = middle + side * out * width
            draw.polygon([(x - half, root), (x + half, root), (x + side * lean, root + reach)], fill=255)
    for side in (-1, 1):
        root, tip = middle + side * width * 0.44, middle + side * width * 0.62
        for y in (1.15, 1.5, 1.85):
            ends = [(root, y - 0.06), (root, y + 0.06), (tip, 3 * y - 3)]
            draw.polygon([(x, height * level) for x, level in ends], fill=255)
    canvas = _trim(canvas)
    return _shift(canvas, 0.035 * np.abs(np.arange(canvas.width) / 9 % 2 - 1))


def _fit(masks: list[Image.Image], width: float, height: float, stretch: tuple[float, float]) -> list[Image.Image]:
    """Scale each row to fill its box as far as `stretch` allows; rows that may not be stretched share one scale."""
    sizes = np.array([mask.size for mask in masks], float)
    sizes[:, 0] *= np.clip(width / height * sizes[:, 1] / sizes[:, 0], *stretch)
    scales = np.minimum(width / sizes[:, 0], height / sizes[:, 1])
    scales = np.full(len(masks), scales.min()) if stretch == (1.0, 1.0) else scales
    sizes = np.maximum(np.round(sizes * scales[:, None]), 1).astype(int).tolist()
    return [mask.resize(size, Image.Resampling.LANCZOS) for mask, size in zip(masks, sizes, strict=True)]


def _paint(sheet: Sheet, mask: Image.Image, x: int, y: int, paint: str, ink: Colour) -> None:
    light = _lightness(ink) > 0.5
    filling: Image.Image | None = None
    against = sheet.tone(0.0) if light else sheet.tone(1.0)
    if paint == "shadow":
        for step in range(8, 0, -1):
            sheet.image.paste(against, (x + step, y + step), mask)
    elif paint == "sticker":
        sheet.image.paste(against, (x - _MARGIN, y - _MARGIN), _grown(mask, 8))
    elif paint == "outline":
        mask, x, y = ImageChops.subtract(_grown(mask, 3), _padded(mask)), x - _MARGIN, y - _MARGIN
    elif paint == "neon" and light:
        for blur in (16, 5):
            halo = _padded(mask).filter(ImageFilter.GaussianBlur(blur))
            sheet.image.paste(sheet.accent, (x - _MARGIN, y - _MARGIN), halo)
        ink = mix(sheet.accent, (255, 255, 255), 0.75)
    elif paint == "chrome":
        shine = (ink, mix(ink, sheet.accent, 0.55), sheet.accent, ink, mix(ink, sheet.accent, 0.8))
        filling = gradient(shine, (0, 0.42, 0.5, 0.56, 1), mask.height).resize(mask.size)
    elif paint in ("stripes", "stamp"):
        mask = _worn(sheet, mask, paint)
    sheet.image.paste(filling or ink, (x, y), mask)


def _worn(sheet: Sheet, mask: Image.Image, paint: str) -> Image.Image:
    """The mask with something taken out of it: stripes, or the wear of an old stamp."""
    rows = np.arange(mask.height)[:, None] * 9 / mask.height % 1 < 0.7
    left = rows if paint == "stripes" else fractal(sheet.rng, 12, 3) > 0.36
    return ImageChops.multiply(mask, Image.fromarray((left * 255).astype(np.uint8)).resize(mask.size))


def _grown(mask: Image.Image, reach: int) -> Image.Image:
    """The mask with a margin, and letters thicker by about `reach` pixels."""
    return _padded(mask).filter(ImageFilter.GaussianBlur(reach * 0.75)).point(lambda level: min(level * 12, 255))


def _padded(mask: Image.Image) -> Image.Image:
    padded = Image.new("L", (mask.width + 2 * _MARGIN, mask.height + 2 * _MARGIN))
    padded.paste(mask, (_MARGIN, _MARGIN))
    return padded
