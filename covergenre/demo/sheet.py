"""The sheet a cover is drawn on: six colours, unit coordinates, soft masks.

Coordinates run from 0 to 1, x to the right and y down. Outlines that are drawn by hand are written as text, in
hundredths: "0 -17, 12 0, 24 -10". A sheet is drawn at twice the size of a cover and halved at the end, which is what
makes its edges smooth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw

SIDE = 600
COVER_SIDE = 300

Colour = tuple[int, int, int]
Shape = str | np.ndarray | Sequence  # points as text, or of shape (n, 2)


@dataclass(frozen=True)
class Palette:
    """Five tones from dark to light, and an accent that stands out from them."""

    tones: tuple[Colour, ...]
    accent: Colour

    @property
    def warm(self) -> Colour:
        """The accent if it is a warm colour, else a light tone: for suns and lips."""
        return self.accent if self.accent[0] == max(self.accent) else self.tone(0.8)

    @classmethod
    def parse(cls, text: str) -> "Palette":
        """Six hexadecimal colours with blanks between: the tones, then the accent."""
        *tones, accent = (_parse_colour(word) for word in text.split())
        return cls(tuple(tones), accent)

    def tone(self, level: float) -> Colour:
        """The tone at `level`, 0 the darkest and 1 the lightest, mixed from its two neighbours."""
        position = min(max(level, 0.0), 1.0) * (len(self.tones) - 1)
        below = min(int(position), len(self.tones) - 2)
        return mix(self.tones[below], self.tones[below + 1], position - below)


class Sheet:
    """A square picture in progress, its palette, and the generator that makes every choice on it."""

    def __init__(self, palette: Palette, rng: np.random.Generator):
        self.palette = palette
        self.rng = rng
        self.tone = palette.tone
        self.accent, self.warm = palette.accent, palette.warm
        self.image = Image.new("RGB", (SIDE, SIDE), palette.tone(0.5))
        self._draw = ImageDraw.Draw(self.image, "RGBA")

    def pen(self, x: float, y: float, scale: float = 1, angle: float = 0) -> "Pen":
        """A pen that draws on this sheet in coordinates of its own: moved to (x, y), scaled and turned (clockwise)."""
        return Pen(self, x, y, scale, angle)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self.rng.random() < probability)

    def pick(self, options: Sequence):
        """One of the options, all equally likely."""
        return options[int(self.rng.integers(len(options)))]

    def between(self, low: float, high: float) -> float:
        """A number between `low` and `high`."""
        return float(self.rng.uniform(low, high))

    def wash(self, *colours: Colour) -> None:
        """Cover everything with a gradient through the colours, from the top."""
        through = colours if len(colours) > 1 else colours * 2
        column = gradient(through, np.linspace(0, 1, len(through)).tolist(), SIDE)
        self.image.paste(column.resize((SIDE, SIDE), Image.Resampling.BOX))

    def fill(self, shape: Shape, colour: Colour, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self._draw.polygon(_pixels(shape), fill=_with_alpha(colour, alpha))

    def line(self, shape: Shape, width: float, colour: Colour, alpha: float = 1.0) -> None:
        """Draw an open line through the points."""
        thickness = max(1, round(width * SIDE))
        self._draw.line(_pixels(shape), fill=_with_alpha(colour, alpha), width=thickness, joint="curve")

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: float = 1.0) -> None:
        """Fill a circle."""
        self._draw.ellipse(_bounds(x, y, radius), fill=_with_alpha(colour, alpha))

    def ring(self, x: float, y: float, radius: float, width: float, colour: Colour, alpha: float = 1.0) -> None:
        """Draw a circle whose outer edge is at `radius`."""
        thickness = max(1, round(width * SIDE))
        self._draw.ellipse(_bounds(x, y, radius), outline=_with_alpha(colour, alpha), width=thickness)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, alpha: float = 1.0) -> None:
        """Fill an upright rectangle."""
        corners = (left * SIDE, top * SIDE, right * SIDE - 1, bottom * SIDE - 1)
        if corners[2] >= corners[0] and corners[3] >= corners[1]:
            self._draw.rectangle(corners, fill=_with_alpha(colour, alpha))

    def veil(self, strength: np.ndarray, colour: Colour, within: Image.Image | None = None) -> None:
        """Lay a colour over the sheet (or a stencil) as strongly as `strength` says: any shape, 0 nothing to 1 all."""
        mask = Image.fromarray((np.clip(strength, 0, 1) * 255).astype(np.uint8))
        mask = mask.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
        self.image.paste(colour, mask=ImageChops.multiply(mask, within) if within else mask)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Shine softly around a point; the light is gone at `radius`."""
        across, down = grid()
        distance = np.hypot(across - x, down - y) / radius
        self.veil(strength * np.clip(1 - distance, 0, 1) ** 2, colour)

    def stencil(self, shape: Shape) -> Image.Image:
        """The inside of a polygon as a mask, for `paste`."""
        mask = Image.new("L", (SIDE, SIDE))
        ImageDraw.Draw(mask).polygon(_pixels(shape), fill=255)
        return mask

    def luminance(self, left: float, top: float, right: float, bottom: float) -> float:
        """How light a rectangle is at present: 0 to 1."""
        x1, y1, x2, y2 = (round(min(max(edge, 0), 1) * SIDE) for edge in (left, top, right, bottom))
        return float(np.asarray(self.image.crop((x1, y1, x2, y2)).reduce(8).convert("L")).mean() / 255)


@dataclass(frozen=True)
class Pen:
    """Draws on a sheet in coordinates of its own; see `Sheet.pen`."""

    sheet: Sheet
    x: float
    y: float
    scale: float
    angle: float

    def fill(self, shape: Shape, colour: Colour, alpha: float = 1.0) -> None:
        """Fill a polygon."""
        self.sheet.fill(self.on_sheet(shape), colour, alpha)

    def stroke(self, shape: Shape, widths: Sequence[float], colour: Colour) -> None:
        """Draw a curve through the points whose width goes evenly through `widths`."""
        self.fill(taper(smooth(shape, closed=False), widths), colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: float = 1.0) -> None:
        """Fill a circle."""
        left, top = self.on_sheet([(x, y)])[0]
        self.sheet.disc(left, top, radius * self.scale, colour, alpha)

    def on_sheet(self, shape: Shape) -> np.ndarray:
        """Points of the pen as points of the sheet."""
        return place(shape, self.x, self.y, self.scale, self.angle)


def points(shape: Shape) -> np.ndarray:
    """A shape as an array (n, 2); text holds pairs of x and y in hundredths."""
    if isinstance(shape, str):
        return np.array([pair.split() for pair in shape.split(",")], float) / 100
    return np.asarray(shape, float)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour in the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def gradient(colours: Sequence[Colour], stops: Sequence[float], height: int) -> Image.Image:
    """A column of pixels, one wide, that goes from colour to colour; `stops` from 0 to 1 say where each is reached."""
    ticks = np.linspace(0, 1, height)
    column = np.stack([np.interp(ticks, stops, channel) for channel in zip(*colours, strict=True)], axis=-1)
    return Image.fromarray(column.astype(np.uint8)[:, None])


@lru_cache(maxsize=1)
def grid() -> tuple[np.ndarray, np.ndarray]:
    """x and y of every point of a coarse grid, each of shape (150, 150): enough for anything soft."""
    ticks = (np.arange(150) + 0.5) / 150
    x, y = np.meshgrid(ticks, ticks)
    return x, y


def fractal(rng: np.random.Generator, cells: int = 3, octaves: int = 4, side: int = 150) -> np.ndarray:
    """Cloud-like noise of shape (side, side), from 0 to 1: octaves of finer and fainter random grids."""
    total = np.zeros((side, side), np.float32)
    for octave in range(octaves):
        coarse = Image.fromarray(rng.random((cells * 2**octave + 1,) * 2).astype(np.float32))
        total += np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC)) / 2**octave
    return (total - total.min()) / (total.max() - total.min())


def ridge(rng: np.random.Generator, roughness: float, octaves: int = 7) -> np.ndarray:
    """A mountain line of 2**octaves + 1 heights from 0 to 1; the rougher, the more jagged."""
    heights, size = rng.random(2), 1.0
    for _ in range(octaves):
        size *= roughness
        middles = (heights[:-1] + heights[1:]) / 2 + rng.uniform(-size, size, len(heights) - 1)
        heights = np.insert(heights, np.arange(1, len(heights)), middles)
    return (heights - heights.min()) / (np.ptp(heights) + 1e-9)


def smooth(shape: Shape, closed: bool = True, steps: int = 10) -> np.ndarray:
    """A Catmull-Rom curve through the points, as (m, 2) points."""
    knots = points(shape)
    ends = (knots[-1:], knots[:2]) if closed else (knots[:1], knots[-1:])
    padded = np.concatenate([ends[0], knots, ends[1]])
    a, b, c, d = (padded[i : len(padded) - 3 + i, None] for i in range(4))
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    curve = curve.reshape(-1, 2)
    return curve if closed else np.concatenate([curve, knots[-1:]])


def mirror(half: Shape) -> np.ndarray:
    """The outline of a shape that is the same on both sides of x = 0, from its right half."""
    right = points(half)
    return np.concatenate([right, right[right[:, 0] > 0][::-1] * (-1, 1)])


def taper(path: Shape, widths: Sequence[float] | np.ndarray) -> np.ndarray:
    """The outline of a stroke along a path whose width goes evenly through `widths`."""
    path = points(path)
    along = np.gradient(path, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=-1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    ticks = np.linspace(0, 1, len(path))
    half = np.interp(ticks, np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    return np.concatenate([path + normal * half, (path - normal * half)[::-1]])


def place(shape: Shape, x: float = 0, y: float = 0, scale: float = 1, angle: float = 0) -> np.ndarray:
    """Turn points by `angle` (radians, clockwise), then scale and move them."""
    cos, sin = np.cos(angle), np.sin(angle)
    return points(shape) @ np.array([[cos, sin], [-sin, cos]]) * scale + (x, y)


def circle(x: float, y: float, radius: float, sides: int = 48, start: float = 0) -> np.ndarray:
    """A regular polygon around a point; with many sides, a circle."""
    turns = start + np.linspace(0, 2 * np.pi, sides, endpoint=False)
    return np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], axis=-1)


def _parse_colour(word: str) -> Colour:
    red, green, blue = bytes.fromhex(word)
    return red, green, blue


def _with_alpha(colour: Colour, alpha: float) -> tuple[int, int, int, int]:
    return (*colour, round(255 * alpha))


def _pixels(shape: Shape) -> list[float]:
    return (points(shape) * SIDE).ravel().tolist()


def _bounds(x: float, y: float, radius: float) -> tuple[float, ...]:
    return tuple(SIDE * edge for edge in (x - radius, y - radius, x + radius, y + radius))
