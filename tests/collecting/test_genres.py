import pytest

from covergenre.collecting.genres import genre_tags, rejection_reason, tags_of
from covergenre.errors import CoverGenreError


def test_the_ten_genres_can_be_collected():
    assert tuple(genre_tags()) == (
        *("anime", "black metal", "classical", "country", "disco"),
        *("edm", "jazz", "pop", "rap", "reggae"),
    )


def test_no_tag_stands_for_two_genres():
    tags = [tag for entry in genre_tags().values() for tag in entry.tags]
    assert len(tags) == len(set(tags))


def test_another_genre_is_refused_with_those_there_are():
    with pytest.raises(CoverGenreError, match="'polka' can't be collected: choose from anime, black metal"):
        tags_of("polka")


@pytest.mark.parametrize(
    ("genre", "tags", "types", "reason"),
    [
        ("jazz", ("jazz", "hard bop"), (), ""),
        ("jazz", ("jazz", "reggae"), (), "also tagged reggae"),
        ("jazz", ("jazz", "jazz rap"), (), "also tagged jazz rap"),
        ("jazz", ("jazz",), ("Live",), "no studio album (live)"),
        ("anime", ("anime",), (), "no soundtrack"),
        ("anime", ("anime",), ("Soundtrack",), ""),
    ],
)
def test_an_album_is_taken_when_its_tags_name_one_genre_only(genre, tags, types, reason):
    assert rejection_reason(genre, tags, types) == reason
