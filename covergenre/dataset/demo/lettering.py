"""Lettering: one font, many manners.

Only Pillow's built-in font is sure to be there. Its letters are drawn large as a mask; the mask is bent, squeezed into
its box and painted, and each of these steps has a handful of ways.
"""

import textwrap
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from covergenre.dataset.demo.sheet import SIDE, Colour, Sheet, fractal, mix, smooth, taper

Box = tuple[float, float, float, float]
_SIZE = 110
_STROKES = (
    ((0.0, 0.15), (1.0, 0.12)),
    ((0.1, 0.5), (0.9, 0.47)),
    ((0.0, 0.88), (1.0, 0.85)),
    ((0.2, 0.0), (0.18, 0.9)),
    ((0.5, 0.0), (0.5, 1.0)),
    ((0.82, 0.1), (0.8, 1.0)),
    ((0.5, 0.3), (0.0, 1.0)),
    ((0.5, 0.45), (1.0, 0.95)),
    ((0.35, 0.0), (0.55, 0.12)),
)


@dataclass(frozen=True)
class Lettering:
    """A manner of writing: `tracking` and `bold` are shares of the letter size, `stretch` how far letters may be widened
    or narrowed to fill their box, `slant` a shear, `lines` the most lines a text may take."""

    bold: float = 0.0
    tracking: float = 0.0
    stretch: tuple[float, float] = (1.0, 1.0)
    slant: float = 0.0
    lines: int = 1
    bend: str = "straight"
    paint: str = "flat"
    upper: bool = True


def write(sheet: Sheet, text: str, box: Box, manner: Lettering, align: float = 0.5, ink: Colour | None = None) -> None:
    """Write a text into a box (left, top, right, bottom); `align` 0 is left, 1 is right. Without `ink`, one that reads."""
    left, top, right, bottom = box
    rows = _break(text.upper() if manner.upper else text, manner.lines, (right - left) / (bottom - top))
    ink = ink or readable(sheet, box)
    height = (bottom - top) / len(rows)
    masks = [_bend(sheet, _letters(sheet, row, manner), manner.bend) for row in rows]
    for number, mask in enumerate(_fit(masks, (right - left) * SIDE, height * SIDE * 0.88, manner.stretch)):
        x = left * SIDE + align * ((right - left) * SIDE - mask.width)
        y = (top + height * (number + 0.5)) * SIDE - mask.height / 2
        _paint(sheet, mask, round(x), round(y), manner.paint, ink)


def readable(sheet: Sheet, box: Box) -> Colour:
    """The palette's darkest or lightest tone, or now and then its accent: whichever stands out in this box."""
    level = sheet.luminance(*box)
    accent = np.dot(sheet.accent, (0.3, 0.59, 0.11)) / 255
    if abs(accent - level) > 0.42 and sheet.chance(0.35):
        return sheet.accent
    return sheet.tone(1.0) if level < 0.52 else sheet.tone(0.0)


def glyphs(sheet: Sheet, x: float, y: float, size: float, count: int, ink: Colour) -> None:
    """A column of made-up characters: a few brush strokes each, in no real script."""
    for number in range(count):
        origin = (x, y + number * size * 1.2)
        for stroke in sheet.rng.choice(len(_STROKES), int(sheet.rng.integers(4, 6)), replace=False):
            ends = np.array(_STROKES[stroke]) + sheet.rng.normal(0, 0.04, (2, 2))
            middle = ends.mean(axis=0) + sheet.rng.normal(0, 0.05, 2)
            path = smooth([ends[0], middle, ends[1]], closed=False) * size + origin
            sheet.fill(taper(path, (0.15 * size, 0.1 * size, 0.06 * size)), ink)


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(_SIZE)


def _break(text: str, most: int, aspect: float) -> list[str]:
    """Split between words into at most `most` rows, so that the letters come out as large as the box allows."""
    options = [
        textwrap.wrap(text, max(len(text) // count, 1) + 3, break_long_words=False) for count in range(1, most + 1)
    ]
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
    draw = ImageDraw.Draw(canvas)
    for _ in range(max(10, width // 22)):
        x, half, up = sheet.between(0, 0.5) * width, sheet.between(3, 9), sheet.pick((-1, 1))
        reach = height * sheet.between(0.15, 0.5) * (1.9 if x < 0.1 * width else 1) * up
        root, lean = height * (1.5 + 0.2 * up), sheet.between(-14, 14)
        for side in (-1, 1):
            centre = canvas.width / 2 + side * (width / 2 - x)
            draw.polygon(
                [
                    (centre - half, root),
                    (centre + half, root),
                    (centre + side * lean, root + 0.3 * height * up + reach),
                ],
                fill=255,
            )
    for side in (-1, 1):
        root, tip = canvas.width / 2 + side * width * 0.44, canvas.width / 2 + side * width * 0.62
        for y in (1.15, 1.5, 1.85):
            draw.polygon(
                [(root, height * (y - 0.06)), (root, height * (y + 0.06)), (tip, height * (3 * y - 3))], fill=255
            )
    tooth = np.clip(0.035 * np.abs(np.mod(np.arange(canvas.width) / 9, 2) - 1), 0, 1)
    return _shift(_trim(canvas), tooth[: _trim(canvas).width])


def _fit(masks: list[Image.Image], width: float, height: float, stretch: tuple[float, float]) -> list[Image.Image]:
    """Scale each row to fill its box as far as `stretch` allows; rows that may not be stretched share one scale."""
    sizes = np.array([mask.size for mask in masks], float)
    sizes[:, 0] *= np.clip(width / height * sizes[:, 1] / sizes[:, 0], *stretch)
    scales = np.minimum(width / sizes[:, 0], height / sizes[:, 1])
    scales = np.full(len(masks), scales.min()) if stretch == (1.0, 1.0) else scales
    sizes = np.maximum(np.round(sizes * scales[:, None]), 1).astype(int).tolist()
    return [mask.resize(size, Image.Resampling.LANCZOS) for mask, size in zip(masks, sizes, strict=True)]


def _paint(sheet: Sheet, mask: Image.Image, x: int, y: int, paint: str, ink: Colour) -> None:
    light = np.dot(ink, (0.3, 0.59, 0.11)) > 128
    against = sheet.tone(0.0) if light else sheet.tone(1.0)
    if paint == "shadow":
        for step in range(9, 0, -1):
            sheet.image.paste(against if step < 9 else ink, (x + step, y + step), mask)
        sheet.image.paste(ink, (x, y), mask)
    elif paint == "neon" and light:
        _neon(sheet, mask, x, y)
    elif paint == "outline":
        padded = _pad(mask, 8)
        hollow = ImageChops.subtract(padded.filter(ImageFilter.MaxFilter(7)), padded)
        sheet.image.paste(ink, (x - 8, y - 8), hollow)
    elif paint == "sticker":
        padded = _pad(mask, 14)
        sheet.image.paste(against, (x - 14, y - 14), padded.filter(ImageFilter.MaxFilter(17)))
        sheet.image.paste(ink, (x, y), mask)
    else:
        sheet.image.paste(_ink(sheet, mask, paint, ink, against), (x, y), _cut(sheet, mask, paint))


def _ink(sheet: Sheet, mask: Image.Image, paint: str, ink: Colour, against: Colour) -> Image.Image | Colour:
    if paint != "chrome":
        return ink
    levels = np.array([0.0, 0.42, 0.5, 0.56, 1.0])
    stops = [
        mix(ink, against, 0.0),
        mix(ink, sheet.accent, 0.55),
        sheet.accent,
        mix(ink, against, 0.0),
        mix(ink, sheet.accent, 0.8),
    ]
    ticks = np.linspace(0, 1, mask.height)
    strip = np.stack([np.interp(ticks, levels, channel) for channel in zip(*stops, strict=True)], axis=-1)
    return Image.fromarray(strip.astype(np.uint8)[:, None]).resize(mask.size)


def _cut(sheet: Sheet, mask: Image.Image, paint: str) -> Image.Image:
    """The mask with something taken out of it: stripes, or the wear of an old stamp."""
    if paint == "stripes":
        rows = np.arange(mask.height) * 9 / mask.height % 1 < 0.7
        return ImageChops.multiply(mask, Image.fromarray((rows * 255).astype(np.uint8)[:, None]).resize(mask.size))
    if paint == "stamp":
        wear = (fractal(sheet.rng, 12, 3) > 0.36) * 255
        return ImageChops.multiply(mask, Image.fromarray(wear.astype(np.uint8)).resize(mask.size))
    return mask


def _neon(sheet: Sheet, mask: Image.Image, x: int, y: int) -> None:
    halo = _pad(mask, 30)
    for radius, colour in ((16, sheet.accent), (5, sheet.accent)):
        sheet.image.paste(colour, (x - 30, y - 30), halo.filter(ImageFilter.GaussianBlur(radius)))
    sheet.image.paste(mix(sheet.accent, (255, 255, 255), 0.75), (x, y), mask)


def _pad(mask: Image.Image, margin: int) -> Image.Image:
    padded = Image.new("L", (mask.width + 2 * margin, mask.height + 2 * margin))
    padded.paste(mask, (margin, margin))
    return padded
