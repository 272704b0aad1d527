import pytest
from drawing import cover, encoded, genre_folders
from starlette.applications import Starlette
from starlette.testclient import TestClient

from covergenre import home, images
from covergenre.api.pictures import picture_routes
from covergenre.collection.sources import open_collection
from covergenre.dataset.registry import register
from covergenre.dataset.thumbnails import make_signatures


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=picture_routes()))


def test_a_picture_that_was_made_is_served(client, tmp_path):
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz",), 1))
    make_signatures(dataset)
    answer = client.get(f"/pictures/{dataset.manifest['content_hash'].iloc[0]}.jpg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert images.decode(answer.content).image.size == (96, 96)


@pytest.mark.parametrize("key", ["0" * 32, "x", "..%2f..%2fsecret", "../secret", "0" * 31 + "/"])
def test_nothing_else_is(client, key):
    home.thumbnails().mkdir(parents=True)
    (home.home() / "secret.jpg").write_bytes(b"secret")
    (home.thumbnails() / "x.jpg").write_bytes(b"secret")
    assert client.get(f"/pictures/{key}.jpg").status_code == 404


@pytest.fixture
def known(starter):
    """A cover of the starter."""
    return open_collection().cover(0)


def test_a_known_cover_without_a_picture_is_not_fetched_unless_asked_for(client, known, monkeypatch):
    monkeypatch.setattr("covergenre.api.pictures.fetcher.picture", None)
    assert client.get(f"/pictures/{known.content_hash}.jpg").status_code == 404


def test_its_picture_is_fetched_when_asked_for(client, known, monkeypatch, tmp_path):
    file = tmp_path / "cover.jpg"
    file.write_bytes(encoded(cover("jazz"), "JPEG"))
    asked = []
    monkeypatch.setattr("covergenre.api.pictures.fetcher.picture", lambda one: asked.append(one) or file)
    assert client.get(f"/pictures/{known.content_hash}.jpg?fetch=1").content == file.read_bytes()
    assert asked[0].content_hash == known.content_hash


def test_one_that_does_not_come_is_no_content(client, known, monkeypatch):
    monkeypatch.setattr("covergenre.api.pictures.fetcher.picture", lambda _: None)
    assert client.get(f"/pictures/{known.content_hash}.jpg?fetch=1").status_code == 204


def test_a_page_of_another_site_can_not_have_it_fetched(client, known, monkeypatch):
    monkeypatch.setattr("covergenre.api.pictures.fetcher.picture", None)
    answer = client.get(f"/pictures/{known.content_hash}.jpg?fetch=1", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 404


def test_colours_stand_in_where_they_are_asked_for(client, known):
    answer = client.get(f"/pictures/{known.content_hash}.jpg?colours=1")
    assert images.decode(answer.content).image.size == (56, 56)
