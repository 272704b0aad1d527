"""Splits of a data set into training, validation and test.

The honest split keeps every group (see `groups`) in one part and the genres in equal shares in all parts. One pass over
the groups, large before small, puts each where its genres are furthest below their shares: the method of
scikit-learn's StratifiedGroupKFold, for parts of unequal size. On 5,076 real covers it takes 0.15 s and gives each part
some of reggae's four artists. Two rounds of StratifiedGroupKFold took 3.4 s there and left validation without reggae,
with each of four seeds.

A split is stored as `splits/NAME-SEED.csv` of its data set and kept while it fits, so that neither a corrected label
nor a cover left out reshuffles the test part.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from covergenre.dataset.csv_file import read_csv, whole_number, write_csv
from covergenre.dataset.groups import group_covers
from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset
from covergenre.errors import BadDataset
from covergenre.files import where_allowed

PARTS = ("train", "validation", "test")

_COLUMNS = ("path", "part", "group")


@dataclass(frozen=True, eq=False)
class Split:
    """The part (one of `PARTS`) and the group of each usable cover: two Series with the covers' paths as index."""

    name: str
    seed: int
    parts: pd.Series
    groups: pd.Series


def honest_split(manifest: pd.DataFrame, seed: int = 42, validation: float = 0.15, test: float = 0.2) -> Split:
    """The split that no group crosses, stratified by genre; `validation` and `test` are shares of the usable covers.

    A genre is in every part if three or more groups are all of that genre; with fewer it is in training first. Raises
    BadDataset when the shares leave nothing for training or test, or the groups are too few for a test part.
    """
    shares = np.array([1 - validation - test, validation, test])
    if not (shares[0] > 0 and validation >= 0 and test > 0):
        raise BadDataset(f"shares of {validation} and {test} can't be used: leave more than 0 for training and test")
    covers = usable(manifest)
    groups = _groups(covers)
    parts = _assign(_by_genre(groups, covers), shares, seed)[groups]
    if PARTS.index("test") not in parts:
        raise BadDataset(
            f"{len(covers)} usable covers in {len(set(groups))} groups (near duplicates or one artist) are too few to "
            "hold some back for a test: add covers of other artists"
        )
    return _split("honest", seed, covers, parts, groups)


def reference_split(manifest: pd.DataFrame, seed: int = 42) -> Split:
    """The reference study's split: a fifth for test, at random, neither stratified nor grouped; no validation part.

    Raises BadDataset when there are fewer than two usable covers.
    """
    from sklearn.model_selection import train_test_split

    covers = usable(manifest)
    if len(covers) < 2:
        raise BadDataset(f"found {len(covers)} usable covers, but a split takes two or more: add covers and scan again")
    parts = np.full(len(covers), PARTS.index("train"))
    parts[train_test_split(np.arange(len(covers)), test_size=0.2, random_state=seed)[1]] = PARTS.index("test")
    return _split("reference", seed, covers, parts, _groups(covers))


def honest_folds(covers: pd.DataFrame, count: int, seed: int = 42) -> np.ndarray:
    """The fold, int64 from 0, of each of these rows of a manifest, for cross-validation.

    Folds are alike in genres and no group crosses them; a genre of few groups isn't in all of them.
    """
    groups = _groups(covers)
    return _assign(_by_genre(groups, covers), np.full(count, 1 / count), seed)[groups]


def split_of(dataset: Dataset, name: str = "honest", seed: int = 42) -> Split:
    """The data set's split of this name and seed: the stored one while it fits, else one made and stored now.

    It fits when it has all usable covers, some in training and some in test, and, if honest, no group crosses it;
    covers that are no longer usable are dropped. Raises BadDataset for an unknown name or a damaged file, and as the
    functions that make a split do.
    """
    if name not in _MAKERS:
        raise BadDataset(f"there is no split {name!r}: choose one of {', '.join(_MAKERS)}")
    if not dataset.writable:
        return load_split(dataset, name, seed)
    if _file(dataset, name, seed).exists():
        stored = _cut(load_split(dataset, name, seed), usable(dataset.manifest))
        if stored:
            return stored
    split = _MAKERS[name](dataset.manifest, seed)
    with where_allowed():
        save_split(dataset, split)
    return split


def save_split(dataset: Dataset, split: Split) -> None:
    """Store a split with its data set, whole or not at all."""
    file = _file(dataset, split.name, split.seed)
    file.parent.mkdir(exist_ok=True)
    write_csv(file, _COLUMNS, zip(split.parts.index, split.parts, split.groups, strict=True))


def load_split(dataset: Dataset, name: str, seed: int) -> Split:
    """A stored split, whether it fits or not; BadDataset, naming row and column, when it is missing or damaged.

    The parts of the starter are fixed and stand in its table; no group crosses them.
    """
    if not dataset.writable:
        parts = dataset.manifest.set_index("path")["part"]
        return Split(name, seed, parts, pd.Series(np.arange(len(parts)), index=parts.index, name="group"))
    file = read_csv(_file(dataset, name, seed))
    file.require(_COLUMNS)
    paths = pd.Index(file.keys(), name="path", dtype="str")
    parts = pd.Series(file.checked("part", _part), index=paths, name="part", dtype="str")
    groups = pd.Series(file.checked("group", whole_number), index=paths, name="group", dtype="int64")
    return Split(name, seed, parts, groups)


_MAKERS = {"honest": honest_split, "reference": reference_split}


def _assign(counts: np.ndarray, shares: np.ndarray, seed: int) -> np.ndarray:
    """The part of each group, int (n_groups,), given its covers by genre, (n_groups, n_genres), and the parts' shares.

    A group goes where it most lowers the sum over parts and genres of (covers - wanted)^2 / wanted, the chi-square
    distance. A genre about to run out of groups of its own goes first to parts that have none of it.
    """
    asked = np.flatnonzero(shares)
    wanted = np.outer(shares[asked], counts.sum(axis=0))
    filled = np.zeros_like(wanted)
    own = (counts > 0) & (np.count_nonzero(counts, axis=1) == 1)[:, None]
    own_left = own.sum(axis=0)
    parts = np.zeros(len(counts), dtype=np.int64)
    order = np.random.default_rng(seed).permutation(len(counts))
    for group in order[np.argsort(-counts[order].sum(axis=1), kind="stable")]:  # large first, equal ones by the seed
        covers, lacking = counts[group], filled == 0
        urgent = (lacking & (covers > 0) & (own_left <= lacking.sum(axis=0))).sum(axis=1)
        change = (covers * (covers + 2 * (filled - wanted)) / wanted).sum(axis=1)
        best = np.lexsort((change, -urgent))[0]
        parts[group] = asked[best]
        filled[best] += covers
        own_left = own_left - own[group]
    return parts


def _groups(covers: pd.DataFrame) -> np.ndarray:
    return group_covers(covers["phash"].tolist(), covers["artist"].tolist(), covers["content_hash"].tolist())


def _by_genre(groups: np.ndarray, covers: pd.DataFrame) -> np.ndarray:
    return pd.crosstab(groups, covers["genre"].to_numpy()).to_numpy()


def _split(name: str, seed: int, covers: pd.DataFrame, parts: np.ndarray, groups: np.ndarray) -> Split:
    paths = pd.Index(covers["path"], name="path")
    named = pd.Series(np.array(PARTS)[parts], index=paths, name="part", dtype="str")
    return Split(name, seed, named, pd.Series(groups, index=paths, name="group"))


def _cut(split: Split, covers: pd.DataFrame) -> Split | None:
    """The split of these covers alone, in their order; None when it doesn't fit them."""
    paths = pd.Index(covers["path"], name="path")
    if not paths.isin(split.parts.index).all():
        return None
    parts = split.parts[paths]
    if not {"train", "test"} <= set(parts):
        return None
    if split.name == "honest" and parts.groupby(_groups(covers)).nunique().max() > 1:
        return None
    return replace(split, parts=parts, groups=split.groups[paths])


def _file(dataset: Dataset, name: str, seed: int) -> Path:
    return dataset.folder / "splits" / f"{name}-{seed}.csv"


def _part(cell: str) -> str:
    if cell not in PARTS:
        raise ValueError(f"one of {', '.join(PARTS)}")
    return cell
