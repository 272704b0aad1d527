import numpy as np
import pytest

from covergenre.demo.albums import GENRES
from covergenre.demo.names import album_title, artist_name, release_year


@pytest.mark.parametrize("genre", GENRES)
def test_names_are_filled_in_and_begin_with_a_capital(genre):
    rng = np.random.default_rng(0)
    for name in (write(genre, rng) for _ in range(50) for write in (artist_name, album_title)):
        assert not set(name) & set("{}_")
        assert name == name.strip()
        assert name[0].isupper()


@pytest.mark.parametrize("genre", GENRES)
def test_years_lie_in_the_age_of_the_record(genre):
    rng = np.random.default_rng(0)
    assert all(1950 < release_year(genre, rng) < 2026 for _ in range(50))
