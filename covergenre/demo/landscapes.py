"""Scenes with a horizon: each function covers the whole canvas."""

import numpy as np
from PIL import ImageFilter

from covergenre.demo.canvas import SIDE, Canvas, Scene, circle, fractal, grid
from covergenre.demo.figures import BARN, PALM, SPRUCE


def mountains(canvas: Canvas) -> None:
    """Ranges of jagged peaks that come out of the mist, under a moon or a low sun."""
    night = _sky(canvas, canvas.between(0.16, 0.4))
    for depth in np.linspace(0, 1, 4):
        top = 0.36 + 0.42 * depth
        _range(canvas, top, 0.3 - 0.1 * depth, (0.55 if night else 0.72) * (1 - depth), snow=0.2 * (depth < 0.5))
        _mist(canvas, top + 0.16, 0.5 * (1 - depth))


def forest(canvas: Canvas) -> None:
    """Rows of spruces in fog, darker the nearer."""
    far = canvas.between(0.5, 0.72)
    _sky(canvas, canvas.between(0.2, 0.45))
    for depth in np.linspace(0, 1, 4):
        base, count, tone = far + (1.04 - far) * depth, int(26 - 14 * depth), (0.6 * (1 - depth)) ** 1.2
        for x in np.linspace(-0.05, 1.05, count) + canvas.rng.normal(0, 0.015, count):
            height = (0.16 + 0.3 * depth) * canvas.between(0.7, 1.35) * (0.75 + abs(x - 0.5) * depth)
            canvas.at(x, base, height).draw(SPRUCE, main=tone)
        canvas.box(0, base - 0.01, 1, 1, tone)
        _mist(canvas, base - 0.02, 0.55 * (1 - depth))


def prairie(canvas: Canvas) -> None:
    """A ploughed field under a wide sky, with a barn."""
    horizon, vanish = canvas.between(0.58, 0.74), canvas.between(0.25, 0.75)
    _sky(canvas, horizon - canvas.between(0, 0.3), often=0.2)
    _range(canvas, horizon - 0.05, 0.06, 0.42, roughness=0.3)
    canvas.box(0, horizon, 1, 1, 0.3)
    for start in np.arange(-3, 4, 0.22):
        canvas.fill([(vanish, horizon), (start, 1), (start + 0.1, 1)], 0.62, 0.8)
    _mist(canvas, horizon, 0.5)
    canvas.at(1 - vanish, horizon, canvas.between(0.16, 0.26)).draw(BARN, main=canvas.pick(("accent", 0.05)))


def shore(canvas: Canvas) -> None:
    """A large sun over the sea between palms."""
    horizon, x, radius = canvas.between(0.58, 0.7), canvas.between(0.35, 0.65), canvas.between(0.16, 0.27)
    night, light = _sky(canvas, 2, often=0.4), canvas.pick((0.97, "accent"))
    canvas.glow(x, horizon - radius * 0.6, 0.6, light, 0.5)
    canvas.disc(x, horizon - radius * 0.55, radius, light)
    canvas.box(0, horizon, 1, 1, 0.2 if night else 0.35)
    for depth in np.linspace(0.02, 1, 15) ** 1.4:
        half, thick = radius * (0.35 + 0.9 * depth) * canvas.between(0.5, 1.2), 0.004 + 0.012 * depth
        glint = canvas.at(x + canvas.rng.normal(0, 0.02), horizon + (1 - horizon) * depth)
        glint.fill([(-half, 0), (0, -thick), (half, 0), (0, thick)], light, 0.75)
    for side in canvas.pick(((-1,), (1,), (-1, 1), (-1, 1, 1))):
        palm = canvas.at(x + side * canvas.between(0.2, 0.36), 1.02, canvas.between(0.45, 0.75))
        palm.draw(PALM, flip=side > 0)


def neon_grid(canvas: Canvas) -> None:
    """A glowing lattice that runs to a banded sun."""
    horizon, x, radius = canvas.between(0.45, 0.72), canvas.between(0.3, 0.7), canvas.between(0.12, 0.3)
    y, glow = horizon - canvas.between(0.06, 0.14), canvas.pick(("accent", 0.75))
    canvas.wash(0.0, 0.2, 0.5)
    canvas.glow(x, y, radius * 2.2, 0.75, 0.7)
    height = (grid()[1] - y) / radius
    sun = (height < 0.05) | (height % 0.17 > 0.05 + 0.08 * height)
    canvas.veil(sun, 1.0, within=circle(x, y, radius))
    canvas.veil(sun * (0.5 + height / 2), "accent", within=circle(x, y, radius))
    canvas.box(0, horizon, 1, 1, 0.04)
    for width, alpha in ((0.014, 0.25), (0.004, 1.0)):
        for end in np.linspace(-2.2, 3.2, 27):
            canvas.line([(x + (end - 0.5) * 0.1, horizon), (end, 1)], width, glow, alpha)
        for level in horizon + (1 - horizon) * np.linspace(0, 1, 11) ** 2.2:
            canvas.line([(0, level), (1, level)], width, glow, alpha)
    canvas.glow(x, horizon, 0.5, glow, 0.4)


def in_oil(scene: Scene) -> Scene:
    """The scene in short strokes of paint that follow slow curves."""

    def paint(canvas: Canvas) -> None:
        scene(canvas)
        colours = np.asarray(canvas.image.filter(ImageFilter.BoxBlur(2)))
        flow = fractal(canvas.rng, 2, 2, SIDE) * 2 * np.pi
        for length, count in ((26, 700), (13, 1300), (6, 2400)):
            across, down = canvas.rng.integers(0, SIDE, (2, count))
            turns, spots = flow[down, across], np.stack([across, down], axis=-1)
            reach = np.stack([np.cos(turns), np.sin(turns)], axis=-1) * length
            shades = np.clip(colours[down, across] + canvas.rng.normal(0, 9, (count, 1)), 0, 255).astype(int).tolist()
            for ends, shade in zip(np.stack([spots - reach, spots + reach], axis=1) / SIDE, shades, strict=True):
                canvas.line(ends, (length // 2 - 1) / SIDE, tuple(shade))

    return paint


def _sky(canvas: Canvas, light: float, often: float = 0.5) -> bool:
    """A sky with clouds and a sun or moon at the height `light`, which is so often one of the night; whether it is."""
    night = canvas.chance(often)
    canvas.wash(*((0.02, 0.2, 0.5) if night else (0.5, 0.8, 0.97)))
    canvas.veil((fractal(canvas.rng, 2) * 1.6 - 0.8) * canvas.between(0.2, 0.7), 0.65 if night else 1.0)
    x, radius = canvas.between(0.2, 0.8), canvas.between(0.06, 0.15)
    ink = canvas.pick((0.95, 0.95 if night else "accent"))
    canvas.glow(x, light, radius * 4.5, ink, 0.55)
    canvas.disc(x, light, radius, ink)
    if night and canvas.chance(0.4):
        canvas.disc(x + radius * 0.4, light - radius * 0.15, radius * 0.9, 0.2)
    return night


def _range(canvas: Canvas, top: float, height: float, tone: float, roughness: float = 0.56, snow: float = 0.0) -> None:
    """Mountains: the rougher, the more jagged, with snow on what is less than `snow` below the top."""
    heights, size = canvas.rng.random(2), 1.0
    for _ in range(7):
        size *= roughness
        middles = (heights[:-1] + heights[1:]) / 2 + canvas.rng.uniform(-size, size, len(heights) - 1)
        heights = np.insert(heights, np.arange(1, len(heights)), middles)
    heights = top + height * (heights.max() - heights) / np.ptp(heights)
    line = np.stack([np.linspace(-0.01, 1.01, len(heights)), heights], axis=-1)
    canvas.fill(np.concatenate([line, [(1.01, 1.01), (-0.01, 1.01)]]), tone)
    depth = np.clip(top + snow - heights, 0, snow) * canvas.rng.random(len(line)) * 0.7
    canvas.fill(np.concatenate([line, (line + np.stack([depth * 0.35, depth], axis=-1))[::-1]]), 0.9, 0.8)


def _mist(canvas: Canvas, y: float, strength: float) -> None:
    canvas.veil(strength * np.exp(-(((grid()[1] - y) / 0.11) ** 2)), 0.85)
