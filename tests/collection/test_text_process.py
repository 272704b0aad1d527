import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from drawing import cover

from covergenre.collection import text_process, text_search
from covergenre.collection.text_process import WordsApart
from covergenre.errors import NoWeights

COVERS = [cover("jazz", 1), cover("rap", 2, side=90)]

_SEARCH = """
import json, sys
from drawing import cover
from covergenre.collection.text_process import WordsApart
words = WordsApart.open()
said = words.text("dark fortress").tolist(), words.covers([cover("jazz", 1), cover("rap", 2, side=90)]).tolist()
print(json.dumps([words.key, *said, WordsApart.open() is words, sorted({"torch", "open_clip"} & set(sys.modules))]))
"""


@pytest.fixture
def apart(own_home):
    """The process of this test's home, begun when asked for."""
    opened = []
    yield lambda: opened.append(WordsApart.open()) or opened[-1]
    for each in opened:
        each.close()


def test_it_says_what_the_network_says_and_no_torch_comes_into_the_process_that_asks(at_hand):
    ran = subprocess.run([sys.executable, "-c", _SEARCH], capture_output=True, text=True, check=True)
    key, text, covers, is_shared, heavy = json.loads(ran.stdout)
    network = text_search.Words.open()
    assert key == network.key
    np.testing.assert_allclose(text, network.text("dark fortress"), atol=1e-5)
    np.testing.assert_allclose(covers, network.covers(COVERS), atol=1e-5)
    assert is_shared
    assert heavy == []


def test_a_process_that_was_killed_is_begun_anew(at_hand, apart, own_home):
    words = text_process._opened[own_home] = WordsApart()
    os.kill(words._process.pid, signal.SIGKILL)
    words._process.wait(30)
    with pytest.raises(NoWeights, match="try again"):
        words.text("a trumpet")
    assert apart().text("a trumpet").shape == (16,)


def test_weights_that_cannot_be_had_are_said_to_be_and_may_be_brought_meanwhile(network, own_home, apart):
    folder = text_search.weights_folder()
    folder.mkdir()
    for name in text_search._NAMES:
        (folder / name).write_bytes(b"{}")
    with pytest.raises(NoWeights, match="the network that reads words can't be had"):
        apart()
    for name in text_search._NAMES:
        (folder / name).write_bytes((network / name).read_bytes())
    assert apart().text("a trumpet").shape == (16,)
