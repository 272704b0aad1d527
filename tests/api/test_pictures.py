import pytest
from drawing import genre_folders
from starlette.applications import Starlette
from starlette.testclient import TestClient

from covergenre import home, images
from covergenre.api.pictures import picture_routes
from covergenre.dataset.registry import register
from covergenre.dataset.thumbnails import look


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=picture_routes()))


def test_a_picture_that_was_made_is_served(client, tmp_path):
    dataset, _ = register("mine", genre_folders(tmp_path / "covers", ("jazz",), 1))
    look(dataset)
    answer = client.get(f"/pictures/{dataset.manifest['content_hash'].iloc[0]}.jpg")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert images.decode(answer.content).image.size == (96, 96)


@pytest.mark.parametrize("key", ["0" * 32, "x", "..%2f..%2fsecret", "../secret", "0" * 31 + "/"])
def test_nothing_else_is(client, key):
    home.thumbnails().mkdir(parents=True)
    (home.home() / "secret.jpg").write_bytes(b"secret")
    (home.thumbnails() / "x.jpg").write_bytes(b"secret")
    assert client.get(f"/pictures/{key}.jpg").status_code == 404
