from dataclasses import fields, replace

import numpy as np
import pytest

from covergenre.demo import styles
from covergenre.demo.styles import STYLES, choose_style, compose

# Each thing that a genre may choose, alone in its field.
EVERY_CHOICE = [
    (genre, field.name, choice)
    for genre, options in STYLES.items()
    for field in fields(options)
    for choice in dict.fromkeys(getattr(options, field.name))
]


def drawn(genre: str, seed: int = 0, lender: str = "") -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.asarray(compose(genre, "The Artist", "An Album", choose_style(genre, rng), rng, lender))


@pytest.mark.parametrize(("genre", "field", "choice"), EVERY_CHOICE)
def test_every_option_of_a_genre_can_be_drawn(monkeypatch, genre, field, choice):
    monkeypatch.setitem(styles.STYLES, genre, replace(STYLES[genre], **{field: (choice,)}))
    cover = drawn(genre)
    assert cover.shape == (300, 300, 3)
    assert cover.std() > 5


def test_an_option_listed_more_often_is_chosen_more_often(monkeypatch):
    first, second = STYLES["jazz"].palettes[:2]
    monkeypatch.setitem(styles.STYLES, "jazz", replace(STYLES["jazz"], palettes=(first, first, first, second)))
    rng = np.random.default_rng(0)
    palettes = [choose_style("jazz", rng).palette for _ in range(400)]
    assert 0.65 < palettes.count(first) / 400 < 0.85


def test_a_lender_changes_the_cover():
    assert not np.array_equal(drawn("jazz"), drawn("jazz", lender="reggae"))


def test_very_short_and_very_long_texts_can_be_drawn():
    rng = np.random.default_rng(0)
    for artist in ("A", "The Vandermoor Brothers of the Willow Creek Harbour Band " * 2):
        assert compose("country", artist, artist, choose_style("country", rng), rng).size == (300, 300)
