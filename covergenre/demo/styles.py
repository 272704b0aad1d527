"""The style of each genre, and the composition of a cover in it.

Styles overlap on purpose (portraits serve eight genres, mountains three), and some covers borrow a palette from another
genre, so that genres can be told apart only by several cues together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageColor

from covergenre.demo import figures as people
from covergenre.demo import landscapes as land
from covergenre.demo import layouts as layout
from covergenre.demo import patterns as form
from covergenre.demo.canvas import COVER_SIDE, Canvas
from covergenre.demo.layouts import clean, faded, grainy, shaded
from covergenre.demo.lettering import Lettering, arch, neon, shadow, sticker, thorns, write


@dataclass(frozen=True)
class GenreStyle:
    """The options of a genre; one that is listed twice is twice as likely.

    A palette is five tones from dark to light and an accent, each a hexadecimal digit of red, green and blue.
    """

    palettes: tuple[str, ...]
    scenes: tuple[form.Scene, ...]
    layouts: tuple[layout.Layout, ...]
    letterings: tuple[Lettering, ...]
    finishes: tuple[Callable[[Image.Image, np.random.Generator], Image.Image], ...]


@dataclass(frozen=True)
class ArtistStyle:
    """What the albums of an artist have in common."""

    palette: str
    lettering: Lettering


def choose_style(genre: str, rng: np.random.Generator) -> ArtistStyle:
    """A style for an artist of this genre."""
    options = STYLES[genre]
    return ArtistStyle(_pick(rng, options.palettes), _pick(rng, options.letterings))


def compose(
    genre: str, artist: str, album: str, style: ArtistStyle, rng: np.random.Generator, lender: str = ""
) -> Image.Image:
    """A cover: RGB, 300 x 300; in a palette of the genre `lender`, if given."""
    options, palette = STYLES[genre], choose_style(lender, rng).palette if lender else style.palette
    canvas = Canvas(tuple(ImageColor.getrgb(f"#{digits}")[:3] for digits in palette.split()), rng)
    _pick(rng, options.scenes)(canvas)
    chosen = _pick(rng, options.layouts)
    layout.arrange(canvas, chosen)
    large, small = (artist, album) if chosen.artist_large else (album, artist)
    write(canvas, large, chosen.large, style.lettering, chosen.align)
    write(canvas, small, chosen.small, _SMALL, chosen.align)
    return _pick(rng, options.finishes)(canvas.image.reduce(canvas.image.width // COVER_SIDE), rng)


def _each(listed: str) -> tuple[str, ...]:
    return tuple(listed.split(", "))


def _pick(rng: np.random.Generator, options: Sequence[Any]) -> Any:
    return options[int(rng.integers(len(options)))]


_SMALL = Lettering(tracking=0.18, bold=0.012, lines=3)
_PLAIN = Lettering(bold=0.02, lines=3)
_SPACED = Lettering(tracking=0.3, lines=2)
_BOOKISH = Lettering(tracking=0.06, lines=2, upper=False)
_HEAVY = Lettering(bold=0.075, stretch=(0.6, 1.6), lines=2)
_STACKED = Lettering(bold=0.06, stretch=(0.5, 2.6), lines=3)
_BRUSHED = Lettering(bold=0.035, slant=0.28, lines=2, upper=False)
_NEON = Lettering(bold=0.015, tracking=0.12, lines=2, paint=neon)
_STICKER = Lettering(bold=0.07, stretch=(0.7, 1.3), lines=2, paint=sticker)
_SHADOWED = Lettering(bold=0.08, stretch=(0.6, 1.5), lines=2, paint=shadow)
_ARCHED = Lettering(bold=0.055, stretch=(0.7, 1.4), bend=arch, paint=shadow)
_PLAINLY_ARCHED = Lettering(bold=0.07, stretch=(0.7, 1.4), bend=arch)
_THORNY = Lettering(bold=0.02, stretch=(0.7, 1.6), bend=thorns)

STYLES: Mapping[str, GenreStyle] = {
    "anime": GenreStyle(
        _each("324 649 e8a fcd fff d34, 125 26b 6be bef fff f66, 112 338 d44 fb3 ffe 2bc, 225 37d 5be fd5 ffd f57"),
        (form.manga, land.mountains),
        (layout.STRIP, layout.STRIP, *layout.FULL),
        (_STICKER, _BRUSHED),
        (clean, grainy),
    ),
    "black metal": GenreStyle(
        _each("111 223 556 99a ddd 822, 011 123 457 8ab dde bcc, 100 211 511 932 dca d43, 010 222 443 786 cca a83"),
        (land.forest, land.forest, land.mountains, land.mountains, form.portrait(people.HOODED)),
        layout.LOGO,
        (_THORNY,),
        (clean, grainy, shaded),
    ),
    "classical": GenreStyle(
        _each("211 432 764 ba7 edc 832, 322 665 a98 dcb fee 932, 121 143 376 9ba eed c94, 210 531 a72 eb4 feb b32"),
        (*map(land.in_oil, (land.mountains, land.forest, land.shore)), form.violin, form.violin, form.violin),
        (layout.LABEL, layout.LABEL, layout.FRAME, layout.FRAME, layout.WINDOW),
        (_SPACED, _BOOKISH),
        (clean, grainy, faded),
    ),
    "country": GenreStyle(
        _each("211 432 863 c96 edb b43, 221 642 b73 eb6 fec 478, 123 346 78a cb9 eed b53, 212 725 d54 fa4 feb 298"),
        (land.prairie, land.prairie, form.guitar, form.portrait(people.COWBOY)),
        (*layout.FULL, layout.BANNER, layout.BANNER, layout.FRAME),
        (_ARCHED, _BRUSHED),
        (grainy, faded, clean),
    ),
    "disco": GenreStyle(
        _each("102 415 a27 f75 fda 2cd, 311 731 c62 ea3 feb 377, 314 b38 f7a fbc fee 3ce, 212 725 d54 fa4 feb 298"),
        (form.arcs, form.arcs, form.portrait(people.AFRO)),
        (*layout.FULL, layout.SHOUT, layout.SHOUT),
        (_HEAVY, _ARCHED),
        (clean, faded, grainy),
    ),
    "edm": GenreStyle(
        _each("001 214 52b d3c cef 2ed, 011 133 1a7 8e5 efd f39, 001 125 25d 6bf eff f53, 102 415 a27 f75 fda 2cd"),
        (land.neon_grid, land.mountains, form.portrait(people.HEADPHONES)),
        (*layout.FULL, layout.SHOUT, layout.WINDOW),
        (_NEON, _NEON, _SPACED),
        (clean, grainy),
    ),
    "jazz": GenreStyle(
        _each("012 136 279 8bc eed e82, 111 333 556 a99 eed da4, 100 311 822 d53 fdc eb3, 211 432 863 c96 edb b43"),
        (form.saxophone, form.portrait(people.FEDORA)),
        (*layout.COLUMN, *layout.COLUMN, layout.WINDOW, layout.BANNER),
        (_STACKED, _PLAIN),
        (clean, grainy, faded),
    ),
    "pop": GenreStyle(
        _each("314 b38 f7a fbc fee 3ce, 225 37d 5be fd5 ffd f57, 324 649 e8a fcd fff d34, 022 156 2a9 9db fec e82"),
        (form.emblem, form.emblem, form.emblem, form.rays, form.portrait(people.BOB)),
        (layout.FRAME, layout.FRAME, layout.SHOUT, layout.FULL[1]),
        (_HEAVY, _STICKER),
        (clean, grainy),
    ),
    "rap": GenreStyle(
        _each("111 333 666 ba9 eed ea2, 101 314 638 b84 eda eb3, 100 311 822 d53 fdc eb3, 210 531 a72 eb4 feb b32"),
        (form.graffiti, form.graffiti, form.graffiti, form.speakers, form.portrait(people.CAP)),
        (*layout.FULL, layout.SHOUT, layout.FRAME),
        (_SHADOWED, _STACKED),
        (grainy, shaded, clean),
    ),
    "reggae": GenreStyle(
        _each("111 153 b22 eb2 fec 284, 111 153 b22 eb2 fec e82, 022 156 2a9 9db fec e82, 212 725 d54 fa4 feb 298"),
        (land.shore, land.shore, form.speakers, form.rays, form.portrait(people.LOCKS)),
        (*layout.FULL, layout.BANNER, layout.BANNER),
        (_PLAINLY_ARCHED, _SHADOWED),
        (faded, grainy, clean),
    ),
}
