"""Scenes without a thing in them: rhythm, geometry and texture. Each function covers the whole sheet."""

import numpy as np
from PIL import Image

from covergenre.dataset.demo.lettering import Lettering, write
from covergenre.dataset.demo.sheet import SIDE, Colour, Sheet, circle, fractal, grid, mix, place, smooth, taper

_SWOLLEN = Lettering(bold=0.16, slant=0.12, paint="sticker", stretch=(0.7, 1.4))


def backdrop(sheet: Sheet, level: float) -> None:
    """Something quiet behind a figure, about as light as `level`."""
    tone = sheet.tone
    sheet.wash(tone(level), tone(level - 0.18))
    kind = sheet.pick(("plain", "spot", "disc", "rays", "clouds", "halves"))
    if kind == "spot":
        sheet.glow(0.5, 0.42, 0.7, tone(level + 0.3), 0.9)
    elif kind == "disc":
        sheet.disc(
            sheet.between(0.4, 0.6), 0.42, sheet.between(0.28, 0.36), sheet.pick((sheet.accent, tone(level + 0.28)))
        )
    elif kind == "rays":
        for turn in np.arange(0, 2 * np.pi, np.pi / 12):
            wedge = np.array([(0, 0), (1.2, -0.158), (1.2, 0.158)])
            sheet.fill(place(wedge, 0.5, 0.5, 1, turn), tone(level + 0.14), 0.8)
    elif kind == "clouds":
        sheet.veil(fractal(sheet.rng, 3) ** 2, tone(level + 0.25))
    elif kind == "halves":
        sheet.box(sheet.between(0.4, 0.6), 0, 1, 1, sheet.pick((sheet.accent, tone(level + 0.22), tone(level - 0.3))))


def rays(sheet: Sheet) -> None:
    """Beams in two colours from one point."""
    x, y = sheet.between(0.3, 0.7), sheet.pick((sheet.between(0.4, 0.6), 1.0))
    count = int(sheet.rng.integers(9, 17))
    sheet.wash(sheet.tone(0.92))
    colours = [sheet.accent, sheet.tone(0.55)] if sheet.chance(0.5) else [sheet.tone(0.3), sheet.tone(0.6)]
    for step in range(count):
        turn, half = 2 * np.pi * step / count, np.pi / count / 2
        wedge = [(0, 0), *(1.6 * np.array((np.cos(half * s), np.sin(half * s))) for s in (-1, 1))]
        sheet.fill(place(np.array(wedge), x, y, 1, turn), colours[step % 2])
    for radius, level in ((0.2, 1.0), (0.17, 0.1), (0.14, 0.75)):
        sheet.disc(x, y, radius, sheet.tone(level))


def arcs(sheet: Sheet) -> None:
    """Parallel stripes that run straight and turn, in the manner of the seventies."""
    light = sheet.chance(0.6)
    sheet.wash(sheet.tone(1 if light else 0.04))
    colours = [sheet.tone(0.2 if light else 0.95), sheet.accent, sheet.tone(0.5), sheet.tone(0.72)]
    x, y, width = sheet.between(0.25, 0.75), sheet.between(0.45, 0.75), sheet.between(0.055, 0.085)
    turn = sheet.pick((0, np.pi / 2, np.pi, -np.pi / 2)) + sheet.pick((0, 0, np.pi / 4))
    for index, colour in enumerate(colours):
        radius = 0.12 + width * index
        bow = np.linspace(np.pi, 2 * np.pi, 40)
        path = np.stack([radius * np.cos(bow), radius * np.sin(bow)], axis=-1)
        path = np.concatenate([[(-radius, 1.5)], path, [(radius, 1.5)]])
        sheet.line(place(path, x, y, 1, turn), width * 0.98, colour)


def bars(sheet: Sheet) -> None:
    """Upright bars in a row, a few of them out of step or in another colour."""
    light = sheet.chance(0.5)
    sheet.wash(sheet.tone(0.96 if light else 0.06))
    count, rows = int(sheet.rng.integers(5, 13)), sheet.pick((1, 1, 2, 3))
    margin, gap = 0.08, 0.25
    pitch = (1 - 2 * margin) / count
    for row in range(rows):
        top, height = margin + row * (0.9 / rows), 0.9 / rows - 0.05
        for column in range(count):
            shift = sheet.rng.normal(0, 0.05) if sheet.chance(0.4) else 0.0
            colour = (
                sheet.accent
                if sheet.chance(0.14)
                else sheet.tone(sheet.between(0.15, 0.6) if light else sheet.between(0.4, 0.95))
            )
            left, start = margin + column * pitch, top + abs(shift)
            sheet.box(left, start, left + pitch * (1 - gap), top + height * sheet.between(0.6, 1), colour)


def staves(sheet: Sheet) -> None:
    """Stave lines that flow across with notes on them."""
    light = sheet.chance(0.65)
    sheet.wash(sheet.tone(1 if light else 0.05), sheet.tone(0.85 if light else 0.2))
    ink = sheet.tone(0.08 if light else 0.92)
    phase, rise = sheet.between(0, 6), sheet.between(0.06, 0.16)
    x = np.linspace(-0.05, 1.05, 60)
    for base in sheet.pick(((0.5,), (0.32, 0.7), (0.25, 0.5, 0.75))):
        middle = base + rise * np.sin(2 * np.pi * x * sheet.between(0.6, 1.1) + phase)
        for line in range(-2, 3):
            sheet.line(np.stack([x, middle + line * 0.026 * (1 + 0.4 * np.sin(3 * x + phase))], axis=-1), 0.0035, ink)
        for spot in sheet.rng.choice(np.arange(5, 55), 9, replace=False):
            _note(
                sheet,
                x[spot],
                middle[spot] + sheet.rng.integers(-3, 4) * 0.013,
                sheet.accent if sheet.chance(0.2) else ink,
            )


def ridgelines(sheet: Sheet) -> None:
    """Many lines, one under the other, that rise into peaks in the middle."""
    dark = sheet.chance(0.75)
    ground, ink = (sheet.tone(0.02), sheet.tone(0.95)) if dark else (sheet.tone(0.97), sheet.tone(0.05))
    sheet.wash(ground)
    x, width = np.linspace(0.08, 0.92, 100), sheet.between(0.1, 0.2)
    rows = int(sheet.rng.integers(18, 34))
    for index, base in enumerate(np.linspace(0.24, 0.86, rows)):
        swell = np.exp(-(((x - 0.5 + sheet.rng.normal(0, 0.04)) / width) ** 2))
        noise = np.convolve(sheet.rng.random(108), np.ones(9) / 9, "valid") ** 2 * 2
        line = np.stack([x, base - 0.22 * swell * noise - 0.004 * sheet.rng.random(100)], axis=-1)
        sheet.fill(np.concatenate([line, [(0.92, base + 0.01), (0.08, base + 0.01)]]), ground)
        sheet.line(line, 0.004, mix(ink, sheet.accent, index / rows))


def polygons(sheet: Sheet) -> None:
    """One polygon within the other, each turned a little further."""
    sheet.wash(sheet.tone(0.02), sheet.tone(0.25))
    sides, turn, x, y = (
        int(sheet.rng.integers(3, 8)),
        sheet.between(-0.16, 0.16),
        sheet.between(0.42, 0.58),
        sheet.between(0.42, 0.58),
    )
    sheet.glow(x, y, 0.7, sheet.tone(0.55), 0.7)
    filled = sheet.chance(0.5)
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
    size = sheet.pick((0.09, 0.12, 0.16))
    heights = fractal(sheet.rng, 3, 3)
    for row in np.arange(-1, 1 / (size * 1.5) + 2):
        for column in np.arange(-1, 1 / (size * 1.74) + 1):
            x, y = (column + (row % 2) / 2) * size * 1.74, row * size * 1.5
            lift = heights[int(np.clip(y, 0, 0.99) * 150), int(np.clip(x, 0, 0.99) * 150)]
            corners = circle(x, y, size, 6, np.pi / 6)
            top = sheet.accent if sheet.chance(0.1) else sheet.tone(0.35 + 0.65 * lift)
            for faces, share in (((3, 4, 5), 0.0), ((1, 2, 3), 0.35), ((5, 0, 1), 0.65)):
                sheet.fill([(x, y), *corners[list(faces)]], mix(top, sheet.tone(0), share))


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
    colours = [sheet.accent, sheet.tone(0.08), sheet.tone(0.35), sheet.tone(0.75), sheet.tone(1)]
    big = sheet.pick(colours)
    sheet.fill(
        circle(sheet.between(0.2, 0.8), sheet.between(0.2, 0.8), sheet.between(0.2, 0.34), sheet.pick((3, 4, 48))), big
    )
    for x, y in (sheet.rng.random((40, 2)) - 0.5) * 1.1 + 0.5:
        size, turn, colour = sheet.between(0.02, 0.055), sheet.between(0, 6), sheet.pick(colours)
        kind = sheet.pick(("triangle", "square", "dot", "ring", "zigzag", "bow"))
        if kind in ("triangle", "square"):
            sheet.fill(circle(x, y, size, 3 if kind == "triangle" else 4, turn), colour)
        elif kind == "dot":
            sheet.disc(x, y, size * 0.7, colour)
        elif kind == "ring":
            sheet.ring(x, y, size, 0.012, colour)
        else:
            zig = np.array([(-2, 0), (-1, 0.7), (0, 0), (1, 0.7), (2, 0)]) * 0.8
            zig = smooth(zig, closed=False) if kind == "bow" else zig
            sheet.line(place(zig, x, y, size, turn), 0.011, colour)


def graffiti(sheet: Sheet) -> None:
    """Bricks, spray, and a tag in swollen letters that drip."""
    _bricks(sheet)
    colours = [sheet.accent, sheet.tone(0.9), sheet.tone(0.6), sheet.tone(0.4)]
    for _ in range(4):
        x, y = sheet.rng.uniform(0.1, 0.9, 2)
        sheet.glow(x, y, sheet.between(0.2, 0.45), sheet.pick(colours), 0.75)
    ink, top = sheet.pick(colours[:3]), sheet.between(0.26, 0.36)
    for x in sheet.rng.uniform(0.12, 0.88, 5):
        sheet.fill(taper([(x, top + 0.2), (x, top + sheet.between(0.36, 0.56))], (0.022, 0.012)), ink)
    count = sheet.pick((3, 4))
    for x in np.linspace(0.04, 0.96, count, endpoint=False):
        y, width = top + sheet.between(-0.05, 0.05), 1.12 * 0.92 / count
        write(sheet, sheet.pick("ABEKMORSTXYZ"), (x, y, x + width, y + 0.38), _SWOLLEN, ink=ink)


def sigil(sheet: Sheet) -> None:
    """Circles, a star and small marks, as if scratched into the ground."""
    sheet.wash(sheet.tone(0.0), sheet.tone(0.12))
    sheet.veil(fractal(sheet.rng, 4, 5) ** 2 * 0.8, sheet.tone(0.3))
    x, y, radius = 0.5, sheet.between(0.48, 0.56), sheet.between(0.3, 0.38)
    ink = sheet.pick((sheet.tone(0.9), sheet.tone(0.7), sheet.accent))
    sheet.glow(x, y, radius * 1.5, ink, 0.3)
    for share in (1.0, 0.86, 0.3):
        sheet.ring(x, y, radius * share, 0.006, ink)
    points, step = sheet.pick(((5, 2), (7, 3), (6, 2), (8, 3), (9, 4)))
    corners = circle(x, y, radius * 0.86, points, np.pi / 2)
    for index in range(points):
        sheet.line(corners[[index, (index + step) % points]], 0.006, ink)
    for mark in circle(x, y, radius * 0.93, 24):
        strokes = place(sheet.rng.uniform(-0.014, 0.014, (3, 2)), *mark)
        sheet.line(strokes, 0.004, ink)
    for tip in circle(x, y, radius * 1.12, points, np.pi / 2):
        sheet.line([(x + (tip[0] - x) * 0.9, y + (tip[1] - y) * 0.9), tip], 0.01, ink)


def scales(sheet: Sheet) -> None:
    """Overlapping fans in rows, the old pattern of waves."""
    radius = sheet.pick((0.1, 0.13, 0.17))
    sheet.wash(sheet.tone(0.9))
    for row in range(int(2.2 / radius) + 2):
        for column in range(-1, int(0.5 / radius) + 2):
            x, y = (2 * column + row % 2) * radius, row * radius / 2
            level = 0.3 + 0.45 * y
            for index, share in enumerate((1.0, 0.82, 0.62, 0.4, 0.2)):
                colour = sheet.tone(1) if index % 2 else sheet.tone(level - 0.25)
                sheet.disc(x, y, radius * share, sheet.accent if index == 4 else colour)
    if sheet.chance(0.6):
        sheet.disc(sheet.between(0.3, 0.7), sheet.between(0.26, 0.4), sheet.between(0.16, 0.24), sheet.accent)


def speed_lines(sheet: Sheet) -> None:
    """Lines that rush to a bright star in the middle."""
    x, y = sheet.between(0.4, 0.6), sheet.between(0.4, 0.6)
    sheet.wash(sheet.tone(0.97))
    sheet.glow(x, y, 0.9, sheet.pick((sheet.tone(0.65), sheet.accent)), 0.55)
    for turn in np.sort(sheet.rng.uniform(0, 2 * np.pi, 110)):
        inner, half = sheet.between(0.26, 0.45), sheet.between(0.004, 0.02)
        sheet.fill(
            place(np.array([(inner, 0), (1.2, -half), (1.2, half)]), x, y, 1, turn),
            sheet.tone(sheet.pick((0.02, 0.02, 0.3))),
        )
    reach = np.where(np.arange(28) % 2, 0.27, 0.18) * sheet.rng.uniform(0.85, 1.1, 28)
    star = circle(0, 0, 1, 28) * reach[:, None]
    for grow, colour in ((1.14, sheet.tone(0)), (1.0, sheet.accent), (0.62, sheet.tone(1))):
        sheet.fill(place(star, x, y, grow), colour)


def glitch(sheet: Sheet) -> None:
    """A lit ball, its rows shifted and its colours apart."""
    sheet.wash(sheet.tone(0.0), sheet.tone(0.18))
    x, y, radius = 0.5, sheet.between(0.44, 0.56), sheet.between(0.26, 0.36)
    sheet.glow(x, y, radius * 2, sheet.accent, 0.6)
    across, down = grid()
    depth = np.hypot(across - x, down - y) / radius
    light = np.clip(1.1 - np.hypot(across - x + radius * 0.4, down - y + radius * 0.4) / radius, 0, 1)
    sheet.disc(x, y, radius, sheet.tone(0.4))
    sheet.veil(light * (depth < 1), sheet.tone(1))
    pixels = np.asarray(sheet.image).copy()
    for _ in range(14):
        top, height = int(sheet.between(0.1, 0.9) * SIDE), int(sheet.between(0.008, 0.06) * SIDE)
        for channel in range(3):
            shift = int(sheet.rng.normal(0, 0.06) * SIDE)
            pixels[top : top + height, :, channel] = np.roll(pixels[top : top + height, :, channel], shift, axis=1)
    sheet.replace(Image.fromarray(pixels))


def bands(sheet: Sheet) -> None:
    """Broad waving bands of the palette's own colours."""
    sheet.wash(sheet.tone(0.03))
    x, tilt = np.linspace(-0.02, 1.02, 40), sheet.between(-0.5, 0.5)
    rise, waves, phase = sheet.between(0.0, 0.08), sheet.between(0.5, 1.4), sheet.between(0, 6)
    colours = [sheet.tone(level) for level in (0.25, 0.5, 0.75, 1.0)][:: sheet.pick((1, -1))]
    edges = np.linspace(sheet.between(-0.05, 0.2), sheet.between(0.85, 1.05), len(colours) + 1)
    for colour, top, bottom in zip(colours, edges[:-1], edges[1:], strict=True):
        shape = tilt * (x - 0.5) + rise * np.sin(2 * np.pi * waves * x + phase)
        upper, lower = np.stack([x, top + shape], axis=-1), np.stack([x, bottom + shape + 0.002], axis=-1)
        sheet.fill(np.concatenate([upper, lower[::-1]]), colour)
    if sheet.chance(0.5):
        sheet.disc(
            sheet.between(0.3, 0.7),
            sheet.between(0.4, 0.6),
            sheet.between(0.14, 0.24),
            sheet.pick((sheet.accent, sheet.tone(0))),
        )


def _note(sheet: Sheet, x: float, y: float, colour: Colour) -> None:
    sheet.fill(place(circle(0, 0, 1, 20) * (0.024, 0.017), x, y, 1, -0.35), colour)
    sheet.line([(x + 0.02, y), (x + 0.02, y - 0.11)], 0.006, colour)
    if sheet.chance(0.5):
        flag = smooth([(x + 0.02, y - 0.11), (x + 0.05, y - 0.075), (x + 0.042, y - 0.04)], closed=False)
        sheet.fill(taper(flag, (0.016, 0.01, 0.002)), colour)


def _bricks(sheet: Sheet) -> None:
    sheet.wash(sheet.tone(0.1))
    base = sheet.between(0.2, 0.45)
    for row in range(20):
        for column in range(-1, 10):
            left = column * 0.11 + (row % 2) * 0.055
            level = base + sheet.rng.normal(0, 0.03)
            sheet.box(left, row * 0.05, left + 0.105, row * 0.05 + 0.045, sheet.tone(level))
