import pytest
from collecting.standin import World, albums, standing_in

from covergenre.collecting import sources


@pytest.fixture
def world(monkeypatch):
    world = World(albums={"jazz": albums("jazz", 3), "rap": albums("rap", 3)})
    with standing_in(world) as base:
        for setting in sources.SETTINGS:
            monkeypatch.setenv(setting, base)
        yield world


def test_covers_are_collected_and_counted(world, covergenre):
    world.albums["jazz"][0]["tags"].append({"name": "dub", "count": 1})
    (told,) = covergenre("collect", "mine", "--genres", "jazz,rap", "--per-genre", "1", "--json").lines
    assert told["covers"] == {"jazz": 1, "rap": 1}
    assert [failure["reason"] for failure in told["failures"]] == ["also tagged reggae"]


def test_people_get_tables(world, covergenre):
    world.lies[f"/{world.albums['rap'][0]['id']}/"] = (404, {}, b"")
    said = covergenre("collect", "mine", "--genres", "jazz,rap", "--per-genre", "1")
    assert "no cover at the source" in said.out
    assert "mine: 2 covers, ready to train on" in said.out


def test_a_genre_that_cannot_be_collected_is_refused_in_one_line(covergenre):
    said = covergenre("collect", "mine", "--genres", "jazz,polka")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: 'polka' can't be collected: choose from anime,")
