"""Scenes with one thing in the middle: an instrument, an emblem, a machine. Each function covers the whole sheet."""

import numpy as np

from covergenre.demo.patterns import backdrop
from covergenre.demo.sheet import Pen, Sheet, circle, fractal, grid, mirror, mix, points, smooth, taper


def guitar(sheet: Sheet) -> None:
    """An acoustic guitar, leaning."""
    backdrop(sheet, sheet.pick((0.15, 0.5, 0.85)))
    turn, scale = sheet.between(-0.7, 0.7), sheet.between(0.82, 1.0)
    pen = sheet.pen(sheet.between(0.46, 0.54), sheet.between(0.5, 0.56), scale, turn)
    wood = sheet.pick((sheet.tone(0.62), sheet.tone(0.75), sheet.accent))
    body = smooth(mirror("0 -6, 10 -5.5, 16.5 0, 16 9, 13.5 15, 17 22, 22.5 33, 18 43, 6 47.5, 0 48"))
    pen.fill(body * 1.03, sheet.tone(0), 0.35)
    pen.fill(body, sheet.tone(0.08))
    pen.fill(body * 0.96, wood)
    pen.disc(0, 0.12, 0.074, mix(wood, sheet.tone(0), 0.5))
    pen.disc(0, 0.12, 0.06, sheet.tone(0.02))
    for half, level in (("2 -46, 2.6 7", 0.12), ("4.2 -62, 3.4 -58, 3 -46", 0.05), ("9 31, 9 33.5", 0.06)):
        pen.fill(mirror(half), sheet.tone(level))
    for string in np.linspace(-0.016, 0.016, 6):
        pen.stroke([(string * 0.8, -0.6), (string, 0.32)], (0.003, 0.003), sheet.tone(0.97))


def violin(sheet: Sheet) -> None:
    """The middle of a violin, close: curved sides, two f-holes, four strings."""
    backdrop(sheet, sheet.pick((0.08, 0.85)))
    x = sheet.between(0.42, 0.58)
    pen = sheet.pen(x, 0.5, sheet.between(1.25, 1.5), sheet.between(-0.5, 0.5))
    half = "0 -42, 10 -41, 17 -33, 16.5 -22, 13 -17, 10 -8, 11.5 0, 15.5 5, 20 14, 20.5 28, 13 37, 0 40"
    body = smooth(mirror(half))
    pen.fill(body * 1.04, sheet.tone(0), 0.5)
    pen.fill(body, sheet.pick((sheet.tone(0.45), mix(sheet.accent, sheet.tone(0.4), 0.5))))
    grain = np.sin(grid()[0] * 90 + fractal(sheet.rng, 2) * 9) * 0.12 + 0.3
    sheen = grain + 0.4 * np.exp(-(((grid()[0] - x + 0.06) / 0.14) ** 2))
    sheet.veil(sheen, sheet.tone(0.75), within=sheet.stencil(pen.on_sheet(body)))
    for side in (-1, 1):
        hole = points("5.8 -9, 8.2 -9.5, 7.8 -5, 6.6 2, 5.6 7, 8.2 8.5, 8.8 7") * (side, 1)
        pen.stroke(hole, (0.006, 0.016, 0.016, 0.006), sheet.tone(0))
        for end in (hole[0], hole[-1]):
            pen.disc(float(end[0]), float(end[1]), 0.012, sheet.tone(0))
    for half in ("2.2 -80, 3.4 -12, 0 -11.5", "1.4 13, 3.2 34, 0 34.5"):
        pen.fill(mirror(half), sheet.tone(0.02))
    for string in np.linspace(-0.017, 0.017, 4):
        pen.stroke([(string, -0.8), (string * 1.5, 0.05), (string, 0.15)], (0.003, 0.003), sheet.tone(0.95))


def saxophone(sheet: Sheet) -> None:
    """A saxophone in flat colour."""
    backdrop(sheet, sheet.pick((0.1, 0.25, 0.82)))
    brass, side = sheet.pick((sheet.accent, sheet.tone(0.75), sheet.tone(0.95))), sheet.pick((-1, 1))
    pen = sheet.pen(sheet.between(0.44, 0.56), 0.5, sheet.between(0.85, 1.05), sheet.between(-0.3, 0.3))
    dark = mix(brass, sheet.tone(0), 0.55)
    path = points("-20 -30, -13 -33, -7 -28, -3 -10, 0 12, 6 27, 16 27, 20 12, 25 -6") * (side, 1)
    tube = smooth(path, closed=False)
    widths = np.array((0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.12, 0.16, 0.26))
    pen.fill(taper(tube, widths), dark)
    pen.fill(taper(tube, widths * 0.86), brass)
    pen.fill(taper(tube[:12], (0.018, 0.026)), sheet.tone(0))
    for x, y in tube[32:56:4]:
        pen.disc(x, y, 0.026, dark)
        pen.disc(x, y, 0.019, mix(brass, sheet.tone(1), 0.5))
    pen.fill(smooth(points("12 -9, 25 -10.5, 38 -3, 25 -1.5") * (side, 1)), dark)


def keys(sheet: Sheet) -> None:
    """A piano keyboard that bends across the cover."""
    backdrop(sheet, sheet.pick((0.15, 0.45, 0.85)))
    tilt, bend, top = sheet.between(-0.5, 0.5), sheet.between(-0.6, 0.6), sheet.between(0.32, 0.45)
    height = sheet.between(0.3, 0.45)

    def strip(left: float, right: float, start: float, end: float) -> np.ndarray:
        x = np.linspace(left, right, max(2, round((right - left) * 20)))
        x, y = np.concatenate([x, x[::-1]]), np.repeat((start, end), len(x))
        lift = tilt * (x - 0.5) + bend * (x - 0.5) ** 2
        return np.stack([x + (y - 0.5) * tilt * 0.5, top + lift + y * height], axis=-1)

    sheet.fill(strip(-0.4, 1.4, -0.04, 1.06), sheet.tone(0))
    for number, x in enumerate(np.arange(-0.3, 1.3, 0.082)):
        sheet.fill(strip(x + 0.004, x + 0.078, 0, 1), sheet.accent if sheet.chance(0.06) else sheet.tone(1))
        if number % 7 not in (2, 6):
            sheet.fill(strip(x + 0.055, x + 0.106, -0.02, 0.62), sheet.tone(0))


def crown(sheet: Sheet) -> None:
    """A crown over a heavy chain."""
    backdrop(sheet, sheet.pick((0.05, 0.2, 0.75)))
    gold, dark = sheet.pick((sheet.accent, sheet.tone(0.8))), sheet.tone(0.03)
    droop, width = sheet.between(0.8, 0.94), sheet.between(0.34, 0.42)
    chain = [(-width, 0.34), (-width * 0.75, 0.6), (0, droop), (width * 0.75, 0.6), (width, 0.34)]
    for index, (x, y) in enumerate(smooth(chain, closed=False, steps=9)):
        sheet.ring(0.5 + x, y, 0.034 if index % 2 else 0.027, 0.012, mix(gold, dark, 0.35 * (index % 2)))
    outline = "-20 10, -24 -10, -12 0, 0 -17, 12 0, 24 -10, 20 10"
    pen = sheet.pen(0.5, 0.385, sheet.between(1.0, 1.3), sheet.between(-0.15, 0.15))
    pen.fill(points(outline) * 1.05, dark, 0.6)
    pen.fill(outline, gold)
    pen.fill("-20 4.5, 20 4.5, 20 10, -20 10", mix(gold, dark, 0.4))
    for x, y in points("-24 -10, 0 -17, 24 -10"):
        pen.disc(x, y, 0.022, gold)
    for x in np.linspace(-0.14, 0.14, 5):
        pen.disc(x, 0.072, 0.012, sheet.tone(1))


def speakers(sheet: Sheet) -> None:
    """A wall of loudspeakers."""
    sheet.wash(sheet.tone(0.12), sheet.tone(0.02))
    count = sheet.pick((2, 2, 3))
    wood = [*(sheet.tone(level) for level in (0.1, 0.3, 0.5)), sheet.accent]
    for row, column in np.ndindex(count, count):
        pen = sheet.pen((column + 0.5) / count, (row + 0.5) / count, 1 / count)
        pen.fill("-48 -48, 48 -48, 48 48, -48 48", sheet.pick(wood))
        radius = sheet.between(0.36, 0.44)
        for share, level in ((1, 0.0), (0.92, 0.75), (0.84, 0.05), (0.6, 0.14), (0.32, 0.6), (0.28, 0.2)):
            pen.disc(0, 0, radius * share, sheet.tone(level))
        pen.disc(-radius * 0.07, -radius * 0.09, radius * 0.1, sheet.tone(0.7), 0.7)


def record(sheet: Sheet) -> None:
    """A gramophone record with light on its grooves."""
    backdrop(sheet, sheet.pick((0.3, 0.6, 0.9)))
    x, y, radius = sheet.between(0.3, 0.75), sheet.between(0.4, 0.6), sheet.between(0.36, 0.48)
    pen = sheet.pen(x, y, radius, sheet.between(0, 3))
    sheet.disc(x + 0.015, y + 0.02, radius, sheet.tone(0), 0.4)
    pen.disc(0, 0, 1, mix(sheet.tone(0), (0, 0, 0), 0.5))
    for share in np.linspace(0.42, 0.97, 22):
        sheet.ring(x, y, radius * share, 0.002, sheet.tone(0.4), 0.5)
    for spread, alpha in ((0.3, 0.12), (0.16, 0.16), (0.06, 0.2)):
        for side in (-1, 1):
            pen.fill(np.array([(0, 0), (0.94, -spread), (0.97, 0), (0.94, spread)]) * side, sheet.tone(0.9), alpha)
    pen.disc(0, 0, 0.38, sheet.accent)
    pen.disc(0, 0, 0.3, mix(sheet.accent, sheet.tone(1), 0.35))
    pen.disc(0, 0, 0.045, sheet.tone(0))


def mirror_ball(sheet: Sheet) -> None:
    """A ball of small mirrors, its beams and its spots of light."""
    sheet.wash(sheet.tone(0.02), sheet.tone(0.22), sheet.tone(0.45))
    x, y, radius = sheet.between(0.35, 0.65), sheet.between(0.34, 0.5), sheet.between(0.2, 0.3)
    for turn in sheet.rng.uniform(0, 2 * np.pi, 14):
        beam = [(0, 0), (1.3, -sheet.between(0.03, 0.1)), (1.3, sheet.between(0.03, 0.1))]
        sheet.pen(x, y, 1, turn).fill(beam, sheet.pick((sheet.accent, sheet.tone(0.8), sheet.tone(0.6))), 0.22)
    for left, top in sheet.rng.random((50, 2)):
        sheet.disc(left, top, sheet.between(0.005, 0.016), sheet.tone(0.95), sheet.between(0.3, 0.8))
    sheet.line([(x, 0), (x, y)], 0.005, sheet.tone(0.5))
    sheet.disc(x, y, radius, sheet.tone(0.05))
    _mirrors(sheet.pen(x, y, radius))
    for dx, dy in sheet.rng.normal(0, radius * 0.5, (3, 2)):
        _twinkle(sheet, x + dx, y + dy, sheet.between(0.06, 0.13))


def emblem(sheet: Sheet) -> None:
    """One bold thing as on a sticker: a heart, a flower or lips."""
    backdrop(sheet, sheet.pick((0.35, 0.65, 0.9)))
    pen = sheet.pen(sheet.between(0.46, 0.54), sheet.between(0.46, 0.54), sheet.between(0.75, 1.0))
    sheet.pick((_heart, _daisy, _lips))(pen)


def _mirrors(ball: Pen) -> None:
    """Mirrors in 15 rings round a ball of radius 1, lit from the upper left."""
    rows, sheet = 15, ball.sheet
    for row in range(rows):
        low, high = (np.pi * (edge / rows - 0.5) for edge in (row, row + 0.86))
        count = max(3, int(rows * 1.1 * np.cos((low + high) / 2)))
        for column in range(count):
            left, right = (np.pi * (edge / count - 0.5) for edge in (column, column + 0.86))
            around, up = np.array((left, right, right, left)), np.array((low, low, high, high))
            tile = np.stack([np.sin(around) * np.cos(up), np.sin(up)], axis=-1)
            away = np.hypot(tile[:, 0].mean() + 0.35, tile[:, 1].mean() + 0.4)
            light = max(0.75 - 0.5 * away, 0) + sheet.rng.normal(0, 0.16)
            ball.fill(tile, sheet.accent if sheet.chance(0.08) else sheet.tone(light))


def _twinkle(sheet: Sheet, x: float, y: float, radius: float) -> None:
    sheet.glow(x, y, radius, sheet.tone(1), 0.6)
    star = "0 -100, 7 -7, 100 0, 7 7, 0 100, -7 7, -100 0, -7 -7"
    sheet.pen(x, y, radius).fill(star, sheet.tone(1))


def _heart(pen: Pen) -> None:
    heart, tone = smooth(mirror("0 -20, 14 -31, 31 -25, 33 -7, 20 15, 0 35")), pen.sheet.tone
    pen.fill(heart * 1.08, tone(0.05))
    pen.fill(heart, pen.sheet.accent)
    pen.stroke("-24 -7, -23 -17, -15 -22", (0.02, 0.045, 0.02), tone(1))


def _daisy(pen: Pen) -> None:
    petals, petal = int(pen.sheet.rng.integers(7, 13)), smooth("0 0, 15 -8.5, 31 -7, 36 0, 31 7, 15 8.5")
    for level, grow in ((0.05, 1.06), (1.0, 1.0)):
        for tip in circle(0, 0, 1, petals):
            turned = petal @ np.array([tip, (-tip[1], tip[0])])
            pen.fill(turned * grow, pen.sheet.tone(level))
    pen.disc(0, 0, 0.13, pen.sheet.tone(0.05))
    pen.disc(0, 0, 0.118, pen.sheet.accent)


def _lips(pen: Pen) -> None:
    lips = smooth(mirror("0 -13, 5 -17, 16 -16, 36 0, 20 15, 0 21"))
    pen.fill(lips * 1.08, pen.sheet.tone(0.05))
    pen.fill(lips, pen.sheet.accent)
    pen.fill(smooth("-27 0, -10 -4.5, 0 -3, 10 -4.5, 27 0, 0 6"), pen.sheet.tone(0.02))
    pen.fill(smooth("-20 -0.5, 0 -2, 20 -0.5, 0 3"), pen.sheet.tone(1))
    pen.fill(smooth("-12 12, 0 13.5, 10 12, 0 15.5"), pen.sheet.tone(1))
