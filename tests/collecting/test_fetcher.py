import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.fake_sources import picture
from covergenre import images
from covergenre.collecting.fetcher import PictureFetcher
from covergenre.collecting.pictures import PublishedPicture
from covergenre.errors import ConnectionLost


@dataclass(frozen=True)
class Cover:
    content_hash: str
    image_url: str
    path: Path | None = None
    source: str = "spotify"


@pytest.fixture
def published(world):
    base = os.environ["COVERGENRE_MUSICBRAINZ"]

    def make(number: int) -> PublishedPicture:
        path = f"/pictures/{number}.jpg"
        phash = images.perceptual_hash(images.decode(picture(path)).image)
        return PublishedPicture(f"{number:032x}", phash, base + path)

    return make


def shown(cover: PublishedPicture) -> Cover:
    return Cover(cover.content_hash, cover.address)


def test_a_picture_is_fetched_when_it_is_looked_at_and_only_once(world, published):
    desk, cover = PictureFetcher(), published(1)
    assert desk.picture(cover).stat().st_size > 0
    assert desk.picture(cover).exists()
    assert len(world.requests) == 1


def test_one_that_is_gone_is_not_asked_for_again_and_the_reason_is_known(world, published):
    desk, cover = PictureFetcher(), published(1)
    world.overrides["/pictures/1"] = (404, {}, b"")
    assert desk.picture(cover) is None
    assert desk.picture(cover) is None
    assert len(world.requests) == 1
    assert desk.availability([shown(cover)]).reasons == {"no picture at its address any more": 1}


def test_without_a_connection_nothing_is_asked_for_a_while(world, published, monkeypatch):
    asked = []

    def lost(web, cover):
        asked.append(cover)
        raise ConnectionLost("the host is away")

    monkeypatch.setattr("covergenre.collecting.fetcher.fetch_picture", lost)
    desk = PictureFetcher()
    assert [desk.picture(published(number)) for number in range(3)] == [None] * 3
    assert len(asked) == 1
    assert desk.availability([shown(published(2))]).reasons == {"no connection": 1}


def test_it_is_known_how_many_are_there_and_on_the_way(world, published, tmp_path):
    desk = PictureFetcher()
    desk.picture(published(1))
    covers = [shown(published(1)), shown(published(2)), Cover("3" * 32, ""), Cover("4" * 32, "", tmp_path)]
    standing = desk.availability(covers)
    assert (standing.covers, standing.shown, standing.coming) == (4, 2, 1)
    assert standing.reasons == {"no address known (spotify)": 1}
