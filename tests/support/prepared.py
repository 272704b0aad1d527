"""Fixtures for runs: specifications, a small data set, and runs that train in a moment."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from drawing import genre_folders
from filelock import FileLock
from tiny import tiny_recipe
from workers import QUICK_PARAMETERS, child_processes

from covergenre import home
from covergenre.dataset.registry import Dataset, register
from covergenre.embedding.recipe import Recipe
from covergenre.methods import TrainSpec
from covergenre.runs.record import Run, RunSpec, list_runs
from covergenre.training.train import prepare


@pytest.fixture
def spec() -> RunSpec:
    return RunSpec(
        method="logistic",
        parameters={"strength": None, "balanced": True, "k": 3, "c": 0.1, "vote": "even"},
        dataset="mine",
        dataset_hash="0123456789abcdef",
        genres=("jazz", "path"),
        recipe=Recipe(limit=150),
        variants=("original", "flip"),
        split="honest",
        seed=42,
        versions={"python": "3.11"},
    )


@pytest.fixture
def new_run(spec) -> Callable[[], Run]:
    return lambda: Run.create(spec)


@pytest.fixture(scope="session")
def drawn(tmp_path_factory) -> Path:
    """A folder of 3 genres of 20 covers, shared by the tests: they only read it."""
    return genre_folders(tmp_path_factory.mktemp("drawn"), ("disco", "jazz", "rap"), 20)


@pytest.fixture
def dataset(drawn) -> Dataset:
    """The drawn covers, registered in the test's own home."""
    return register("drawn", drawn)[0]


@pytest.fixture(scope="session")
def recipe(tmp_path_factory) -> Recipe:
    """The recipe of the tiny backbone."""
    return tiny_recipe(tmp_path_factory.mktemp("weights"))


@pytest.fixture
def kill_leftover_processes() -> Iterator[None]:
    """Kills the processes that a test has left running."""
    yield
    for process in [*child_processes(), *(run.process() for run in list_runs())]:
        if process:
            process.kill()


@pytest.fixture
def prepare_quick_run(dataset, recipe) -> Callable[[], Run]:
    """Prepares a run that takes a moment."""
    return lambda: prepare(dataset, TrainSpec("knn", QUICK_PARAMETERS, recipe=recipe))


@pytest.fixture
def backbone_lock(recipe) -> Iterator[FileLock]:
    """While this lock is held, a run is blocked where it opens its backbone, and doesn't notice a request to stop."""
    home.engines().mkdir(exist_ok=True)
    lock = FileLock(home.engines() / f"{recipe.key}.lock")
    lock.acquire()
    yield lock
    lock.release()
