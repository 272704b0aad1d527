from dataclasses import replace

import numpy as np
import pytest

from covergenre.demo import grammar
from covergenre.demo.grammar import GRAMMARS, choose_style, compose


def options(text: str) -> list[str]:
    return [option.lstrip("0123456789 ") for option in text.split(", ")]


# Each option with one of the genres that have it.
EVERY_OPTION = {
    (field, option): genre
    for genre in GRAMMARS
    for field in ("palettes", "scenes", "layouts", "letterings", "finishes", "surfaces", "wear")
    for option in options(getattr(GRAMMARS[genre], field))
    if option
}


def drawn(genre: str, seed: int = 0, lender: str = "") -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.asarray(compose(genre, "The Artist", "An Album", choose_style(genre, rng), rng, lender))


@pytest.mark.parametrize(("field", "option"), EVERY_OPTION)
def test_every_option_can_be_drawn(monkeypatch, field, option):
    genre = EVERY_OPTION[field, option]
    changes = {field: option} | ({"scenes": "portrait"} if field == "wear" else {})
    monkeypatch.setitem(grammar.GRAMMARS, genre, replace(GRAMMARS[genre], **changes))
    cover = drawn(genre)
    assert cover.shape == (300, 300, 3)
    assert cover.std() > 5


def test_an_option_with_a_number_is_drawn_that_often(monkeypatch):
    monkeypatch.setitem(grammar.GRAMMARS, "jazz", replace(GRAMMARS["jazz"], palettes="3 gold, ash"))
    rng = np.random.default_rng(0)
    palettes = [choose_style("jazz", rng).palette for _ in range(400)]
    assert 0.65 < palettes.count("gold") / 400 < 0.85


def test_a_lender_changes_the_cover():
    assert not np.array_equal(drawn("jazz"), drawn("jazz", lender="reggae"))


def test_the_smallest_texts_and_the_longest_fit():
    rng = np.random.default_rng(0)
    for artist in ("A", "The Vandermoor Brothers of the Willow Creek Harbour Band " * 2):
        compose("country", artist, artist, choose_style("country", rng), rng)
