"""Made-up covers, as many as are asked for: vectors, and a home with a data set of them and a run of it.

Vectors are the starter's, lifted, with others between each and one of its ten nearest (as SMOTE has it), strayed by
half a deviation: neighbours are as near as those of covers.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from covergenre.embedding.recipe import Recipe

WIDTH = 768
_WORDS = ("night", "blue", "road", "fire", "moon", "river", "gold", "heart", "black", "winter", "love", "ghost", "city")


def stored(n: int, home: Path) -> None:
    """A registered data set of made-up covers, a run of it, and the index of each."""
    from covergenre.collection.near import make_near
    from covergenre.dataset.registry import open_dataset
    from covergenre.dataset.starter import open_starter
    from covergenre.methods.space import Space

    manifest = registered(n, home)
    parts = np.random.default_rng(4).choice(["train", "validation", "test"], n, p=[0.65, 0.15, 0.2])
    width = open_starter().vectors.shape[1]
    space = Space(np.ones(width, np.float32), np.zeros(width, np.float32))
    manifest = manifest.assign(id=manifest["path"], part=parts)
    folder = home / "datasets" / "many"
    make_near(folder / "near", manifest, _Made(made_up(n, home, width)), space)
    _run_of(manifest, folder / "near", open_dataset("many"))


def embedded(n: int, home: Path) -> None:
    """A registered data set of made-up covers, with what a scan, embedding and measuring leave of them: hashes that
    are like few others, an artist for every three, vectors by the starter's recipe, measures drawn at random."""
    from covergenre.audit.measures import COLUMNS, add_measures
    from covergenre.embedding.embed import stores_of
    from covergenre.embedding.engine import engine_for

    artists = [f"artist {row // 3}" for row in range(n)]
    hashes = registered(n, home, phash=phashes(n), artist=artists)["content_hash"].tolist()
    vectors, store = made_up(n, home, engine_for(recipe_of_starter()).width), stores_of(recipe_of_starter())["original"]
    for start in range(0, n, 5_000):
        store.put(hashes[start : start + 5_000], vectors[start : start + 5_000])
    (home / "vectors.npy").unlink()
    drawn = np.random.default_rng(5).random((n, len(COLUMNS)))
    measures = pd.DataFrame(drawn, columns=list(COLUMNS), index=pd.Index(hashes, name="content_hash"))
    (folder := home / "datasets" / "many" / "audit").mkdir()
    add_measures(measures, folder)


def recipe_of_starter() -> "Recipe":
    """That of the starter."""
    from covergenre.embedding.recipe import Recipe

    return Recipe(limit=150)


def phashes(n: int) -> list[str]:
    """Those of the starter's covers, drawn at random, with two bits turned up to sixteen times."""
    from covergenre.dataset.starter import open_starter

    real = [int(phash, 16) for phash in open_starter().covers["phash"] if phash]
    chance = np.random.default_rng(0)
    codes = np.array(real, np.uint64)[chance.integers(0, len(real), n)]
    for _ in range(16):
        turned = (chance.random(n) < 0.7).astype(np.uint64)
        codes ^= turned << chance.integers(0, 64, n).astype(np.uint64)
        codes ^= turned << chance.integers(0, 64, n).astype(np.uint64)
    return [f"{code:016x}" for code in codes.tolist()]


def registered(n: int, home: Path, **known: Sequence) -> pd.DataFrame:
    """The manifest of a registered data set of made-up covers, without pictures; `known` columns as given."""
    from covergenre.dataset.starter import open_starter
    from covergenre.dataset.table import COLUMNS, typed, write_manifest

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
class _Made:
    """Made-up vectors in the place of a store's."""

    vectors: np.ndarray

    def parts(self, keys: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for start in range(0, len(keys), 50_000):
            rows = np.arange(start, min(start + 50_000, len(keys)))
            yield rows, np.asarray(self.vectors[rows], np.float32)


def _run_of(manifest: pd.DataFrame, near: Path, dataset: Any) -> None:
    """A run of logistic regression that looks finished: its head learned from 2,000 vectors drawn at random."""
    import shutil

    from covergenre.collection.novelty import NoveltyDetector
    from covergenre.embedding.engine import engine_for
    from covergenre.methods import Context, Covers, TrainSpec, method
    from covergenre.runs.notes import assign_name
    from covergenre.runs.record import Run, RunSpec, Status, probability_columns

    recipe, chance = recipe_of_starter(), np.random.default_rng(3)
    genres = tuple(sorted(manifest["genre"].unique()))
    width = engine_for(recipe).width
    known = chance.normal(size=(2_000, width)).astype(np.float32)
    labels = np.arange(2_000) % len(genres)
    spec = TrainSpec("logistic", genres=genres, recipe=recipe)
    covers = Covers(known, labels, tuple(f"{row:032x}" for row in range(2_000)))
    head = method("logistic").fit(covers, covers, spec, Context())
    told = {"dataset": "many", "dataset_id": dataset.id, "dataset_hash": "0" * 16, "versions": {}}
    run = assign_name(Run.create(RunSpec(**{**vars(spec), **told})))
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


def made_up(n: int, folder: Path, width: int = WIDTH) -> np.ndarray:
    """Vectors float16 (n, width) in `folder`, mapped: see above."""
    from covergenre.dataset.starter import open_starter
    from covergenre.embedding.index import Index

    real, chance = np.asarray(open_starter().vectors, np.float32), np.random.default_rng(0)
    near, strayed = Index(real).search(real, 11)[1], 0.5 * real.std(axis=0)
    lift = np.linalg.qr(chance.normal(size=(width, real.shape[1])))[0].T.astype(np.float32)
    vectors = np.lib.format.open_memmap(folder / "vectors.npy", "w+", np.float16, (n, width))
    for start in range(0, n, 50_000):
        m = min(50_000, n - start)
        one = chance.integers(0, len(real), m)
        other, share = near[one, chance.integers(0, 11, m)], chance.random((m, 1), np.float32)
        between = real[one] * share + real[other] * (1 - share)
        vectors[start : start + m] = (between + strayed * chance.normal(size=between.shape)) @ lift
    return vectors
