"""Layouts: what becomes of the scene, and where the words stand.

A layout rearranges the sheet that a scene has filled and says where title and artist go; the words are written later.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from covergenre.demo.lettering import Box, glyphs
from covergenre.demo.sheet import SIDE, Colour, Sheet, circle, grid, mix


@dataclass(frozen=True)
class Words:
    """Where the words stand.

    The title goes into `large` and the artist into `small`, or the other way round with `artist_large`; `align` is the
    edge they keep to (0 left, 1 right) and `ink` their colour, where the layout knows it.
    """

    large: Box
    small: Box
    align: float = 0.5
    ink: Colour | None = None
    artist_large: bool = False


def full(sheet: Sheet) -> Words:
    """The scene from edge to edge; words at the top, at the foot, or both."""
    align = sheet.pick((0.0, 0.5, 0.5, 1.0))
    large, small = sheet.pick(
        (
            ((0.07, 0.05, 0.93, 0.2), (0.07, 0.21, 0.93, 0.26)),
            ((0.07, 0.78, 0.93, 0.94), (0.07, 0.72, 0.93, 0.77)),
            ((0.07, 0.8, 0.93, 0.94), (0.07, 0.06, 0.93, 0.12)),
            ((0.07, 0.05, 0.93, 0.19), (0.07, 0.89, 0.93, 0.94)),
        )
    )
    _shade_for_words(sheet, large, small)
    return Words(large, small, align, artist_large=sheet.chance(0.4))


def shout(sheet: Sheet) -> Words:
    """The scene from edge to edge and the title across all of it."""
    top = sheet.pick((0.08, 0.3, 0.5))
    large, small = (0.05, top, 0.95, top + 0.36), (0.08, 0.9, 0.92, 0.95)
    _shade_for_words(sheet, large, small)
    return Words(large, small)


def logo(sheet: Sheet) -> Words:
    """A wide emblem of letters at the top, the other words small at the foot."""
    if sheet.chance(0.3):
        _inset(sheet, (0.08, 0.3, 0.92, 0.86), sheet.tone(0.0))
    large, small = (0.06, 0.04, 0.94, 0.27), (0.25, 0.9, 0.75, 0.945)
    _shade_for_words(sheet, large, small)
    return Words(large, small, artist_large=True)


def frame(sheet: Sheet) -> Words:
    """A border of paper around the scene, wider at the foot for the words."""
    paper, ink = _paper(sheet)
    edge = sheet.between(0.045, 0.075)
    _inset(sheet, (edge, edge, 1 - edge, 0.81), paper)
    return Words((edge, 0.835, 1 - edge, 0.905), (edge, 0.915, 1 - edge, 0.955), sheet.pick((0.0, 0.5)), ink)


def banner(sheet: Sheet) -> Words:
    """A band of one colour over or under the scene."""
    paper, ink = _paper(sheet)
    if sheet.chance(0.6):
        _inset(sheet, (0, 0.27, 1, 1), paper)
        return Words((0.06, 0.04, 0.94, 0.18), (0.06, 0.19, 0.94, 0.245), sheet.pick((0.0, 0.5)), ink)
    _inset(sheet, (0, 0, 1, 0.74), paper)
    return Words((0.06, 0.77, 0.94, 0.89), (0.06, 0.905, 0.94, 0.955), sheet.pick((0.0, 0.5)), ink)


def cartouche(sheet: Sheet) -> Words:
    """A ruled label on the scene, as on an old edition of sheet music."""
    paper, ink = _paper(sheet)
    top = sheet.pick((0.06, 0.06, 0.66))
    sheet.box(0.09, top, 0.91, top + 0.28, paper)
    for inset, width in ((0.015, 0.006), (0.028, 0.002)):
        left, right, upper, lower = 0.09 + inset, 0.91 - inset, top + inset, top + 0.28 - inset
        corners = [(left, upper), (right, upper), (right, lower), (left, lower), (left, upper)]
        sheet.line(np.array(corners), width, ink)
    sheet.line(np.array([(0.44, top + 0.172), (0.56, top + 0.172)]), 0.003, ink)
    return Words((0.14, top + 0.05, 0.86, top + 0.16), (0.14, top + 0.19, 0.86, top + 0.235), 0.5, ink)


def medallion(sheet: Sheet) -> Words:
    """The scene in a circle on one colour."""
    paper, ink = _paper(sheet)
    radius, y = sheet.between(0.27, 0.31), 0.55
    scene, mask = sheet.image.copy(), sheet.stencil(circle(0.5, y, radius, 90))
    sheet.wash(paper, mix(paper, sheet.tone(0.5), 0.25))
    sheet.image.paste(ImageOps.fit(scene, (SIDE, SIDE)), mask=mask)
    for grow in (0.015, 0.035):
        sheet.ring(0.5, y, radius + grow, 0.006, ink)
    return Words((0.08, 0.05, 0.92, 0.18), (0.1, 0.925, 0.9, 0.965), 0.5, ink)


def strip(sheet: Sheet) -> Words:
    """A paper strip down the left side, with a column of made-up characters."""
    paper, ink = sheet.pick(((sheet.tone(1), sheet.tone(0)), (sheet.accent, sheet.tone(1))))
    sheet.box(0, 0, 0.17, 1, paper)
    sheet.box(0.165, 0, 0.17, 1, sheet.tone(0), 0.3)
    glyphs(sheet, 0.045, 0.06, 0.08, int(sheet.rng.integers(5, 8)), ink)
    sheet.disc(0.085, 0.93, 0.032, ink)
    large, small = (0.21, 0.8, 0.96, 0.9), (0.21, 0.91, 0.96, 0.955)
    _shade_for_words(sheet, large, small)
    return Words(large, small, 0.0)


def quarters(sheet: Sheet) -> Words:
    """The scene four times, in four tints."""
    small = sheet.image.resize((SIDE // 2, SIDE // 2), Image.Resampling.BOX).convert("L")
    pairs = [
        (sheet.tone(0), sheet.accent),
        (sheet.accent, sheet.tone(1)),
        (sheet.tone(0.2), sheet.tone(0.75)),
        (sheet.tone(0.35), sheet.tone(1)),
    ]
    for place, index in enumerate(sheet.rng.permutation(4)):
        dark, light = pairs[index]
        tinted = ImageOps.colorize(small, dark, light)
        sheet.image.paste(tinted, (place % 2 * SIDE // 2, place // 2 * SIDE // 2))
    return Words((0.1, 0.4, 0.9, 0.6), (0.1, 0.9, 0.9, 0.95))


def window(sheet: Sheet) -> Words:
    """A small picture on a wide empty ground, with small words."""
    paper, ink = _paper(sheet)
    left, top, size = sheet.between(0.16, 0.3), sheet.between(0.1, 0.2), sheet.between(0.46, 0.56)
    _inset(sheet, (left, top, left + size, top + size), paper)
    return Words((left, 0.79, 0.94, 0.86), (left, 0.875, 0.94, 0.915), 0.0, ink)


def column(sheet: Sheet) -> Words:
    """The scene in two tones beside a block of one colour that carries stacked words."""
    ink = sheet.tone(0.0)
    dark, light = sheet.tone(0.02), sheet.pick((sheet.tone(0.75), sheet.tone(0.95)))
    sheet.image.paste(ImageOps.colorize(ImageOps.autocontrast(sheet.image.convert("L"), 2), dark, light))
    block = sheet.pick((sheet.accent, sheet.tone(0.6), sheet.tone(1)))
    edge = sheet.between(0.3, 0.4)
    if sheet.chance(0.5):
        _inset(sheet, (0, edge, 1, 1), block)
        return Words((0.05, 0.04, 0.95, edge - 0.1), (0.05, edge - 0.085, 0.95, edge - 0.03), 0.0, ink)
    _inset(sheet, (edge, 0, 1, 1), block)
    return Words((0.04, 0.04, edge - 0.03, 0.45), (0.04, 0.84, edge - 0.03, 0.96), 0.0, ink)


def _paper(sheet: Sheet) -> tuple[Colour, Colour]:
    """A ground for words, and an ink that reads on it."""
    return sheet.pick(
        ((sheet.tone(1), sheet.tone(0)), (sheet.tone(0.02), sheet.tone(0.95)), (sheet.tone(0.88), sheet.tone(0.1)))
    )


def _inset(sheet: Sheet, box: Box, paper: Colour) -> None:
    left, top, right, bottom = (round(edge * SIDE) for edge in box)
    scene = ImageOps.fit(sheet.image, (right - left, bottom - top), Image.Resampling.BILINEAR)
    sheet.wash(paper)
    sheet.image.paste(scene, (left, top))


def _shade_for_words(sheet: Sheet, *boxes: Box) -> None:
    """Calm the sheet behind the words: towards dark or light, whichever it already is."""
    for left, top, right, bottom in boxes:
        ground = sheet.tone(0.0) if sheet.luminance(left, top, right, bottom) < 0.52 else sheet.tone(1.0)
        distance = np.maximum(np.maximum(top - grid()[1], grid()[1] - bottom), 0)
        sheet.veil(0.45 * np.exp(-((distance / 0.09) ** 2)), ground)
