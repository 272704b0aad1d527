"""Synthetic covers, as many as wanted: vectors, hashes, and a home with a data set of them and a run on it.

Vectors are the starter's, lifted to more dimensions, with others between each and one of its ten nearest (as in SMOTE),
and noise of half a deviation: neighbours are as near as those of real covers.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from covergenre.audit.measures import COLUMNS as MEASURES
from covergenre.audit.measures import add_measures
from covergenre.collection.disk_index import build_disk_index
from covergenre.collection.novelty import NoveltyDetector
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.dataset.starter import open_starter
from covergenre.dataset.table import COLUMNS, typed, write_manifest
from covergenre.embedding.embed import stores_of
from covergenre.embedding.engine import engine_for
from covergenre.embedding.index import FlatIndex
from covergenre.embedding.recipe import EVEN, Recipe
from covergenre.methods import Context, Covers, TrainSpec, method
from covergenre.methods.space import Space
from covergenre.runs.notes import create_named
from covergenre.runs.record import RunSpec, Status, probability_columns

RECIPE = Recipe(limit=EVEN)
"""That of the starter."""

_WORDS = ("night", "blue", "road", "fire", "moon", "river", "gold", "heart", "black", "winter", "love", "ghost", "city")


def write_with_run(n: int, home: Path) -> None:
    """A registered data set of n covers, a run on it, and the index of each."""
    manifest = _write_manifest(n, home)
    parts = np.random.default_rng(4).choice(["train", "validation", "test"], n, p=[0.65, 0.15, 0.2])
    width = open_starter().vectors.shape[1]
    space = Space(np.ones(width, np.float32), np.zeros(width, np.float32))
    manifest = manifest.assign(id=manifest["path"], part=parts)
    folder = home / "datasets" / "many"
    build_disk_index(folder / "near", manifest, _Vectors(draw_vectors(n, home, width)), space)
    _write_run(manifest, folder / "near", open_dataset("many"))


def write_embedded(n: int, home: Path) -> None:
    """A registered data set of n covers with all that an audit reads: hashes that are like few others, an artist for
    every three covers, vectors by the starter's recipe, random measures."""
    artists = [f"artist {row // 3}" for row in range(n)]
    hashes = _write_manifest(n, home, phash=draw_hashes(n), artist=artists)["content_hash"].tolist()
    vectors, store = draw_vectors(n, home, engine_for(RECIPE).width), stores_of(RECIPE)["original"]
    for start in range(0, n, 5_000):
        store.put(hashes[start : start + 5_000], vectors[start : start + 5_000])
    (home / "vectors.npy").unlink()
    drawn = np.random.default_rng(5).random((n, len(MEASURES)))
    measures = pd.DataFrame(drawn, columns=list(MEASURES), index=pd.Index(hashes, name="content_hash"))
    (folder := home / "datasets" / "many" / "audit").mkdir()
    add_measures(measures, folder)


def draw_hashes(n: int) -> list[str]:
    """Perceptual hashes of the starter's covers, drawn at random, with up to 32 bits flipped."""
    real = [int(phash, 16) for phash in open_starter().covers["phash"] if phash]
    chance = np.random.default_rng(0)
    codes = np.array(real, np.uint64)[chance.integers(0, len(real), n)]
    for _ in range(16):
        turned = (chance.random(n) < 0.7).astype(np.uint64)
        codes ^= turned << chance.integers(0, 64, n).astype(np.uint64)
        codes ^= turned << chance.integers(0, 64, n).astype(np.uint64)
    return [f"{code:016x}" for code in codes.tolist()]


def _write_manifest(n: int, home: Path, **known: Sequence) -> pd.DataFrame:
    """Register a data set of n covers without pictures; its manifest, with the `known` columns as given."""
    os.environ["COVERGENRE_HOME"] = str(home)
    covers, chance = open_starter().covers, np.random.default_rng(0)
    rows = chance.integers(0, len(covers), n)
    words = np.array(_WORDS)[chance.integers(0, len(_WORDS), (n, 4))]
    told = {
        "path": [f"{genre}/{row:07}.jpg" for row, genre in enumerate(covers["genre"].to_numpy(object)[rows])],
        "name": [f"{row:07}" for row in range(n)],
        "genre": covers["genre"].to_numpy(object)[rows],
        "content_hash": [f"{row * 2654435761 % 2**64:016x}{row:016x}" for row in range(n)],
        "phash": covers["phash"].to_numpy(object)[rows],
        "artist": [" ".join(each[:2]) for each in words],
        "album": [" ".join(each[2:]) for each in words],
        "year": chance.integers(1950, 2026, n),
        **{side: np.full(n, 300) for side in ("width", "height", "bytes", "modified")},
        **known,
    }
    manifest = typed({column: told.get(column, [".jpg" if column == "ext" else ""] * n) for column in COLUMNS})
    folder = home / "datasets" / "many"
    folder.mkdir(parents=True)
    write_manifest(manifest, folder / "manifest.csv")
    record = {"id": "0" * 16, "name": "many", "root": str(home), "scanned": "2026-01-01", "genre_level": None}
    (folder / "dataset.json").write_text(json.dumps(record))
    return manifest


@dataclass(frozen=True)
class _Vectors:
    """Vectors in the place of a store's."""

    vectors: np.ndarray

    def parts(self, keys: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for start in range(0, len(keys), 50_000):
            rows = np.arange(start, min(start + 50_000, len(keys)))
            yield rows, np.asarray(self.vectors[rows], np.float32)


def _write_run(manifest: pd.DataFrame, near: Path, dataset: Dataset) -> None:
    """A run of logistic regression that looks finished: its head learned from 2,000 vectors drawn at random."""
    chance = np.random.default_rng(3)
    genres = tuple(sorted(manifest["genre"].unique()))
    width = engine_for(RECIPE).width
    known = chance.normal(size=(2_000, width)).astype(np.float32)
    labels = np.arange(2_000) % len(genres)
    spec = TrainSpec("logistic", genres=genres, recipe=RECIPE)
    covers = Covers(known, labels, tuple(f"{row:032x}" for row in range(2_000)))
    head = method("logistic").fit(covers, covers, spec, Context())
    told = {"dataset": "many", "dataset_id": dataset.id, "dataset_hash": "0" * 16, "versions": {}}
    run = create_named(RunSpec(**{**vars(spec), **told}))
    head.save(run.folder / "model")
    shutil.copytree(near, run.folder / "near")
    axes = chance.normal(size=(width, np.load(near / "vectors.npy", mmap_mode="r").shape[1])).astype(np.float32)
    np.savez(run.folder / "near" / "space.npz", matrix=axes, offset=np.zeros(axes.shape[1], np.float32))
    NoveltyDetector.learn(known[:1500], known[1500:]).save(run.folder / "near" / "novelty.npz")
    judged = manifest[manifest["part"] != "train"]
    shares = chance.dirichlet(np.ones(len(genres)), len(judged))
    told = judged[["path", "part", "genre"]].assign(group=np.arange(len(judged)))
    told[list(probability_columns(genres))] = shares
    run.write_predictions(told)
    run.write_status(Status("done", 1, 1, started=0.0, updated=1.0))


def draw_vectors(n: int, folder: Path, width: int = 768) -> np.ndarray:
    """Vectors float16 (n, width), mapped to a file in `folder`; see the module."""
    real, chance = np.asarray(open_starter().vectors, np.float32), np.random.default_rng(0)
    near, strayed = FlatIndex(real).search(real, 11)[1], 0.5 * real.std(axis=0)
    lift = np.linalg.qr(chance.normal(size=(width, real.shape[1])))[0].T.astype(np.float32)
    vectors = np.lib.format.open_memmap(folder / "vectors.npy", "w+", np.float16, (n, width))
    for start in range(0, n, 50_000):
        m = min(50_000, n - start)
        one = chance.integers(0, len(real), m)
        other, share = near[one, chance.integers(0, 11, m)], chance.random((m, 1), np.float32)
        between = real[one] * share + real[other] * (1 - share)
        vectors[start : start + m] = (between + strayed * chance.normal(size=between.shape)) @ lift
    return vectors
