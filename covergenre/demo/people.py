"""Faces: a portrait lit from one side, and a drawn face with large eyes. Both cover the whole sheet."""

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import ImageChops

from covergenre.demo.patterns import backdrop
from covergenre.demo.sheet import SIDE, Colour, Pen, Sheet, mirror, mix, points, smooth

# What is worn, behind the head and before it: pieces that are the same on both sides of the face, each with what gives
# it its colour and the right half of its outline.
_Pieces = tuple[tuple[str, str], ...]
_SHORT = ("hair", "0 -21.5, 7 -20, 13.5 -14, 15 -3, 13 -2, 11 -9, 0 -13")
_PARTED = ("hair", "0 -22, 9 -20.5, 15 -14, 16.5 7, 12.8 -3, 8 -12, 0 -19")
_BEHIND: Mapping[str, _Pieces] = {
    "long": (("hair", "0 -23, 12 -20, 18 -5, 19 20, 20 36, 0 37"),),
    "bob": (("hair", "0 -23, 13 -20, 20 -5, 20 12, 0 15"),),
    "afro": (("hair", "0 -37, 19 -29, 27 -10, 19 9, 0 17"),),
    "hood": (("hat", "0 -30, 14 -25, 23 -2, 22 20, 30 34, 0 36"),),
    "locks": (("hair", "0 -20, 17 -12, 22 5, 28 30, 24 31, 19 12, 21 32, 17 33, 13 12, 14 33, 10 33, 0 10"),),
}
_BEFORE: Mapping[str, _Pieces] = {
    "short": (_SHORT,),
    "long": (_PARTED,),
    "bob": (("hair", "0 -22, 9 -20.5, 15 -14, 16 6, 13 3, 12 -7, 0 -8"),),
    "afro": (("hair", "0 -22, 11 -18, 14 -8, 8 -11, 0 -13.5"),),
    "hood": (("shade", "0 -21.5, 10 -18, 16 -5, 16 12, 13 12, 12.5 -3, 8 -12, 0 -14"),),
    "locks": (("band", "0 -27, 10 -26, 18 -18, 15 -8, 0 -8"), ("hat", "0 -10, 14.8 -10, 15 -6.5, 0 -5.5")),
    "cap": (("band", "0 -22, 8 -20, 14.5 -13, 15 -6, 0 -6"), ("hat", "0 -10.5, 9 -10, 16 -6, 8 -5.5, 0 -6.5")),
    "cowboy": (
        ("hat", "0 -27, 7 -31, 12 -26, 15 -9, 0 -6"),
        ("band", "0 -13, 14.6 -13, 15.2 -9, 0 -6"),
        ("hat", "0 -7.5, 23 -10, 38 -13, 23 -5, 0 -3"),
    ),
    "fedora": (
        ("hat", "0 -26, 6 -28.5, 11 -25, 14.5 -9, 0 -6"),
        ("band", "0 -14, 14 -14, 14.6 -8.5, 0 -7"),
        ("hat", "0 -7, 14 -9, 24 -11, 14 -4.5, 0 -3"),
    ),
    "headphones": (
        _SHORT,
        ("band", "0 -25.5, 13 -22, 19 -8, 20.5 -6, 20.5 6, 14 7, 13.5 -6, 16 -9, 10.5 -19, 0 -22"),
    ),
}


def portrait(sheet: Sheet, wear: Sequence[str]) -> None:
    """Head and shoulders of somebody lit from one side; `wear` are the hair and hats to choose from."""
    dark, style = sheet.chance(0.5), sheet.pick(wear)
    backdrop(sheet, 0.2 if dark else 0.8)
    pen = sheet.pen(sheet.between(0.42, 0.58), sheet.between(0.46, 0.52), sheet.between(0.95, 1.2))
    colours = {"hair": sheet.tone(0.02), "hat": sheet.tone(0.14), "band": sheet.accent, "shade": sheet.tone(0.3)}
    skin, shade, side = sheet.tone(0.76 if dark else 0.66), sheet.tone(0.3), sheet.pick((-1, 1))
    for role, half in _BEHIND.get(style, ()):
        pen.fill(smooth(mirror(half)), colours[role])
    _shoulders(pen, sheet.pick((sheet.accent, sheet.tone(0.08), sheet.tone(0.5))))
    pen.fill(mirror("6.6 8, 7 24, 10 29, 0 34"), mix(skin, shade, 0.75))
    _head(pen, skin, shade, side)
    _features(pen, side, shade, glasses=sheet.chance(0.3))
    for role, half in _BEFORE[style]:
        pen.fill(smooth(mirror(half)), colours[role])


def manga(sheet: Sheet) -> None:
    """A face with large eyes under a shock of hair, close up."""
    backdrop(sheet, 0.82)
    pen, tone = sheet.pen(sheet.between(0.44, 0.56), 0.5, 1.1), sheet.tone
    hair = sheet.pick((sheet.accent, tone(0.1), tone(0.35), tone(0.55)))
    skin = mix(tone(1), (255, 224, 204), 0.55)
    width, hem = sheet.between(0.2, 0.36), sheet.between(0.1, 0.34)
    mass = [(0, -0.4), (0.24, -0.35), (0.33, -0.1), (width, 0.25), (hem, 0.5), (0, 0.5)]
    pen.fill(smooth(mirror(mass)), mix(hair, tone(0), 0.4))
    pen.fill(mirror("6 20, 7 36, 12 60, 0 61"), mix(skin, tone(0.4), 0.3))
    pen.fill(mirror("0 38, 10 37, 27 42, 36 60, 0 61"), tone(0.18))
    pen.fill(smooth(mirror("0 -28, 19 -24, 25 -5, 21.5 10, 7 23.5, 0 26.2")), skin)
    iris = sheet.pick((sheet.accent, tone(0.3), tone(0.5)))
    for side in (-1, 1):
        _large_eye(pen, side, iris)
    pen.stroke("-0.6 13.5, 0.6 14.2", (0.006, 0.006), tone(0.3))
    pen.stroke("-3 18.5, 0 19.6, 3 18.5", (0.006, 0.008, 0.006), tone(0.15))
    _fringe(pen, hair)


def _shoulders(pen: Pen, colour: Colour) -> None:
    pen.fill(smooth(mirror("0 20, 7.5 22.5, 20 28, 32 34, 42 60, 42 90, 0 90")), colour)
    for side in (-1, 1):
        pen.fill(points("7 21.5, 10 23.5, 13 42, 0 62, 2 40") * (side, 1), mix(colour, pen.sheet.tone(0), 0.45))


def _head(pen: Pen, skin: Colour, shade: Colour, side: int) -> None:
    """A head whose side away from the light is darker: what a shifted copy of its outline leaves uncovered."""
    outline = smooth(mirror("0 -19, 9.5 -16.5, 14 -7, 13.5 3, 10.8 12, 5 18, 0 19.2"))
    head = pen.sheet.stencil(pen.on_sheet(outline))
    lit = ImageChops.offset(head, round(-side * 0.075 * pen.scale * SIDE), round(-0.02 * SIDE))
    pen.sheet.image.paste(skin, mask=head)
    pen.sheet.image.paste(shade, mask=ImageChops.subtract(head, lit))


def _features(pen: Pen, side: int, shade: Colour, glasses: bool) -> None:
    dark, lips = pen.sheet.tone(0.06), mix(pen.sheet.warm, shade, 0.3)
    pen.stroke(points("2 -3.5, 1.2 3, 3 6.2, 0 7") * (side, 1), (0.006, 0.012, 0.02, 0.006), shade)
    for eye in ((-1, 1), (1, 1)):
        pen.stroke(points("3 -4.2, 6 -5.6, 10 -4") * eye, (0.008, 0.016, 0.005), dark)
        if glasses:
            pen.fill(smooth(points("1.8 -3, 10 -3.5, 9.8 1.5, 6 3, 2.5 1.8") * eye), dark)
        else:
            pen.stroke(points("3.5 -0.8, 6.2 0.4, 9 -0.8") * eye, (0.004, 0.016, 0.004), dark)
    if glasses:
        pen.stroke("-10 -2.6, 0 -2.4, 10 -2.6", (0.01, 0.01), dark)
    pen.stroke("-4.2 11.2, -1.2 10.6, 1.2 10.6, 4.2 11.2", (0.004, 0.016, 0.016, 0.004), lips)
    pen.stroke("-3.6 11.7, 0 12.8, 3.6 11.7", (0.003, 0.016, 0.003), lips)


def _large_eye(face: Pen, side: int, iris: Colour) -> None:
    tone = face.sheet.tone
    x, y = face.on_sheet([(side * 0.115, 0.045)])[0]
    pen = face.sheet.pen(x, y, face.scale)

    def oval(y: float, width: float, height: float, colour: Colour) -> None:
        pen.fill(smooth([(width, y), (0, y + height), (-width, y), (0, y - height)]), colour)

    oval(0, 0.068, 0.066, tone(1))
    oval(0.002, 0.046, 0.062, tone(0.02))
    oval(0.002, 0.04, 0.053, iris)
    oval(0.024, 0.03, 0.028, mix(iris, tone(1), 0.5))
    oval(0, 0.018, 0.026, tone(0.02))
    pen.disc(-0.015, -0.024, 0.016, (255, 255, 255))
    pen.disc(0.016, 0.022, 0.008, (255, 255, 255))
    pen.stroke(points("-7.5 0, -3 -6, 4 -6, 8.8 -1.2") * (side, 1), (0.01, 0.024, 0.026, 0.006), tone(0.02))
    pen.stroke(points("-6 -10, 0 -11.8, 7 -10") * (side, 1), (0.006, 0.012, 0.004), tone(0.1))
    pen.disc(side * 0.05, 0.1, 0.034, (255, 110, 120), 0.22)


def _fringe(pen: Pen, hair: Colour) -> None:
    """Locks that fall over the forehead, and one long one at each side."""
    dark, sheet = pen.sheet.tone(0), pen.sheet
    for number, x in enumerate(np.linspace(-0.22, 0.22, 7)):
        fall = sheet.between(-0.06, 0.03) if abs(x) < 0.2 else 0.2
        tip = (x + sheet.between(-0.03, 0.03), fall)
        lock = [(0.8 * x - 0.07, -0.33), (x - 0.075, -0.17), tip, (x + 0.055, -0.17), (0.8 * x + 0.07, -0.33)]
        pen.fill(smooth(lock), mix(hair, dark, 0.12 * (number % 2)))
    pen.fill(smooth(mirror("0 -41, 20 -37, 29 -24, 30 -10, 20 -20, 0 -24")), hair)
    for side in (-1, 1):
        pen.stroke(points("25 -20, 30 0, 24 28") * (side, 1), (0.1, 0.09, 0.004), hair)
    pen.stroke("-17 -29, -3 -33.5, 12 -31", (0.004, 0.028, 0.004), mix(hair, sheet.tone(1), 0.6))
