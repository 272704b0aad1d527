"""Scenes with one thing in the middle: an instrument, an emblem, a machine. Each function covers the whole sheet."""

import numpy as np
from PIL import Image

from covergenre.dataset.demo.patterns import backdrop
from covergenre.dataset.demo.sheet import Colour, Sheet, circle, fractal, grid, mirror, mix, place, smooth, taper


def guitar(sheet: Sheet) -> None:
    """An acoustic guitar, leaning."""
    backdrop(sheet, sheet.pick((0.15, 0.5, 0.85)))
    turn, x, y, scale = (
        sheet.between(-0.7, 0.7),
        sheet.between(0.46, 0.54),
        sheet.between(0.5, 0.56),
        sheet.between(0.82, 1.0),
    )
    wood = sheet.pick((sheet.tone(0.62), sheet.tone(0.75), sheet.accent))

    def put(points: np.ndarray, colour: Colour, alpha: float = 1.0) -> None:
        sheet.fill(place(points, x, y, scale, turn), colour, alpha)

    body = smooth(
        mirror(
            [
                (-0.06, 0.0),
                (-0.055, 0.1),
                (0.0, 0.165),
                (0.09, 0.16),
                (0.15, 0.135),
                (0.22, 0.17),
                (0.33, 0.225),
                (0.43, 0.18),
                (0.475, 0.06),
                (0.48, 0.0),
            ]
        )
    )
    put(body + (0.015, 0.015), sheet.tone(0), 0.35)
    put(body, sheet.tone(0.08))
    put(body * 0.955 + (0, 0.009), wood)
    hole = place(np.array([(0.0, 0.12)]), x, y, scale, turn)[0]
    sheet.disc(*hole, 0.074 * scale, mix(wood, sheet.tone(0), 0.5))
    sheet.disc(*hole, 0.06 * scale, sheet.tone(0.02))
    put(mirror([(-0.46, 0.02), (0.07, 0.026)]), sheet.tone(0.12))
    put(mirror([(-0.62, 0.042), (-0.58, 0.034), (-0.46, 0.03)]), sheet.tone(0.05))
    put(mirror([(0.31, 0.09), (0.335, 0.09)]), sheet.tone(0.06))
    for string in np.linspace(-0.016, 0.016, 6):
        sheet.line(
            place(np.array([(string * 0.8, -0.6), (string, 0.32)]), x, y, scale, turn), 0.0025, sheet.tone(0.97), 0.9
        )


def violin(sheet: Sheet) -> None:
    """The middle of a violin, close: curved sides, two f-holes, four strings."""
    backdrop(sheet, sheet.pick((0.08, 0.85)))
    turn, x, scale = sheet.between(-0.5, 0.5), sheet.between(0.42, 0.58), sheet.between(1.25, 1.5)
    outline = [
        (-0.42, 0.0),
        (-0.41, 0.1),
        (-0.33, 0.17),
        (-0.22, 0.165),
        (-0.17, 0.13),
        (-0.08, 0.1),
        (0.0, 0.115),
        (0.05, 0.155),
        (0.14, 0.2),
        (0.28, 0.205),
        (0.37, 0.13),
        (0.4, 0.0),
    ]
    body = smooth(mirror(outline))
    sheet.fill(place(body * 1.02, x + 0.02, 0.53, scale, turn), sheet.tone(0), 0.5)
    varnish = sheet.pick((sheet.tone(0.45), mix(sheet.accent, sheet.tone(0.4), 0.5)))
    stencil = sheet.stencil(place(body, x, 0.5, scale, turn))
    grain = np.sin(grid()[0] * 90 + fractal(sheet.rng, 2) * 9) * 0.12 + 0.3
    _inside(sheet, stencil, varnish, sheet.tone(0.75), grain + 0.4 * np.exp(-(((grid()[0] - x + 0.06) / 0.14) ** 2)))
    for side in (-1, 1):
        hole = smooth(
            [
                (-0.012, -0.09),
                (0.012, -0.095),
                (0.008, -0.05),
                (-0.004, 0.02),
                (-0.014, 0.07),
                (0.012, 0.085),
                (0.018, 0.07),
            ],
            closed=False,
        )
        hole = hole * (-side, 1) + (side * 0.07, 0.0)
        sheet.fill(place(taper(hole, (0.006, 0.016, 0.016, 0.006)), x, 0.5, scale, turn), sheet.tone(0))
        for end in (hole[0], hole[-1]):
            sheet.disc(*place(end[None], x, 0.5, scale, turn)[0], 0.012 * scale, sheet.tone(0))
    sheet.fill(place(mirror([(-0.8, 0.022), (-0.12, 0.034), (-0.115, 0)]), x, 0.5, scale, turn), sheet.tone(0.02))
    sheet.fill(place(mirror([(0.13, 0.014), (0.34, 0.032), (0.345, 0)]), x, 0.5, scale, turn), sheet.tone(0.02))
    for string in np.linspace(-0.017, 0.017, 4):
        sheet.line(
            place(np.array([(string, -0.8), (string * 1.5, 0.05), (string, 0.15)]), x, 0.5, scale, turn),
            0.003,
            sheet.tone(0.95),
        )


def horn(sheet: Sheet) -> None:
    """A saxophone or a trumpet in flat colour."""
    backdrop(sheet, sheet.pick((0.1, 0.25, 0.82)))
    brass = sheet.pick((sheet.accent, sheet.tone(0.75), sheet.tone(0.95)))
    dark = mix(brass, sheet.tone(0), 0.55)
    sheet.pick((_saxophone, _trumpet))(sheet, brass, dark, sheet.pick((-1, 1)))


def keys(sheet: Sheet) -> None:
    """A piano keyboard that bends across the cover."""
    backdrop(sheet, sheet.pick((0.15, 0.45, 0.85)))
    tilt, bend, top = sheet.between(-0.5, 0.5), sheet.between(-0.6, 0.6), sheet.between(0.32, 0.45)
    height = sheet.between(0.3, 0.45)

    def key(left: float, right: float, start: float, end: float) -> np.ndarray:
        xs = np.array((left, right, right, left))
        ys = np.array((start, start, end, end))
        shift = tilt * (xs - 0.5) + bend * (xs - 0.5) ** 2
        return np.stack([xs + (ys - 0.5) * tilt * 0.5, top + shift + ys * height], axis=-1)

    sheet.fill(
        np.concatenate(
            [key(x, x + 0.1, -0.04, 1.06)[:2] for x in np.arange(-0.3, 1.3, 0.1)]
            + [key(x, x + 0.1, -0.04, 1.06)[[2, 3]] for x in np.arange(1.2, -0.4, -0.1)]
        ),
        sheet.tone(0),
    )
    for number, x in enumerate(np.arange(-0.3, 1.3, 0.082)):
        sheet.fill(key(x + 0.004, x + 0.078, 0, 1), sheet.accent if sheet.chance(0.06) else sheet.tone(1))
        if number % 7 not in (2, 6):
            sheet.fill(key(x + 0.055, x + 0.106, -0.02, 0.62), sheet.tone(0))


def crown(sheet: Sheet) -> None:
    """A crown over a heavy chain."""
    backdrop(sheet, sheet.pick((0.05, 0.2, 0.75)))
    gold, dark = sheet.pick((sheet.accent, sheet.tone(0.8))), sheet.tone(0.03)
    droop, width = sheet.between(0.2, 0.34), sheet.between(0.34, 0.42)
    links = smooth(
        [
            (0.5 - width, 0.34),
            (0.5 - width * 0.75, 0.6),
            (0.5, 0.6 + droop),
            (0.5 + width * 0.75, 0.6),
            (0.5 + width, 0.34),
        ],
        closed=False,
        steps=9,
    )
    for index, (x, y) in enumerate(links):
        sheet.ring(x, y, 0.034 if index % 2 else 0.027, 0.012, mix(gold, dark, 0.35 * (index % 2)))
    points = np.array([(-0.2, 0.1), (-0.24, -0.1), (-0.12, 0.0), (0, -0.17), (0.12, 0.0), (0.24, -0.1), (0.2, 0.1)])
    scale, turn = sheet.between(1.0, 1.3), sheet.between(-0.15, 0.15)
    sheet.fill(place(points, 0.51, 0.4, scale, turn), dark, 0.6)
    sheet.fill(place(points, 0.5, 0.385, scale, turn), gold)
    sheet.fill(
        place(np.array([(-0.2, 0.045), (0.2, 0.045), (0.2, 0.1), (-0.2, 0.1)]), 0.5, 0.385, scale, turn),
        mix(gold, dark, 0.4),
    )
    for tip in points[1:6:2]:
        sheet.disc(*place(tip[None], 0.5, 0.38, scale, turn)[0], 0.022, gold)
    for x in np.linspace(-0.14, 0.14, 5):
        sheet.disc(*place(np.array([(x, 0.072)]), 0.5, 0.385, scale, turn)[0], 0.014, sheet.tone(1))


def speakers(sheet: Sheet) -> None:
    """A wall of loudspeakers."""
    sheet.wash(sheet.tone(0.12), sheet.tone(0.02))
    count = sheet.pick((2, 2, 3))
    size = 1 / count
    boxes = [sheet.tone(level) for level in (0.1, 0.3, 0.5)] + [sheet.accent]
    for row in range(count):
        for column in range(count):
            left, top = column * size, row * size
            sheet.box(left + 0.008, top + 0.008, left + size - 0.008, top + size - 0.008, sheet.pick(boxes))
            x, y, radius = left + size / 2, top + size / 2, size * sheet.between(0.36, 0.44)
            for share, level in ((1, 0.0), (0.92, 0.75), (0.84, 0.05), (0.6, 0.14), (0.32, 0.6), (0.28, 0.2)):
                sheet.disc(x, y, radius * share, sheet.tone(level))
            sheet.disc(x - radius * 0.07, y - radius * 0.09, radius * 0.1, sheet.tone(0.7), 0.7)
            for px, py in circle(x, y, radius * 0.96, 8, 0.4):
                sheet.disc(px, py, size * 0.012, sheet.tone(0.02))


def record(sheet: Sheet) -> None:
    """A gramophone record with light on its grooves."""
    backdrop(sheet, sheet.pick((0.3, 0.6, 0.9)))
    x, y, radius = sheet.between(0.3, 0.75), sheet.between(0.4, 0.6), sheet.between(0.36, 0.48)
    sheet.disc(x + 0.015, y + 0.02, radius, sheet.tone(0), 0.4)
    sheet.disc(x, y, radius, mix(sheet.tone(0), (0, 0, 0), 0.5))
    for share in np.linspace(0.42, 0.97, 22):
        sheet.ring(x, y, radius * share, 0.002, sheet.tone(0.4), 0.5)
    for turn in (sheet.between(0, 3),) * 2:
        for spread, alpha in ((0.3, 0.12), (0.16, 0.16), (0.06, 0.2)):
            for opposite in (0, np.pi):
                arc = turn + opposite + np.linspace(-spread, spread, 8)
                rim = np.stack([x + 0.97 * radius * np.cos(arc), y + 0.97 * radius * np.sin(arc)], axis=-1)
                sheet.fill(np.concatenate([[(x, y)], rim]), sheet.tone(0.9), alpha / 2)
    sheet.disc(x, y, radius * 0.38, sheet.accent)
    sheet.disc(x, y, radius * 0.3, mix(sheet.accent, sheet.tone(1), 0.35))
    sheet.disc(x, y, radius * 0.045, sheet.tone(0))


def mirror_ball(sheet: Sheet) -> None:
    """A ball of small mirrors, its beams and its spots of light."""
    sheet.wash(sheet.tone(0.02), sheet.tone(0.22), sheet.tone(0.45))
    x, y, radius = sheet.between(0.35, 0.65), sheet.between(0.34, 0.5), sheet.between(0.2, 0.3)
    for turn in sheet.rng.uniform(0, 2 * np.pi, 14):
        beam = np.array([(0, -0.01), (1.3, -sheet.between(0.03, 0.1)), (1.3, sheet.between(0.03, 0.1)), (0, 0.01)])
        sheet.fill(place(beam, x, y, 1, turn), sheet.pick((sheet.accent, sheet.tone(0.8), sheet.tone(0.6))), 0.22)
    for px, py in sheet.rng.random((50, 2)):
        sheet.disc(px, py, sheet.between(0.005, 0.016), sheet.tone(0.95), sheet.between(0.3, 0.8))
    sheet.line([(x, 0), (x, y - radius)], 0.005, sheet.tone(0.5))
    sheet.disc(x, y, radius, sheet.tone(0.05))
    _mirrors(sheet, x, y, radius)
    for _ in range(3):
        twinkle(
            sheet,
            x + sheet.rng.normal(0, radius * 0.5),
            y + sheet.rng.normal(0, radius * 0.5),
            sheet.between(0.06, 0.13),
        )


def emblem(sheet: Sheet) -> None:
    """One bold thing as on a sticker: a heart, a flower, cherries, lips, a bolt or a star."""
    backdrop(sheet, sheet.pick((0.35, 0.65, 0.9)))
    draw = sheet.pick((_heart, _daisy, _cherries, _lips, _bolt))
    draw(sheet, sheet.between(0.46, 0.54), sheet.between(0.46, 0.54), sheet.between(0.75, 1.0))


def twinkle(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """A four-pointed glint."""
    sheet.glow(x, y, radius, sheet.tone(1), 0.6)
    star = np.array([(0, -1), (0.07, -0.07), (1, 0), (0.07, 0.07), (0, 1), (-0.07, 0.07), (-1, 0), (-0.07, -0.07)])
    sheet.fill(place(star, x, y, radius), sheet.tone(1))


def _inside(sheet: Sheet, stencil: Image.Image, first: Colour, second: Colour, share: np.ndarray) -> None:
    """Fill a stencil with two colours, `share` of the second."""
    layer = Sheet(sheet.palette, sheet.rng)
    layer.wash(first)
    layer.veil(share, second)
    sheet.image.paste(layer.image, mask=stencil)


def _saxophone(sheet: Sheet, brass: Colour, dark: Colour, side: int) -> None:
    path = [
        (-0.2, -0.3),
        (-0.13, -0.33),
        (-0.07, -0.28),
        (-0.03, -0.1),
        (0.0, 0.12),
        (0.06, 0.27),
        (0.16, 0.27),
        (0.2, 0.12),
        (0.25, -0.06),
    ]
    tube = smooth(path, closed=False, steps=12) * (side, 1) + (0.5, 0.5)
    sheet.fill(taper(tube, (0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.12, 0.16, 0.26)), dark)
    sheet.fill(taper(tube + (-0.006, -0.004), (0.014, 0.022, 0.036, 0.05, 0.068, 0.086, 0.104, 0.142, 0.238)), brass)
    sheet.fill(taper(tube[:14], (0.018, 0.026)), sheet.tone(0))
    for x, y in tube[38:66:5]:
        sheet.disc(x, y, 0.026, dark)
        sheet.disc(x, y, 0.019, mix(brass, sheet.tone(1), 0.5))
    mouth = smooth(place(circle(0, 0, 1, 16) * (0.13, 0.035), 0.5 + 0.25 * side, 0.44, 1, 0.27 * side), closed=True)
    sheet.fill(mouth, dark)


def _trumpet(sheet: Sheet, brass: Colour, dark: Colour, side: int) -> None:
    turn, y = side * sheet.between(0.1, 0.5), sheet.between(0.42, 0.54)

    def put(points: np.ndarray, colour: Colour) -> None:
        sheet.fill(place(np.asarray(points) * (side, 1), 0.5, y, 1.05, -turn), colour)

    loop = smooth([(-0.22, 0.0), (0.1, 0.0), (0.16, 0.06), (0.1, 0.12), (-0.16, 0.12), (-0.22, 0.06)])
    put(taper(np.concatenate([loop, loop[:1]]), (0.03, 0.03)), dark)
    put(taper(np.concatenate([loop, loop[:1]]), (0.02, 0.02)), brass)
    bell = [(-0.42, 0.011), (0.12, 0.015), (0.24, 0.03), (0.33, 0.065), (0.38, 0.13), (0.4, 0.15)]
    put([*bell, *((px, -half) for px, half in bell[::-1])], brass)
    put([(0.38, 0.13), (0.4, 0.15), (0.4, -0.15), (0.38, -0.13)], dark)
    put([(-0.46, 0.024), (-0.41, 0.01), (-0.41, -0.01), (-0.46, -0.024)], dark)
    for x in (-0.1, -0.04, 0.02):
        put([(x - 0.024, -0.06), (x + 0.024, -0.06), (x + 0.024, 0.16), (x - 0.024, 0.16)], dark)
        put(
            [(x - 0.018, -0.055), (x + 0.012, -0.055), (x + 0.012, 0.155), (x - 0.018, 0.155)],
            mix(brass, sheet.tone(1), 0.25),
        )
        put([(x - 0.015, -0.1), (x + 0.015, -0.1), (x + 0.015, -0.085), (x - 0.015, -0.085)], sheet.tone(1))


def _mirrors(sheet: Sheet, x: float, y: float, radius: float) -> None:
    rows = 15
    for row in range(rows):
        low, high = (np.pi * (edge / rows - 0.5) for edge in (row, row + 0.86))
        count = max(3, int(rows * 1.1 * np.cos((low + high) / 2)))
        for column in range(count):
            left, right = (np.pi * (edge / count - 0.5) for edge in (column, column + 0.86))
            corners = [(a, b) for a, b in ((left, low), (right, low), (right, high), (left, high))]
            tile = np.array([(np.sin(a) * np.cos(b), np.sin(b)) for a, b in corners])
            light = np.clip(0.75 - 0.5 * np.hypot(*(tile.mean(axis=0) + (0.35, 0.4))), 0, 1) + sheet.rng.normal(0, 0.16)
            colour = sheet.accent if sheet.chance(0.08) else sheet.tone(light)
            sheet.fill(tile * radius + (x, y), colour)


def _heart(sheet: Sheet, x: float, y: float, scale: float) -> None:
    t = np.linspace(0, 2 * np.pi, 80)
    heart = (
        np.stack(
            [16 * np.sin(t) ** 3, -13 * np.cos(t) + 5 * np.cos(2 * t) + 2 * np.cos(3 * t) + np.cos(4 * t)], axis=-1
        )
        / 48
    )
    sheet.fill(place(heart, x + 0.025, y + 0.03, scale * 1.05), sheet.tone(0.05))
    sheet.fill(place(heart, x, y, scale * 1.05), sheet.accent)
    shine = smooth([(-0.22, -0.05), (-0.22, -0.14), (-0.14, -0.19)], closed=False)
    sheet.fill(place(taper(shine, (0.02, 0.045, 0.02)), x, y, scale), sheet.tone(1))


def _daisy(sheet: Sheet, x: float, y: float, scale: float) -> None:
    petals = int(sheet.rng.integers(7, 13))
    for layer, grow in ((sheet.tone(0.05), 1.06), (sheet.tone(1), 1.0)):
        for turn in np.linspace(0, 2 * np.pi, petals, endpoint=False):
            petal = smooth([(0, 0), (0.15, -0.085), (0.31, -0.07), (0.36, 0), (0.31, 0.07), (0.15, 0.085)])
            sheet.fill(place(petal, x, y, scale * grow, turn), layer)
    sheet.disc(x, y, 0.13 * scale, sheet.tone(0.05))
    sheet.disc(x, y, 0.118 * scale, sheet.accent)


def _cherries(sheet: Sheet, x: float, y: float, scale: float) -> None:
    top = (x + 0.08 * scale, y - 0.34 * scale)
    for dx, dy in ((-0.17, 0.14), (0.15, 0.2)):
        centre = (x + dx * scale, y + dy * scale)
        sheet.fill(
            taper(smooth([top, (x + dx * 0.5 * scale, y - 0.1 * scale), centre], closed=False), (0.014, 0.02)),
            sheet.tone(0.05),
        )
        sheet.disc(*centre, 0.165 * scale, sheet.tone(0.05))
        sheet.disc(*centre, 0.152 * scale, sheet.accent)
        sheet.disc(centre[0] - 0.055 * scale, centre[1] - 0.06 * scale, 0.035 * scale, sheet.tone(1))
    blade = smooth([top, (top[0] + 0.1, top[1] - 0.09), (top[0] + 0.27, top[1] - 0.02), (top[0] + 0.12, top[1] + 0.04)])
    sheet.fill(blade, sheet.tone(0.3))


def _lips(sheet: Sheet, x: float, y: float, scale: float) -> None:
    upper = [(-0.36, 0.0), (-0.16, -0.16), (-0.05, -0.17), (0, -0.13), (0.05, -0.17), (0.16, -0.16), (0.36, 0.0)]
    lower = [(0.2, 0.15), (0, 0.21), (-0.2, 0.15)]
    sheet.fill(place(smooth(upper + lower), x, y, scale * 1.08), sheet.tone(0.05))
    sheet.fill(place(smooth(upper + lower), x, y, scale), sheet.accent)
    gap = smooth([(-0.27, 0.0), (-0.1, -0.045), (0, -0.03), (0.1, -0.045), (0.27, 0.0), (0, 0.06)])
    sheet.fill(place(gap, x, y, scale), sheet.tone(0.02))
    sheet.fill(place(smooth([(-0.2, -0.005), (0, -0.02), (0.2, -0.005), (0, 0.03)]), x, y, scale), sheet.tone(1))
    sheet.fill(
        place(smooth([(-0.12, 0.12), (0.0, 0.135), (0.1, 0.12), (0.0, 0.155)]), x, y, scale), sheet.tone(1), 0.85
    )


def _bolt(sheet: Sheet, x: float, y: float, scale: float) -> None:
    bolt = np.array(
        [(0.08, -0.42), (-0.2, 0.06), (-0.02, 0.06), (-0.1, 0.42), (0.22, -0.1), (0.04, -0.1), (0.2, -0.42)]
    )
    for shift, colour in ((0.05, sheet.tone(0.05)), (0.025, sheet.tone(1)), (0.0, sheet.accent)):
        sheet.fill(place(bolt, x + shift, y + shift, scale), colour)
