"""The real code with a tiny network of the same kind, that has learned nothing."""

import re

import numpy as np
import pytest
from drawing import cover

from covergenre.collection import text_search
from covergenre.collection.sources import open_run_collection
from covergenre.errors import Cancelled, NoWeights


def test_a_text_and_a_cover_become_vectors_of_one_space(at_hand):
    network = text_search.Words.open()
    text, pictures = network.text("dark fortress at night"), network.covers([cover("jazz", 1), cover("rap", 2)])
    assert (text.shape, pictures.shape) == ((16,), (2, 16))
    assert np.linalg.norm([text, *pictures], axis=1) == pytest.approx(1, abs=1e-5)
    assert network.text("dark fortress at night") == pytest.approx(text)
    assert text_search.Words.open() is network


def test_covers_are_looked_at_once_and_then_found_by_words(at_hand, library):
    index = text_search.WordIndex.open(library)
    assert (len(index.rows), len(index.unseen)) == (0, len(library))
    assert index.search("a trumpet", 5, range(len(library))) == []
    done = []
    text_search.look_at(library, index, lambda progress: done.append(progress.done))
    assert done[-1] == len(library)
    index = text_search.WordIndex.open(library)
    assert (len(index.rows), len(index.unseen)) == (len(library), 0)
    found = index.search("a trumpet", 5, range(len(library)))
    expected = index.units @ index.words.text("a trumpet")
    assert [row for row, _ in found] == index.rows[np.argsort(-expected, kind="stable")[:5]].tolist()


def test_only_covers_that_pass_the_filters_are_found(at_hand, library):
    text_search.look_at(library, text_search.WordIndex.open(library))
    jazz = np.flatnonzero(library.genre_of == library.genres.index("jazz"))
    found = text_search.WordIndex.open(library).search("a trumpet", 50, jazz)
    assert {row for row, _ in found} == set(jazz.tolist())


def test_what_was_looked_at_is_kept_when_it_is_stopped(at_hand, library):
    stops = iter([False, True])
    with pytest.raises(Cancelled, match="those are kept"):
        text_search.look_at(library, text_search.WordIndex.open(library), should_stop=lambda: next(stops))
    assert len(text_search.WordIndex.open(library).rows) == 16


def test_without_pictures_there_is_nothing_to_look_at(at_hand, starter):
    index = text_search.WordIndex.open(open_run_collection())
    assert (len(index.rows), len(index.unseen)) == (0, 0)


def test_another_network_looks_anew(at_hand, network, library, tmp_path):
    text_search.look_at(library, text_search.WordIndex.open(library))
    before = text_search.Words.open()
    folder = text_search.weights_folder()
    folder.unlink()
    folder.mkdir()
    for name in text_search._NAMES:
        (folder / name).write_bytes((network / name).read_bytes() + (b" " if name.endswith("json") else b""))
    assert text_search.Words.open().key != before.key
    assert len(text_search.WordIndex.open(library).unseen) == len(library)


def test_a_missing_package_is_named(monkeypatch, own_home):
    monkeypatch.setattr(text_search, "installed", lambda: False)
    with pytest.raises(NoWeights, match="pip install open_clip_torch"):
        text_search.Words.open()


def test_weights_that_cannot_be_had_are_said_to_be_with_what_to_do(own_home):
    pytest.importorskip("open_clip")
    text_search.weights_folder().mkdir()
    for name in text_search._NAMES:
        (text_search.weights_folder() / name).write_bytes(b"{}")
    with pytest.raises(NoWeights, match=r"or put open_clip_config\.json and open_clip_model\.safetensors"):
        text_search.Words.open()


def test_a_network_that_is_not_there_and_cannot_be_fetched_is_named_with_where_to_put_it(
    monkeypatch, own_home, tmp_path
):
    pytest.importorskip("open_clip")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)
    with pytest.raises(NoWeights, match=re.escape(str(text_search.weights_folder()))):
        text_search.Words.open()


def test_a_network_that_the_hub_keeps_is_not_fetched_again(monkeypatch, network):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda _, name: str(network / name))
    assert text_search.Words.open().text("a trumpet").shape == (16,)
