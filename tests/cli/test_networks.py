import pytest

from covergenre.embedding.backbones import list_stronger

DINO = list_stronger()[0]


@pytest.fixture
def world(hub_of):
    return hub_of({(DINO.repository, "model.safetensors"): b"weights"})


def test_a_network_is_fetched_and_then_here(world, covergenre):
    (told,) = covergenre("networks", "list", "--json").lines
    assert not told["networks"][0]["here"]
    (told,) = covergenre("networks", "fetch", DINO.id, "--json").lines
    assert told == {"id": DINO.id, "file": str(DINO.file)}
    assert DINO.file.read_bytes() == b"weights"
    assert "here" in covergenre("networks", "list").out


def test_an_unknown_network_is_answered_with_those_there_are(covergenre):
    said = covergenre("networks", "fetch", "vgg")
    assert said.err.startswith(f"error: 'vgg' is no network to be fetched: choose from {DINO.id}, ")
