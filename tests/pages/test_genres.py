import itertools
import math
import tomllib
from pathlib import Path

import pytest

from covergenre.dataset import starter
from pages.widgets.genres import GENRES, colours, colours_among, css_colour, display, inline, perceived

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
LIGHT, DARK = CONFIG["theme"]["light"], CONFIG["theme"]["dark"]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_genres_are_those_of_the_project():
    ten = ("anime", "black metal", "classical", "country", "disco", "edm", "jazz", "pop", "rap", "reggae")
    assert GENRES == starter.GENRES == ten


def test_every_genre_has_the_colour_that_the_theme_gives_its_charts():
    assert LIGHT["chartCategoricalColors"] == [colours(genre)[0] for genre in GENRES]
    assert DARK["chartCategoricalColors"] == [colours(genre)[1] for genre in GENRES]


OTHERS = (
    "ambient",
    "blues",
    "bluegrass",
    "calypso",
    "drone",
    "fado",
    "funk",
    "gospel",
    "grime",
    "house",
    "skiffle",
    "soul",
)


def test_a_genre_beyond_the_ten_gets_a_colour_from_its_name():
    assert len({colours(genre) for genre in OTHERS}) > 6
    assert colours("Skiffle") == colours("skiffle")
    assert css_colour("skiffle").endswith("light-dark({}, {}))".format(*colours("skiffle")))


def test_genres_shown_together_have_distinct_and_stable_colours():
    many = [f"genre {number:02}" for number in range(30)]
    among = colours_among([*GENRES, *many])
    assert among == colours_among(reversed([*many, *GENRES]))
    assert {genre: among[genre] for genre in GENRES} == {genre: colours(genre) for genre in GENRES}
    assert colours_among(many[:10]) == {genre: among[genre] for genre in many[:10]}
    for page in (0, 1):
        seen = [perceived(pair[page]) for pair in among.values()]
        assert min(math.dist(one, other) for one, other in itertools.combinations(seen, 2)) > 0.04


@pytest.mark.parametrize("genre", [*GENRES, *OTHERS])
def test_every_colour_contrasts_with_the_background(genre):
    for colour, theme in zip(colours_among([*GENRES, *OTHERS])[genre], (LIGHT, DARK), strict=True):
        assert contrast(colour, theme["backgroundColor"]) >= 3
        assert contrast(colour, theme["secondaryBackgroundColor"]) >= 3


def test_text_and_links_are_legible_in_both_themes():
    for theme in (LIGHT, DARK):
        for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
            assert contrast(theme["textColor"], ground) >= 7
            assert contrast(theme["linkColor"], ground) >= 4.5


def test_a_colour_follows_the_theme_by_itself():
    assert css_colour("jazz") == "light-dark(#6c7dce, #4ba8ed)"


def test_a_genre_is_spelled_as_people_spell_it():
    assert [display(genre) for genre in ("black metal", "edm", "österreichisch")] == [
        "Black metal",
        "EDM",
        "Österreichisch",
    ]
    assert [inline(genre) for genre in ("black metal", "edm")] == ["black metal", "EDM"]
