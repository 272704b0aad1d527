"""The covers of a data set as input of a method: the training, validation and test parts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from PIL import Image

from covergenre import augment
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import PARTS, split_of
from covergenre.embedding.embed import embed_missing, read_cover, stores_of
from covergenre.embedding.recipe import Recipe
from covergenre.embedding.store import MANY
from covergenre.errors import BadDataset
from covergenre.methods import Context, Covers, TrainSpec, method
from covergenre.ocr.reader import read_covers
from covergenre.ocr.text import CoverText

_COLUMNS = ("path", "genre", "content_hash", "source")


@dataclass(frozen=True, eq=False)
class Parts:
    """The covers of each part. `groups`, `train_groups`: those of the test and the training covers, int64, if known."""

    train: Covers
    validation: Covers
    test: Covers
    groups: np.ndarray | None = None
    train_groups: np.ndarray | None = None


class VectorCache:
    """The vectors of a data set by one recipe, embedded on demand, which took so many `seconds`, then cached.

    Many are mapped from a file (see `VectorStore.get`).
    """

    def __init__(self, dataset: Dataset, recipe: Recipe) -> None:
        self.seconds = 0.0
        self._dataset, self._recipe = dataset, recipe
        self._embedded: dict[str, pd.Index] = {}
        self._known: dict[str, tuple[pd.Index, np.ndarray]] = {}

    def embed(self, covers: pd.DataFrame, variants: Sequence[str], context: Context) -> None:
        """Embed covers whose vectors are not stored yet."""
        paths, manifest = pd.Index(covers["path"]), self._dataset.manifest
        if missing := [name for name in variants if not paths.isin(self._embedded.get(name, ())).all()]:
            some, began = replace(self._dataset, manifest=manifest[manifest["path"].isin(paths)]), time.monotonic()
            embed_missing(some, self._recipe, missing, context.monitor)
            self.seconds += time.monotonic() - began
            self._embedded |= dict.fromkeys(missing, paths)

    def of(self, covers: pd.DataFrame, variants: Sequence[str], context: Context) -> list[np.ndarray]:
        """The vectors of covers, in their order, an array a variant: float32 (n, d)."""
        paths = pd.Index(covers["path"])
        self.embed(covers, variants, context)
        for name, store in stores_of(self._recipe, variants).items():
            if not self._is_cached(name, paths):
                self._known[name] = paths, store.get(covers["content_hash"].tolist())[1]
        known = [self._known[name] for name in variants]
        return [vectors if index.equals(paths) else vectors[index.get_indexer(paths)] for index, vectors in known]

    def _is_cached(self, variant: str, paths: pd.Index) -> bool:
        """Whether vectors of these covers are cached; many only in this order, as reordering takes memory."""
        index = self._known.get(variant, (pd.Index([]),))[0]
        return index.equals(paths) or (len(paths) <= MANY and bool(paths.isin(index).all()))


def select_covers(dataset: Dataset, spec: TrainSpec) -> pd.DataFrame:
    """The usable covers of a spec's genres: path, genre, content_hash, source (if known), part, group and label.

    `label` (int64) is the position in the genres. The split is that of all genres: a test cover of ten genres is no
    training cover of two. Raises BadDataset when a genre has no training cover, or no test cover is left.
    """
    split, genres = split_of(dataset, spec.split, spec.seed), spec.genres
    covers = usable(dataset.manifest)
    covers = covers[[name for name in _COLUMNS if name in covers]]
    covers = covers[covers["genre"].isin(genres)].join(split.parts, on="path").join(split.groups, on="path")
    covers["label"] = pd.Categorical(covers["genre"], categories=genres).codes.astype(np.int64)
    trained = set(covers.loc[covers["part"] == "train", "genre"])
    if untrained := [genre for genre in genres if genre not in trained]:
        raise BadDataset(
            f"no cover of {untrained[0]!r} is in the training part of the split {spec.split!r}: add covers or leave it "
            "out"
        )
    if not (covers["part"] == "test").any():
        raise BadDataset(f"no cover of {', '.join(genres)} is in the test part of the split {spec.split!r}: add covers")
    return covers.reset_index(drop=True)


def load_parts(
    dataset: Dataset, covers: pd.DataFrame, spec: TrainSpec, vectors: VectorCache, context: Context
) -> Parts:
    """The covers of `select_covers` by part, with vectors, pictures or texts, as the spec's method reads them.

    Training covers come in every variant of the spec, one after the other; the others as originals only. Pictures are
    read on demand.
    """
    reads, parts = method(spec.method).reads, {}
    in_order = pd.concat([covers[covers["part"] == part] for part in PARTS])  # a part is a slice then, and no copy
    blank = np.zeros((len(covers), 0), np.float32)
    originals = vectors.of(in_order, ("original",), context)[0] if reads == "vectors" else blank
    for part in PARTS:
        inside = slice(*np.searchsorted(in_order["part"].map(PARTS.index), PARTS.index(part) + np.array([0, 1])))
        own, variants = in_order[inside], spec.variants if part == "train" else spec.variants[:1]
        if reads == "texts":
            parts[part] = replace(to_covers(own, [blank[inside]]), texts=read_texts(dataset, own, context))
        elif reads == "pictures":
            parts[part] = _pictured(dataset, own, variants)
        else:
            further = vectors.of(own, variants[1:], context)
            parts[part] = to_covers(own, [originals[inside], *further])
    groups = {part: covers.loc[covers["part"] == part, "group"].to_numpy(np.int64) for part in ("train", "test")}
    return Parts(**parts, groups=groups["test"], train_groups=np.tile(groups["train"], len(spec.variants)))


def to_covers(covers: pd.DataFrame, vectors: Sequence[np.ndarray]) -> Covers:
    """Covers as input of a method, once for each of `vectors` (an array a variant)."""
    labels, hashes, n = covers["label"].to_numpy(np.int64), covers["content_hash"].tolist(), len(vectors)
    sources = covers["source"].fillna("").tolist() if "source" in covers else []
    together = np.concatenate(vectors) if n > 1 else vectors[0]  # without a copy
    return Covers(together, np.tile(labels, n), tuple(hashes * n), sources=tuple(sources * n))


def read_texts(dataset: Dataset, covers: pd.DataFrame, context: Context) -> list[CoverText]:
    """The texts on covers of the data set, in their order; see `read_covers`."""
    keys = covers["content_hash"].tolist()
    files = {key: partial(read_cover, dataset, path, key) for path, key in zip(covers["path"], keys, strict=True)}
    texts = read_covers(files, context.monitor)
    return [texts[key] for key in keys]


def _pictured(dataset: Dataset, covers: pd.DataFrame, variants: Sequence[str]) -> Covers:
    pictures = [
        partial(_picture, dataset, path, key, variant)
        for variant in variants
        for path, key in zip(covers["path"], covers["content_hash"], strict=True)
    ]
    return replace(to_covers(covers, [np.zeros((len(covers), 0), np.float32)] * len(variants)), pictures=pictures)


def _picture(dataset: Dataset, path: str, key: str, variant: str) -> Image.Image:
    return augment.apply(read_cover(dataset, path, key), variant)
