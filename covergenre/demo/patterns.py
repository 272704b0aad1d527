"""Scenes without a horizon: a figure on a quiet ground, or rhythm and geometry. Each covers the whole canvas."""

from collections.abc import Mapping, Sequence

import numpy as np

from covergenre.demo import figures
from covergenre.demo.canvas import Canvas, Figure, Ink, Scene, circle
from covergenre.demo.lettering import Lettering, sticker, write

_SWOLLEN = Lettering(bold=0.16, slant=0.12, paint=sticker, stretch=(0.7, 1.4))
_PERSON: Mapping[str, Sequence[Ink]] = {
    "skin": (0.7,),
    "hair": (0.02,),
    "hat": (0.14,),
    "clothes": ("accent", 0.08, 0.5),
    "lips": ("accent", 0.3),
}
_DRAWN_PERSON: Mapping[str, Sequence[Ink]] = {
    "skin": ((255, 232, 214),),
    "hair": ("accent", 0.1, 0.35, 0.55),
    "shade": (0.05, 0.2),
    "iris": ("accent", 0.3, 0.5),
}


def figure(
    choice: Sequence[Figure], inks: Mapping[str, Sequence[Ink]], grounds: Sequence[float], scale: float, lean: float = 0
) -> Scene:
    """One of these figures, large on a ground of one of these tones; of each of its inks one is chosen, too."""

    def scene(canvas: Canvas) -> None:
        backdrop(canvas, canvas.pick(grounds))
        x, y = canvas.between(0.43, 0.57), canvas.between(0.46, 0.53)
        frame = canvas.at(x, y, scale * canvas.between(0.9, 1.1), canvas.between(-lean, lean))
        chosen = {name: canvas.pick(options) for name, options in inks.items()}
        frame.draw(canvas.pick(choice), canvas.chance(0.5), **chosen)

    return scene


def portrait(people: Sequence[Figure]) -> Scene:
    """Head and shoulders of one of these people."""
    return figure(people, _PERSON, (0.2, 0.85), 1.08)


guitar = figure([figures.GUITAR], {"main": (0.62, 0.75, "accent")}, (0.15, 0.5, 0.85), 0.9, lean=0.7)
violin = figure([figures.VIOLIN], {"main": (0.45, 0.6)}, (0.08, 0.85), 1.35, lean=0.5)
saxophone = figure([figures.SAXOPHONE], {"main": ("accent", 0.75, 0.95)}, (0.1, 0.25, 0.82), 0.95, lean=0.3)
emblem = figure([figures.HEART], {}, (0.35, 0.65, 0.9), 0.9)
manga = figure(figures.MANGA, _DRAWN_PERSON, (0.82,), 1.1)


def backdrop(canvas: Canvas, tone: float) -> None:
    """Something quiet behind a figure: a spot of light, a disc, or two halves."""
    canvas.wash(tone, tone - 0.18)
    x, ink, kind = canvas.between(0.4, 0.6), canvas.pick(("accent", tone + 0.25, tone - 0.3)), canvas.rng.integers(3)
    if kind == 0:
        canvas.glow(0.5, 0.42, 0.7, tone + 0.3, 0.9)
    elif kind == 1:
        canvas.disc(x, 0.42, canvas.between(0.28, 0.36), ink)
    else:
        canvas.box(x, 0, 1, 1, ink)


def rays(canvas: Canvas) -> None:
    """Beams in two colours from one point."""
    x, y, count = canvas.between(0.3, 0.7), canvas.pick((0.5, 1.0)), int(canvas.rng.integers(9, 17))
    inks, half = canvas.pick((("accent", 0.55), (0.3, 0.6))), np.pi / count / 2
    canvas.wash(0.92)
    for step in range(count):
        beam = [(0, 0), (1.6, -1.6 * np.tan(half)), (1.6, 1.6 * np.tan(half))]
        canvas.at(x, y, 1, 4 * half * step).fill(beam, inks[step % 2])
    for radius, tone in ((0.2, 1.0), (0.17, 0.1), (0.14, 0.75)):
        canvas.disc(x, y, radius, tone)


def arcs(canvas: Canvas) -> None:
    """Parallel stripes that run straight and turn, in the manner of the seventies."""
    light, width = canvas.chance(0.6), canvas.between(0.055, 0.085)
    canvas.wash(1.0 if light else 0.04)
    turn, bow = canvas.pick((0, 1, 2, 3)) * np.pi / 2 + canvas.pick((0, 0, np.pi / 4)), circle(sides=80, start=np.pi)
    frame = canvas.at(canvas.between(0.25, 0.75), canvas.between(0.45, 0.75), 1, turn)
    inks: tuple[Ink, ...] = (0.2 if light else 0.95, "accent", 0.5, 0.72)
    for radius, ink in zip(0.12 + width * np.arange(4), inks, strict=True):
        frame.line(np.concatenate([[(-radius, 1.5)], bow[:41] * radius, [(radius, 1.5)]]), width * 0.98, ink)


def graffiti(canvas: Canvas) -> None:
    """Bricks, spray, and a tag in swollen letters."""
    base, top, count = canvas.between(0.2, 0.45), canvas.between(0.26, 0.36), canvas.pick((3, 4))
    canvas.wash(0.1)
    for row, column in np.ndindex(20, 11):
        left, upper = (column - 1 + row % 2 / 2) * 0.11, row * 0.05
        canvas.box(left, upper, left + 0.105, upper + 0.045, base + canvas.rng.normal(0, 0.03))
    for x, y in canvas.rng.uniform(0.1, 0.9, (4, 2)):
        canvas.glow(x, y, canvas.between(0.2, 0.45), canvas.pick(("accent", 0.9, 0.6, 0.4)), 0.75)
    for x in np.linspace(0.04, 0.96, count, endpoint=False):
        y = top + canvas.between(-0.05, 0.05)
        write(canvas, canvas.pick("ABEKMORSTXYZ"), (x, y, x + 1.03 / count, y + 0.38), _SWOLLEN)


def speakers(canvas: Canvas) -> None:
    """A wall of loudspeakers."""
    count = canvas.pick((2, 2, 3))
    for row, column in np.ndindex(count, count):
        box = canvas.at((column + 0.5) / count, (row + 0.5) / count, 1 / count)
        box.draw(figures.SPEAKER, main=canvas.pick((0.1, 0.3, 0.5, "accent")))
