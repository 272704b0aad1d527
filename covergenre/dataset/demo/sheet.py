"""The sheet a cover is drawn on: six colours, unit coordinates, soft masks.

Coordinates run from 0 to 1, x to the right and y down. A sheet is drawn at twice the size of a cover and halved at the
end, which is what makes its edges smooth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

SIDE = 600
COVER_SIDE = 300

Colour = tuple[int, int, int]


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
        self.replace(Image.new("RGB", (SIDE, SIDE), palette.tone(0.5)))

    def replace(self, image: Image.Image) -> None:
        """Go on drawing on another picture of the same size."""
        self.image = image
        self._draw = ImageDraw.Draw(image, "RGBA")

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self.rng.random() < probability)

    def pick(self, options: Sequence):
        """One of the options, all equally likely."""
        return options[int(self.rng.integers(len(options)))]

    def between(self, low: float, high: float) -> float:
        """A number between `low` and `high`."""
        return float(self.rng.uniform(low, high))

    def wash(self, *colours: Colour, sideways: bool = False) -> None:
        """Cover everything with a gradient through the colours, from the top (or the left)."""
        steps = np.linspace(0, 1, 256)
        stops = np.linspace(0, 1, len(colours)) if len(colours) > 1 else np.zeros(1)
        strip = np.stack([np.interp(steps, stops, channel) for channel in zip(*colours, strict=True)], axis=-1)
        strip = strip[None] if sideways else strip[:, None]
        self.image.paste(Image.fromarray(strip.astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.BILINEAR))

    def fill(self, points: np.ndarray, colour: Colour, alpha: float = 1.0) -> None:
        """Fill a polygon; `points` has shape (n, 2)."""
        self._draw.polygon(_pixels(points), fill=_with_alpha(colour, alpha))

    def line(self, points: np.ndarray, width: float, colour: Colour, alpha: float = 1.0) -> None:
        """Draw an open line through the points."""
        thickness = max(1, round(width * SIDE))
        self._draw.line(_pixels(points), fill=_with_alpha(colour, alpha), width=thickness, joint="curve")

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

    def veil(self, strength: np.ndarray, colour: Colour) -> None:
        """Lay a colour over the sheet as strongly as `strength` says: any shape, 0 nothing to 1 all of it."""
        mask = Image.fromarray((np.clip(strength, 0, 1) * 255).astype(np.uint8))
        self.image.paste(colour, mask=mask.resize((SIDE, SIDE), Image.Resampling.BICUBIC))

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Shine softly around a point; the light is gone at `radius`."""
        across, down = grid()
        distance = np.hypot(across - x, down - y) / radius
        self.veil(strength * np.clip(1 - distance, 0, 1) ** 2, colour)

    def stencil(self, points: np.ndarray) -> Image.Image:
        """The inside of a polygon as a mask, for `paste`."""
        mask = Image.new("L", (SIDE, SIDE))
        ImageDraw.Draw(mask).polygon(_pixels(points), fill=255)
        return mask

    def luminance(self, left: float, top: float, right: float, bottom: float) -> float:
        """How light a rectangle is at present: 0 to 1."""
        corners = [round(min(max(edge, 0), 1) * SIDE) for edge in (left, top, right, bottom)]
        return float(
            np.asarray(self.image.crop(corners).resize((8, 8), Image.Resampling.BOX).convert("L")).mean() / 255
        )


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second colour in the first."""
    return tuple(round(a + (b - a) * share) for a, b in zip(first, second, strict=True))


@lru_cache(maxsize=1)
def grid() -> tuple[np.ndarray, np.ndarray]:
    """x and y of every point of a coarse grid, each of shape (150, 150): enough for anything soft."""
    ticks = (np.arange(150) + 0.5) / 150
    return tuple(np.meshgrid(ticks, ticks))


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


def smooth(points: np.ndarray | Sequence, closed: bool = True, steps: int = 10) -> np.ndarray:
    """A Catmull-Rom curve through the points, as (m, 2) points."""
    points = np.asarray(points, float)
    ends = (points[-1:], points[:2]) if closed else (points[:1], points[-1:])
    padded = np.concatenate([ends[0], points, ends[1]])
    a, b, c, d = (padded[i : len(padded) - 3 + i, None] for i in range(4))
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    curve = curve.reshape(-1, 2)
    return curve if closed else np.concatenate([curve, points[-1:]])


def mirror(half: Sequence) -> np.ndarray:
    """The closed outline of a shape that is the same on both sides of x = 0, from (y, half width) pairs."""
    right = np.asarray([(width, y) for y, width in half], float)
    left = right[right[:, 0] > 0][::-1] * (-1, 1)
    return np.concatenate([right, left])


def taper(path: np.ndarray | Sequence, widths: Sequence[float]) -> np.ndarray:
    """The outline of a stroke along a path whose width goes evenly through `widths`."""
    path = np.asarray(path, float)
    along = np.gradient(path, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=-1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    ticks = np.linspace(0, 1, len(path))
    half = np.interp(ticks, np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    return np.concatenate([path + normal * half, (path - normal * half)[::-1]])


def place(points: np.ndarray, x: float = 0, y: float = 0, scale: float = 1, angle: float = 0) -> np.ndarray:
    """Turn points by `angle` (radians, clockwise), then scale and move them."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(points, float) @ np.array([[cos, sin], [-sin, cos]]) * scale + (x, y)


def circle(x: float, y: float, radius: float, sides: int = 48, start: float = 0) -> np.ndarray:
    """A regular polygon around a point; with many sides, a circle."""
    turns = start + np.linspace(0, 2 * np.pi, sides, endpoint=False)
    return np.stack([x + radius * np.cos(turns), y + radius * np.sin(turns)], axis=-1)


def _parse_colour(word: str) -> Colour:
    return tuple(bytes.fromhex(word))


def _with_alpha(colour: Colour, alpha: float) -> tuple[int, int, int, int]:
    return (*colour, round(255 * alpha))


def _pixels(points: np.ndarray) -> list[float]:
    return (np.asarray(points, float) * SIDE).ravel().tolist()


def _bounds(x: float, y: float, radius: float) -> tuple[float, ...]:
    return tuple(SIDE * edge for edge in (x - radius, y - radius, x + radius, y + radius))
