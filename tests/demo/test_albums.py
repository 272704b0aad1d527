import numpy as np
import pytest

from covergenre.demo.albums import GENRES, draw, release


def released(genre: str, count: int, seed: int = 0) -> list:
    return release(genre, count, np.random.default_rng(seed))


@pytest.mark.parametrize("genre", GENRES)
def test_covers_of_a_genre_differ_and_are_drawn_the_same_each_time(genre):
    first, second, *_ = released(genre, 2)
    assert draw(first).tobytes() == draw(first).tobytes()
    assert draw(first).tobytes() != draw(second).tobytes()


def test_no_two_albums_of_a_genre_share_artist_and_title():
    albums = released("disco", 60)
    assert len({(album.artist, album.title) for album in albums}) == 60


def test_the_albums_of_an_artist_share_a_style():
    albums = released("jazz", 60)
    styles = {}
    for album in albums:
        styles.setdefault(album.artist, set()).add(album.style)
    assert len(styles) < len(albums)
    assert sum(len(kinds) > 1 for kinds in styles.values()) <= 2  # two artists may have been given one name


def test_the_same_seed_gives_the_same_albums():
    assert released("rap", 20) == released("rap", 20)
    assert released("rap", 20) != released("rap", 20, seed=1)


@pytest.mark.parametrize("genre", GENRES)
def test_names_are_complete_and_years_plausible(genre):
    for album in released(genre, 50):
        for name in (album.artist, album.title):
            assert not set(name) & set("{}_")
            assert name == name.strip()
            assert name[0].isupper()
        assert 1950 < album.year < 2026
