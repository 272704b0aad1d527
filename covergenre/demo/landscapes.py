"""Scenes with a horizon: each function covers the whole sheet."""

import numpy as np

from covergenre.demo.sheet import Colour, Pen, Sheet, circle, fractal, grid, mirror, mix, ridge, smooth, taper


def mountains(sheet: Sheet) -> None:
    """Ranges of jagged peaks that come out of the mist, under a moon or a low sun."""
    night = _sky(sheet)
    _light(sheet, sheet.between(0.2, 0.8), sheet.between(0.16, 0.4), night)
    roughness = sheet.between(0.5, 0.62)
    for depth in np.linspace(0, 1, 4):
        top = 0.36 + 0.42 * depth
        line = _ridge_line(sheet, top, 0.3 - 0.1 * depth, roughness)
        sheet.fill(_ground(line), sheet.tone((0.55 if night else 0.72) * (1 - depth)))
        if depth < 0.5:
            _snow(sheet, line, top)
        _mist(sheet, top + 0.16, 0.1, sheet.tone(0.8 if night else 1), 0.5 * (1 - depth))


def forest(sheet: Sheet) -> None:
    """Rows of spruces in fog, darker the nearer."""
    night, far = _sky(sheet), sheet.between(0.5, 0.72)
    if sheet.chance(0.6):
        _light(sheet, sheet.between(0.15, 0.85), sheet.between(0.2, 0.45), night)
    for depth in np.linspace(0, 1, 4):
        base, count = far + (1.04 - far) * depth, int(26 - 14 * depth)
        colour = sheet.tone((0.5 if night else 0.68) * (1 - depth) ** 1.2)
        for x in np.linspace(-0.05, 1.05, count) + sheet.rng.normal(0, 0.015, count):
            height = (0.16 + 0.3 * depth) * sheet.between(0.7, 1.35) * (0.75 + abs(x - 0.5) * depth)
            _spruce(sheet.pen(x, base, height), colour)
        sheet.box(0, base - 0.01, 1, 1, colour)
        _mist(sheet, base - 0.02, 0.12, sheet.tone(0.75), 0.55 * (1 - depth))


def cathedral(sheet: Sheet) -> None:
    """A nave of pointed arches, one within the other, with light at its end."""
    far, near = (0.85, 0.05) if sheet.chance(0.75) else (0.1, 0.95)
    sheet.wash(sheet.tone(near))
    x, floor, count = sheet.between(0.3, 0.7), sheet.between(0.5, 0.75), int(sheet.rng.integers(5, 10))
    arch = mirror("0 -141, 13 -130, 25 -117, 35 -100, 42 -79, 45 -55, 45 60")
    for step in range(count):
        share, scale = (step + 1) / count, 0.92 * 0.72**step
        colour = sheet.tone(near + (far - near) * share)
        pen = sheet.pen(0.5 + (x - 0.5) * share, floor + 0.5 * scale, scale)
        pen.fill(arch, colour)
        pen.fill(arch * 0.95, mix(colour, sheet.tone(near), 0.35))
    sheet.glow(x, floor - 0.08, sheet.between(0.3, 0.6), sheet.tone(far), 0.9)
    for slope in np.linspace(-1.4, 1.4, 9):
        sheet.fill([(x, floor + 0.03), (x + slope, 1), (x + slope + 0.05, 1)], sheet.tone(far), 0.12)


def prairie(sheet: Sheet) -> None:
    """A ploughed field under a wide sky, with a barn or a windpump."""
    night = _sky(sheet, night=sheet.chance(0.2))
    horizon, vanish = sheet.between(0.58, 0.74), sheet.between(0.25, 0.75)
    _light(sheet, vanish, horizon - sheet.between(0, 0.12), night)
    sheet.fill(_ground(_ridge_line(sheet, horizon - 0.05, 0.06, 0.3)), sheet.tone(0.42))
    sheet.box(0, horizon, 1, 1, sheet.tone(0.3))
    for start in np.arange(-3, 4, 0.22):
        sheet.fill([(vanish, horizon), (start, 1), (start + 0.1, 1)], sheet.tone(0.62), 0.8)
    _mist(sheet, horizon, 0.05, sheet.tone(0.9), 0.5)
    sheet.pick((_barn, _windpump))(sheet.pen(1 - vanish, horizon, sheet.between(0.16, 0.26)))


def desert(sheet: Sheet) -> None:
    """Table mountains, a straight road, and a cactus beside it."""
    night = _sky(sheet, night=sheet.chance(0.3))
    horizon, vanish = sheet.between(0.56, 0.66), sheet.between(0.35, 0.65)
    _light(sheet, sheet.between(0.2, 0.8), sheet.between(0.2, 0.45), night)
    for x, level in zip(sheet.rng.random(3), (0.5, 0.42, 0.55), strict=True):
        mesa = sheet.pen(x, horizon, sheet.between(0.1, 0.2))
        mesa.fill("-130 0, -90 -50, -80 -100, 75 -100, 80 -55, 135 0", sheet.tone(level))
    sheet.box(0, horizon, 1, 1, sheet.tone(0.36))
    sheet.veil(fractal(sheet.rng, 5) * (grid()[1] > horizon) * 0.5, sheet.tone(0.6))
    road = sheet.pen(vanish, horizon, 1 - horizon)
    road.fill("-2 0, 2 0, 80 100, -70 100", sheet.tone(0.08))
    for near, far in ((0.05, 0.1), (0.18, 0.3), (0.45, 0.66), (0.85, 1.0)):
        road.stroke([(0.05 * near, near), (0.05 * far, far)], (0.05 * near, 0.05 * far), sheet.tone(0.95))
    _cactus(sheet.pen(vanish + sheet.pick((-0.3, 0.36)), sheet.between(0.84, 0.95), sheet.between(0.2, 0.34)))


def shore(sheet: Sheet) -> None:
    """A large sun over the sea between palms."""
    night = _sky(sheet, night=sheet.chance(0.4))
    horizon, x, radius = sheet.between(0.58, 0.7), sheet.between(0.35, 0.65), sheet.between(0.16, 0.27)
    light = sheet.pick((sheet.tone(0.97), sheet.warm))
    sheet.glow(x, horizon - radius * 0.6, 0.6, light, 0.5)
    sheet.disc(x, horizon - radius * 0.55, radius, light)
    sheet.box(0, horizon, 1, 1, sheet.tone(0.2 if night else 0.35))
    for depth in np.linspace(0.02, 1, 15) ** 1.4:
        glint = sheet.pen(x + sheet.rng.normal(0, 0.02), horizon + (1 - horizon) * depth)
        half, thick = radius * (0.35 + 0.9 * depth) * sheet.between(0.5, 1.2), 0.004 + 0.012 * depth
        glint.fill([(-half, 0), (0, -thick), (half, 0), (0, thick)], light, 0.75)
    for side in sheet.pick(((-1,), (1,), (-1, 1))):
        for _ in range(sheet.pick((1, 2))):
            _palm(sheet.pen(x + side * sheet.between(0.2, 0.36), 1.02, sheet.between(0.45, 0.75)), -side)


def skyline(sheet: Sheet) -> None:
    """A city with lit windows, in three depths."""
    night = _sky(sheet, night=sheet.chance(0.75))
    _light(sheet, sheet.between(0.2, 0.8), sheet.between(0.18, 0.4), night)
    for depth in (0.0, 0.5, 1.0):
        x, colour = -0.03, sheet.tone((0.45 if night else 0.6) * (1 - depth))
        while x < 1:
            width = sheet.between(0.05, 0.11) * (1 + 0.5 * depth)
            top = 0.42 + 0.22 * depth + sheet.between(-0.14, 0.14) + 0.1 * abs(x - 0.5)
            _tower(sheet, x, top, width, colour, lit=0.1 + 0.25 * depth)
            x += width * sheet.between(0.9, 1.15)
        _mist(sheet, 0.9, 0.3, sheet.tone(0.7), 0.3 * (1 - depth))


def cumulus(sheet: Sheet) -> None:
    """Towering summer clouds over a low hill."""
    sheet.wash(sheet.tone(0.3), sheet.tone(0.5), sheet.tone(0.8))
    for base in np.linspace(0.5, 0.86, 4):
        x, spread = sheet.between(0.1, 0.9), sheet.between(0.2, 0.34)
        for offset in np.clip(sheet.rng.normal(0, 0.5, 26), -1, 1):
            radius = sheet.between(0.04, 0.11) * (1.25 - abs(offset))
            puff = sheet.pen(x + offset * spread, base - abs(sheet.rng.normal(0, 0.13)) * (1.1 - abs(offset)), radius)
            puff.disc(0, 0.25, 1, sheet.tone(0.72))
            puff.disc(-0.1, 0, 0.95, sheet.tone(0.9))
            puff.disc(-0.3, -0.2, 0.75, sheet.tone(1))
    sheet.fill(_ground(_ridge_line(sheet, sheet.between(0.8, 0.88), 0.07, 0.2)), sheet.tone(0.12))


def neon_grid(sheet: Sheet) -> None:
    """A glowing lattice that runs to a banded sun."""
    horizon, x, radius = sheet.between(0.56, 0.68), sheet.between(0.42, 0.58), sheet.between(0.18, 0.28)
    sheet.wash(sheet.tone(0), sheet.tone(0.2), sheet.tone(0.5))
    _stars(sheet, 60, horizon)
    _banded_sun(sheet, x, horizon - sheet.between(0.06, 0.14), radius)
    if sheet.chance(0.6):
        sheet.fill(_ground(_ridge_line(sheet, horizon - 0.1, 0.13, 0.55)), sheet.tone(0.08))
    sheet.box(0, horizon, 1, 1, sheet.tone(0.04))
    glow = sheet.pick((sheet.accent, sheet.tone(0.75)))
    for width, alpha in ((0.014, 0.25), (0.004, 1.0)):
        for end in np.linspace(-2.2, 3.2, 27):
            sheet.line([(x + (end - 0.5) * 0.1, horizon), (end, 1)], width, glow, alpha)
        for y in horizon + (1 - horizon) * np.linspace(0, 1, 11) ** 2.2:
            sheet.line([(0, y), (1, y)], width, glow, alpha)
    sheet.glow(x, horizon, 0.5, glow, 0.4)


def blossom(sheet: Sheet) -> None:
    """A flowering branch before a large moon and perhaps a snow-capped cone."""
    sheet.wash(sheet.tone(0.95), sheet.tone(0.72), sheet.tone(sheet.between(0.3, 0.6)))
    moon = sheet.pick((sheet.warm, sheet.tone(1)))
    sheet.disc(sheet.between(0.35, 0.7), sheet.between(0.3, 0.5), sheet.between(0.18, 0.28), moon)
    if sheet.chance(0.6):
        cone = sheet.pen(sheet.between(0.4, 0.7), 0.12)
        cone.fill(mirror("0 30, 4 30, 12 42, 28 60, 70 101"), sheet.tone(0.35))
        cone.fill(mirror("0 30, 4 30, 12 42, 19 50, 12 45, 7 52, 3 46, 0 50"), sheet.tone(1))
    branch = smooth("0 95, 12 66, 30 50, 46 28, 75 16", closed=False)
    if sheet.chance(0.5):
        branch = branch * (-1, 1) + (1, 0)
    _bough(sheet, branch, 0.035)
    for start in sheet.rng.integers(8, 38, 7):
        twig = [(0, 0), (0.5, sheet.between(-0.15, 0.15)), (1, sheet.between(-0.2, 0.2))]
        x, y = branch[start]
        pen = sheet.pen(x, y, sheet.between(0.14, 0.3), sheet.between(-2.2, 0.9))
        _bough(sheet, smooth(pen.on_sheet(twig), closed=False), 0.014)
    for x, y in sheet.rng.random((24, 2)):
        sheet.disc(x, y, sheet.between(0.003, 0.008), sheet.tone(0.85), 0.9)


def _sky(sheet: Sheet, night: bool | None = None) -> bool:
    """A sky with clouds; whether it is night, by chance if not told."""
    night = sheet.chance(0.5) if night is None else night
    sheet.wash(*(sheet.tone(level) for level in ((0.02, 0.2, 0.5) if night else (0.5, 0.8, 0.97))))
    if night and sheet.chance(0.6):
        _stars(sheet, 90, 0.6)
    clouds = np.clip(fractal(sheet.rng, 2) * 1.6 - 0.8, 0, 1)
    sheet.veil(clouds * sheet.between(0.2, 0.7), sheet.tone(0.65 if night else 1))
    return night


def _stars(sheet: Sheet, count: int, depth: float) -> None:
    for x, y, size in sheet.rng.random((count, 3)):
        sheet.disc(x, y * depth, 0.0012 + 0.003 * size**4, sheet.tone(1), 0.4 + 0.6 * size)


def _light(sheet: Sheet, x: float, y: float, night: bool) -> None:
    """A sun, or by night a moon, perhaps a crescent."""
    colour, radius = sheet.tone(0.95) if night or sheet.chance(0.5) else sheet.warm, sheet.between(0.06, 0.15)
    sheet.glow(x, y, radius * 4.5, colour, 0.55)
    sheet.disc(x, y, radius, colour)
    if night and sheet.chance(0.4):
        sheet.disc(x + radius * 0.4, y - radius * 0.15, radius * 0.9, sheet.tone(0.2))


def _ridge_line(sheet: Sheet, top: float, height: float, roughness: float) -> np.ndarray:
    heights = ridge(sheet.rng, roughness)
    return np.stack([np.linspace(-0.01, 1.01, len(heights)), top + height * (1 - heights)], axis=-1)


def _ground(line: np.ndarray) -> np.ndarray:
    return np.concatenate([line, [(1.01, 1.01), (-0.01, 1.01)]])


def _snow(sheet: Sheet, line: np.ndarray, top: float) -> None:
    """Light on the high flanks: a thin ragged band under the ridge, thicker the higher."""
    depth = np.clip(top + 0.2 - line[:, 1], 0, None) * ridge(sheet.rng, 0.75) * 0.9
    under = line + np.stack([depth * 0.35, depth], axis=-1)
    sheet.fill(np.concatenate([line, under[::-1]]), sheet.tone(0.9), 0.8)


def _mist(sheet: Sheet, y: float, height: float, colour: Colour, strength: float) -> None:
    sheet.veil(strength * np.exp(-(((grid()[1] - y) / height) ** 2)), colour)


def _spruce(pen: Pen, colour: Colour) -> None:
    """A tree one unit high with nine ragged tiers."""
    half = [(0.0, -1.0)]
    for tier in np.linspace(1, 9, 9) / 9:
        reach = 0.21 * tier
        half += [(reach * pen.sheet.between(0.8, 1.15), tier - 1), (reach * 0.55, tier - 1.03)]
    pen.fill(mirror(half), colour)


def _barn(pen: Pen) -> None:
    tone, colour = pen.sheet.tone, pen.sheet.pick((pen.sheet.accent, pen.sheet.tone(0.05)))
    pen.fill("50 15, 50 -35, 36 -62, 0 -80, 90 -80, 120 -62, 135 -35, 135 12", mix(colour, tone(0), 0.45))
    pen.fill("-50 15, -50 -35, -36 -62, 0 -80, 36 -62, 50 -35, 50 15", colour)
    pen.fill("-16 15, -16 -20, 16 -20, 16 15", tone(0.9))


def _windpump(pen: Pen) -> None:
    colour = pen.sheet.tone(0.03)
    for foot in (-0.3, 0.3):
        pen.stroke([(foot, 0.2), (0, -1.5)], (0.05, 0.04), colour)
    for y, half in ((-1.1, 0.07), (-0.7, 0.14), (-0.2, 0.23)):
        pen.stroke([(-half, y), (half, y)], (0.025, 0.025), colour)
    for turn in np.linspace(0, 2 * np.pi, 14, endpoint=False):
        x, y = pen.on_sheet([(0, -1.5)])[0]
        wheel = pen.sheet.pen(x, y, pen.scale, turn)
        wheel.fill("10 -2, 43 -8, 43 8, 10 2", colour)
    pen.fill("0 -150, 55 -154, 75 -167, 75 -133, 55 -146", colour)


def _cactus(pen: Pen) -> None:
    for arm in ("0 0, 0 -50, 0 -100", "0 -35, -28 -38, -30 -75", "0 -50, 26 -54, 28 -85"):
        for x, y in smooth(arm, closed=False, steps=14):
            pen.disc(x, y, 0.06, pen.sheet.tone(0.02))


def _palm(pen: Pen, lean: float) -> None:
    """A palm one unit high whose crown leans to the side of `lean`."""
    sheet, colour = pen.sheet, pen.sheet.tone(0.02)
    crown = np.array((0.12 * lean, -1))
    pen.stroke([(0, 0), (0.01 * lean, -0.5), crown], (0.048, 0.034, 0.02), colour)
    for turn in np.linspace(-2.9, -0.25, 8) + sheet.rng.normal(0, 0.1, 8):
        reach, across, down = sheet.between(0.28, 0.4), np.cos(turn), np.sin(turn)
        middle, tip = (0.55 * across, 0.55 * down - 0.05), (across, down * 0.75 + 0.32)
        frond = smooth(crown + reach * np.array([(0, 0), middle, tip]), closed=False)
        pen.fill(taper(frond, (0.008, 0.055, 0.003)), colour)
        for leaf in frond[4:-2:2]:
            pen.stroke([leaf, leaf + np.array((0.03 * across, 0.075))], (0.012, 0.006), colour)


def _tower(sheet: Sheet, x: float, top: float, width: float, colour: Colour, lit: float) -> None:
    sheet.box(x, top, x + width, 1, colour)
    if sheet.chance(0.3):
        sheet.line([(x + width / 2, top), (x + width / 2, top - sheet.between(0.03, 0.1))], 0.006, colour)
    for left in np.arange(x + 0.012, x + width - 0.016, 0.022):
        for y in np.arange(top + 0.02, 0.98, 0.034):
            if sheet.chance(lit):
                light = sheet.accent if sheet.chance(0.2) else sheet.tone(0.9)
                sheet.box(left, y, left + 0.011, y + 0.016, light, 0.9)


def _banded_sun(sheet: Sheet, x: float, y: float, radius: float) -> None:
    """A disc that goes from light to the accent, cut by bands that grow broader downwards."""
    sheet.glow(x, y, radius * 2.2, sheet.tone(0.75), 0.7)
    disc = sheet.stencil(circle(x, y, radius, 90))
    height = (grid()[1] - y) / radius
    sun = (height < 0.05) | (height % 0.17 > 0.05 + 0.08 * height)
    sheet.veil(sun, sheet.tone(1), within=disc)
    sheet.veil(sun * (0.5 + height / 2), sheet.accent, within=disc)


def _bough(sheet: Sheet, path: np.ndarray, width: float) -> None:
    """A branch with flowers along it."""
    sheet.fill(taper(path, (width, 0.003)), sheet.tone(0.05))
    for x, y in path[sheet.rng.integers(len(path) // 4, len(path), 16)] + sheet.rng.normal(0, 0.022, (16, 2)):
        flower = sheet.pen(x, y, sheet.between(0.014, 0.027))
        colour = sheet.tone(sheet.between(0.72, 1))
        for px, py in circle(0, 0, 0.6, 5, sheet.between(0, 1)):
            flower.disc(px, py, 0.52, colour)
        flower.disc(0, 0, 0.28, sheet.accent)
