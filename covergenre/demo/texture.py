"""Surface: what paint, print and years do to a picture.

`TREATMENTS` change the scene before words are set on it, `FINISHES` the finished cover, at its final size.
"""

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from covergenre.demo.sheet import SIDE, Sheet, fractal


def untreated(sheet: Sheet) -> None:
    """Flat colour, as it is."""


def painted(sheet: Sheet) -> None:
    """Short strokes of oil paint that follow slow curves."""
    source = sheet.image.filter(ImageFilter.BoxBlur(2))
    colours = np.asarray(source)
    flow = fractal(sheet.rng, 2, 2) * 2 * np.pi
    draw = ImageDraw.Draw(sheet.image)
    for length, count in ((26, 700), (13, 1300), (6, 2400)):
        spots = sheet.rng.integers(0, SIDE, (count, 2))
        turns = flow[spots[:, 1] // 4, spots[:, 0] // 4]
        reach = np.stack([np.cos(turns), np.sin(turns)], axis=-1) * length
        shades = np.clip(colours[spots[:, 1], spots[:, 0]] + sheet.rng.normal(0, 9, (count, 1)), 0, 255).astype(int)
        for (x, y), (dx, dy), shade in zip(spots.tolist(), reach.tolist(), shades.tolist(), strict=True):
            draw.line((x - dx, y - dy, x + dx, y + dy), fill=tuple(shade), width=length // 2 - 1)


def halftone(sheet: Sheet) -> None:
    """A screen of dots, larger where the picture is dark."""
    pitch, turn = sheet.pick((9, 12)), sheet.between(0.2, 0.8)
    down, across = np.mgrid[:SIDE, :SIDE] * (np.pi / pitch)
    wave = np.cos(across * np.cos(turn) + down * np.sin(turn)) * np.cos(down * np.cos(turn) - across * np.sin(turn))
    level = np.asarray(sheet.image.convert("L"), np.float32) / 255
    dots = Image.fromarray(((wave > level * 2 - 0.75) * 255).astype(np.uint8))
    sheet.image.paste(sheet.tone(0.0), mask=dots.filter(ImageFilter.BoxBlur(1)).point(lambda value: value * 0.55))


def photocopied(sheet: Sheet) -> None:
    """Hard contrast and no colour, as from a photocopier."""
    gray = np.asarray(ImageOps.autocontrast(sheet.image.convert("L"), 2), np.float32)
    hard = np.clip((gray - gray.mean()) * 1.7 + 105, 0, 255).astype(np.uint8)
    sheet.image.paste(ImageOps.colorize(Image.fromarray(hard), sheet.tone(0.0), sheet.tone(0.92)))


def clean(image: Image.Image, rng: np.random.Generator) -> Image.Image:  # noqa: ARG001 (all finishes are called alike)
    """As drawn."""
    return image


def grainy(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The grain of film."""
    noise = rng.normal(0, rng.uniform(3, 8), (image.height, image.width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def faded(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Colours that stood in the sun: weaker, warmer, and no true black."""
    weak = ImageEnhance.Color(image).enhance(rng.uniform(0.65, 0.85))
    warm = Image.blend(weak, Image.new("RGB", image.size, (214, 178, 132)), rng.uniform(0.1, 0.2))
    return grainy(warm, rng)


def worn(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The ring that a record wears into its sleeve, rubbed edges and a crease."""
    side = image.width
    mark = Image.new("L", image.size)
    draw = ImageDraw.Draw(mark)
    inset = side * rng.uniform(0.03, 0.06)
    draw.ellipse((inset, inset, side - inset, side - inset), outline=150, width=2)
    draw.rectangle((0, 0, side - 1, side - 1), outline=200, width=2)
    draw.line((rng.uniform(0, side), 0, rng.uniform(0, side), side * rng.uniform(0.1, 0.5)), fill=110, width=1)
    patchy = Image.fromarray((np.clip(fractal(rng, 9, 3, side) * 2.4 - 1, 0, 1) * 255).astype(np.uint8))
    rubbed = ImageChops.multiply(mark.filter(ImageFilter.GaussianBlur(0.8)), patchy)
    result = image.copy()
    result.paste((238, 230, 214), mask=rubbed)
    return grainy(result, rng)


def shifted(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Red and blue printed a little beside green."""
    red, green, blue = image.split()
    offset = int(rng.integers(1, 4))
    return Image.merge("RGB", (ImageChops.offset(red, offset, 0), green, ImageChops.offset(blue, -offset, 0)))


def shaded(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Corners darker than the middle."""
    ticks = np.linspace(-1, 1, image.width)
    fall = 1 - rng.uniform(0.25, 0.5) * np.clip(np.hypot(*np.meshgrid(ticks, ticks)) - 0.45, 0, 1)
    return grainy(Image.fromarray((np.asarray(image) * fall[..., None]).astype(np.uint8)), rng)
