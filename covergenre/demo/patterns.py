"""Scenes without a thing in them: rhythm, geometry and texture. Each function covers the whole sheet."""

from itertools import pairwise

import numpy as np

from covergenre.demo.lettering import Lettering, write
from covergenre.demo.sheet import Colour, Pen, Sheet, circle, fractal, mix, place, smooth, taper

_SWOLLEN = Lettering(bold=0.16, slant=0.12, paint="sticker", stretch=(0.7, 1.4))


def backdrop(sheet: Sheet, level: float) -> None:
    """Something quiet behind a figure, about as light as `level`."""
    tone = sheet.tone
    sheet.wash(tone(level), tone(level - 0.18))
    kind, x = sheet.pick(("plain", "spot", "disc", "rays", "clouds", "halves")), sheet.between(0.4, 0.6)
    if kind == "spot":
        sheet.glow(0.5, 0.42, 0.7, tone(level + 0.3), 0.9)
    elif kind == "disc":
        sheet.disc(x, 0.42, sheet.between(0.28, 0.36), sheet.pick((sheet.accent, tone(level + 0.28))))
    elif kind == "rays":
        for turn in np.arange(0, 2 * np.pi, np.pi / 12):
            sheet.pen(0.5, 0.5, 1, turn).fill("0 0, 120 -15.8, 120 15.8", tone(level + 0.14), 0.8)
    elif kind == "clouds":
        sheet.veil(fractal(sheet.rng, 3) ** 2, tone(level + 0.25))
    elif kind == "halves":
        sheet.box(x, 0, 1, 1, sheet.pick((sheet.accent, tone(level + 0.22), tone(level - 0.3))))


def rays(sheet: Sheet) -> None:
    """Beams in two colours from one point."""
    x, y = sheet.between(0.3, 0.7), sheet.pick((sheet.between(0.4, 0.6), 1.0))
    tones = sheet.pick(((sheet.accent, sheet.tone(0.55)), (sheet.tone(0.3), sheet.tone(0.6))))
    sheet.wash(sheet.tone(0.92))
    count = int(sheet.rng.integers(9, 17))
    edge = 1.6 * np.sin(np.pi / count / 2)
    for step in range(count):
        beam = sheet.pen(x, y, 1, 2 * np.pi * step / count)
        beam.fill([(0, 0), (1.6, -edge), (1.6, edge)], tones[step % 2])
    for radius, level in ((0.2, 1.0), (0.17, 0.1), (0.14, 0.75)):
        sheet.disc(x, y, radius, sheet.tone(level))


def arcs(sheet: Sheet) -> None:
    """Parallel stripes that run straight and turn, in the manner of the seventies."""
    light = sheet.chance(0.6)
    sheet.wash(sheet.tone(1 if light else 0.04))
    turn = sheet.pick((0, np.pi / 2, np.pi, -np.pi / 2)) + sheet.pick((0, 0, np.pi / 4))
    pen = sheet.pen(sheet.between(0.25, 0.75), sheet.between(0.45, 0.75), 1, turn)
    width, bow = sheet.between(0.055, 0.085), circle(0, 0, 1, 80, np.pi)[:41]
    stripes = (sheet.tone(0.2 if light else 0.95), sheet.accent, sheet.tone(0.5), sheet.tone(0.72))
    for index, colour in enumerate(stripes):
        radius = 0.12 + width * index
        path = np.concatenate([[(-radius, 1.5)], bow * radius, [(radius, 1.5)]])
        sheet.line(pen.on_sheet(path), width * 0.98, colour)


def bars(sheet: Sheet) -> None:
    """Upright bars in a row, a few of them out of step or in another colour."""
    low, high, ground = sheet.pick(((0.15, 0.6, 0.96), (0.4, 0.95, 0.06)))
    sheet.wash(sheet.tone(ground))
    columns, rows = int(sheet.rng.integers(5, 13)), sheet.pick((1, 1, 2, 3))
    pitch, height = 0.84 / columns, 0.9 / rows - 0.05
    for row, column in np.ndindex(rows, columns):
        left, top = 0.08 + column * pitch, 0.08 + row * 0.9 / rows
        drop = abs(sheet.rng.normal(0, 0.05)) if sheet.chance(0.4) else 0.0
        colour = sheet.accent if sheet.chance(0.14) else sheet.tone(sheet.between(low, high))
        sheet.box(left, top + drop, left + pitch * 0.75, top + height * sheet.between(0.6, 1), colour)


def staves(sheet: Sheet) -> None:
    """Stave lines that flow across with notes on them."""
    light = sheet.chance(0.65)
    sheet.wash(sheet.tone(1 if light else 0.05), sheet.tone(0.85 if light else 0.2))
    ink, x = sheet.tone(0.08 if light else 0.92), np.linspace(-0.05, 1.05, 60)
    phase, rise, waves = sheet.between(0, 6), sheet.between(0.06, 0.16), sheet.between(0.6, 1.1)
    for base in sheet.pick(((0.5,), (0.32, 0.7), (0.25, 0.5, 0.75))):
        middle = base + rise * np.sin(2 * np.pi * x * waves + phase)
        for line in range(-2, 3):
            sheet.line(np.stack([x, middle + line * 0.026], axis=-1), 0.0035, ink)
        for spot in sheet.rng.choice(np.arange(5, 55), 9, replace=False):
            y = middle[spot] + sheet.rng.integers(-3, 4) * 0.013
            _note(sheet.pen(x[spot], y), sheet.accent if sheet.chance(0.2) else ink)


def polygons(sheet: Sheet) -> None:
    """One polygon within the other, each turned a little further."""
    sheet.wash(sheet.tone(0.02), sheet.tone(0.25))
    x, y = sheet.rng.uniform(0.42, 0.58, 2)
    sides, turn, filled = int(sheet.rng.integers(3, 8)), sheet.between(-0.16, 0.16), sheet.chance(0.5)
    sheet.glow(x, y, 0.7, sheet.tone(0.55), 0.7)
    for step in range(22):
        outline = circle(x, y, 0.62 * 0.88**step, sides, step * turn - np.pi / 2)
        colour = mix(sheet.tone(0.3 + step * 0.03), sheet.accent, 0.5 + 0.5 * np.sin(step * 0.5))
        if filled:
            sheet.fill(outline, colour if step % 2 else sheet.tone(0.03))
        else:
            sheet.line(np.concatenate([outline, outline[:2]]), 0.005, colour)


def cubes(sheet: Sheet) -> None:
    """Stacked cubes seen from above a corner, lit from the left."""
    sheet.wash(sheet.tone(0.1), sheet.tone(0.4))
    size, light = sheet.pick((0.09, 0.12, 0.16)), fractal(sheet.rng, 3, 3, 24)
    for row, column in np.ndindex(light.shape):
        x, y = (column - 1 + row % 2 / 2) * size * 1.74, (row - 1) * size * 1.5
        corners = circle(x, y, size, 6, np.pi / 6)
        top = sheet.accent if sheet.chance(0.1) else sheet.tone(0.35 + 0.65 * float(light[row, column]))
        for faces, shade in (((3, 4, 5), 0.0), ((1, 2, 3), 0.35), ((5, 0, 1), 0.65)):
            sheet.fill([(x, y), *corners[list(faces)]], mix(top, sheet.tone(0), shade))


def fluid(sheet: Sheet) -> None:
    """Colours that run into one another, perhaps with a clear shape in front."""
    sheet.wash(sheet.tone(0.5))
    for level in sheet.rng.permutation([0.1, 0.35, 0.75, 0.95, -1.0]):
        noise = fractal(sheet.rng, 2, 2)
        sheet.veil(np.clip((noise - 0.5) * 3.2, 0, 1), sheet.accent if level < 0 else sheet.tone(level))
    if sheet.chance(0.6):
        x, y, radius = sheet.between(0.35, 0.65), sheet.between(0.4, 0.6), sheet.between(0.2, 0.32)
        flipped = sheet.image.rotate(180)
        sheet.image.paste(flipped, mask=sheet.stencil(circle(x, y, radius, sheet.pick((4, 48, 48)))))


def confetti(sheet: Sheet) -> None:
    """Small shapes scattered over one colour."""
    sheet.wash(sheet.pick((sheet.tone(0.95), sheet.tone(0.62), sheet.tone(0.3))))
    colours = [sheet.accent, *(sheet.tone(level) for level in (0.08, 0.35, 0.75, 1))]
    outlines = [circle(0, 0, 1, sides) for sides in (3, 4, 48)]
    bow = taper(smooth("-160 0, -80 56, 0 0, 80 56, 160 0", closed=False), (0.3, 0.3))
    x, y = sheet.rng.uniform(0.2, 0.8, 2)
    sheet.pen(x, y, sheet.between(0.2, 0.34)).fill(sheet.pick(outlines), sheet.pick(colours))
    for x, y in sheet.rng.random((40, 2)):
        pen = sheet.pen(x, y, sheet.between(0.02, 0.05), sheet.between(0, 6))
        pen.fill(sheet.pick([*outlines, bow, bow]), sheet.pick(colours))


def graffiti(sheet: Sheet) -> None:
    """Bricks, spray, and a tag in swollen letters that drip."""
    _bricks(sheet)
    colours = [sheet.accent, sheet.tone(0.9), sheet.tone(0.6), sheet.tone(0.4)]
    for x, y in sheet.rng.uniform(0.1, 0.9, (4, 2)):
        sheet.glow(x, y, sheet.between(0.2, 0.45), sheet.pick(colours), 0.75)
    ink, top = sheet.pick(colours[:3]), sheet.between(0.26, 0.36)
    for x in sheet.rng.uniform(0.12, 0.88, 5):
        sheet.fill(taper([(x, top + 0.2), (x, top + sheet.between(0.36, 0.56))], (0.022, 0.012)), ink)
    count = sheet.pick((3, 4))
    for x in np.linspace(0.04, 0.96, count, endpoint=False):
        y, width = top + sheet.between(-0.05, 0.05), 1.03 / count
        write(sheet, sheet.pick("ABEKMORSTXYZ"), (x, y, x + width, y + 0.38), _SWOLLEN, ink=ink)


def sigil(sheet: Sheet) -> None:
    """Circles and a star, as if scratched into the ground."""
    sheet.wash(sheet.tone(0.0), sheet.tone(0.12))
    sheet.veil(fractal(sheet.rng, 4, 5) ** 2 * 0.8, sheet.tone(0.3))
    y, radius = sheet.between(0.48, 0.56), sheet.between(0.3, 0.38)
    ink = sheet.pick((sheet.tone(0.9), sheet.tone(0.7), sheet.accent))
    sheet.glow(0.5, y, radius * 1.5, ink, 0.3)
    for share in (1.0, 0.86, 0.3):
        sheet.ring(0.5, y, radius * share, 0.006, ink)
    points, step = sheet.pick(((5, 2), (7, 3), (6, 2), (8, 3), (9, 4)))
    tips = circle(0.5, y, radius * 0.86, points, np.pi / 2)
    for index in range(points):
        sheet.line(tips[[index, (index + step) % points]], 0.006, ink)
    for mark in circle(0.5, y, radius * 0.93, 24):
        sheet.line(mark + sheet.rng.uniform(-0.014, 0.014, (3, 2)), 0.004, ink)


def scales(sheet: Sheet) -> None:
    """Overlapping fans in rows, the old pattern of waves."""
    radius, shift = sheet.between(0.09, 0.19), sheet.between(0, 0.2)
    sheet.wash(sheet.tone(0.9))
    for row, column in np.ndindex(int(2.2 / radius) + 2, int(0.5 / radius) + 4):
        x, y = (2 * column - row % 2) * radius - shift, row * radius / 2
        pale, deep = sheet.tone(1), sheet.tone(0.05 + 0.45 * y)
        for share, colour in ((1.0, deep), (0.82, pale), (0.62, deep), (0.4, pale), (0.2, sheet.accent)):
            sheet.disc(x, y, radius * share, colour)
    if sheet.chance(0.6):
        sheet.disc(sheet.between(0.3, 0.7), sheet.between(0.26, 0.4), sheet.between(0.16, 0.24), sheet.accent)


def speed_lines(sheet: Sheet) -> None:
    """Lines that rush to a bright star in the middle."""
    x, y = sheet.rng.uniform(0.3, 0.7, 2)
    sheet.wash(sheet.tone(0.97))
    sheet.glow(x, y, 0.9, sheet.pick((sheet.tone(0.65), sheet.accent)), 0.55)
    for turn in sheet.rng.uniform(0, 2 * np.pi, 110):
        half, level = sheet.between(0.004, 0.02), sheet.pick((0.02, 0.02, 0.3))
        line = [(sheet.between(0.26, 0.45), 0), (1.2, -half), (1.2, half)]
        sheet.pen(x, y, 1, turn).fill(line, sheet.tone(level))
    reach = np.where(np.arange(28) % 2, 0.27, 0.18) * sheet.between(0.7, 1.3) * sheet.rng.uniform(0.85, 1.1, 28)
    star = circle(0, 0, 1, 28) * reach[:, None]
    for grow, colour in ((1.14, sheet.tone(0)), (1.0, sheet.accent), (0.62, sheet.tone(1))):
        sheet.pen(x, y, grow).fill(star, colour)


def bands(sheet: Sheet) -> None:
    """Broad waving bands of the palette's own colours."""
    sheet.wash(sheet.tone(0.03))
    x, tilt = np.linspace(-0.02, 1.02, 40), sheet.between(-0.5, 0.5)
    rise, waves, phase = sheet.between(0.0, 0.08), sheet.between(0.5, 1.4), sheet.between(0, 6)
    levels = (0.25, 0.5, 0.75, 1.0)[:: sheet.pick((1, -1))]
    edges = np.linspace(sheet.between(-0.05, 0.2), sheet.between(0.85, 1.05), 5)
    curve = np.stack([x, tilt * (x - 0.5) + rise * np.sin(2 * np.pi * waves * x + phase)], axis=-1)
    for level, (top, bottom) in zip(levels, pairwise(edges), strict=True):
        sheet.fill(np.concatenate([place(curve, 0, top), place(curve, 0, bottom)[::-1]]), sheet.tone(level))
    if sheet.chance(0.5):
        x, y = sheet.rng.uniform(0.35, 0.65, 2)
        sheet.disc(x, y, sheet.between(0.14, 0.24), sheet.pick((sheet.accent, sheet.tone(0))))


def _note(pen: Pen, colour: Colour) -> None:
    pen.fill(place(circle(0, 0, 1, 20) * (0.024, 0.017), angle=-0.35), colour)
    pen.stroke("2 0, 2 -11", (0.006, 0.006), colour)
    if pen.sheet.chance(0.5):
        pen.stroke("2 -11, 5 -7.5, 4.2 -4", (0.016, 0.01, 0.002), colour)


def _bricks(sheet: Sheet) -> None:
    sheet.wash(sheet.tone(0.1))
    base = sheet.between(0.2, 0.45)
    for row, column in np.ndindex(20, 11):
        left, top = (column - 1 + row % 2 / 2) * 0.11, row * 0.05
        sheet.box(left, top, left + 0.105, top + 0.045, sheet.tone(base + sheet.rng.normal(0, 0.03)))
