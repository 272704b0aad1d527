"""The tasks of the accuracy benchmark: genres, training covers, and the covers to be predicted.

Near copies (see `covergenre.dataset.groups`) and covers of one artist stay in one part. Predictions for a picture with
two genres can't be right or wrong, so it is in neither validation nor test; it stays in training, as in real data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from covergenre.dataset.groups import group_covers
from covergenre.dataset.split import honest_split


@dataclass(frozen=True)
class Task:
    """`sources`: of the training covers. `other`: the source of all test covers and of no training cover; "" where test
    covers are held out from `sources`."""

    name: str
    genres: tuple[str, ...]
    sources: tuple[str, ...]
    other: str = ""


@dataclass(frozen=True)
class Parts:
    """Row numbers of the manifest."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


ALL = ("discogs", "spotify", "metal_archives")
TASKS = (
    Task("discogs5", ("country", "edm", "pop", "rap", "rock"), ("discogs",)),
    Task("eight", ("black metal", "classical", "country", "edm", "jazz", "pop", "rap", "reggae"), ALL),
    Task("to spotify", ("country", "edm", "pop", "rap"), ("discogs",), "spotify"),
    Task("to discogs", ("classical", "country", "jazz", "rap", "reggae"), ("spotify",), "discogs"),
)


def parts_of(task: Task, covers: pd.DataFrame, seed: int) -> Parts:
    """The parts of a task among these usable rows of a manifest, by a split of this seed.

    Where all test covers are of another source, those in a group with a training cover are left out, and the seed
    determines the training covers.
    """
    groups = group_covers(covers["phash"].tolist(), covers["artist"].tolist(), covers["content_hash"].tolist())
    asked = covers["genre"].isin(task.genres).to_numpy()
    rows = np.flatnonzero(asked & covers["source"].isin(task.sources))
    split = honest_split(covers.iloc[rows], seed).parts.to_numpy()
    train, validation, test = (rows[split == part] for part in ("train", "validation", "test"))
    if task.other:
        test = np.flatnonzero(asked & (covers["source"] == task.other) & ~np.isin(groups, groups[rows]))
    clear = ~contradicting(covers)
    return Parts(train, validation[clear[validation]], test[clear[test]])


def contradicting(covers: pd.DataFrame) -> np.ndarray:
    """Whether the cover, or a near copy of it, also has another genre: bool (n,)."""
    pictures = group_covers(covers["phash"].tolist(), [""] * len(covers), covers["content_hash"].tolist())
    return (covers["genre"].groupby(pictures).transform("nunique") > 1).to_numpy()


def labels_of(covers: pd.DataFrame, genres: Sequence[str]) -> np.ndarray:
    """The position of each cover's genre among `genres`, int64 (n,), -1 for others."""
    positions = {genre: position for position, genre in enumerate(genres)}
    return covers["genre"].map(positions).fillna(-1).to_numpy(np.int64)
