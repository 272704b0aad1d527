"""What every test may count on: a home of its own, and the real covers where they are at hand."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("covergenre", deadline=None, derandomize=True)
settings.load_profile("covergenre")

_COVERS = Path(__file__).resolve().parents[2] / "shared" / "covers"


@pytest.fixture(scope="session")
def engines(tmp_path_factory) -> Path:
    """Converted backbones, shared by all tests because a conversion takes seconds."""
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch, engines) -> Path:
    """An empty COVERGENRE_HOME for each test, outside its `tmp_path`; only the engines in it are shared."""
    home = tmp_path_factory.mktemp("home")
    (home / "engines").symlink_to(engines)
    monkeypatch.setenv("COVERGENRE_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def covers() -> Path:
    """The folder of real covers: source/genre/file, and a manifest.csv. Read only."""
    if not _COVERS.is_dir():
        pytest.skip("the real covers are not here")
    return _COVERS
