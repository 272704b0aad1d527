"""Surfaces: what paint, print and years do to a finished cover, at its final size; and to a scene, what oil does."""

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from covergenre.demo.canvas import SIDE, Canvas, fractal
from covergenre.demo.patterns import Scene


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
