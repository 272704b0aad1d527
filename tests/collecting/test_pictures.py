import io
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.fake_sources import picture
from covergenre import images
from covergenre.collecting import pictures
from covergenre.collecting.pictures import PictureFetcher, PublishedPicture, fetch_pictures, picture_file, read_failures
from covergenre.errors import Cancelled, ConnectionLost, CoverGenreError
from covergenre.progress import Monitor


@pytest.fixture
def published(world):
    base = os.environ["COVERGENRE_MUSICBRAINZ"]

    def make(n):
        made = []
        for number in range(n):
            path = f"/pictures/{number}.jpg"
            image = images.decode(picture(path)).image
            made.append(PublishedPicture(f"{number:032x}", images.perceptual_hash(image), base + path))
        return made

    return make


def test_a_picture_is_fetched_once_and_then_at_hand(world, published):
    covers = published(2)
    assert picture_file(covers[0].content_hash) is None
    assert fetch_pictures(covers) == {"": 2}
    assert fetch_pictures(covers) == {}
    with Image.open(picture_file(covers[0].content_hash)) as image:
        assert (image.format, max(image.size) <= pictures.SIDE) == ("JPEG", True)
    assert len(world.requests) == 2


def test_a_picture_saved_again_at_another_size_is_still_the_cover(world, published):
    (cover,) = published(1)
    buffer = io.BytesIO()
    images.decode(picture("/pictures/0.jpg")).image.resize((120, 120)).save(buffer, "JPEG", quality=50)
    world.overrides["/pictures/0"] = (200, {}, buffer.getvalue())
    assert fetch_pictures([cover]) == {"": 1}


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ((404, {}, b""), "no picture at its address any more"),
        ((200, {}, picture("/pictures/7.jpg")), "another picture is at its address now"),
        ((200, {}, b"<html>"), "a web page"),
        ((302, {"Location": "http://192.168.0.1/"}, b""), "private network"),
    ],
)
def test_what_is_not_the_cover_is_named_and_not_asked_for_again(world, published, lie, reason):
    covers = published(2)
    world.overrides["/pictures/0"] = lie
    assert fetch_pictures(covers)[""] == 1
    assert reason in read_failures()[covers[0].content_hash]
    asked = len(world.requests)
    fetch_pictures(covers)
    assert len(world.requests) == asked


def test_what_was_not_looked_at_for_longest_goes_first(world, published, monkeypatch):
    covers = published(3)
    fetch_pictures(covers)
    for age, cover in enumerate(covers):
        os.utime(pictures._path(cover), (10 - age, 10 - age))
    picture_file(covers[0].content_hash)
    sizes = [pictures._path(cover).stat().st_size for cover in covers]
    monkeypatch.setattr(pictures, "_room", lambda: sizes[0] + sizes[1])
    pictures.evict()
    assert [pictures._path(cover).exists() for cover in covers] == [True, True, False]


def test_all_can_be_cleared(world, published):
    fetch_pictures(published(2))
    assert len(list(pictures._folder().glob("*.jpg"))) == 2
    assert pictures.clear() == 2
    assert not list(pictures._folder().glob("*.jpg"))


def test_a_stop_keeps_what_came(world, published):
    seen = []
    with pytest.raises(Cancelled):
        fetch_pictures(published(3), Monitor(seen.append, lambda: len(seen) > 1))
    assert len(list(pictures._folder().glob("*.jpg"))) == 1


def test_a_room_that_is_no_number_is_refused(world, published, monkeypatch):
    monkeypatch.setenv("COVERGENRE_PICTURES_MB", "much")
    with pytest.raises(CoverGenreError, match="a whole number of megabytes"):
        fetch_pictures(published(1))


@dataclass(frozen=True)
class Cover:
    content_hash: str
    image_url: str
    path: Path | None = None
    source: str = "spotify"


@pytest.fixture
def numbered(world):
    base = os.environ["COVERGENRE_MUSICBRAINZ"]

    def make(number: int) -> PublishedPicture:
        path = f"/pictures/{number}.jpg"
        phash = images.perceptual_hash(images.decode(picture(path)).image)
        return PublishedPicture(f"{number:032x}", phash, base + path)

    return make


def shown(cover: PublishedPicture) -> Cover:
    return Cover(cover.content_hash, cover.address)


def test_a_picture_is_fetched_when_it_is_looked_at_and_only_once(world, numbered):
    desk, cover = PictureFetcher(), numbered(1)
    assert desk.picture(cover).stat().st_size > 0
    assert desk.picture(cover).exists()
    assert len(world.requests) == 1


def test_one_that_is_gone_is_not_asked_for_again_and_the_reason_is_known(world, numbered):
    desk, cover = PictureFetcher(), numbered(1)
    world.overrides["/pictures/1"] = (404, {}, b"")
    assert desk.picture(cover) is None
    assert desk.picture(cover) is None
    assert len(world.requests) == 1
    assert desk.availability([shown(cover)]).reasons == {"no picture at its address any more": 1}


def test_without_a_connection_nothing_is_asked_for_a_while(world, numbered, monkeypatch):
    asked = []

    def lost(web, cover):
        asked.append(cover)
        raise ConnectionLost("the host is away")

    monkeypatch.setattr("covergenre.collecting.pictures.fetch_picture", lost)
    desk = PictureFetcher()
    assert [desk.picture(numbered(number)) for number in range(3)] == [None] * 3
    assert len(asked) == 1
    assert desk.availability([shown(numbered(2))]).reasons == {"no connection": 1}


def test_it_is_known_how_many_are_there_and_on_the_way(world, numbered, tmp_path):
    desk = PictureFetcher()
    desk.picture(numbered(1))
    covers = [shown(numbered(1)), shown(numbered(2)), Cover("3" * 32, ""), Cover("4" * 32, "", tmp_path)]
    standing = desk.availability(covers)
    assert (standing.covers, standing.shown, standing.coming) == (4, 2, 1)
    assert standing.reasons == {"no address known (spotify)": 1}
