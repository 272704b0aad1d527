import pytest

from pages.browse import facts
from pages.widgets.tiles import tile


def test_a_cover_is_titled_by_album_artist_and_year(neighbour):
    assert facts.name(neighbour()) == ("Blue Hours", "Ada Lane, 1961")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"album": ""}, ("Ada Lane", "1961")),
        ({"album": "", "year": None}, ("Ada Lane", "")),
        ({"artist": ""}, ("Blue Hours", "1961")),
        (
            {"artist": "", "album": "", "year": None, "source": "discogs", "id": "77"},
            ("Untitled release", "Discogs 77"),
        ),
    ],
)
def test_unknown_facts_are_omitted(neighbour, fields, name):
    assert facts.name(neighbour(**fields)) == name


def test_facts_include_typicality_and_the_other_genres_it_resembles(neighbour):
    assert facts.standing(neighbour(), 0.25, "jazz", 8) == "More typical of jazz than 25\u202f% of the 8 jazz covers."
    assert facts.standing(neighbour(), 0.25, "edm", 8).endswith(" It looks more like EDM.")
    assert facts.standing(neighbour(), 1.0, "jazz", 1) == "The only jazz cover here."


def test_facts_say_whether_the_cover_was_used_for_training(neighbour):
    assert facts.part(neighbour()) == "Used for training."
    assert "never saw it" in facts.part(neighbour(part="test"))
    assert facts.part(neighbour(part="")) == ""


def test_facts_link_to_the_source_if_there_is_one(neighbour):
    assert "Open at Spotify" in facts.source_link(neighbour())
    assert facts.source_link(neighbour(page_url="")) == ""
    assert facts.source_link(neighbour(page_url="javascript:alert(1)")) == ""


def test_untrusted_names_are_escaped(neighbour):
    evil = "<script>*_[x](javascript:1)"
    cover = neighbour(artist=evil, album=evil, genre=evil)
    for text in (*facts.name(cover), facts.genre(cover), facts.standing(cover, 0.5, evil, 3), tile(cover, False).face):
        assert "<script" not in text
        assert "](" not in text


def test_a_tile_is_labelled_with_album_and_genre(neighbour):
    assert tile(neighbour(), False).label == "Ada Lane – Blue Hours (1961), jazz"
