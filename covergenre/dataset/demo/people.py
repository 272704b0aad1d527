"""Faces: a portrait lit from one side, and a drawn face with large eyes. Both cover the whole sheet."""

from functools import lru_cache

import numpy as np
from PIL import ImageChops

from covergenre.dataset.demo.patterns import backdrop
from covergenre.dataset.demo.sheet import SIDE, Colour, Sheet, circle, mirror, mix, place, smooth, taper

_LEAF_OF_LIGHT = 0.075


def portrait(sheet: Sheet, wear: tuple[str, ...] = ("short", "long", "afro", "bob")) -> None:
    """Head and shoulders of somebody lit from one side; `wear` are the hair and hats to choose from."""
    dark = sheet.chance(0.5)
    backdrop(sheet, 0.2 if dark else 0.8)
    skin, shade, hair = sheet.tone(0.76 if dark else 0.66), sheet.tone(0.3), sheet.tone(0.02)
    at = (sheet.between(0.42, 0.58), sheet.between(0.46, 0.52), sheet.between(0.95, 1.2))
    side, style = sheet.pick((-1, 1)), sheet.pick(wear)
    roles = {
        "hair": hair,
        "hat": sheet.tone(0.14),
        "band": sheet.accent,
        "shade": sheet.tone(0.3),
        "wig": sheet.tone(0.95 if dark else 0.5),
    }
    behind, before = _wear(style)
    for points, role in behind:
        sheet.fill(place(points, *at), roles[role])
    _shoulders(sheet, at, sheet.pick((sheet.accent, sheet.tone(0.08), sheet.tone(0.5))))
    sheet.fill(place(mirror([(0.08, 0.066), (0.24, 0.07), (0.29, 0.1), (0.34, 0.0)]), *at), mix(skin, shade, 0.75))
    _head(sheet, at, skin, shade, side)
    if style != "visor":
        _features(sheet, at, side, shade, glasses=sheet.chance(0.3))
    for points, role in before:
        sheet.fill(place(points, *at), roles[role])


def manga(sheet: Sheet) -> None:
    """A face with large eyes under a shock of hair, close up."""
    backdrop(sheet, 0.82)
    at = (sheet.between(0.44, 0.56), 0.5, 1.1)
    hair = sheet.pick((sheet.accent, sheet.tone(0.1), sheet.tone(0.35), sheet.tone(0.55)))
    skin = mix(sheet.tone(1), (255, 224, 204), 0.55)
    mass = [
        (-0.4, 0.0),
        (-0.35, 0.24),
        (-0.1, 0.33),
        (0.25, sheet.between(0.2, 0.36)),
        (0.5, sheet.between(0.1, 0.34)),
        (0.5, 0.0),
    ]
    sheet.fill(place(smooth(mirror(mass)), *at), mix(hair, sheet.tone(0), 0.4))
    sheet.fill(
        place(mirror([(0.2, 0.06), (0.36, 0.07), (0.6, 0.12), (0.61, 0.0)]), *at), mix(skin, sheet.tone(0.4), 0.3)
    )
    sheet.fill(place(mirror([(0.38, 0.0), (0.37, 0.1), (0.42, 0.27), (0.6, 0.36), (0.61, 0)]), *at), sheet.tone(0.18))
    face = mirror([(-0.28, 0.0), (-0.24, 0.19), (-0.05, 0.25), (0.1, 0.215), (0.235, 0.07), (0.262, 0.0)])
    sheet.fill(place(smooth(face), *at), skin)
    iris = sheet.pick((sheet.accent, sheet.tone(0.3), sheet.tone(0.5)))
    for side in (-1, 1):
        _large_eye(sheet, at, iris, side)
    x, y, scale = at
    sheet.line([(x - 0.006, y + 0.135 * scale), (x + 0.006, y + 0.142 * scale)], 0.007, sheet.tone(0.3))
    mouth = place(smooth([(-0.03, 0.185), (0, 0.196), (0.03, 0.185)], closed=False), *at)
    sheet.line(mouth, 0.008, sheet.tone(0.15))
    _fringe(sheet, at, hair)


@lru_cache
def _wear(style: str) -> tuple[list, list]:
    """What a style puts behind and before the head: two lists of (points, role of the colour)."""
    crown = [(-0.215, 0.0), (-0.2, 0.07), (-0.14, 0.135), (-0.03, 0.15)]
    short = smooth(mirror([*crown, (-0.02, 0.13), (-0.09, 0.11), (-0.13, 0.0)]))
    parted = smooth(
        [
            (-0.15, 0.06),
            (-0.165, -0.1),
            (-0.09, -0.2),
            (0.03, -0.22),
            (0.13, -0.16),
            (0.16, 0.06),
            (0.128, -0.04),
            (0.06, -0.12),
            (-0.02, -0.13),
            (-0.1, -0.08),
        ]
    )
    brim = smooth(
        [(-0.33, -0.13), (-0.2, -0.1), (0, -0.075), (0.2, -0.1), (0.33, -0.13), (0.2, -0.05), (0, -0.03), (-0.2, -0.05)]
    )
    styles = {
        "short": ([], [(short, "hair")]),
        "long": (
            [
                (
                    smooth(mirror([(-0.23, 0.0), (-0.2, 0.12), (-0.05, 0.18), (0.2, 0.19), (0.36, 0.2), (0.37, 0.0)])),
                    "hair",
                )
            ],
            [(parted, "hair")],
        ),
        "bob": (
            [(smooth(mirror([(-0.23, 0.0), (-0.2, 0.13), (-0.05, 0.2), (0.12, 0.2), (0.15, 0.0)])), "hair")],
            [(parted * (-1, 1), "hair")],
        ),
        "afro": (
            [(circle(0, -0.1, 0.27), "hair")],
            [(smooth(mirror([(-0.22, 0.0), (-0.18, 0.11), (-0.08, 0.14), (-0.11, 0.08), (-0.135, 0.0)])), "hair")],
        ),
        "cowboy": (
            [],
            [
                (smooth(mirror([(-0.27, 0.0), (-0.31, 0.07), (-0.26, 0.12), (-0.09, 0.15), (-0.06, 0.0)])), "hat"),
                (mirror([(-0.13, 0.146), (-0.09, 0.152), (-0.06, 0.0)]), "band"),
                (brim * (1.15, 1), "hat"),
            ],
        ),
        "fedora": (
            [],
            [
                (smooth(mirror([(-0.26, 0.0), (-0.285, 0.06), (-0.25, 0.11), (-0.09, 0.145), (-0.06, 0.0)])), "hat"),
                (mirror([(-0.14, 0.14), (-0.085, 0.146), (-0.07, 0.0)]), "band"),
                (brim * (0.72, 0.9), "hat"),
            ],
        ),
        "cap": (
            [],
            [
                (smooth(mirror([(-0.22, 0.0), (-0.2, 0.08), (-0.13, 0.145), (-0.06, 0.15), (-0.06, 0.0)])), "band"),
                (
                    smooth(
                        [(-0.13, -0.1), (0.05, -0.12), (0.25, -0.075), (0.27, -0.045), (0.1, -0.055), (-0.14, -0.05)]
                    ),
                    "hat",
                ),
            ],
        ),
        "hood": (
            [
                (
                    smooth(mirror([(-0.3, 0.0), (-0.25, 0.14), (-0.02, 0.23), (0.2, 0.22), (0.34, 0.3), (0.36, 0.0)])),
                    "hat",
                )
            ],
            [
                (
                    smooth(
                        mirror(
                            [
                                (-0.215, 0.0),
                                (-0.18, 0.1),
                                (-0.05, 0.16),
                                (0.12, 0.16),
                                (0.12, 0.13),
                                (-0.03, 0.125),
                                (-0.12, 0.08),
                                (-0.14, 0.0),
                            ]
                        )
                    ),
                    "shade",
                )
            ],
        ),
        "locks": (
            _locks(),
            [
                (smooth(mirror([(-0.27, 0.0), (-0.26, 0.1), (-0.18, 0.18), (-0.08, 0.15), (-0.08, 0.0)])), "band"),
                (mirror([(-0.1, 0.148), (-0.065, 0.15), (-0.055, 0.0)]), "hat"),
            ],
        ),
        "wig": (_curls(), [(short, "wig")]),
        "headphones": ([], [(short, "hair"), *_headphones()]),
        "visor": (
            [],
            [
                (
                    smooth(mirror([(-0.24, 0.0), (-0.2, 0.14), (0.0, 0.175), (0.14, 0.15), (0.22, 0.06), (0.23, 0.0)])),
                    "shade",
                ),
                (smooth(mirror([(-0.1, 0.0), (-0.09, 0.1), (-0.02, 0.145), (0.05, 0.12), (0.09, 0.0)])), "hair"),
                (smooth([(-0.11, -0.02), (-0.06, -0.055), (0.01, -0.065), (-0.06, -0.03), (-0.1, 0.02)]), "band"),
            ],
        ),
        "spikes": ([(_spikes(), "hair")], [(short, "hair")]),
    }
    return styles[style]


def _locks() -> list:
    strands = [smooth([(x * 0.6, -0.1), (x, 0.05), (x * 1.25, 0.3)], closed=False) for x in np.linspace(-0.2, 0.2, 9)]
    return [(taper(strand, (0.05, 0.05, 0.025)), "hair") for strand in strands]


def _curls() -> list:
    rows = [(x, y) for y in np.linspace(-0.16, 0.2, 6) for x in (-0.165 - 0.03 * (y > 0), 0.165 + 0.03 * (y > 0))]
    return [(circle(0, -0.09, 0.17), "wig"), *((circle(x, y, 0.055), "wig") for x, y in rows)]


def _headphones() -> list:
    turns = np.linspace(np.pi, 2 * np.pi, 24)
    band = np.stack([0.175 * np.cos(turns), -0.02 + 0.225 * np.sin(turns)], axis=-1)
    cups = [
        smooth(np.array([(-0.035, -0.07), (0.035, -0.07), (0.035, 0.07), (-0.035, 0.07)]) + (x, 0.0))
        for x in (-0.165, 0.165)
    ]
    return [(taper(band, (0.028, 0.028)), "band"), *((cup, "band") for cup in cups)]


def _spikes() -> np.ndarray:
    turns = np.linspace(-np.pi - 0.3, 0.3, 27)
    reach = np.where(np.arange(27) % 2, 0.3, 0.17)
    return np.stack([reach * np.cos(turns), -0.05 + reach * np.sin(turns)], axis=-1)


def _shoulders(sheet: Sheet, at: tuple[float, float, float], colour: Colour) -> None:
    sheet.fill(
        place(
            smooth(
                mirror([(0.2, 0.0), (0.225, 0.075), (0.28, 0.2), (0.34, 0.32), (0.6, 0.42), (0.9, 0.42), (0.9, 0.0)])
            ),
            *at,
        ),
        colour,
    )
    for side in (-1, 1):
        lapel = np.array([(0.07, 0.215), (0.1, 0.235), (0.13, 0.42), (0.0, 0.62), (0.02, 0.4)]) * (side, 1)
        sheet.fill(place(lapel, *at), mix(colour, sheet.tone(0), 0.45))


def _head(sheet: Sheet, at: tuple[float, float, float], skin: Colour, shade: Colour, side: int) -> None:
    outline = smooth(
        mirror([(-0.19, 0.0), (-0.165, 0.095), (-0.07, 0.14), (0.03, 0.135), (0.12, 0.108), (0.18, 0.05), (0.192, 0.0)])
    )
    stencil = sheet.stencil(place(outline, *at))
    sheet.image.paste(skin, mask=stencil)
    shifted = ImageChops.offset(stencil, round(-side * _LEAF_OF_LIGHT * at[2] * SIDE), round(-0.02 * SIDE))
    sheet.image.paste(shade, mask=ImageChops.subtract(stencil, shifted))


def _features(sheet: Sheet, at: tuple[float, float, float], side: int, shade: Colour, glasses: bool) -> None:
    dark, lips = sheet.tone(0.06), mix(sheet.warm, shade, 0.3)

    def put(path: list, widths: tuple[float, ...], colour: Colour) -> None:
        sheet.fill(place(taper(smooth(path, closed=False), widths), *at), colour)

    put(
        [(side * 0.02, -0.035), (side * 0.012, 0.03), (side * 0.03, 0.062), (0.0, 0.07)],
        (0.006, 0.012, 0.02, 0.006),
        shade,
    )
    for eye in (-1, 1):
        put([(eye * 0.03, -0.042), (eye * 0.06, -0.056), (eye * 0.1, -0.04)], (0.008, 0.016, 0.005), dark)
        if glasses:
            lens = smooth([(0.018, -0.03), (0.1, -0.035), (0.098, 0.015), (0.06, 0.03), (0.025, 0.018)]) * (eye, 1)
            sheet.fill(place(lens, *at), dark)
        else:
            put([(eye * 0.035, -0.008), (eye * 0.062, 0.004), (eye * 0.09, -0.008)], (0.004, 0.016, 0.004), dark)
    if glasses:
        put([(-0.1, -0.026), (0.0, -0.024), (0.1, -0.026)], (0.01, 0.01), dark)
    put([(-0.042, 0.112), (-0.012, 0.106), (0.012, 0.106), (0.042, 0.112)], (0.004, 0.016, 0.016, 0.004), lips)
    put([(-0.036, 0.117), (0, 0.128), (0.036, 0.117)], (0.003, 0.016, 0.003), lips)


def _large_eye(sheet: Sheet, at: tuple[float, float, float], iris: Colour, side: int) -> None:
    x, y, scale = at
    centre = (x + side * 0.115 * scale, y + 0.045 * scale)
    sheet.fill(place(circle(0, 0, 1) * (0.068, 0.066), *centre, scale), sheet.tone(1))
    for size, colour in ((1.0, sheet.tone(0.02)), (0.86, iris)):
        sheet.fill(place(circle(0, 0.002, 1) * (0.046 * size, 0.062 * size), *centre, scale), colour)
    sheet.fill(place(circle(0, 0.024, 1) * (0.03, 0.028), *centre, scale), mix(iris, sheet.tone(1), 0.5))
    sheet.fill(place(circle(0, 0.0, 1) * (0.018, 0.026), *centre, scale), sheet.tone(0.02))
    sheet.disc(centre[0] - 0.016, centre[1] - 0.026, 0.017, (255, 255, 255))
    sheet.disc(centre[0] + 0.018, centre[1] + 0.024, 0.008, (255, 255, 255))
    lid = smooth(
        [(-side * 0.075, 0.0), (-side * 0.03, -0.06), (side * 0.04, -0.06), (side * 0.088, -0.012)], closed=False
    )
    sheet.fill(place(taper(lid, (0.01, 0.024, 0.026, 0.006)), *centre, scale), sheet.tone(0.02))
    brow = smooth([(-side * 0.06, -0.1), (0.0, -0.118), (side * 0.07, -0.1)], closed=False)
    sheet.fill(place(taper(brow, (0.006, 0.012, 0.004)), *centre, scale), sheet.tone(0.1))
    blush = (centre[0] + side * 0.05 * scale, centre[1] + 0.1 * scale)
    sheet.disc(*blush, 0.034, (255, 110, 120), 0.22)


def _fringe(sheet: Sheet, at: tuple[float, float, float], hair: Colour) -> None:
    """Locks that fall over the forehead, and one long one at each side."""
    tips = np.linspace(-0.22, 0.22, 7)
    for number, tip in enumerate(tips):
        drop = sheet.between(-0.06, 0.03) if abs(tip) < 0.2 else 0.2
        root = tip * 0.8
        lock = np.array(
            [
                (root - 0.07, -0.33),
                (tip - 0.075, -0.17),
                (tip + sheet.between(-0.03, 0.03), drop),
                (tip + 0.055, -0.17),
                (root + 0.07, -0.33),
            ]
        )
        sheet.fill(place(smooth(lock), *at), mix(hair, sheet.tone(0), 0.12 * (number % 2)))
    top = mirror([(-0.41, 0.0), (-0.37, 0.2), (-0.24, 0.29), (-0.1, 0.3), (-0.2, 0.2), (-0.24, 0.0)])
    sheet.fill(place(smooth(top), *at), hair)
    for side in (-1, 1):
        sheet.fill(
            place(
                taper(
                    smooth([(side * 0.25, -0.2), (side * 0.3, 0.0), (side * 0.24, 0.28)], closed=False),
                    (0.1, 0.09, 0.004),
                ),
                *at,
            ),
            hair,
        )
    shine = smooth([(-0.17, -0.29), (-0.03, -0.335), (0.12, -0.31)], closed=False)
    sheet.fill(place(taper(shine, (0.004, 0.028, 0.004)), *at), mix(hair, sheet.tone(1), 0.6))
