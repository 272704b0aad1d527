"""Layouts, which place a scene and its words, and finishes, which age or print the cover."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

from covergenre.demo.canvas import SIDE, Canvas, grid, points, smooth, taper
from covergenre.demo.lettering import Box

_WHOLE = (0.0, 0.0, 1.0, 1.0)
_PAPERS = (1.0, 0.02, 0.88)  # what a scene is mounted on


@dataclass(frozen=True)
class Layout:
    """A scene in its box, on paper if that isn't the whole canvas; and words.

    The title goes into `large` and the artist into `small`, or the other way round with `artist_large`; `align` is the
    edge they keep to (0 left, 1 right). `change` is what is done to the scene first.
    """

    large: Box
    small: Box
    align: float = 0.5
    scene: Box = _WHOLE
    change: Callable[[Canvas], None] | None = None
    artist_large: bool = False


def arrange(canvas: Canvas, layout: Layout) -> None:
    """Rearrange the canvas that a scene has filled; the words are written later."""
    for box in (layout.large, layout.small):  # calmed behind words: towards dark or light, whichever it already is
        distance = np.maximum(np.maximum(box[1] - grid()[1], grid()[1] - box[3]), 0)
        strength = 0.45 * (layout.scene == _WHOLE) * np.exp(-((distance / 0.09) ** 2))
        canvas.veil(strength, 0.0 if canvas.is_dark(box) else 1.0)
    if layout.change:
        layout.change(canvas)
    if layout.scene != _WHOLE:
        left, top, right, bottom = (round(edge * SIDE) for edge in layout.scene)
        scene = ImageOps.fit(canvas.image, (right - left, bottom - top), Image.Resampling.BILINEAR)
        canvas.wash(canvas.pick(_PAPERS))
        canvas.image.paste(scene, (left, top))


def clean(image: Image.Image, rng: np.random.Generator) -> Image.Image:  # noqa: ARG001 (all finishes are called alike)
    """As drawn."""
    return image


def grainy(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The grain of film."""
    noise = rng.normal(0, rng.uniform(1, 8), (image.height, image.width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def faded(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Colours that stood in the sun: weaker, warmer, and no true black."""
    weak = ImageEnhance.Color(image).enhance(rng.uniform(0.65, 0.85))
    return grainy(Image.blend(weak, Image.new("RGB", image.size, (214, 178, 132)), rng.uniform(0.1, 0.2)), rng)


def shaded(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Corners darker than the middle."""
    ticks = np.linspace(-1, 1, image.width)
    fall = 1 - rng.uniform(0.25, 0.5) * np.clip(np.hypot(*np.meshgrid(ticks, ticks)) - 0.45, 0, 1)
    return grainy(Image.fromarray((np.asarray(image) * fall[..., None]).astype(np.uint8)), rng)


def _label(canvas: Canvas) -> None:
    """A ruled label, as on an old edition of sheet music."""
    paper = canvas.pick(_PAPERS)
    for inset, tone in ((0, paper), (0.015, 1 - paper), (0.02, paper), (0.03, 1 - paper), (0.032, paper)):
        canvas.box(0.09 + inset, 0.06 + inset, 0.91 - inset, 0.34 - inset, tone)


def _strip(canvas: Canvas) -> None:
    """A paper strip down the left side, with a column of made-up characters."""
    paper, ink = canvas.pick(((1.0, 0.0), ("accent", 1.0)))
    strokes = ("0 15, 100 12", "10 50, 90 47", "0 88, 100 85", "20 0, 18 90", "50 0, 50 100", "50 30, 0 100")
    canvas.box(0, 0, 0.17, 1, paper)
    for number in range(canvas.pick((5, 6, 7))):
        for stroke in canvas.rng.choice(strokes, 4, replace=False):
            path = smooth(points(str(stroke)) + canvas.rng.normal(0, 0.05, (2, 2)), closed=False)
            canvas.at(0.045, 0.06 + number * 0.1, 0.08).fill(taper(path, 0.15, 0.06), ink)
    canvas.disc(0.085, 0.93, 0.032, ink)


def _two_tones(canvas: Canvas) -> None:
    gray = ImageOps.autocontrast(canvas.image.convert("L"), 2)
    canvas.image.paste(ImageOps.colorize(gray, canvas.ink(0.02), canvas.ink(canvas.pick((0.75, 0.95)))))


FULL = (
    Layout((0.07, 0.05, 0.93, 0.2), (0.07, 0.21, 0.93, 0.26), artist_large=True),
    Layout((0.07, 0.78, 0.93, 0.94), (0.07, 0.72, 0.93, 0.77), align=0.0),
    Layout((0.07, 0.8, 0.93, 0.94), (0.07, 0.06, 0.93, 0.12), align=1.0),
    Layout((0.07, 0.05, 0.93, 0.19), (0.07, 0.89, 0.93, 0.94)),
)
SHOUT = Layout((0.05, 0.5, 0.95, 0.86), (0.08, 0.9, 0.92, 0.95))
LOGO = (
    Layout((0.06, 0.04, 0.94, 0.27), (0.25, 0.9, 0.75, 0.945), artist_large=True),
    Layout((0.06, 0.38, 0.94, 0.66), (0.25, 0.9, 0.75, 0.945), artist_large=True),
    Layout((0.06, 0.04, 0.94, 0.27), (0.25, 0.9, 0.75, 0.945), scene=(0.08, 0.3, 0.92, 0.86), artist_large=True),
)
FRAME = Layout((0.06, 0.835, 0.94, 0.905), (0.06, 0.915, 0.94, 0.955), 0.0, (0.06, 0.06, 0.94, 0.81))
BANNER = Layout((0.06, 0.04, 0.94, 0.18), (0.06, 0.19, 0.94, 0.245), 0.0, (0.0, 0.27, 1.0, 1.0))
WINDOW = Layout((0.22, 0.79, 0.94, 0.86), (0.22, 0.875, 0.94, 0.915), 0.0, (0.22, 0.15, 0.74, 0.67))
LABEL = Layout((0.14, 0.11, 0.86, 0.22), (0.14, 0.25, 0.86, 0.295), change=_label)
STRIP = Layout((0.21, 0.8, 0.96, 0.9), (0.21, 0.91, 0.96, 0.955), 0.0, change=_strip)
COLUMN = (
    Layout((0.05, 0.04, 0.95, 0.25), (0.05, 0.265, 0.95, 0.32), 0.0, (0.0, 0.35, 1.0, 1.0), _two_tones),
    Layout((0.04, 0.04, 0.32, 0.45), (0.04, 0.84, 0.32, 0.96), 0.0, (0.35, 0.0, 1.0, 1.0), _two_tones),
)
