"""The visual grammar of the ten genres, and how a cover is composed from it.

A grammar lists the palettes, scenes, layouts, letterings and surfaces that a genre draws from. They overlap on purpose
(a shore serves three genres, a portrait nine), and some covers borrow their palette or their scene from another genre:
whoever tells the genres apart has to weigh several cues.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from PIL import Image

from covergenre.demo import landscapes, layouts, patterns, people, texture, things
from covergenre.demo.lettering import Lettering, write
from covergenre.demo.sheet import COVER_SIDE, Palette, Sheet


@dataclass(frozen=True)
class Grammar:
    """What a genre chooses from, each a list with commas between; "2 horn" makes a horn twice as likely.

    `scenes` are functions of `landscapes`, `patterns`, `things` and `people` (after "oil", painted in oil), `wear` is
    what their portraits wear, `layouts` are functions of that module, `surfaces` and `finishes` of `texture`.
    """

    palettes: str
    scenes: str
    layouts: str
    letterings: str
    finishes: str
    surfaces: str = "untreated"
    wear: str = ""


@dataclass(frozen=True)
class Style:
    """What the albums of one artist share: the names of a palette and of a lettering."""

    palette: str
    lettering: str


def choose_style(genre: str, rng: np.random.Generator) -> Style:
    """A style for an artist of this genre."""
    grammar = GRAMMARS[genre]
    return Style(_pick(rng, grammar.palettes), _pick(rng, grammar.letterings))


def compose(
    genre: str, artist: str, album: str, style: Style, rng: np.random.Generator, lender: str = ""
) -> Image.Image:
    """Draw one cover, RGB, 300 x 300; its palette or its scene comes from the genre `lender` if there is one."""
    grammar, palette, seen = GRAMMARS[genre], style.palette, GRAMMARS[genre]
    if lender and rng.random() < 0.4:
        palette = _pick(rng, GRAMMARS[lender].palettes)
    elif lender:
        seen = GRAMMARS[lender]
    sheet = Sheet(Palette.parse(PALETTES[palette]), rng)
    _scene(_pick(rng, seen.scenes), seen.wear)(sheet)
    getattr(texture, _pick(rng, grammar.surfaces))(sheet)
    words = getattr(layouts, _pick(rng, grammar.layouts))(sheet)
    large, small = (artist, album) if words.artist_large else (album, artist)
    write(sheet, large, words.large, LETTERINGS[style.lettering], words.align, words.ink)
    write(sheet, small, words.small, _SMALL, words.align, words.ink)
    return getattr(texture, _pick(rng, grammar.finishes))(sheet.image.reduce(sheet.image.width // COVER_SIDE), rng)


def _scene(name: str, wear: str) -> Callable[[Sheet], None]:
    if name.startswith("oil "):
        return partial(_paint_in_oil, _scene(name.removeprefix("oil "), wear))
    if name == "portrait":
        return partial(people.portrait, wear=_options(wear))
    return next(getattr(module, name) for module in (landscapes, patterns, things, people) if hasattr(module, name))


def _paint_in_oil(scene: Callable[[Sheet], None], sheet: Sheet) -> None:
    scene(sheet)
    texture.painted(sheet)


def _pick(rng: np.random.Generator, options: str) -> str:
    names = _options(options)
    return names[int(rng.integers(len(names)))]


@cache
def _options(text: str) -> tuple[str, ...]:
    """The names in a list, each as often as it says."""
    options = []
    for option in text.split(", "):
        count, _, name = option.partition(" ") if option[0].isdigit() else ("1", "", option)
        options += [name] * int(count)
    return tuple(options)


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

LETTERINGS: Mapping[str, Lettering] = {
    "spaced": Lettering(tracking=0.3, lines=2),
    "plain": Lettering(bold=0.02, lines=3),
    "bookish": Lettering(tracking=0.06, lines=2, upper=False),
    "heavy": Lettering(bold=0.075, stretch=(0.6, 1.6), lines=2),
    "stacked": Lettering(bold=0.06, stretch=(0.5, 2.6), lines=3),
    "thin": Lettering(tracking=0.5, stretch=(0.8, 1.0)),
    "thorns": Lettering(bold=0.02, bend="thorns", stretch=(0.7, 1.3)),
    "wide thorns": Lettering(bold=0.04, bend="thorns", stretch=(0.8, 2.0), slant=0.12),
    "arched": Lettering(bold=0.05, bend="arch", stretch=(0.7, 1.4)),
    "arched shadow": Lettering(bold=0.055, bend="arch", paint="shadow", stretch=(0.7, 1.4)),
    "brushed": Lettering(bold=0.035, slant=0.28, lines=2, upper=False),
    "stamped": Lettering(bold=0.06, paint="stamp", stretch=(0.6, 1.4), lines=2),
    "striped": Lettering(bold=0.09, paint="stripes", stretch=(0.7, 1.7), lines=2),
    "chrome": Lettering(bold=0.075, paint="chrome", slant=0.2, stretch=(0.7, 1.6), lines=2),
    "neon": Lettering(bold=0.015, paint="neon", tracking=0.12, lines=2),
    "outlined": Lettering(bold=0.05, paint="outline", tracking=0.1, stretch=(0.7, 1.5), lines=2),
    "wavy": Lettering(bold=0.07, bend="wave", stretch=(0.7, 1.4)),
    "sticker": Lettering(bold=0.07, paint="sticker", bend="jitter", lines=2, stretch=(0.7, 1.3)),
    "shadowed": Lettering(bold=0.08, paint="shadow", stretch=(0.6, 1.5), lines=2),
}
_SMALL = Lettering(tracking=0.18, bold=0.012, lines=3)

GRAMMARS: Mapping[str, Grammar] = {
    "anime": Grammar(
        palettes="2 sakura, 2 summer sky, mecha, lemon, sunset",
        scenes="3 manga, cumulus, 2 blossom, speed_lines, scales, skyline",
        layouts="2 strip, 2 full, shout",
        letterings="sticker, brushed, outlined, shadowed, chrome",
        surfaces="3 untreated, halftone",
        finishes="2 clean, grainy",
    ),
    "black metal": Grammar(
        palettes="2 ash, frost, blood, moss",
        scenes="mountains, 2 forest, cathedral, sigil, portrait",
        wear="hood, long",
        layouts="logo",
        letterings="2 thorns, wide thorns",
        surfaces="untreated, photocopied",
        finishes="grainy, 2 shaded",
    ),
    "classical": Grammar(
        palettes="umber, ivory, emerald, gold, sepia, smoke",
        scenes="oil mountains, oil forest, oil shore, mountains, 2 violin, keys, staves, cathedral, portrait",
        wear="bob, short",
        layouts="2 cartouche, banner, frame, medallion, window",
        letterings="spaced, bookish, plain",
        finishes="clean, grainy, faded",
    ),
    "country": Grammar(
        palettes="sepia, 2 prairie, denim, sunset, umber",
        scenes="prairie, oil prairie, desert, forest, 2 guitar, 2 portrait",
        wear="2 cowboy, long",
        layouts="2 full, frame, banner, medallion",
        letterings="arched, arched shadow, stamped, brushed, plain",
        finishes="grainy, faded, worn",
    ),
    "disco": Grammar(
        palettes="2 disco night, seventies, gold, sunset, candy",
        scenes="2 mirror_ball, rays, 2 arcs, shore, neon_grid, portrait",
        wear="2 afro, long",
        layouts="2 full, shout, medallion",
        letterings="striped, chrome, arched shadow, wavy, outlined",
        surfaces="2 untreated, halftone",
        finishes="clean, faded, worn",
    ),
    "edm": Grammar(
        palettes="2 neon, cobalt, acid, disco night, frost",
        scenes="2 neon_grid, 2 polygons, fluid, 2 cubes, mountains, portrait",
        wear="headphones",
        layouts="2 full, window, shout",
        letterings="thin, spaced, 2 neon, heavy",
        finishes="clean, 2 shifted",
    ),
    "jazz": Grammar(
        palettes="2 blue note, smoke, sepia, crimson, denim",
        scenes="2 saxophone, keys, 2 bars, skyline, 2 portrait",
        wear="fedora, short, bob, afro",
        layouts="2 column, banner, window, full",
        letterings="heavy, stacked, spaced, plain",
        surfaces="2 untreated, halftone",
        finishes="grainy, faded, worn",
    ),
    "pop": Grammar(
        palettes="2 candy, lemon, sakura, summer sky, lagoon",
        scenes="2 emblem, confetti, fluid, rays, cumulus, 2 portrait",
        wear="bob, long, short, headphones",
        layouts="full, quarters, shout, frame",
        letterings="heavy, brushed, sticker, stacked, outlined",
        surfaces="2 untreated, halftone",
        finishes="2 clean, grainy",
    ),
    "rap": Grammar(
        palettes="2 concrete, royal, crimson, ash, gold",
        scenes="2 graffiti, skyline, 2 crown, speakers, record, 2 portrait",
        wear="cap, hood, locks",
        layouts="2 full, shout, frame",
        letterings="shadowed, sticker, stacked, stamped, heavy",
        surfaces="2 untreated, photocopied",
        finishes="grainy, shaded, clean",
    ),
    "reggae": Grammar(
        palettes="2 roots, lagoon, sunset, seventies",
        scenes="shore, oil shore, 2 speakers, 2 bands, rays, record, portrait",
        wear="2 locks, afro",
        layouts="2 full, banner, medallion",
        letterings="wavy, arched shadow, stamped, shadowed, striped",
        finishes="faded, worn, grainy",
    ),
}
