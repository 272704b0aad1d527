"""Where runs do well and where badly: their accuracy on slices of the covers, cut by what is known of the pictures."""

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
    """The slices of `cover_facts`."""
    right = [run.probabilities.argmax(axis=1) == compared.labels for run in compared.runs]
    return slice_accuracy(right, cover_facts(compared))


def slice_accuracy(right: Sequence[np.ndarray], facts: pd.DataFrame) -> tuple[Slice, ...]:
    """The slices that `facts` cuts the covers into, a column a fact, a row a cover.

    `right`: which covers each run names rightly, bool (n,). A fact that is "" is unknown; one that is the same for all
    covers cuts nothing and is left out.
    """
    found = []
    for fact in facts.columns:
        values = [value for value in _in_order(facts[fact].unique()) if value]
        for value in values if len(values) > 1 else ():
            inside = (facts[fact] == value).to_numpy()
            covers = int(inside.sum())
            accuracy = tuple(wilson(int(each[inside].sum()), covers) for each in right)
            found.append(Slice(fact, value, covers, accuracy))
    return tuple(found)


def cover_facts(compared: ComparedRuns) -> pd.DataFrame:
    """What cuts the compared covers: source, resolution, compression, brightness, colour, and whether one like it was
    learned from.

    "Seen in training" is a near copy or a cover of the same artist in the training part of one of the runs, which the
    honest split rules out. Pictures that nobody has looked at before are read, about 2 ms each; one that can't be is
    unknown.
    """
    with ThreadPoolExecutor(_THREADS) as pool:
        signatures = list(pool.map(lambda row: _signature(compared, row), range(len(compared.covers))))
    brightness, colour = _looks(signatures)
    resolution, compression = _files(compared)
    facts = {"source": compared.covers.column("source"), "resolution": resolution, "compression": compression}
    facts |= {"brightness": brightness, "colour": colour}
    seen = _seen([run.run for run in compared.runs], compared.covers.hashes)
    return pd.DataFrame({**facts, "seen in training": seen})


def _in_order(values: Iterable[str]) -> list[str]:
    return sorted(values, key=lambda value: (_ORDER.index(value) if value in _ORDER else -1, value))


def _signature(compared: ComparedRuns, row: int) -> bytes:
    """The colours of a cover (see `images.signature`); b"" where its file is gone too."""
    if signature := compared.covers.signatures[row]:
        return signature
    picture = compared.covers.picture(row)
    return images.signature(picture) if picture else b""


def _files(compared: ComparedRuns) -> tuple[np.ndarray, np.ndarray]:
    """How large the pictures are and how strongly compressed, in words; "" where their files are not known."""
    unknown = np.full(len(compared.covers), "", dtype=object)
    if not compared.dataset or not {"width", "height", "bytes"} <= set(compared.dataset.manifest):
        return unknown, unknown
    files = compared.dataset.manifest.set_index("path")[["width", "height", "bytes"]]
    files = files.reindex(compared.covers.paths).fillna(0).to_numpy(np.float64)
    known = files.min(axis=1) > 0
    density = files[:, 2] / np.maximum(files[:, 0] * files[:, 1], 1)
    sides, densities = _in_words(files[:, :2].max(axis=1), _SIDES), _in_words(density, _DENSITIES)
    return np.where(known, sides, ""), np.where(known, densities, "")


def _in_words(values: np.ndarray, steps: Sequence[tuple[float, str]]) -> np.ndarray:
    """The word of the first step that each value doesn't exceed."""
    edges, words = zip(*steps, strict=True)
    return np.array(words, dtype=object)[np.searchsorted(edges, values)]


def _looks(signatures: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """How bright and how colourful covers are, in words; "" where their colours are not known."""
    known = np.array([bool(signature) for signature in signatures])
    luma, *chroma = (band.astype(np.float64) for band in images.read_signatures([each for each in signatures if each]))
    light, most = luma.mean(axis=(1, 2)) / 255, np.hypot(*(band - 128 for band in chroma)).max(axis=(1, 2))
    brightness, colour = np.full((2, len(known)), "", dtype=object)
    brightness[known] = np.select([light < _DARK, light > _LIGHT], ["dark", "light"], "middling")
    colour[known] = np.where(most < _GREY, "grey", "coloured")
    return brightness, colour


def _seen(runs: Iterable[Run], hashes: np.ndarray) -> np.ndarray:
    """ "yes" or "no" a cover; "" for all when a split is gone."""
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
