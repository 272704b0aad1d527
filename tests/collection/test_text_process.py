import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from drawing import cover

from covergenre.collection import text_search
from covergenre.collection.text_process import WordsApart
from covergenre.errors import NoWeights

ROOT = Path(__file__).parents[2]
COVERS = [cover("jazz", 1), cover("rap", 2, side=90)]


@pytest.fixture
def apart(own_home):
    """The process of this test's home, begun when asked for."""
    opened = []
    yield lambda: opened.append(WordsApart.open()) or opened[-1]
    for each in opened:
        each.close()


def test_it_says_what_the_network_says(at_hand, apart):
    words, network = apart(), text_search.Words.open()
    assert words.key == network.key
    np.testing.assert_allclose(words.text("dark fortress"), network.text("dark fortress"), atol=1e-5)
    np.testing.assert_allclose(words.covers(COVERS), network.covers(COVERS), atol=1e-5)
    assert apart() is words


def test_a_process_that_was_killed_is_begun_anew(at_hand, apart):
    words = apart()
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


_SEARCH = """
import sys
from covergenre.collection.text_process import WordsApart
words = WordsApart.open()
print(len(words.text("a trumpet")), sorted({"torch", "open_clip"} & set(sys.modules)))
"""


def test_no_torch_comes_into_the_process_that_asks(at_hand):
    ran = subprocess.run([sys.executable, "-c", _SEARCH], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.strip() == "16 []"
