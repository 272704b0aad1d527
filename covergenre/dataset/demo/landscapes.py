"""Scenes with a horizon: each function covers the whole sheet."""

import numpy as np

from covergenre.dataset.demo.sheet import (
    SIDE,
    Colour,
    Sheet,
    circle,
    fractal,
    grid,
    mirror,
    mix,
    place,
    ridge,
    smooth,
    taper,
)


def mountains(sheet: Sheet) -> None:
    """Ranges of jagged peaks that come out of the mist, under a moon or a low sun."""
    night = _sky(sheet)
    _luminary(sheet, sheet.between(0.2, 0.8), sheet.between(0.16, 0.4), sheet.between(0.05, 0.12), night)
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
    night = _sky(sheet)
    if sheet.chance(0.6):
        _luminary(sheet, sheet.between(0.3, 0.7), sheet.between(0.2, 0.45), sheet.between(0.06, 0.16), night)
    for depth in np.linspace(0, 1, 4):
        base = 0.62 + 0.42 * depth
        colour = sheet.tone((0.5 if night else 0.68) * (1 - depth) ** 1.2)
        for x in np.linspace(-0.05, 1.05, int(26 - 14 * depth)) + sheet.rng.normal(0, 0.015, int(26 - 14 * depth)):
            height = (0.16 + 0.3 * depth) * sheet.between(0.7, 1.35) * (0.75 + abs(x - 0.5) * depth)
            sheet.fill(_spruce(sheet, x, base, height), colour)
        sheet.box(0, base - 0.01, 1, 1, colour)
        _mist(sheet, base - 0.02, 0.12, sheet.tone(0.75), 0.55 * (1 - depth))


def cathedral(sheet: Sheet) -> None:
    """A nave of pointed arches, one within the other, with light at its end."""
    far, near = (0.85, 0.05) if sheet.chance(0.75) else (0.1, 0.95)
    sheet.wash(sheet.tone(near))
    x, count = sheet.between(0.42, 0.58), int(sheet.rng.integers(6, 9))
    arch = _pointed_arch()
    for step in range(count):
        scale = 0.92 * 0.72**step
        colour = sheet.tone(near + (far - near) * (step + 1) / count)
        base = 0.66 + 0.5 * scale
        sheet.fill(place(arch, 0.5 + (x - 0.5) * step / count, base, scale), colour)
        sheet.fill(place(arch, 0.5 + (x - 0.5) * step / count, base, scale * 0.95), mix(colour, sheet.tone(near), 0.35))
    sheet.glow(x, 0.58, 0.5, sheet.tone(far), 0.9)
    for slope in np.linspace(-1.4, 1.4, 9):
        sheet.fill([(x, 0.69), (x + slope, 1), (x + slope + 0.05, 1)], sheet.tone(far), 0.12)


def prairie(sheet: Sheet) -> None:
    """A ploughed field under a wide sky, with a barn, a windpump or a fence."""
    night = _sky(sheet, night=sheet.chance(0.2))
    horizon, vanish = sheet.between(0.58, 0.74), sheet.between(0.25, 0.75)
    _luminary(sheet, vanish, horizon - sheet.between(0, 0.12), sheet.between(0.07, 0.16), night)
    line = _ridge_line(sheet, horizon - 0.05, 0.06, 0.3)
    sheet.fill(_ground(line), sheet.tone(0.42))
    sheet.box(0, horizon, 1, 1, sheet.tone(0.3))
    for start in np.arange(-3, 4, 0.22):
        sheet.fill([(vanish, horizon), (start, 1), (start + 0.1, 1)], sheet.tone(0.62), 0.8)
    _mist(sheet, horizon, 0.05, sheet.tone(0.9), 0.5)
    sheet.pick((_barn, _windpump, _fence))(sheet, 1 - vanish, horizon)


def desert(sheet: Sheet) -> None:
    """Table mountains, a straight road, and a cactus beside it."""
    night = _sky(sheet, night=sheet.chance(0.3))
    horizon, vanish = sheet.between(0.56, 0.66), sheet.between(0.35, 0.65)
    _luminary(sheet, sheet.between(0.2, 0.8), sheet.between(0.2, 0.45), sheet.between(0.06, 0.15), night)
    for x, shade in ((sheet.between(0, 0.3), 0.5), (sheet.between(0.6, 0.95), 0.42), (sheet.between(0.3, 0.6), 0.55)):
        width, height = sheet.between(0.1, 0.2), sheet.between(0.1, 0.2)
        mesa = [(-1.3, 0), (-0.9, -0.5), (-0.8, -1), (0.75, -1), (0.8, -0.55), (1.35, 0)]
        sheet.fill(np.multiply(mesa, (width, height)) + (x, horizon), sheet.tone(shade))
    sheet.box(0, horizon, 1, 1, sheet.tone(0.36))
    sheet.veil(fractal(sheet.rng, 5) * (grid()[1] > horizon) * 0.5, sheet.tone(0.6))
    sheet.fill(
        [(vanish - 0.008, horizon), (vanish + 0.008, horizon), (vanish + 0.34, 1), (vanish - 0.3, 1)], sheet.tone(0.08)
    )
    for near, far in ((0.05, 0.1), (0.18, 0.3), (0.45, 0.66), (0.85, 1.0)):
        edges = [
            (vanish + 0.02 * t * side, horizon + (1 - horizon) * t)
            for side, t in ((-0.5, near), (0.5, near), (0.5, far), (-0.5, far))
        ]
        sheet.fill(edges, sheet.tone(0.95))
    _cactus(sheet, vanish + sheet.pick((-0.3, 0.36)), sheet.between(0.84, 0.95), sheet.between(0.2, 0.34))


def shore(sheet: Sheet) -> None:
    """A large sun over the sea between palms."""
    night = _sky(sheet, night=sheet.chance(0.4))
    horizon, x, radius = sheet.between(0.58, 0.7), sheet.between(0.35, 0.65), sheet.between(0.16, 0.27)
    light = sheet.tone(0.97) if sheet.chance(0.5) else sheet.warm
    sheet.glow(x, horizon - radius * 0.6, 0.6, light, 0.5)
    sheet.disc(x, horizon - radius * 0.55, radius, light)
    sheet.box(0, horizon, 1, 1, sheet.tone(0.2 if night else 0.35))
    for t in np.linspace(0.02, 1, 15) ** 1.4:
        reach = radius * (0.35 + 0.9 * t) * sheet.between(0.5, 1.2)
        y = horizon + (1 - horizon) * t
        sheet.fill(_lens(x + sheet.rng.normal(0, 0.02), y, reach, 0.004 + 0.012 * t), light, 0.75)
    for side in sheet.pick(((-1,), (1,), (-1, 1))):
        for _ in range(int(sheet.rng.integers(1, 3))):
            palm(sheet, x + side * sheet.between(0.2, 0.36), 1.02, sheet.between(0.45, 0.75), -side, sheet.tone(0.02))


def skyline(sheet: Sheet) -> None:
    """A city by night with lit windows, in three depths."""
    night = _sky(sheet, night=sheet.chance(0.75))
    _luminary(sheet, sheet.between(0.2, 0.8), sheet.between(0.18, 0.4), sheet.between(0.06, 0.16), night)
    for depth in (0.0, 0.5, 1.0):
        x, colour = -0.03, sheet.tone((0.45 if night else 0.6) * (1 - depth))
        while x < 1:
            width = sheet.between(0.05, 0.11) * (1 + 0.5 * depth)
            top = 0.42 + 0.22 * depth + sheet.between(-0.14, 0.14) + 0.1 * abs(x - 0.5)
            _tower(sheet, x, top, width, colour, lit=0.1 + 0.25 * depth)
            x += width * sheet.between(0.9, 1.15)
        _mist(sheet, 0.9, 0.3, sheet.tone(0.7), 0.3 * (1 - depth))


def cumulus(sheet: Sheet) -> None:
    """Towering summer clouds over a low hill with telegraph poles."""
    sheet.wash(sheet.tone(0.3), sheet.tone(0.5), sheet.tone(0.8))
    for level in np.linspace(0, 1, 4):
        x, spread = sheet.between(0.1, 0.9), sheet.between(0.2, 0.34)
        base = 0.5 + 0.36 * level
        for _ in range(26):
            offset = sheet.rng.normal(0, 0.5)
            radius = sheet.between(0.04, 0.11) * (1.25 - min(abs(offset), 1))
            y = base - abs(sheet.rng.normal(0, 0.13)) * (1.1 - min(abs(offset), 1))
            sheet.disc(x + offset * spread, y + 0.025, radius, sheet.tone(0.72))
            sheet.disc(x + offset * spread - 0.008, y, radius * 0.95, sheet.tone(0.9))
            sheet.disc(x + offset * spread - 0.02, y - 0.015, radius * 0.75, sheet.tone(1))
    hill = _ridge_line(sheet, sheet.between(0.8, 0.88), 0.07, 0.2)
    sheet.fill(_ground(hill), sheet.tone(0.12))
    _telegraph(sheet, hill)


def neon_grid(sheet: Sheet) -> None:
    """A glowing lattice that runs to a banded sun."""
    horizon, x = sheet.between(0.56, 0.68), sheet.between(0.42, 0.58)
    sheet.wash(sheet.tone(0), sheet.tone(0.2), sheet.tone(0.5))
    stars(sheet, 60, horizon)
    _banded_sun(sheet, x, horizon - sheet.between(0.06, 0.14), sheet.between(0.18, 0.28))
    if sheet.chance(0.6):
        sheet.fill(_ground(_ridge_line(sheet, horizon - 0.1, 0.13, 0.55)), sheet.tone(0.08))
    sheet.box(0, horizon, 1, 1, sheet.tone(0.04))
    glow = sheet.accent if sheet.chance(0.5) else sheet.tone(0.75)
    for width, alpha in ((0.014, 0.25), (0.004, 1.0)):
        for end in np.linspace(-2.2, 3.2, 27):
            sheet.line([(x + (end - 0.5) * 0.1, horizon), (end, 1)], width, glow, alpha)
        for t in np.linspace(0, 1, 11) ** 2.2:
            y = horizon + (1 - horizon) * t
            sheet.line([(0, y), (1, y)], width, glow, alpha)
    sheet.glow(x, horizon, 0.5, glow, 0.4)


def blossom(sheet: Sheet) -> None:
    """A flowering branch before a large moon or a snow-capped cone."""
    sheet.wash(sheet.tone(0.95), sheet.tone(0.72), sheet.tone(sheet.between(0.3, 0.6)))
    sheet.disc(
        sheet.between(0.35, 0.7),
        sheet.between(0.3, 0.5),
        sheet.between(0.18, 0.28),
        sheet.pick((sheet.warm, sheet.tone(1))),
    )
    if sheet.chance(0.6):
        _volcano(sheet, sheet.between(0.4, 0.7))
    side = sheet.pick((0, 1))
    trunk = smooth([(0, 0.95), (0.12, 0.66), (0.3, 0.5), (0.46, 0.28), (0.75, 0.16)], closed=False)
    tips = [trunk] + [_twig(sheet, trunk[int(at)]) for at in sheet.rng.uniform(8, 38, 7)]
    for path in tips:
        path = np.abs(side - path * (1, 1) * (1, 0)) * (1, 0) + path * (0, 1)
        sheet.fill(taper(path, (0.035 if path.shape == trunk.shape else 0.014, 0.003)), sheet.tone(0.05))
        for _ in range(16):
            x, y = path[int(sheet.rng.integers(len(path) // 4, len(path)))] + sheet.rng.normal(0, 0.022, 2)
            flower(sheet, x, y, sheet.between(0.014, 0.027), sheet.tone(sheet.between(0.72, 1)))
    for _ in range(24):
        sheet.disc(*sheet.rng.random(2), sheet.between(0.003, 0.008), sheet.tone(0.85), 0.9)


def torii(sheet: Sheet) -> None:
    """A shrine gate in still water, before the sun."""
    sheet.wash(sheet.tone(0.35), sheet.tone(0.7), sheet.tone(0.95))
    x, horizon = sheet.between(0.35, 0.65), sheet.between(0.66, 0.74)
    sheet.disc(x + sheet.between(-0.15, 0.15), horizon - 0.22, sheet.between(0.2, 0.28), sheet.tone(1))
    sheet.fill(_ground(_ridge_line(sheet, horizon - 0.1, 0.12, 0.4)), sheet.tone(0.5))
    sheet.box(0, horizon, 1, 1, sheet.tone(0.62))
    for flip, alpha in ((-0.45, 0.45), (1, 1.0)):
        for part in _gate():
            sheet.fill(part * (0.62, -0.62 * flip) + (x, horizon + 0.02), sheet.warm, alpha)
    for t in np.linspace(0.05, 1, 12) ** 1.3:
        sheet.fill(
            _lens(sheet.between(0, 1), horizon + (1 - horizon) * t, sheet.between(0.1, 0.4), 0.004),
            sheet.tone(0.9),
            0.7,
        )


def palm(sheet: Sheet, x: float, base: float, height: float, lean: float, colour: Colour) -> None:
    """A palm tree whose crown leans to the side of `lean`."""
    crown = np.array((x + 0.12 * lean * height, base - height))
    trunk = smooth([(x, base), (x + 0.01 * lean, base - height * 0.5), tuple(crown)], closed=False)
    sheet.fill(taper(trunk, (0.034 * height + 0.008, 0.02 * height)), colour)
    for turn in np.linspace(-2.9, -0.25, 8) + sheet.rng.normal(0, 0.1, 8):
        reach = height * sheet.between(0.28, 0.4)
        tip = crown + reach * np.array((np.cos(turn), np.sin(turn) * 0.75 + 0.32))
        middle = crown + reach * 0.55 * np.array((np.cos(turn), np.sin(turn) - 0.1))
        frond = smooth([tuple(crown), tuple(middle), tuple(tip)], closed=False)
        sheet.fill(taper(frond, (0.005, 0.055 * height, 0.002)), colour)
        for leaf in frond[4:-2:2]:
            sheet.line([leaf, leaf + (0.02 * np.cos(turn), 0.075 * height)], 0.005, colour)


def stars(sheet: Sheet, count: int, depth: float = 1.0) -> None:
    """Faint points of light in the upper `depth` of the sheet."""
    for x, y, size in sheet.rng.random((count, 3)):
        sheet.disc(x, y * depth, 0.0012 + 0.003 * size**4, sheet.tone(1), 0.4 + 0.6 * size)


def flower(sheet: Sheet, x: float, y: float, radius: float, colour: Colour) -> None:
    """Five petals around an eye."""
    for px, py in circle(x, y, radius * 0.6, 5, sheet.between(0, 1)):
        sheet.disc(px, py, radius * 0.52, colour)
    sheet.disc(x, y, radius * 0.28, sheet.accent)


def _sky(sheet: Sheet, night: bool | None = None) -> bool:
    night = sheet.chance(0.5) if night is None else night
    sheet.wash(*(sheet.tone(level) for level in ((0.02, 0.2, 0.5) if night else (0.5, 0.8, 0.97))))
    if night and sheet.chance(0.6):
        stars(sheet, 90, 0.6)
    across = np.asarray(fractal(sheet.rng, 2))
    sheet.veil(np.clip(across * 1.6 - 0.8, 0, 1) * sheet.between(0.2, 0.7), sheet.tone(0.65 if night else 1))
    return night


def _luminary(sheet: Sheet, x: float, y: float, radius: float, night: bool) -> None:
    colour = sheet.tone(0.95) if night or sheet.chance(0.5) else sheet.warm
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


def _spruce(sheet: Sheet, x: float, base: float, height: float) -> np.ndarray:
    tiers = 9
    pairs = [(-height, 0.0)]
    for tier in range(1, tiers + 1):
        y, reach = -height * (1 - tier / tiers), height * 0.21 * tier / tiers
        pairs += [(y, reach * sheet.between(0.8, 1.15)), (y - height * 0.03, reach * 0.55)]
    return mirror(pairs) + (x, base)


def _pointed_arch() -> np.ndarray:
    turns = np.linspace(0, np.pi / 3, 16)
    right = np.stack([-0.5 + np.cos(turns), -0.55 - np.sin(turns)], axis=-1)
    right = np.concatenate([[(0.5, 0.4)], right]) * (0.9, 1)
    return np.concatenate([right, (right * (-1, 1))[::-1]])


def _barn(sheet: Sheet, x: float, horizon: float) -> None:
    scale, colour = sheet.between(0.16, 0.26), sheet.pick((sheet.accent, sheet.tone(0.05)))
    front = np.array([(-0.5, 0.15), (-0.5, -0.35), (-0.36, -0.62), (0, -0.8), (0.36, -0.62), (0.5, -0.35), (0.5, 0.15)])
    side = np.array(
        [(0.5, 0.15), (0.5, -0.35), (0.36, -0.62), (0, -0.8), (0.9, -0.8), (1.2, -0.62), (1.35, -0.35), (1.35, 0.12)]
    )
    sheet.fill(place(side, x, horizon, scale), mix(colour, sheet.tone(0), 0.45))
    sheet.fill(place(front, x, horizon, scale), colour)
    sheet.fill(
        place(np.array([(-0.16, 0.15), (-0.16, -0.2), (0.16, -0.2), (0.16, 0.15)]), x, horizon, scale), sheet.tone(0.9)
    )


def _windpump(sheet: Sheet, x: float, horizon: float) -> None:
    top, colour = horizon - sheet.between(0.28, 0.4), sheet.tone(0.03)
    for foot in (-0.06, 0.06):
        sheet.line([(x + foot, horizon + 0.06), (x, top)], 0.009, colour)
    for step in (0.25, 0.5, 0.75):
        y, half = top + (horizon + 0.06 - top) * step, 0.06 * step
        sheet.line([(x - half, y), (x + half, y)], 0.005, colour)
    for turn in np.linspace(0, 2 * np.pi, 14, endpoint=False):
        blade = np.array([(0.02, -0.004), (0.085, -0.016), (0.085, 0.016), (0.02, 0.004)])
        sheet.fill(place(blade, x, top, 1, turn), colour)
    sheet.fill(np.array([(0, 0), (0.11, -0.008), (0.15, -0.035), (0.15, 0.035), (0.11, 0.008)]) + (x, top), colour)


def _fence(sheet: Sheet, x: float, horizon: float) -> None:
    posts = np.linspace(-0.05, 1.05, 8)
    tops = horizon + 0.12 + 0.06 * np.sin(posts * 3 + x * 6)
    for rail in (0.03, 0.09):
        sheet.line(np.stack([posts, tops + rail], axis=-1), 0.012, sheet.tone(0.05))
    for post, top in zip(posts, tops, strict=True):
        sheet.box(post - 0.011, top, post + 0.011, top + 0.17, sheet.tone(0.02))


def _cactus(sheet: Sheet, x: float, base: float, height: float) -> None:
    arms = ([(0, 0), (0, -1)], [(0, -0.35), (-0.28, -0.38), (-0.3, -0.75)], [(0, -0.5), (0.26, -0.54), (0.28, -0.85)])
    for arm in arms:
        path = smooth(np.multiply(arm, height) + (x, base), closed=False, steps=14)
        for px, py in path:
            sheet.disc(px, py, 0.06 * height, sheet.tone(0.02))


def _lens(x: float, y: float, half: float, thickness: float) -> np.ndarray:
    return np.array([(x - half, y), (x, y - thickness), (x + half, y), (x, y + thickness)])


def _tower(sheet: Sheet, x: float, top: float, width: float, colour: Colour, lit: float) -> None:
    sheet.box(x, top, x + width, 1, colour)
    if sheet.chance(0.3):
        sheet.line([(x + width / 2, top), (x + width / 2, top - sheet.between(0.03, 0.1))], 0.006, colour)
    for column in np.arange(x + 0.012, x + width - 0.016, 0.022):
        for row in np.arange(top + 0.02, 0.98, 0.034):
            if sheet.chance(lit):
                light = sheet.accent if sheet.chance(0.2) else sheet.tone(0.9)
                sheet.box(column, row, column + 0.011, row + 0.016, light, 0.9)


def _telegraph(sheet: Sheet, hill: np.ndarray) -> None:
    feet = hill[[12, 45, 85, 120]]
    heights = np.array((0.3, 0.24, 0.2, 0.16))
    for (x, y), height in zip(feet, heights, strict=True):
        sheet.line([(x, y + 0.05), (x, y - height)], 0.008, sheet.tone(0.05))
        sheet.line([(x - 0.03, y - height + 0.02), (x + 0.03, y - height + 0.02)], 0.006, sheet.tone(0.05))
    tops = feet - np.stack([np.zeros(4), heights - 0.02], axis=-1)
    for start, end in zip(tops[:-1], tops[1:], strict=True):
        sheet.line(smooth([start, (start + end) / 2 + (0, 0.03), end], closed=False), 0.002, sheet.tone(0.1))


def _banded_sun(sheet: Sheet, x: float, y: float, radius: float) -> None:
    sheet.glow(x, y, radius * 2.2, sheet.tone(0.75), 0.7)
    sun = Sheet(sheet.palette, sheet.rng)
    light = np.clip(0.5 + (grid()[1] - y) / radius / 2, 0, 1)
    sun.wash(sheet.tone(1))
    sun.veil(light, sheet.accent)
    mask = sheet.stencil(circle(x, y, radius, 90))
    for gap, thickness in zip(np.linspace(0.05, 0.9, 6), np.linspace(0.01, 0.04, 6), strict=True):
        top = round((y + gap * radius) * SIDE)
        mask.paste(0, (0, top, SIDE, top + round(thickness * SIDE * radius * 4)))
    sheet.image.paste(sun.image, mask=mask)


def _volcano(sheet: Sheet, x: float) -> None:
    flank = [(0.3, 0.04), (0.42, 0.12), (0.6, 0.28), (1.01, 0.7)]
    sheet.fill(mirror([(0.3, 0.0), *flank]) + (x, 0.12), sheet.tone(0.35))
    cap = [(0.3, 0.04), (0.42, 0.12), (0.5, 0.19), (0.45, 0.12), (0.52, 0.07), (0.46, 0.03), (0.5, 0)]
    sheet.fill(mirror([(0.3, 0.0), *cap]) + (x, 0.12), sheet.tone(1))


def _twig(sheet: Sheet, start: np.ndarray) -> np.ndarray:
    turn, reach = sheet.between(-1.6, 0.9), sheet.between(0.14, 0.3)
    steps = np.array([(0, 0), (0.5, sheet.between(-0.15, 0.15)), (1, sheet.between(-0.2, 0.2))])
    return smooth(place(steps, *start, reach, turn), closed=False)


def _gate() -> list[np.ndarray]:
    """The parts of a shrine gate that stands on the line y = 0 and is one unit high (y up)."""
    posts = [np.array([(s * 0.42, 0), (s * 0.38, 0.9), (s * 0.31, 0.9), (s * 0.34, 0)]) for s in (-1, 1)]
    lintel = smooth([(-0.62, 0.96), (0, 0.9), (0.62, 0.96)], closed=False)
    beam = np.array([(-0.52, 0.66), (0.52, 0.66), (0.52, 0.72), (-0.52, 0.72)])
    return [*posts, taper(lintel, (0.09, 0.07, 0.09)), beam]
