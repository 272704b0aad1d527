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


def test_a_stored_thumbnail_is_served(client, tmp_path):
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz",), 1))
    make_signatures(dataset)
    answer = client.get(f"/pictures/{dataset.manifest['content_hash'].iloc[0]}.jpg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert images.decode(answer.content).image.size == (96, 96)


@pytest.mark.parametrize("key", ["0" * 32, "x", "..%2f..%2fsecret", "../secret", "0" * 31 + "/"])
def test_nothing_else_is_served(client, key):
    home.thumbnails().mkdir(parents=True)
    (home.home() / "secret.jpg").write_bytes(b"secret")
    (home.thumbnails() / "x.jpg").write_bytes(b"secret")
    assert client.get(f"/pictures/{key}.jpg").status_code == 404


@pytest.fixture
def known(starter):
    """A cover of the starter."""
    return open_collection().cover(0)


def test_a_missing_picture_is_not_fetched_unless_requested(client, known, monkeypatch):
    monkeypatch.setattr("covergenre.api.pictures.fetcher.picture", None)
    assert client.get(f"/pictures/{known.content_hash}.jpg").status_code == 404


def test_a_missing_picture_is_fetched_on_request(client, known, monkeypatch, tmp_path):
    file = tmp_path / "cover.jpg"
    file.write_bytes(encoded(cover("jazz"), "JPEG"))
    asked = []
    monkeypatch.setattr("covergenre.api.pictures.fetcher.picture", lambda one: asked.append(one) or file)
    assert client.get(f"/pictures/{known.content_hash}.jpg?fetch=1").content == file.read_bytes()
    assert asked[0].content_hash == known.content_hash


def test_an_unavailable_picture_returns_no_content(client, known, monkeypatch):
    monkeypatch.setattr("covergenre.api.pictures.fetcher.picture", lambda _: None)
    assert client.get(f"/pictures/{known.content_hash}.jpg?fetch=1").status_code == 204


def test_another_site_cannot_trigger_a_fetch(client, known, monkeypatch):
    monkeypatch.setattr("covergenre.api.pictures.fetcher.picture", None)
    answer = client.get(f"/pictures/{known.content_hash}.jpg?fetch=1", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 404


def test_colours_are_served_instead_on_request(client, known):
    answer = client.get(f"/pictures/{known.content_hash}.jpg?colours=1")
    assert images.decode(answer.content).image.size == (56, 56)
