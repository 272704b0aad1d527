"""Drawing and registering the demo.

demo/GENRE/ARTIST-ALBUM.jpg    60 covers for each of ten genres, and copies of some
demo/manifest.csv              path, artist, album, year; without the copies
demo/planted.csv               path, defect, of, detail; a genre folder as path stands for all covers in it
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from filelock import FileLock

from covergenre import home
from covergenre.dataset.csv_file import write_csv
from covergenre.dataset.registry import Dataset, names, open_dataset, register
from covergenre.demo.albums import GENRES, release
from covergenre.demo.defects import SMALL_GENRE, SMALL_SIDE, Cover, plant
from covergenre.errors import BadDataset
from covergenre.files import publish_folder
from covergenre.progress import Monitor

_SEED = 1877  # the year of the phonograph
_PER_GENRE = 60


def plan() -> list[Cover]:
    """All files of the demo, sorted by path; the same list each time."""
    rng = np.random.default_rng(_SEED)
    return plant([album for genre in GENRES for album in release(genre, _PER_GENRE, rng)], rng)


def build(monitor: Monitor) -> Dataset:
    """Draw the demo unless it exists, and register it; see `build_demo`."""
    root = home.home() / "demo"
    if root.name in names() and (stored := open_dataset(root.name).root) != root:  # known before anything is drawn
        raise BadDataset(f"a data set of yours, of {stored}, is called {root.name}: rename or remove it first")
    root.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(root.with_name(".demo.lock")):
        if not root.is_dir():
            _draw(root, monitor)
    return register(root.name, root, monitor)[0]


def _draw(root: Path, monitor: Monitor) -> None:
    """Draw everything beside `root`, then move it there, so that half of it is never found."""
    beside = root.with_name(".demo")
    shutil.rmtree(beside, ignore_errors=True)  # left by a process that was killed
    try:
        covers = plan()
        _save_covers(covers, beside, monitor)
        _write_tables(covers, beside)
        publish_folder(beside, root)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _save_covers(covers: Sequence[Cover], folder: Path, monitor: Monitor) -> None:
    def save(cover: Cover) -> None:
        (folder / cover.path).write_bytes(cover.content())

    for genre in GENRES:
        (folder / genre).mkdir(parents=True)
    for _ in monitor.map(save, covers, "covers drawn", "nothing was kept"):
        pass


def _write_tables(covers: Sequence[Cover], folder: Path) -> None:
    albums = [(cover.path, cover.album) for cover in covers if not cover.of]
    rows = [(path, album.artist, album.title, str(album.year)) for path, album in albums]
    write_csv(folder / "manifest.csv", ("path", "artist", "album", "year"), rows)
    planted = [(cover.path, cover.defect, cover.of, cover.detail) for cover in covers if cover.defect]
    planted.append((SMALL_GENRE, "spurious cue", "", f"{SMALL_SIDE} px, all others 300 px"))
    write_csv(folder / "planted.csv", ("path", "defect", "of", "detail"), planted)
