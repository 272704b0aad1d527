"""Invented albums: their artists, titles and years, and the covers drawn for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from covergenre.demo.styles import STYLES, ArtistStyle, choose_style, compose

GENRES = tuple(STYLES)
_ALBUMS_PER_ARTIST = (1, 1, 2, 3)
_BORROWING = 0.4  # the share of covers in another genre's palette

# Words to choose from, between blanks; an underscore is a blank within one.
_WORDS: Mapping[str, str] = {
    "first": """
        Ada Bram Cleo Dorin Edda Florian Greta Hollis Ines Jonna Kester Lioba Marit Nils Odile Per Quill Runa
        Silvan Tilda Ulric Vesna Wim Yara
    """,
    "last": """
        Ashgrove Bellweather Corvane Dellamor Elsinger Fenwright Garrowby Hartmoor Ilvesson Jarrowin
        Kestenholt Lindqvar Marchetto Norvale Ostrander Pellworth Quindry Rosenfell Sandovar Tarkwell Umberlin
        Vandermoor Wexcombe Zellinek
    """,
    "colour": "Amber Blue Crimson Golden Indigo Ivory Silver Violet",
    "grim": "Ash Bone Frost Grave Night Plague Raven Ruin Storm Thorn Wolf Wrath",
    "place": "Abyss Crypt Forest Mire Moor North Spire Throne Void Winter",
    "soft": "Harbour Lantern Margin Meadow Mirror Morning Orchard Paper Rain River Shadow Window",
    "road": "Backroad Barn Creek Dust Fence Gravel Homestead Porch Prairie Saddle Whiskey Willow",
    "shine": "Boogie Dancefloor Diamond Fever Glitter Limelight Midnight Saturday Satin Spotlight Velvet",
    "signal": "Cascade Delta Flux Gradient Horizon Meridian Orbit Phase Prism Pulse Vector Voltage",
    "sweet": "Bubblegum Cherry Crush Daydream Heartbeat Honey Lipstick Lemonade Polaroid Sugar Sunday",
    "street": "Asphalt Block Chain Concrete Corner Crown Hustle Ledger Rooftop Throne Traffic",
    "isle": "Bassline Harvest Island Lion Mango River Roots Shanty Sunrise Tide Yard",
    "crew": "Fishermen Harvesters Islanders Lions Rudders Tides Yardmen",
    "dream": "Comet Firefly Lighthouse Paper_Crane Rainfall Sky Starlight Summer Train Wind",
    "key": "A_Minor B-flat_Major C_Minor D_Major E-flat_Minor F_Major G_Minor",
    "number": "1 2 3 4 5 6 7 8 9",
    "mora": "ka mi ho shi ri na yu to ha ru se no tsu a ko mo",
    "growl": "mor vath gra ul nok thar hel dra kh zor gul reth skar vin",
    "blip": "ky vo ne xa tri lum or zed qua syn ix del",
}

_ARTISTS: Mapping[str, tuple[str, ...]] = {
    "anime": ("{mora}{mora}{mora}", "{mora}{mora} {mora}{mora}{mora}", "{mora}{mora}{mora} Club"),
    "black metal": ("{growl}{growl}", "{growl}{growl}ur", "{growl}{growl}oth", "{grim}{growl}"),
    "classical": ("{first} {last}", "{last} Quartet", "{last} Chamber Orchestra", "Ensemble {last}"),
    "country": ("{first} {last}", "{first} {last}", "The {last} Brothers", "{last} Creek Band"),
    "disco": ("The {shine} Express", "{last} & Company", "{first} {colour}", "{colour} {shine} Band"),
    "edm": ("{blip}{blip}", "{blip}{blip}{blip}", "{blip}{blip} {number}", "{signal} Unit"),
    "jazz": ("{first} {last} Trio", "{first} {last} Quintet", "{first} {last}", "The {last} Sextet"),
    "pop": ("{first}", "{first} {last}", "{colour} {sweet}", "The {sweet} Club"),
    "rap": ("Lil {last}", "MC {mora}{mora}", "{first} the {colour}", "{street} Syndicate", "Big {last}"),
    "reggae": ("{last} & the {crew}", "The {isle} Brothers", "{first} {isle}", "{colour} {isle} Band"),
}

_ALBUMS: Mapping[str, tuple[str, ...]] = {
    "anime": ("Letters to the {dream}", "{dream} Opening Themes", "Beyond the {dream}", "{mora}{mora} no {mora}{mora}"),
    "black metal": ("{place} of {grim}", "{grim} and {grim}", "Beneath the {place}", "{grim}born {place}"),
    "classical": ("Symphony No. {number} in {key}", "String Quartets", "Nocturnes in {key}", "{soft} Suites"),
    "country": ("{road} & {road}", "Back to the {road}", "{soft} on the {road}", "One More {road}"),
    "disco": ("{shine} {shine}", "Get Up {shine}", "{shine} All Night", "Do the {shine}"),
    "edm": ("{signal}", "{signal} / {signal}", "{signal} {number}00", "Into {signal}"),
    "jazz": ("{colour} {soft}", "{soft} for Two", "{first}'s {soft}", "Live at the {soft}"),
    "pop": ("{sweet}", "{sweet} {sweet}", "Dear {sweet}", "{sweet} Forever"),
    "rap": ("{street} {street}", "King of the {street}", "{street} Tapes Vol. {number}", "No {street}"),
    "reggae": ("{isle} {isle}", "{isle} Rise Again", "One {isle}", "Songs of the {isle}"),
}

_YEARS: Mapping[str, tuple[int, int]] = {
    "anime": (1988, 2024),
    "black metal": (1991, 2023),
    "classical": (1958, 2022),
    "country": (1964, 2023),
    "disco": (1974, 1985),
    "edm": (1996, 2024),
    "jazz": (1954, 2012),
    "pop": (1980, 2024),
    "rap": (1986, 2024),
    "reggae": (1968, 2015),
}


@dataclass(frozen=True)
class Album:
    """An album; its cover takes the palette of the genre `lender` unless that is "", and `seed` draws it."""

    genre: str
    artist: str
    title: str
    year: int
    style: ArtistStyle
    lender: str
    seed: int


def release(genre: str, count: int, rng: np.random.Generator) -> list[Album]:
    """`count` albums of a genre, each of another artist or title; the covers of one artist share a style."""
    albums: dict[tuple[str, str], Album] = {}
    while len(albums) < count:
        artist, style = _write(_ARTISTS[genre], rng), choose_style(genre, rng)
        for _ in range(rng.choice(_ALBUMS_PER_ARTIST)):
            title, year = _write(_ALBUMS[genre], rng), int(rng.integers(*_YEARS[genre], endpoint=True))
            lender = str(rng.choice(GENRES)) if rng.random() < _BORROWING else ""
            albums[artist, title] = Album(genre, artist, title, year, style, lender, int(rng.integers(2**32)))
    return list(albums.values())[:count]


def draw(album: Album) -> Image.Image:
    """The cover of an album: RGB, 300 x 300, the same each time."""
    rng = np.random.default_rng(album.seed)
    return compose(album.genre, album.artist, album.title, album.style, rng, album.lender)


def _write(patterns: tuple[str, ...], rng: np.random.Generator) -> str:
    """Fill in one of the patterns: each {list} becomes one of its words, none twice; words are capitalised."""
    used: set[str] = set()

    def choose(match: re.Match) -> str:
        word = str(rng.choice([word for word in _WORDS[match[1]].split() if word not in used]))
        used.add(word)
        starts = match.start() == 0 or match.string[match.start() - 1] == " "
        return (word[0].upper() + word[1:] if starts else word).replace("_", " ")

    return re.sub(r"\{(\w+)\}", choose, patterns[int(rng.integers(len(patterns)))])
