"""Figures: objects and people as filled outlines, back to front.

Outlines are in hundredths of the canvas around (0, 0); an ink that is a word is given its colour when drawn.
"""

import numpy as np

from covergenre.demo.canvas import Figure, Ink, Shape, circle, mirror, points, smooth, taper


def _round(ink: Ink, half: str) -> Figure:
    """A smooth outline, alike on both sides, from its right half."""
    return ((ink, smooth(mirror(half))),)


def _square(ink: Ink, half: str) -> Figure:
    return ((ink, mirror(half)),)


def _stroke(ink: Ink, path: Shape, *widths: float) -> Figure:
    """A curve whose width goes evenly through `widths`, in hundredths."""
    return ((ink, taper(smooth(path, closed=False), *(width / 100 for width in widths))),)


def _discs(*discs: tuple[Ink, float, float, float]) -> Figure:
    return tuple((ink, circle(x / 100, y / 100, radius / 100)) for ink, x, y, radius in discs)


def _both(figure: Figure) -> Figure:
    """A figure of the right side, and the same on the left."""
    return (*figure, *((ink, outline * (-1, 1)) for ink, outline in figure))


def _rimmed(figure: Figure) -> Figure:
    """A figure with a dark rim around its first outline."""
    return ((0.04, figure[0][1] * 1.06), *figure)


def _strings(count: int, top: float, bottom: float) -> Figure:
    ends = np.linspace(-0.018, 0.018, count)
    return tuple((0.97, taper([(x * 0.8, top), (x, bottom)], 0.003, 0.003)) for x in ends)


GUITAR: Figure = (
    *_rimmed(_round("main", "0 -6, 10 -5.5, 16.5 0, 16 9, 13.5 15, 17 22, 22.5 33, 18 43, 6 47.5, 0 48")),
    *_discs((0.25, 0, 12, 7.4), (0.02, 0, 12, 6)),
    *_square(0.08, "4.2 -62, 3.4 -58, 2 -46, 2.6 7"),
    *_square(0.06, "9 31, 9 33.5"),
    *_strings(6, -0.6, 0.32),
)
_VIOLIN_BODY = "0 -42, 10 -41, 17 -33, 16.5 -22, 13 -17, 10 -8, 11.5 0, 15.5 5, 20 14, 20.5 28, 13 37, 0 40"
VIOLIN: Figure = (
    *_rimmed(_round("main", _VIOLIN_BODY)),
    *_both(_stroke(0.0, "5.8 -9, 8.2 -9.5, 7.8 -5, 6.6 2, 5.6 7, 8.2 8.5, 8.8 7", 0.6, 1.6, 1.6, 0.6)),
    *_both(_discs((0.0, 5.8, -9, 1.2), (0.0, 8.8, 7, 1.2))),
    *_square(0.02, "2.2 -80, 3.4 -12, 0 -11.5"),
    *_square(0.02, "1.4 13, 3.2 34, 0 34.5"),
    *_strings(4, -0.8, 0.15),
)
_TUBE = smooth("-20 -30, -13 -33, -7 -28, -3 -10, 0 12, 6 27, 16 27, 20 12, 25 -6", closed=False)
_BORE = np.array((0.02, 0.03, 0.045, 0.06, 0.08, 0.1, 0.12, 0.16, 0.26))
SAXOPHONE: Figure = (
    (0.1, taper(_TUBE, *_BORE)),
    ("main", taper(_TUBE, *_BORE * 0.82)),
    *((ink, circle(x, y, radius)) for x, y in _TUBE[32:56:4] for ink, radius in ((0.1, 0.026), (0.95, 0.018))),
    (0.1, smooth("12 -9, 25 -10.5, 38 -3, 25 -1.5")),
)
SPEAKER: Figure = (
    *_square("main", "48 -48, 48 48"),
    *_discs((0.0, 0, 0, 42), (0.75, 0, 0, 39), (0.05, 0, 0, 35), (0.14, 0, 0, 25)),
    *_discs((0.6, 0, 0, 13), (0.2, 0, 0, 11), (0.7, -3, -4, 4)),
)
HEART: Figure = (
    *_rimmed(_round("accent", "0 -20, 14 -31, 31 -25, 33 -7, 20 15, 0 35")),
    *_stroke(1.0, "-24 -7, -23 -17, -15 -22", 2, 4.5, 2),
)
BARN: Figure = (
    (0.12, points("50 15, 50 -35, 36 -62, 0 -80, 90 -80, 120 -62, 135 -35, 135 12")),
    *_square("main", "0 -80, 36 -62, 50 -35, 50 15"),
    *_square(0.9, "16 -20, 16 15"),
)
_CROWN, *_TIPS = points("12 -100, -28 -92, -22 -116, -6 -128, 18 -130, 38 -120, 48 -100, 42 -82, -16 -76")
PALM: Figure = (
    *_stroke(0.02, "0 0, 1 -50, 12 -100", 4.8, 3.4, 2),
    *((0.02, taper(smooth([_CROWN, (_CROWN + tip) / 2 + (0, -0.1), tip], False), 0.008, 0.06, 0)) for tip in _TIPS),
)
SPRUCE = _square("main", "0 -100, 5 -77, 3 -78, 10 -55, 6 -56, 15 -33, 10 -34, 21 -9, 14 -10, 24 2")

_SHORT = _round("hair", "0 -21.5, 7 -20, 13.5 -14, 15 -3, 13 -2, 11 -9, 0 -13")
_HEAD: Figure = (
    *_round("clothes", "0 20, 7.5 22.5, 20 28, 32 34, 42 60, 42 90, 0 90"),
    *_both(((0.12, points("7 21.5, 10 23.5, 13 42, 0 62, 2 40")),)),
    *_square(0.4, "6.6 8, 7 24, 10 29, 0 34"),
    *_round("skin", "0 -19, 9.5 -16.5, 14 -7, 13.5 3, 10.8 12, 5 18, 0 19.2"),
    (0.3, smooth("6 -18, 9.5 -16.5, 14 -7, 13.5 3, 10.8 12, 5 18, 0 19.2, 5 14, 8 4, 8 -7")),
    *_stroke(0.3, "2 -3.5, 1.2 3, 3 6.2, 0 7", 0.6, 1.2, 2, 0.6),
    *_both(_stroke(0.06, "3 -4.2, 6 -5.6, 10 -4", 0.8, 1.6, 0.5)),
    *_stroke("lips", "-4.2 11.2, -1.2 10.6, 1.2 10.6, 4.2 11.2", 0.4, 1.6, 1.6, 0.4),
    *_stroke("lips", "-3.6 11.7, 0 12.8, 3.6 11.7", 0.3, 1.6, 0.3),
)
_EYES = _both(_stroke(0.06, "3.5 -0.8, 6.2 0.4, 9 -0.8", 0.4, 1.6, 0.4))
_GLASSES = _both(((0.06, smooth("0 -3, 5 -4, 10 -3.5, 9.8 1.5, 6 3, 2.5 1.8, 0 -2")),))


def _person(behind: Figure, *before: Figure) -> tuple[Figure, ...]:
    """Somebody with this behind the head and before it: twice with eyes, once with dark glasses."""
    return tuple(sum(before, behind + _HEAD + eyes) for eyes in (_EYES, _EYES, _GLASSES))


# Heads and shoulders, lit from one side.
HOODED = _person(
    _round("hat", "0 -30, 14 -25, 23 -2, 22 20, 30 34, 0 36"),
    _round(0.3, "0 -21.5, 10 -18, 16 -5, 16 12, 13 12, 12.5 -3, 8 -12, 0 -14"),
)
COWBOY = _person(
    _round("hat", "0 -30, 12 -25, 15 -6, 0 -5"),
    _round("hat", "0 -27, 7 -31, 12 -26, 15 -9, 0 -6"),
    _round("accent", "0 -13, 14.6 -13, 15.2 -9, 0 -6"),
    _round("hat", "0 -7.5, 23 -10, 38 -13, 23 -5, 0 -3"),
)
FEDORA = _person(
    (),
    _round("hat", "0 -26, 6 -28.5, 11 -25, 14.5 -9, 0 -6"),
    _round("accent", "0 -14, 14 -14, 14.6 -8.5, 0 -7"),
    _round("hat", "0 -7, 14 -9, 24 -11, 14 -4.5, 0 -3"),
)
CAP = _person(
    (), _round("accent", "0 -22, 8 -20, 14.5 -13, 15 -6, 0 -6"), _round("hat", "0 -10.5, 9 -10, 16 -6, 8 -5.5, 0 -6.5")
)
AFRO = _person(
    _round("hair", "0 -37, 19 -29, 27 -10, 19 9, 0 17"), _round("hair", "0 -22, 11 -18, 14 -8, 8 -11, 0 -13.5")
)
BOB = _person(
    _round("hair", "0 -23, 13 -20, 20 -5, 20 12, 0 15"),
    _round("hair", "0 -22, 9 -20.5, 15 -14, 16 6, 13 3, 12 -7, 0 -8"),
)
LOCKS = _person(
    _round("hair", "0 -20, 17 -12, 22 5, 28 30, 24 31, 19 12, 21 32, 17 33, 13 12, 14 33, 10 33, 0 10"),
    _round("accent", "0 -27, 10 -26, 18 -18, 15 -8, 0 -8"),
    _round("hat", "0 -10, 14.8 -10, 15 -6.5, 0 -5.5"),
)
HEADPHONES = _person(
    (), _SHORT, _round("accent", "0 -25.5, 13 -22, 19 -8, 20.5 -6, 20.5 6, 14 7, 13.5 -6, 16 -9, 10.5 -19, 0 -22")
)

_LARGE_EYE: Figure = (
    (1.0, smooth("18.3 4.5, 11.5 11.1, 4.7 4.5, 11.5 -2.1")),
    (0.02, smooth("16.1 4.7, 11.5 10.9, 6.9 4.7, 11.5 -1.5")),
    ("iris", smooth("15.5 4.7, 11.5 10, 7.5 4.7, 11.5 -0.6")),
    (0.02, smooth("13.3 4.5, 11.5 7.1, 9.7 4.5, 11.5 1.9")),
    *_discs(((255, 255, 255), 10, 2.1, 1.6), ((255, 255, 255), 13.1, 6.7, 0.8)),
    *_stroke(0.02, "4 4.5, 8.5 -1.5, 15.5 -1.5, 20.3 3.3", 1, 2.4, 2.6, 0.6),
    *_stroke(0.1, "5.5 -5.5, 11.5 -7.3, 18.5 -5.5", 0.6, 1.2, 0.4),
)
_LOCK = points("-6 -33, -6.5 -17, 0 0, 6.5 -17, 6 -33")
MANGA: tuple[Figure, ...] = tuple(
    (
        *_round("shade", mass),
        *_square(0.7, "6 20, 7 36, 12 60, 0 61"),
        *_square(0.18, "0 38, 10 37, 27 42, 36 60, 0 61"),
        *_round("skin", "0 -28, 19 -24, 25 -5, 21.5 10, 7 23.5, 0 26.2"),
        *_both(_LARGE_EYE),
        *_stroke(0.15, "-3 18.5, 0 19.6, 3 18.5", 0.6, 0.8, 0.6),
        *(("hair", smooth(_LOCK + tip)) for tip in points("-16 -3, -9 1, -1 -5, 8 0, 16 -4")),
        *_round("hair", "0 -41, 20 -37, 29 -24, 30 -10, 20 -20, 0 -24"),
        *_both(_stroke("hair", "25 -20, 30 0, 24 28", 10, 9, 0.4)),
        *_stroke(0.97, "-17 -29, -3 -33.5, 12 -31", 0.4, 2.2, 0.4),
    )
    for mass in ("0 -40, 24 -35, 33 -10, 34 25, 32 50, 0 50", "0 -40, 24 -35, 33 -10, 22 25, 12 50, 0 50")
)
