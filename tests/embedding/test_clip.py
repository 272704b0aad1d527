import json
import os
import re
import signal
import subprocess
import sys

import numpy as np
import pytest
from drawing import cover

from covergenre.embedding import clip
from covergenre.embedding.clip import ClipModel, ClipProcess
from covergenre.errors import NoWeights

COVERS = [cover("jazz", 1), cover("rap", 2, side=90)]

_SEARCH = """
import json, sys
from drawing import cover
from covergenre.embedding.clip import ClipProcess
words = ClipProcess.open()
covers = [cover("jazz", 1), cover("rap", 2, side=90)]
vectors = words.encode_text("dark fortress").tolist(), words.encode_covers(covers).tolist()
print(json.dumps([words.key, *vectors, ClipProcess.open() is words, sorted({"torch", "open_clip"} & set(sys.modules))]))
"""


@pytest.fixture
def open_process(own_home):
    """Opens the process of this test's home."""
    opened = []
    yield lambda: opened.append(ClipProcess.open()) or opened[-1]
    for each in opened:
        each.close()


def test_the_subprocess_agrees_with_the_network_and_keeps_torch_out_of_its_caller(clip_weights):
    ran = subprocess.run([sys.executable, "-c", _SEARCH], capture_output=True, text=True, check=True)
    key, text, covers, is_shared, heavy = json.loads(ran.stdout)
    network = clip.ClipModel.open()
    assert key == network.key
    np.testing.assert_allclose(text, network.encode_text("dark fortress"), atol=1e-5)
    np.testing.assert_allclose(covers, network.encode_covers(COVERS), atol=1e-5)
    assert is_shared
    assert heavy == []


def test_a_killed_process_is_replaced_and_bad_weights_are_reported_until_replaced(clip_files, own_home, open_process):
    killed = clip._processes[own_home] = ClipProcess()
    os.kill(killed._process.pid, signal.SIGKILL)
    killed._process.wait(30)
    with pytest.raises(NoWeights, match="try again"):
        killed.encode_text("a trumpet")
    folder = clip.weights_folder()
    folder.mkdir()
    for name in clip._FILES:
        (folder / name).write_bytes(b"{}")
    with pytest.raises(NoWeights, match="the network that compares pictures and texts is not available"):
        open_process()
    for name in clip._FILES:
        (folder / name).write_bytes((clip_files / name).read_bytes())
    assert open_process().encode_text("a trumpet").shape == (16,)


def test_texts_and_covers_share_a_vector_space(clip_weights):
    network = ClipModel.open()
    text, pictures = (
        network.encode_text("dark fortress at night"),
        network.encode_covers([cover("jazz", 1), cover("rap", 2)]),
    )
    assert (text.shape, pictures.shape) == ((16,), (2, 16))
    assert np.linalg.norm([text, *pictures], axis=1) == pytest.approx(1, abs=1e-5)
    assert network.encode_text("dark fortress at night") == pytest.approx(text)
    assert ClipModel.open() is network


def test_a_missing_package_is_named(monkeypatch, own_home):
    monkeypatch.setattr(clip, "installed", lambda: False)
    with pytest.raises(NoWeights, match="pip install open_clip_torch"):
        ClipModel.open()


def test_bad_weights_are_an_error_that_says_what_to_do(own_home):
    pytest.importorskip("open_clip")
    clip.weights_folder().mkdir()
    for name in clip._FILES:
        (clip.weights_folder() / name).write_bytes(b"{}")
    with pytest.raises(NoWeights, match=r"or put open_clip_config\.json and open_clip_model\.safetensors"):
        ClipModel.open()


def test_a_failed_download_names_the_folder_for_the_files(monkeypatch, own_home, tmp_path):
    pytest.importorskip("open_clip")
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda *_: None)
    with pytest.raises(NoWeights, match=re.escape(str(clip.weights_folder()))):
        ClipModel.open()


def test_a_cached_network_is_not_downloaded_again(monkeypatch, clip_files):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("huggingface_hub.try_to_load_from_cache", lambda _, name: str(clip_files / name))
    assert ClipModel.open().encode_text("a trumpet").shape == (16,)
