"""Pictures that stand in a data set more than once, and what follows when they do.

How alike two covers are is told by their pHashes and their vectors together. On 5,076 real covers, looked at pair by
pair, each alone errs where the other doesn't: pHashes 12 bits apart are the same picture in four of ten cases, with a
cosine above 0.5 in nine of ten; cosines above 0.8 are often two bare covers or two labels of one make, rarely so with
pHashes less than 18 bits apart. Of copies with 5 % cropped off each edge, pHash alone (8 bits) finds 26 %, both nine
of ten. Of pairs with a likeness of 0.65 to 0.7, 45 of 50 were one picture; from 0.6 to 0.65, 34 of 46.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from covergenre.audit.cache import digest, load_or_compute
from covergenre.audit.findings import findings
from covergenre.audit.space import Space
from covergenre.dataset.groups import (
    MANY,
    NEAR,
    artist_keys,
    connect,
    distances,
    is_informative,
    link_equal,
    near_duplicates,
)

_CANDIDATES = 18  # bits, `NEAR` of many covers; pairs beyond are compared only if their vectors are neighbours
_CLEARLY_NOT = 24  # bits at which pHashes alone say 0, so that the 8 that are sure (see `groups`) say two thirds
_RANDOM = 32  # bits between the hashes of any two pictures, on average
_TOLD = 3


@dataclass(frozen=True, eq=False)
class Alike:
    """Which of n covers show one picture: `picture`, int64 (n,), is its number; `copy` that of equal pixels.

    `likeness`, (n,): how alike a cover is to the nearest other of its picture that has other pixels, 0 without.
    """

    picture: np.ndarray
    copy: np.ndarray
    likeness: np.ndarray


def candidates(covers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """One row of each content, int64 (m,), and the pairs of them, (k, 2), that by pHash may be alike."""
    rows = np.unique(covers["content_hash"].to_numpy(dtype=str), return_index=True)[1]
    threshold = _CANDIDATES if len(rows) <= MANY else NEAR
    return rows, rows[near_duplicates(covers["phash"].iloc[rows].tolist(), threshold)]


def cached_candidates(covers: pd.DataFrame, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """`candidates`, remembered in `folder` for these covers: of a million they take minutes."""

    def make() -> dict[str, np.ndarray]:
        return dict(zip(("rows", "pairs"), candidates(covers), strict=True))

    key = digest(*(covers[column].to_numpy(str) for column in ("content_hash", "phash")))
    found = load_or_compute(folder / "candidates-1.npz", key, make)
    return found["rows"], found["pairs"]


def find_alike(covers: pd.DataFrame, pairs: np.ndarray, space: Space | None, threshold: float) -> Alike:
    """Which covers show one picture: those linked by pairs of at least this likeness. Without a space, pHash alone."""
    phashes, n = covers["phash"].tolist(), len(covers)
    if space:
        informative = np.array([is_informative(phash) for phash in phashes])[space.pairs].all(axis=1)
        pairs = space.pairs[informative]
        scores = (1 - distances(phashes, pairs) / _RANDOM + space.cosines[informative]) / 2
    else:
        scores = 1 - distances(phashes, pairs) / _CLEARLY_NOT
    near = scores >= threshold
    copies = link_equal(covers["content_hash"].tolist())
    copy = connect(copies, n)
    likeness = np.zeros(n)
    np.maximum.at(likeness, copy[pairs[near]], scores[near, None])
    return Alike(connect(np.concatenate([pairs[near], copies]), n), copy, np.clip(likeness[copy], 0, 1))


def find_duplicates(covers: pd.DataFrame, alike: Alike) -> list[pd.DataFrame]:
    """Exact and near duplicates: the members of each group, all flagged."""
    paths = covers["path"].tolist()
    copied = _sizes(alike.copy) > 1
    near = alike.likeness > 0
    return [
        _members("exact duplicates", paths, copied, np.ones(len(paths)), alike.copy, "the same pixels as"),
        _members("near duplicates", paths, near, alike.likeness, alike.picture, "much like"),
    ]


def find_contradictions(covers: pd.DataFrame, alike: Alike, threshold: float) -> pd.DataFrame:
    """Covers whose picture stands under several genres; score 1 where that of the very pixels does."""
    genres = covers["genre"].to_numpy(dtype=str)
    scores = np.where(_differ(genres, alike.copy), 1, alike.likeness)
    told = [f"{path} ({genre})" for path, genre in zip(covers["path"], genres, strict=True)]
    chosen = _differ(genres, alike.picture) & (scores >= threshold)
    return _members("contradicting labels", told, chosen, scores, alike.picture, "as", covers["path"])


def find_leaks(covers: pd.DataFrame, alike: Alike, parts: pd.Series, threshold: float) -> pd.DataFrame:
    """Covers whose picture (score 1), or else artist (0.5), is in another part of the split too; `parts` by path."""
    part = parts.reindex(covers["path"]).fillna("").to_numpy(dtype=str)
    artists = len(covers) + connect(link_equal(artist_keys(covers["artist"].tolist())), len(covers))
    by_picture, by_artist = (_differ(part, groups) for groups in (alike.picture, artists))
    scores = np.where(by_picture, 1.0, np.where(by_artist, 0.5, 0))
    groups = np.where(by_picture, alike.picture, artists)
    told = [f"{path} ({where})" for path, where in zip(covers["path"], part, strict=True)]
    chosen = (by_picture | by_artist) & (scores >= threshold)
    return _members("leakage", told, chosen, scores, groups, "with", covers["path"])


def _members(
    issue: str,
    texts: Sequence[str],
    chosen: np.ndarray,
    scores: np.ndarray,
    groups: np.ndarray,
    says: str,
    paths: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Findings of the chosen covers; the detail of each names others of its group by their texts."""
    rows = np.flatnonzero(chosen).tolist()
    members = defaultdict(list)
    for row in rows:
        members[groups[row]].append(row)
    details = []
    for row in rows:
        others = [texts[other] for other in members[groups[row]][: _TOLD + 1] if other != row][:_TOLD]
        left = len(members[groups[row]]) - 1 - len(others)
        details.append(f"{says} {', '.join(others)}" + (f" and {left} more" if left > 0 else ""))
    named = np.asarray(texts if paths is None else paths, dtype=object)[rows].tolist()
    return findings(issue, named, scores[rows], np.ones(len(rows), bool), details, groups[rows])


def _sizes(groups: np.ndarray) -> np.ndarray:
    """How many covers are in each cover's group."""
    return np.bincount(groups, minlength=1)[groups] if len(groups) else groups


def _differ(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Whether the covers of each cover's group have several values; those of value "" are not counted."""
    frame = pd.DataFrame({"value": values, "group": groups}).replace({"value": ""}, pd.NA)
    return (frame.groupby("group")["value"].transform("nunique") > 1).to_numpy() & (values != "")
