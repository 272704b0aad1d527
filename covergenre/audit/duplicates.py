"""Pictures that are in a data set more than once, with the contradictions and leaks that follow.

The likeness of two covers combines their pHashes and their vectors. On 5,076 real covers, reviewed pair by pair, each
alone errs where the other doesn't: pHashes 12 bits apart are the same picture in four of ten cases, with a
cosine above 0.5 in nine of ten; cosines above 0.8 are often two bare covers or two labels of one make, rarely so with
pHashes less than 18 bits apart. Of copies with 5 % cropped off each edge, pHash alone (8 bits) finds 26 %, both nine
of ten. Of pairs with a likeness of 0.65 to 0.7, 45 of 50 were one picture; from 0.6 to 0.65, 34 of 46.
"""

from collections import defaultdict
from collections.abc import Mapping
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
_NAMED = 3


@dataclass(frozen=True, eq=False)
class Alike:
    """Which of n covers show the same picture: `picture`, int64 (n,), numbers pictures; `copy` numbers equal pixels.

    `likeness`, (n,): of a cover and the nearest other one of its picture with different pixels; 0 if there is none.
    """

    picture: np.ndarray
    copy: np.ndarray
    likeness: np.ndarray


def candidates(covers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """One row for each content hash, int64 (m,), and the pairs of them, (k, 2), whose pHashes may be alike."""
    rows = np.unique(covers["content_hash"].to_numpy(dtype=str), return_index=True)[1]
    threshold = _CANDIDATES if len(rows) <= MANY else NEAR
    return rows, rows[near_duplicates(covers["phash"].iloc[rows].tolist(), threshold)]


def cached_candidates(covers: pd.DataFrame, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """`candidates`, cached in `folder`: for a million covers they take minutes."""

    def make() -> dict[str, np.ndarray]:
        return dict(zip(("rows", "pairs"), candidates(covers), strict=True))

    key = digest(*(covers[column].to_numpy(str) for column in ("content_hash", "phash")))
    found = load_or_compute(folder / "candidates-1.npz", key, make)
    return found["rows"], found["pairs"]


def find_alike(covers: pd.DataFrame, pairs: np.ndarray, space: Space | None, threshold: float) -> Alike:
    """The covers that show the same picture: linked by pairs at least this alike; without a space, by pHash alone."""
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


def find_repeats(
    covers: pd.DataFrame, alike: Alike, parts: pd.Series | None, limits: Mapping[str, float]
) -> list[pd.DataFrame]:
    """Exact and near duplicates, contradicting labels and, given the `parts` of a split by path, leakage."""
    found = [
        *find_duplicates(covers, alike),
        find_contradictions(covers, alike, limits["contradicting labels"]),
    ]
    return found if parts is None else [*found, find_leaks(covers, alike, parts, limits["leakage"])]


def find_duplicates(covers: pd.DataFrame, alike: Alike) -> list[pd.DataFrame]:
    """Exact and near duplicates: all members of each group are flagged."""
    copied = np.bincount(alike.copy, minlength=1)[alike.copy] > 1 if len(covers) else np.zeros(0, bool)
    ones, near = np.ones(len(covers)), alike.likeness > 0
    return [
        _members("exact duplicates", covers, copied, ones, alike.copy, "the same pixels as"),
        _members("near duplicates", covers, near, alike.likeness, alike.picture, "much like"),
    ]


def find_contradictions(covers: pd.DataFrame, alike: Alike, threshold: float) -> pd.DataFrame:
    """Covers whose picture also has another genre; the score is 1 for equal pixels, else the likeness."""
    genres = covers["genre"].to_numpy(dtype=str)
    scores = np.where(_differ(genres, alike.copy), 1, alike.likeness)
    chosen = _differ(genres, alike.picture) & (scores >= threshold)
    return _members("contradicting labels", covers, chosen, scores, alike.picture, "as", genres)


def find_leaks(covers: pd.DataFrame, alike: Alike, parts: pd.Series, threshold: float) -> pd.DataFrame:
    """Covers whose picture (score 1) or artist (0.5) is also in another part of the split; `parts` by path."""
    part = parts.reindex(covers["path"]).fillna("").to_numpy(dtype=str)
    artists = len(covers) + connect(link_equal(artist_keys(covers["artist"].tolist())), len(covers))
    by_picture, by_artist = (_differ(part, groups) for groups in (alike.picture, artists))
    scores = np.where(by_picture, 1.0, np.where(by_artist, 0.5, 0))
    groups = np.where(by_picture, alike.picture, artists)
    chosen = (by_picture | by_artist) & (scores >= threshold)
    return _members("leakage", covers, chosen, scores, groups, "with", part)


def _members(
    issue: str,
    covers: pd.DataFrame,
    chosen: np.ndarray,
    scores: np.ndarray,
    groups: np.ndarray,
    relation: str,
    notes: np.ndarray | None = None,
) -> pd.DataFrame:
    """Findings of the chosen covers; the detail of each names others of its group, with their notes."""
    own = covers["path"].to_numpy(str)[chosen].tolist()
    names = own if notes is None else [f"{path} ({note})" for path, note in zip(own, notes[chosen], strict=True)]
    groups = groups[chosen]
    members = defaultdict(list)
    for row, group in enumerate(groups):
        members[group].append(row)
    details = []
    for row, group in enumerate(groups):
        others = [names[other] for other in members[group][: _NAMED + 1] if other != row][:_NAMED]
        left = len(members[group]) - 1 - len(others)
        details.append(f"{relation} {', '.join(others)}" + (f" and {left} more" if left > 0 else ""))
    return findings(issue, own, scores[chosen], np.ones(len(own), bool), details, groups)


def _differ(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Whether each cover's group has several values; "" counts as none."""
    frame = pd.DataFrame({"value": values, "group": groups}).replace({"value": ""}, pd.NA)
    return (frame.groupby("group")["value"].transform("nunique") > 1).to_numpy() & (values != "")
