"""The accuracy of runs on slices of the covers, by properties of the pictures."""

import math
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from covergenre import images
from covergenre.comparison.comparison import ComparedRuns
from covergenre.dataset.registry import open_dataset
from covergenre.dataset.split import load_split
from covergenre.errors import BadDataset
from covergenre.evaluation.intervals import Interval, wilson
from covergenre.runs.record import Run

# Of real covers a quarter is darker, less than a quarter lighter than this. Chroma is the distance from grey, 0-181, of
# the most colourful of 3 x 3 fields; below 5, hardly a pixel of a real cover has a colour that can be seen.
_DARK, _LIGHT, _GREY = 0.30, 0.60, 5.0
_SIDES = ((150, "up to 150 px"), (300, "up to 300 px"), (600, "up to 600 px"), (math.inf, "larger"))
_DENSITIES = ((0.15, "strong"), (0.4, "medium"), (math.inf, "weak"))  # bytes a pixel
_ORDER = (*(word for _, word in (*_SIDES, *_DENSITIES)), "dark", "middling", "light", "grey", "coloured", "yes", "no")
_THREADS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Slice:
    """Some of the covers: those whose `fact` is `value`. `accuracy`: of each run on them, in the runs' order."""

    fact: str
    value: str
    covers: int
    accuracy: tuple[Interval, ...]


def compute_slices(compared: ComparedRuns) -> tuple[Slice, ...]:
    """The accuracy of compared runs on the slices of `cover_facts`."""
    right = [run.probabilities.argmax(axis=1) == compared.labels for run in compared.runs]
    return slice_accuracy(right, cover_facts(compared))


def slice_accuracy(right: Sequence[np.ndarray], facts: pd.DataFrame) -> tuple[Slice, ...]:
    """The slices by `facts`, a column a fact, a row a cover.

    `right`: which covers each run predicts correctly, bool (n,). "" stands for unknown; facts with one value are left
    out.
    """
    found = []
    for fact in facts.columns:
        values = sorted(filter(None, facts[fact].unique()), key=_rank)
        for value in values if len(values) > 1 else ():
            inside = (facts[fact] == value).to_numpy()
            accuracy = tuple(wilson(each[inside].sum(), inside.sum()) for each in right)
            found.append(Slice(fact, value, int(inside.sum()), accuracy))
    return tuple(found)


def cover_facts(compared: ComparedRuns) -> pd.DataFrame:
    """Source, resolution, compression, brightness and colour of the compared covers, and whether seen in training.

    "Seen in training" is a near copy or a cover of the same artist in the training part of a run, which the honest
    split rules out. Pictures without a signature are read, about 2 ms each.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        signatures = list(pool.map(lambda row: _signature(compared, row), range(len(compared.covers))))
    brightness, colour = _looks(signatures)
    resolution, compression = _files(compared)
    facts = {"source": compared.covers.column("source"), "resolution": resolution, "compression": compression}
    facts |= {"brightness": brightness, "colour": colour}
    seen = _seen([run.run for run in compared.runs], compared.covers.hashes)
    return pd.DataFrame({**facts, "seen in training": seen})


def _rank(value: str) -> tuple[int, str]:
    return _ORDER.index(value) if value in _ORDER else -1, value


def _signature(compared: ComparedRuns, row: int) -> bytes:
    """The colours of a cover (see `images.signature`); b"" where its file is gone too."""
    if signature := compared.covers.signatures[row]:
        return signature
    picture = compared.covers.picture(row)
    return images.signature(picture) if picture else b""


def _files(compared: ComparedRuns) -> tuple[np.ndarray, np.ndarray]:
    """The resolution and compression of the pictures, in words; "" where unknown."""
    unknown = np.full(len(compared.covers), "", dtype=object)
    if not compared.dataset or not {"width", "height", "bytes"} <= set(compared.dataset.manifest):
        return unknown, unknown
    files = compared.dataset.manifest.set_index("path")[["width", "height", "bytes"]]
    files = files.reindex(compared.covers.paths).fillna(0).to_numpy(np.float64)
    known = files.min(axis=1) > 0
    density = files[:, 2] / np.maximum(files[:, 0] * files[:, 1], 1)
    sides, densities = _bin(files[:, :2].max(axis=1), _SIDES), _bin(density, _DENSITIES)
    return np.where(known, sides, ""), np.where(known, densities, "")


def _bin(values: np.ndarray, steps: Sequence[tuple[float, str]]) -> np.ndarray:
    """The word of the first step that each value doesn't exceed."""
    edges, words = zip(*steps, strict=True)
    return np.array(words, dtype=object)[np.searchsorted(edges, values)]


def _looks(signatures: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """The brightness and colour of covers, in words; "" where their signatures are unknown."""
    known = np.array([bool(signature) for signature in signatures])
    luma, *chroma = (band.astype(np.float64) for band in images.read_signatures([each for each in signatures if each]))
    light, most = luma.mean(axis=(1, 2)) / 255, np.hypot(*(band - 128 for band in chroma)).max(axis=(1, 2))
    brightness, colour = np.full((2, len(known)), "", dtype=object)
    brightness[known] = np.select([light < _DARK, light > _LIGHT], ["dark", "light"], "middling")
    colour[known] = np.where(most < _GREY, "grey", "coloured")
    return brightness, colour


def _seen(runs: Iterable[Run], hashes: np.ndarray) -> np.ndarray:
    """Whether each cover was seen in training, "yes" or "no"; "" for all when a split is gone."""
    seen = np.zeros(len(hashes), dtype=bool)
    try:
        specs = {(run.spec.dataset, run.spec.dataset_id, run.spec.split, run.spec.seed) for run in runs}
        for name, dataset_id, split, seed in specs:
            dataset = open_dataset(name, dataset_id)
            made = load_split(dataset, split, seed)
            learned = set(made.groups[made.parts == "train"])
            paths = dataset.manifest.drop_duplicates("content_hash").set_index("content_hash")["path"]
            seen |= pd.Series(hashes).map(paths).map(made.groups).isin(learned).to_numpy()
    except BadDataset:
        return np.full(len(hashes), "")
    return np.where(seen, "yes", "no")
