import json

import pytest

from covergenre import home
from covergenre.collecting.names import Name, fetch_names, read_names
from covergenre.errors import Cancelled, CoverGenreError
from covergenre.progress import Monitor


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("COVERGENRE_DISCOGS_TOKEN", "secret")


def release(**fields):
    return 200, {"Content-Type": "application/json"}, json.dumps({"title": "T", **fields}).encode()


def test_a_release_has_a_name_a_year_and_an_address(world):
    assert fetch_names(["557140"]) == {"": 1}
    name = read_names()["557140"]
    assert (name.artist, name.album, name.year) == ("Band 557140", "Release 557140", 1977)
    assert name.image_url.endswith("/pictures/557140.jpg")
    assert world.tokens == ["Discogs token=secret"]


def test_a_release_is_asked_for_once(world):
    fetch_names(["1", "2"])
    assert fetch_names(["1", "2", "3", "no number"]) == {"": 1}
    assert sorted(world.count("/releases/")) == ["/releases/1", "/releases/2", "/releases/3"]


def test_artists_are_named_as_they_sign(world):
    world.overrides["/releases/"] = release(artists=[{"name": "Ann (3)", "join": "&"}, {"name": "Bob", "join": ""}])
    fetch_names(["1"])
    assert read_names()["1"].artist == "Ann & Bob"


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ((404, {}, b""), "no such release"),
        ((200, {"Content-Type": "text/html"}, b"<html>"), "an answer of another shape (text/html)"),
        ((200, {"Content-Type": "application/json"}, b'{"title": 3}'), "an answer of another shape (application/json)"),
        ((403, {}, b""), "the host answers 403"),
    ],
)
def test_what_has_no_name_is_kept_with_its_reason(world, lie, reason):
    world.overrides["/releases/"] = lie
    assert fetch_names(["1"]) == {reason: 1}
    assert read_names() == {"1": Name("1", reason=reason)}


def test_a_token_that_is_not_accepted_ends_it(world):
    world.overrides["/releases/"] = (401, {}, b"")
    with pytest.raises(CoverGenreError, match="does not accept COVERGENRE_DISCOGS_TOKEN"):
        fetch_names(["1", "2"])
    assert (read_names(), len(world.requests)) == ({}, 1)


def test_without_a_token_it_is_said_how_to_come_by_one(monkeypatch, world):
    monkeypatch.delenv("COVERGENRE_DISCOGS_TOKEN")
    with pytest.raises(CoverGenreError, match="set COVERGENRE_DISCOGS_TOKEN"):
        fetch_names(["1"])
    assert world.requests == []


def test_a_stop_keeps_what_came_and_a_torn_line_is_asked_for_again(world):
    seen = []
    with pytest.raises(Cancelled):
        fetch_names(["1", "2", "3"], Monitor(seen.append, lambda: len(seen) > 2))
    file = home.home() / "names" / "discogs.jsonl"
    file.write_bytes(file.read_bytes()[:-9])
    assert sorted(read_names()) == ["1"]
    fetch_names(["1", "2", "3"])
    assert sorted(read_names()) == ["1", "2", "3"]
