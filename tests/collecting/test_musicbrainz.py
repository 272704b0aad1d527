import json

import pytest

from benchmarks.fake_sources import albums
from covergenre.collecting.musicbrainz import find_albums
from covergenre.collecting.sources import open_web
from covergenre.errors import Refused


def page(world, genre="jazz", offset=0):
    with open_web() as web:
        return find_albums(web, genre, offset)


def lie(world, groups, kind="application/json"):
    body = groups if isinstance(groups, bytes) else json.dumps({"count": 1, "release-groups": groups}).encode()
    world.overrides["/ws/2/"] = (200, {"Content-Type": kind}, body)


def test_an_album_has_what_is_known_of_it(world):
    world.albums["jazz"] = albums("jazz", 1)
    (album,) = page(world).albums
    assert (album.title, album.artist, album.artist_id, album.year) == ("Jazz No. 0", "Artist 0", "jazz-0", 1960)
    assert album.tags == ("jazz",)


def test_albums_come_by_the_page(world):
    world.albums["jazz"] = albums("jazz", 130)
    first, second = page(world), page(world, offset=100)
    assert (len(first.albums), len(second.albums), first.total) == (100, 30, 130)
    assert not {album.id for album in first.albums} & {album.id for album in second.albums}


def test_a_group_of_artists_is_named_as_it_signs(world):
    credit = [{"name": "Ada", "joinphrase": " & ", "artist": {"id": "1"}}, {"name": "Bob", "artist": {"id": "2"}}]
    lie(world, [{**albums("jazz", 1)[0], "artist-credit": credit}])
    assert page(world).albums[0].artist == "Ada & Bob"


def test_tags_that_were_voted_down_do_not_count(world):
    lie(world, [{**albums("jazz", 1)[0], "tags": [{"name": "Jazz", "count": 2}, {"name": "rap", "count": 0}]}])
    assert page(world).albums[0].tags == ("jazz",)


@pytest.mark.parametrize(
    ("group", "title"),
    [({"id": "../../etc/passwd"}, None), ({"title": " "}, None), ({"title": "A\nB\x1b[2J"}, "A B [2J")],
)
def test_a_number_or_title_that_is_none_is_not_taken(world, group, title):
    lie(world, [{**albums("jazz", 1)[0], **group}])
    found = page(world)
    assert [album.title for album in found.albums] == ([title] if title else [])
    assert found.skipped == (0 if title else 1)


@pytest.mark.parametrize("body", [b"<html>busy</html>", b"{}", b'{"count": -1, "release-groups": []}', b"[" * 100_000])
def test_an_answer_of_another_shape_is_refused_with_what_came(world, body):
    lie(world, body, "text/html")
    with pytest.raises(Refused, match="MusicBrainz answered with text/html that is no page of albums"):
        page(world)


def test_we_say_who_asks(world, monkeypatch):
    monkeypatch.setenv("COVERGENRE_CONTACT", "me@example.org")
    world.albums["jazz"] = albums("jazz", 1)
    page(world)
    assert all(agent.startswith("covergenre/") and agent.endswith("( me@example.org )") for agent in world.agents)
