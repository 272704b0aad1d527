"""The canvas a cover is drawn on: six colours, coordinates of its own, soft masks.

Coordinates run from 0 to 1, x to the right and y down; outlines that are drawn by hand are written as text, in
hundredths: "0 -17, 12 0, 24 -10". An ink is a colour, a number (how light a tone of the palette is, 0 to 1) or
"accent". A canvas is drawn at twice the size of a cover and halved at the end, which makes its edges smooth.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageDraw

SIDE = 600
COVER_SIDE = 300

Colour = tuple[int, int, int]
Palette = tuple[Colour, ...]  # five tones from dark to light, and an accent that stands out from them
Ink = Colour | float | str
Shape = str | np.ndarray | Sequence  # points as text, or of shape (n, 2)
Figure = tuple[tuple[Ink, np.ndarray], ...]
"""Outlines that are filled one after the other; an ink may be a name that is given a colour as it is drawn."""


@dataclass(frozen=True)
class Canvas:
    """A square picture in progress, its palette, the generator of every choice on it, and the frame drawn in."""

    palette: Palette
    rng: np.random.Generator
    image: Image.Image = field(default_factory=lambda: Image.new("RGB", (SIDE, SIDE)))
    x: float = 0.0
    y: float = 0.0
    scale: float = 1.0
    angle: float = 0.0

    def at(self, x: float, y: float, scale: float = 1, angle: float = 0) -> "Canvas":
        """The same picture, drawn on in a frame that is moved to (x, y), scaled, and turned clockwise by radians."""
        left, top = self._placed([(x, y)])[0]
        return replace(self, x=left, y=top, scale=self.scale * scale, angle=self.angle + angle)

    def ink(self, ink: Ink) -> Colour:
        """The colour of an ink."""
        if isinstance(ink, tuple):
            return ink
        if isinstance(ink, str):
            return self.palette[-1]
        below, share = divmod(min(max(ink, 0.0), 0.9999) * (len(self.palette) - 2), 1)
        return mix(self.palette[int(below)], self.palette[int(below) + 1], share)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self.rng.random() < probability)

    def pick(self, options: Sequence) -> Any:
        """One of the options, all equally likely."""
        return options[int(self.rng.integers(len(options)))]

    def between(self, low: float, high: float) -> float:
        """A number between `low` and `high`."""
        return float(self.rng.uniform(low, high))

    def wash(self, *inks: Ink) -> None:
        """Cover everything with a gradient through the inks, from the top."""
        ticks, colours = np.linspace(0, len(inks) - 1, SIDE), np.array([self.ink(ink) for ink in inks])
        column = np.stack([np.interp(ticks, range(len(inks)), channel) for channel in colours.T], axis=-1)
        self.image.paste(Image.fromarray(column.astype(np.uint8)[:, None]).resize((SIDE, SIDE)))

    def fill(self, shape: Shape, ink: Ink, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self._brush.polygon(self._pixels(shape), fill=(*self.ink(ink), round(255 * alpha)))

    def draw(self, figure: Figure, flip: bool = False, **inks: Ink) -> None:
        """Fill the outlines of a figure, perhaps seen in a mirror; `inks` are those that it has names for."""
        for ink, outline in figure:
            self.fill(outline * (-1, 1) if flip else outline, inks.get(ink, ink) if isinstance(ink, str) else ink)

    def line(self, shape: Shape, width: float, ink: Ink, alpha: float = 1.0) -> None:
        """Draw an open line through the points; `width` is a share of the whole canvas."""
        colour, thickness = (*self.ink(ink), round(255 * alpha)), max(1, round(width * SIDE))
        self._brush.line(self._pixels(shape), fill=colour, width=thickness, joint="curve")

    def disc(self, x: float, y: float, radius: float, ink: Ink, alpha: float = 1.0) -> None:
        """Fill a circle."""
        centre, reach = self._placed([(x, y)])[0] * SIDE, radius * self.scale * SIDE
        self._brush.ellipse((*(centre - reach), *(centre + reach)), fill=(*self.ink(ink), round(255 * alpha)))

    def box(self, left: float, top: float, right: float, bottom: float, ink: Ink, alpha: float = 1.0) -> None:
        """Fill a rectangle."""
        self.fill([(left, top), (right, top), (right, bottom), (left, bottom)], ink, alpha)

    def veil(self, strength: np.ndarray, ink: Ink, within: Shape | None = None) -> None:
        """Lay an ink over everything, or a polygon, as strongly as `strength` says: any shape, 0 nothing to 1 all."""
        mask = Image.fromarray((np.clip(strength, 0, 1) * 255).astype(np.uint8))
        mask = mask.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        self.image.paste(
            self.ink(ink), mask=mask if within is None else ImageChops.multiply(mask, self.stencil(within))
        )

    def glow(self, x: float, y: float, radius: float, ink: Ink, strength: float = 1.0) -> None:
        """Shine softly around a point of the whole canvas; the light is gone at `radius`."""
        across, down = grid()
        self.veil(strength * np.clip(1 - np.hypot(across - x, down - y) / radius, 0, 1) ** 2, ink)

    def stencil(self, shape: Shape) -> Image.Image:
        """The inside of a polygon as a mask."""
        mask = Image.new("L", (SIDE, SIDE))
        ImageDraw.Draw(mask).polygon(self._pixels(shape), fill=255)
        return mask

    def is_dark(self, box: Iterable[float]) -> bool:
        """Whether a rectangle of the whole canvas (left, top, right, bottom) is dark at present."""
        left, top, right, bottom = (round(edge * SIDE) for edge in box)
        return float(np.asarray(self.image.crop((left, top, right, bottom)).reduce(8).convert("L")).mean()) < 132

    @property
    def _brush(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image, "RGBA")

    def _placed(self, shape: Shape) -> np.ndarray:
        return turned(shape, self.angle) * self.scale + (self.x, self.y)

    def _pixels(self, shape: Shape) -> list[float]:
        return (self._placed(shape) * SIDE).ravel().tolist()


Scene = Callable[[Canvas], None]
"""Draws over the whole canvas."""


def points(shape: Shape) -> np.ndarray:
    """A shape as an array (n, 2)."""
    if isinstance(shape, str):
        return np.array([pair.split() for pair in shape.split(",")], float) / 100
    return np.asarray(shape, float)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour in the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


@lru_cache(maxsize=1)
def grid() -> tuple[np.ndarray, np.ndarray]:
    """x and y of every point of a coarse grid, each of shape (150, 150): enough for anything soft."""
    x, y = np.meshgrid(*[(np.arange(150) + 0.5) / 150] * 2)
    return x, y


def fractal(rng: np.random.Generator, cells: int = 3, octaves: int = 4, side: int = 150) -> np.ndarray:
    """Cloud-like noise of shape (side, side), from 0 to 1: octaves of finer and fainter random grids."""
    total = np.zeros((side, side), np.float32)
    for octave in range(octaves):
        coarse = Image.fromarray(rng.random((cells * 2**octave + 1,) * 2).astype(np.float32))
        total += np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC)) / 2**octave
    return (total - total.min()) / (total.max() - total.min())


def smooth(shape: Shape, closed: bool = True) -> np.ndarray:
    """A Catmull-Rom curve through the points, as (m, 2) points."""
    knots = points(shape)
    ends = (knots[-1:], knots[:2]) if closed else (knots[:1], knots[-1:])
    padded = np.concatenate([ends[0], knots, ends[1]])
    a, b, c, d = (padded[i : len(padded) - 3 + i, None] for i in range(4))
    t = np.linspace(0, 1, 10, endpoint=False)[None, :, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return curve.reshape(-1, 2) if closed else np.concatenate([curve.reshape(-1, 2), knots[-1:]])


def mirror(half: Shape) -> np.ndarray:
    """The outline of a shape that is the same on both sides of x = 0, from its right half."""
    right = points(half)
    return np.concatenate([right, right[right[:, 0] > 0][::-1] * (-1, 1)])


def taper(path: Shape, *widths: float) -> np.ndarray:
    """The outline of a stroke along a path whose width goes evenly through `widths`."""
    path = points(path)
    along = np.gradient(path, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=-1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    half = np.interp(np.linspace(0, 1, len(path)), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    return np.concatenate([path + normal * half, (path - normal * half)[::-1]])


def turned(shape: Shape, angle: float) -> np.ndarray:
    """Points turned clockwise by so many radians around (0, 0)."""
    cos, sin = np.cos(angle), np.sin(angle)
    return points(shape) @ np.array([[cos, sin], [-sin, cos]])


def circle(x: float = 0, y: float = 0, radius: float = 1, sides: int = 48, start: float = 0) -> np.ndarray:
    """A regular polygon around a point; with many sides, a circle."""
    turns = start + np.linspace(0, 2 * np.pi, sides, endpoint=False)
    return np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], axis=-1)
