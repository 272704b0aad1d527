"""The visual grammar of the ten genres, and how a cover is composed from it.

A grammar lists the palettes, scenes, layouts, letterings and surfaces that a genre draws from. They overlap on purpose
(a shore serves four genres, a portrait eight), and some covers borrow their palette or their scene from another genre:
whoever tells the genres apart has to weigh several cues.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from covergenre.dataset.demo import landscapes as land
from covergenre.dataset.demo import layouts as lay
from covergenre.dataset.demo import patterns as pat
from covergenre.dataset.demo import texture as tex
from covergenre.dataset.demo import things
from covergenre.dataset.demo.layouts import Words
from covergenre.dataset.demo.lettering import Lettering, write
from covergenre.dataset.demo.people import manga, portrait
from covergenre.dataset.demo.sheet import COVER_SIDE, Palette, Sheet

Scene = Callable[[Sheet], None]
Layout = Callable[[Sheet], Words]
Finish = Callable[[Image.Image, np.random.Generator], Image.Image]


@dataclass(frozen=True)
class Grammar:
    """What a genre chooses from; an option that is listed twice is twice as likely."""

    palettes: tuple[str, ...]
    scenes: tuple[Scene, ...]
    layouts: tuple[Layout, ...]
    letterings: tuple[Lettering, ...]
    treatments: tuple[Scene, ...]
    finishes: tuple[Finish, ...]


@dataclass(frozen=True)
class Style:
    """What the albums of one artist share."""

    palette: str
    lettering: Lettering


def choose_style(genre: str, rng: np.random.Generator) -> Style:
    """A style for an artist of this genre."""
    grammar = GRAMMARS[genre]
    return Style(_pick(rng, grammar.palettes), _pick(rng, grammar.letterings))


def compose(
    genre: str, artist: str, album: str, style: Style, rng: np.random.Generator, lender: str = ""
) -> Image.Image:
    """Draw one cover, RGB, 300 x 300; its palette or its scene comes from the genre `lender` if there is one."""
    grammar, palette, scenes = GRAMMARS[genre], style.palette, GRAMMARS[genre].scenes
    if lender and rng.random() < 0.4:
        palette = _pick(rng, GRAMMARS[lender].palettes)
    elif lender:
        scenes = GRAMMARS[lender].scenes
    sheet = Sheet(Palette.parse(PALETTES[palette]), rng)
    sheet.pick(scenes)(sheet)
    sheet.pick(grammar.treatments)(sheet)
    words = sheet.pick(grammar.layouts)(sheet)
    large, small = (artist, album) if words.artist_large else (album, artist)
    write(sheet, large, words.large, style.lettering, words.align, words.ink)
    write(sheet, small, words.small, _SMALL, words.align, words.ink)
    return sheet.pick(grammar.finishes)(sheet.image.reduce(sheet.image.width // COVER_SIDE), rng)


def _in_oil(scene: Scene) -> Scene:
    """The same scene, painted in oil."""

    def paint(sheet: Sheet) -> None:
        scene(sheet)
        tex.painted(sheet)

    return paint


def _pick(rng: np.random.Generator, options: tuple):
    return options[int(rng.integers(len(options)))]


# Five tones from dark to light, then the accent.
PALETTES: Mapping[str, str] = {
    "ash": "0b0b0d 26272b 55585e 9a9ea3 d9dbdc 8d1a1e",
    "frost": "070b12 18263a 3d5670 8aa3b5 dbe5ea b8c7d0",
    "blood": "0a0505 2a0a0c 5a1416 9b2f2a e2c4ae d8432f",
    "moss": "080c08 1b261a 3c4a36 7d8669 c9ccb2 a8862f",
    "sepia": "1d120a 4a2f1a 8a5f36 c9a06a f0dfbd b5452c",
    "prairie": "2a1a12 6b3f22 c07a35 e9b866 f8e8c4 3f7f86",
    "denim": "12202f 2f4a66 6f8aa3 c9b896 f3ead6 b4532f",
    "blue note": "06121f 0e3a5f 1f6f9f 8fc1cf f2efe2 f08a24",
    "smoke": "0e0e14 2c2c3a 5d5a6b a79f9a efe6d8 d9a441",
    "umber": "1a1410 4a3a28 7f6a48 b9a57c ece0c4 8a3326",
    "ivory": "2b2620 6a5f50 a99b84 ddd2bc f8f3e7 9c2f2a",
    "emerald": "0a1a16 173f36 3b7463 9dbfa5 f1efdc c69a3e",
    "gold": "1a1005 5a3a10 a8751c e6b84a fbeec1 c23b22",
    "disco night": "14061f 4a1259 b0217a ff7a4d ffe3a3 27c4d9",
    "seventies": "2b140d 7a2e12 d2601a f2a93b fbe8c0 2f7f79",
    "candy": "3a1140 c02e86 ff6fa8 ffb7c9 fff1ee 35c4e8",
    "lemon": "1f2a5a 2f6fdb 59c3f0 ffe04d fffbe3 ff4f6f",
    "neon": "05030f 1b0f4a 5a1fc0 e23bd0 c9f6ff 22f0e0",
    "acid": "04100d 0a3b33 0fa37a 8df05a f4ffd9 ff2fa0",
    "cobalt": "02040f 0a1a5a 1f4fe0 5fb8ff eafaff ff5a36",
    "concrete": "101010 33302e 6d6762 b3aaa0 ece6dc e8b21c",
    "royal": "0e0714 35164a 6d2f86 c08a4a f2dfb0 e9c13b",
    "crimson": "0c0708 3a0d14 8f1d22 d9573b f7e0c8 f2c230",
    "roots": "10140a 0f5a2c c02a20 f2b91d fbeecb 1f8a3d",
    "lagoon": "062026 0b5a66 1fa39a 9fdcb8 fdf3d2 f28a1d",
    "sunset": "1f0a2a 7a1f4f e0523f fba84a ffe9b5 1f9f8a",
    "sakura": "2b1b3d 6a4c93 e88bb0 ffc9d9 fff5f3 d8344a",
    "summer sky": "0f2350 2466c0 5fb4f0 bfe6ff ffffff ff6b6b",
    "mecha": "141428 3a2f8f d8404a ffb52e fdf7e6 25c1c9",
}

_SMALL = Lettering(tracking=0.18, bold=0.012, lines=3)

_SPACED = Lettering(tracking=0.3, lines=2)
_PLAIN = Lettering(bold=0.02, lines=3)
_BOOKISH = Lettering(tracking=0.06, lines=2, upper=False)
_HEAVY = Lettering(bold=0.075, stretch=(0.6, 1.6), lines=2)
_STACKED = Lettering(bold=0.06, stretch=(0.5, 2.6), lines=3)
_THIN = Lettering(tracking=0.5, stretch=(0.8, 1.0))
_THORNS = Lettering(bold=0.02, bend="thorns", stretch=(0.7, 1.3))
_THORNS_WIDE = Lettering(bold=0.04, bend="thorns", stretch=(0.8, 2.0), slant=0.12)
_ARCHED = Lettering(bold=0.05, bend="arch", stretch=(0.7, 1.4), lines=1)
_ARCHED_SHADOW = Lettering(bold=0.055, bend="arch", paint="shadow", stretch=(0.7, 1.4))
_BRUSHED = Lettering(bold=0.035, slant=0.28, lines=2, upper=False)
_STAMPED = Lettering(bold=0.06, paint="stamp", stretch=(0.6, 1.4), lines=2)
_STRIPED = Lettering(bold=0.09, paint="stripes", stretch=(0.7, 1.7), lines=2)
_CHROME = Lettering(bold=0.075, paint="chrome", slant=0.2, stretch=(0.7, 1.6), lines=2)
_NEON = Lettering(bold=0.015, paint="neon", tracking=0.12, lines=2)
_OUTLINED = Lettering(bold=0.05, paint="outline", tracking=0.1, stretch=(0.7, 1.5), lines=2)
_WAVY = Lettering(bold=0.07, bend="wave", stretch=(0.7, 1.4))
_STICKER = Lettering(bold=0.07, paint="sticker", bend="jitter", lines=2, stretch=(0.7, 1.3))
_SHADOWED = Lettering(bold=0.08, paint="shadow", stretch=(0.6, 1.5), lines=2)

GRAMMARS: Mapping[str, Grammar] = {
    "anime": Grammar(
        ("sakura", "summer sky", "mecha", "sakura", "summer sky", "lemon", "sunset"),
        (manga, manga, manga, land.cumulus, land.blossom, land.torii, pat.speed_lines, pat.scales, land.skyline),
        (lay.strip, lay.strip, lay.full, lay.full, lay.shout),
        (_STICKER, _BRUSHED, _OUTLINED, _SHADOWED, _CHROME),
        (tex.untreated, tex.untreated, tex.untreated, tex.halftone),
        (tex.clean, tex.clean, tex.grainy),
    ),
    "black metal": Grammar(
        ("ash", "ash", "frost", "blood", "moss"),
        (
            land.mountains,
            land.forest,
            land.forest,
            land.cathedral,
            pat.sigil,
            pat.ridgelines,
            partial(portrait, wear=("hood", "long")),
        ),
        (lay.logo,),
        (_THORNS, _THORNS, _THORNS_WIDE),
        (tex.untreated, tex.photocopied),
        (tex.grainy, tex.shaded, tex.shaded),
    ),
    "classical": Grammar(
        ("umber", "ivory", "emerald", "gold", "sepia", "smoke"),
        (
            _in_oil(land.mountains),
            _in_oil(land.forest),
            _in_oil(land.shore),
            land.mountains,
            things.violin,
            things.violin,
            things.keys,
            pat.staves,
            land.cathedral,
            partial(portrait, wear=("wig", "bob", "short")),
        ),
        (lay.cartouche, lay.cartouche, lay.banner, lay.frame, lay.medallion, lay.window),
        (_SPACED, _BOOKISH, _PLAIN),
        (tex.untreated,),
        (tex.clean, tex.grainy, tex.faded),
    ),
    "country": Grammar(
        ("sepia", "prairie", "denim", "prairie", "sunset", "umber"),
        (
            land.prairie,
            _in_oil(land.prairie),
            land.desert,
            land.forest,
            things.guitar,
            things.guitar,
            *(partial(portrait, wear=("cowboy", "cowboy", "long")),) * 2,
        ),
        (lay.full, lay.full, lay.frame, lay.banner, lay.medallion),
        (_ARCHED, _ARCHED_SHADOW, _STAMPED, _BRUSHED, _PLAIN),
        (tex.untreated,),
        (tex.grainy, tex.faded, tex.worn),
    ),
    "disco": Grammar(
        ("disco night", "seventies", "gold", "disco night", "sunset", "candy"),
        (
            things.mirror_ball,
            things.mirror_ball,
            pat.rays,
            pat.arcs,
            pat.arcs,
            land.shore,
            land.neon_grid,
            partial(portrait, wear=("afro", "afro", "long")),
        ),
        (lay.full, lay.full, lay.shout, lay.medallion),
        (_STRIPED, _CHROME, _ARCHED_SHADOW, _WAVY, _OUTLINED),
        (tex.untreated, tex.untreated, tex.halftone),
        (tex.clean, tex.faded, tex.worn),
    ),
    "edm": Grammar(
        ("neon", "cobalt", "acid", "neon", "disco night", "frost"),
        (
            land.neon_grid,
            land.neon_grid,
            pat.polygons,
            pat.polygons,
            pat.glitch,
            pat.fluid,
            pat.cubes,
            pat.ridgelines,
            partial(portrait, wear=("visor", "headphones")),
        ),
        (lay.full, lay.window, lay.shout, lay.full),
        (_THIN, _SPACED, _NEON, _NEON, _HEAVY),
        (tex.untreated,),
        (tex.clean, tex.shifted, tex.scanned),
    ),
    "jazz": Grammar(
        ("blue note", "smoke", "blue note", "sepia", "crimson", "denim"),
        (
            things.horn,
            things.horn,
            things.keys,
            pat.bars,
            pat.bars,
            land.skyline,
            *(partial(portrait, wear=("fedora", "short", "bob", "afro")),) * 2,
        ),
        (lay.column, lay.column, lay.banner, lay.window, lay.full),
        (_HEAVY, _STACKED, _SPACED, _PLAIN),
        (tex.untreated, tex.untreated, tex.halftone),
        (tex.grainy, tex.faded, tex.worn),
    ),
    "pop": Grammar(
        ("candy", "lemon", "candy", "sakura", "summer sky", "lagoon"),
        (
            things.emblem,
            things.emblem,
            pat.confetti,
            pat.fluid,
            pat.rays,
            land.cumulus,
            *(partial(portrait, wear=("bob", "long", "short", "headphones")),) * 2,
        ),
        (lay.full, lay.quarters, lay.shout, lay.frame),
        (_HEAVY, _BRUSHED, _STICKER, _STACKED, _OUTLINED),
        (tex.untreated, tex.untreated, tex.halftone),
        (tex.clean, tex.clean, tex.grainy),
    ),
    "rap": Grammar(
        ("concrete", "royal", "crimson", "ash", "concrete", "gold"),
        (
            pat.graffiti,
            pat.graffiti,
            land.skyline,
            things.crown,
            things.crown,
            things.speakers,
            things.record,
            *(partial(portrait, wear=("cap", "hood", "locks")),) * 2,
        ),
        (lay.full, lay.shout, lay.frame, lay.full),
        (_SHADOWED, _STICKER, _STACKED, _STAMPED, _HEAVY),
        (tex.untreated, tex.untreated, tex.photocopied),
        (tex.grainy, tex.shaded, tex.clean),
    ),
    "reggae": Grammar(
        ("roots", "roots", "lagoon", "sunset", "seventies"),
        (
            land.shore,
            _in_oil(land.shore),
            things.speakers,
            things.speakers,
            pat.bands,
            pat.bands,
            pat.rays,
            things.record,
            partial(portrait, wear=("locks", "locks", "afro")),
        ),
        (lay.full, lay.full, lay.banner, lay.medallion),
        (_WAVY, _ARCHED_SHADOW, _STAMPED, _SHADOWED, _STRIPED),
        (tex.untreated,),
        (tex.faded, tex.worn, tex.grainy),
    ),
}
