import pandas as pd
import pytest

from benchmarks.fake_sources import albums
from covergenre.dataset.starter import seal
from covergenre.embedding.backbones import list_stronger


@pytest.fixture
def world(world):
    world.albums = {genre: albums(genre, 3) for genre in ("jazz", "rap")}
    return world


def test_covers_are_collected_and_counted(world, covergenre):
    world.albums["jazz"][0]["tags"].append({"name": "dub", "count": 1})
    (result,) = covergenre("collect", "mine", "--genres", "jazz,rap", "--per-genre", "1", "--json").lines
    assert result["covers"] == {"jazz": 1, "rap": 1}
    assert [failure["reason"] for failure in result["failures"]] == ["also tagged reggae"]


def test_the_default_output_is_a_table(world, covergenre):
    world.overrides[f"/{world.albums['rap'][0]['id']}/"] = (404, {}, b"")
    result = covergenre("collect", "mine", "--genres", "jazz,rap", "--per-genre", "1")
    assert "no cover at the source" in result.out
    assert "mine: 2 covers, ready to train on" in result.out


def test_a_genre_that_cannot_be_collected_is_one_line_of_error(covergenre):
    result = covergenre("collect", "mine", "--genres", "jazz,polka")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("error: 'polka' can't be collected: choose from anime,")


def test_names_and_pictures_of_known_covers_are_fetched_and_cleared(world, covergenre, starter, monkeypatch):
    monkeypatch.setenv("COVERGENRE_DISCOGS_TOKEN", "secret")
    covers = pd.read_parquet(starter / "covers.parquet")
    covers["id"] = [str(number) for number in range(len(covers))]
    covers.to_parquet(starter / "covers.parquet", index=False)
    seal(starter)
    (result,) = covergenre("pictures", "fetch", "--json").lines
    discogs = int((covers["source"] == "discogs").sum())
    assert result["names"] == {"came": discogs, "failed": {}}
    assert sum(result["pictures"]["failed"].values()) + result["pictures"]["came"] == discogs
    (result,) = covergenre("pictures", "clear", "--json").lines
    assert result["deleted"] == 0


DINO = list_stronger()[0]


@pytest.fixture
def hub(start_hub):
    return start_hub({(DINO.repository, "model.safetensors"): b"weights"})


def test_a_downloaded_network_is_listed_as_present(hub, covergenre):
    (result,) = covergenre("networks", "list", "--json").lines
    assert not result["networks"][0]["here"]
    (result,) = covergenre("networks", "fetch", DINO.id, "--json").lines
    assert result == {"id": DINO.id, "file": str(DINO.file)}
    assert DINO.file.read_bytes() == b"weights"
    assert "here" in covergenre("networks", "list").out


def test_an_unknown_network_error_lists_the_known_ones(covergenre):
    result = covergenre("networks", "fetch", "vgg")
    assert result.err.startswith(f"error: 'vgg' is no network to be fetched: choose from {DINO.id}, ")
