"""What the tests of embedding share: recipes of the tiny backbone, and Python in a process of its own."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial

import pytest
from tiny import tiny_recipe

from covergenre.embedding.engine import Engine, engine_for
from covergenre.embedding.recipe import Recipe


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> Callable[..., Recipe]:
    """Makes recipes of the tiny backbone: `tiny(feature_set="pooled", limit=None)`."""
    return partial(tiny_recipe, tmp_path_factory.mktemp("weights"))


@pytest.fixture
def engine(tiny) -> Engine:
    """The engine of the tiny backbone, pooled."""
    return engine_for(tiny())


@pytest.fixture
def start() -> Callable[..., subprocess.Popen]:
    """Starts Python code, with arguments, in a new process whose output can be read line by line."""
    started = []

    def start(code: str, *arguments: str) -> subprocess.Popen:
        process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def run(start) -> Callable[..., str]:
    """Runs Python code, with arguments, in a new process to its end and gives what it printed."""

    def run(code: str, *arguments: str) -> str:
        process = start(code, *arguments)
        output, _ = process.communicate()
        assert process.returncode == 0
        return output

    return run
