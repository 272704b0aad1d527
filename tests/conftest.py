"""Fixtures for all tests: a separate home for each, the small starter, and the real covers where they are available."""

import gc
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

# Tests are small: the threads of numerical libraries wait for one another longer than they work, many times longer on a
# busy machine. Set before any of these libraries is imported, and inherited by every process that a test starts.
os.environ["OMP_NUM_THREADS"] = "1"

import pytest
from drawing import genre_folders
from filelock import FileLock
from hypothesis import settings
from tiny import tiny_recipe

from covergenre import packages
from covergenre.dataset.manifest import Scan, scan
from covergenre.embedding.recipe import Recipe

gc.disable()  # until all tests are collected: nothing that is imported or parsed for them is garbage

pytest_plugins = ["prepared"]  # runs to look at, for the tests of several folders

settings.register_profile("covergenre", deadline=None, derandomize=True)
settings.load_profile("covergenre")

_HERE = Path(__file__).resolve().parent
# Processes that a test starts can import this checkout and the tests' support modules.
os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (_HERE.parent, _HERE / "support")))
_COVERS = _HERE.parents[1] / "shared" / "covers"


def pytest_xdist_auto_num_workers() -> int:
    """Two workers a core: many tests wait for a server, a browser or a process of their own."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files with the longest tests first, so that none is left over when all others are done."""
    items.sort(key=lambda item: not {"browser", "cluster"} & {marker.name for marker in item.iter_markers()})


def pytest_collection_finish() -> None:
    """Exempt everything imported so far from garbage collection: it stays until the end."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def make_once(tmp_path_factory) -> Callable[[str, Callable[[Path], Any]], Any]:
    """Calls `make` on a folder of this name in one of the test processes; all of them share its result."""
    base = tmp_path_factory.getbasetemp()

    def made(name: str, make: Callable[[Path], Any]) -> Any:
        folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
        with FileLock(f"{folder}.lock"):
            if not (folder / "made").exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                (folder / "made").write_bytes(pickle.dumps(make(folder)))
        return pickle.loads((folder / "made").read_bytes())

    return made


@pytest.fixture(scope="session")
def engines(make_once) -> Path:
    """Converted backbones, shared by all tests because a conversion takes seconds."""
    return make_once("engines", lambda folder: folder)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch, engines) -> Path:
    """An empty COVERGENRE_HOME for each test, outside its `tmp_path`; only the engines in it are shared."""
    home = tmp_path_factory.mktemp("home")
    (home / "engines").symlink_to(engines)
    monkeypatch.setenv("COVERGENRE_HOME", str(home))
    return home


@pytest.fixture
def hide_packages(monkeypatch) -> Callable[..., None]:
    """Makes the modules of these names look as if they were not installed."""

    def without(*names: str) -> None:
        monkeypatch.setattr(packages, "find_spec", lambda name: None if name in names else find_spec(name))

    return without


@pytest.fixture(autouse=True, scope="session")
def share_server_setup() -> Iterator[None]:
    """Do the set-up of a server once for all tests instead of once for each: scanning the installed packages, drawing
    the examples, and collecting garbage after something large was opened."""
    from streamlit.components.v2 import manifest_scanner

    from covergenre.collection import run_cache
    from pages.predict import uploads

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        patch.setattr(uploads, "drawn_examples", cache(uploads.drawn_examples))
        patch.setattr(run_cache, "gc", SimpleNamespace(unfreeze=int, collect=int, freeze=int))
        yield


@pytest.fixture
def start_hub(monkeypatch) -> Iterator[Callable]:
    """Starts a fake hub of these files, by repository and name, and points the settings to it; returns its `World`."""
    from benchmarks.fake_sources import World, serve

    monkeypatch.setattr("covergenre.web._wait", lambda state: 0.01)
    with ExitStack() as servers:

        def start(files: Mapping[tuple[str, str], bytes]) -> World:
            held = World(files={f"/{place}/resolve/main/{name}": data for (place, name), data in files.items()})
            monkeypatch.setenv("HF_ENDPOINT", servers.enter_context(serve(held)))
            return held

        yield start


@pytest.fixture
def world(monkeypatch) -> Iterator:
    """What the fake sources offer to collect. Their server allows twenty times the real request rate, and the settings
    point to it."""
    from benchmarks.fake_sources import World, serve
    from covergenre.collecting import sources

    usual, world = sources._source, World()
    monkeypatch.setattr(sources, "_source", lambda *named: replace(usual(*named), between=usual(*named).between / 20))
    monkeypatch.setattr("covergenre.web._wait", lambda state: 0.01)
    with serve(world) as base:
        for setting in sources.SETTINGS:
            monkeypatch.setenv(setting, base)
        yield world


@pytest.fixture(scope="session")
def clip_files(tmp_path_factory) -> Path:
    """A folder with the two files of a tiny CLIP network."""
    from tiny_clip import save_tiny_clip

    return save_tiny_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def clip_weights(clip_files, own_home) -> Path:
    """The tiny CLIP network, in the folder where a user would put it."""
    from covergenre.embedding import clip

    clip.weights_folder().symlink_to(clip_files)
    return clip.weights_folder()


@pytest.fixture(scope="session")
def covers() -> Path:
    """The folder of real covers: source/genre/file, and a manifest.csv. Read only."""
    if not _COVERS.is_dir():
        pytest.skip("the real covers are not here")
    return _COVERS


@pytest.fixture(scope="session")
def real_scan(covers, make_once) -> Scan:
    """The first scan of the real covers, shared because it takes seconds."""
    return make_once("real", lambda _: scan(covers))


@pytest.fixture(scope="session")
def starter_folder(make_once, engines) -> Path:
    """A small starter made from drawn covers of four genres and two sources, with the tiny backbone. Read only."""
    return make_once("starter", lambda folder: _small_starter(folder, engines))


@pytest.fixture
def starter(own_home, starter_folder) -> Path:
    """The small starter as that of this test's home."""
    return Path(shutil.copytree(starter_folder, own_home / "starter"))


def _small_starter(folder: Path, engines: Path) -> Path:
    from covergenre.training.build_starter import build_starter

    genre_folders(folder / "covers" / "discogs", ("jazz", "rap"), 12)
    genre_folders(folder / "covers" / "spotify", ("country", "jazz", "reggae"), 12)
    (folder / "home").mkdir()
    (folder / "home" / "engines").symlink_to(engines)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERGENRE_HOME", str(folder / "home"))
        recipe = tiny_recipe(folder) if find_spec("timm") else Recipe(limit=96)  # which takes longer, but no torch
        return build_starter(folder / "covers", recipe=recipe, words=False).folder
