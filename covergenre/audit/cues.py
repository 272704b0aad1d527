"""Spurious cues: properties of a file that give the genre away without being artwork."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from covergenre.audit.cache import digest, fold_inputs, load_or_compute
from covergenre.audit.findings import findings
from covergenre.dataset.split import honest_folds

FOLDS = 5
FEWEST = 10  # covers of a genre; with fewer, chance often looks like a cue

_OVERALL = ["cue", "balanced_accuracy", "chance"]
_BY_GENRE = ["cue", "genre", "auc"]
_LEAVES = 16
_LEAF = 10


def cached_cues(covers: pd.DataFrame, brightness: np.ndarray, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`measure_cues`, cached in `folder` for these covers."""
    files = covers[["width", "height", "bytes"]].to_numpy(np.int64)
    key = digest(files, brightness, covers["source"].to_numpy(str), *fold_inputs(covers))

    def make() -> dict[str, np.ndarray]:
        overall, by_genre = measure_cues(covers, brightness)
        return {
            f"{name}.{column}": table[column].to_numpy(str if table[column].dtype == "str" else np.float64)
            for name, table in (("overall", overall), ("by genre", by_genre))
            for column in table
        }

    found = load_or_compute(folder / "cues-1.npz", key, make)
    overall, by_genre = (
        list(zip(*(found[f"{name}.{column}"].tolist() for column in columns), strict=True))
        for name, columns in (("overall", _OVERALL), ("by genre", _BY_GENRE))
    )
    return _tables(overall, by_genre)


def measure_cues(covers: pd.DataFrame, brightness: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How well each cue alone predicts the genre, cross-validated: the `cues` and `cue_genres` of an `Audit`.

    A small decision tree is fitted to each cue on the other folds, with all genres of equal weight. Size is that of the
    file; `brightness`, (n,), may hold NaN. Genres of fewer than `FEWEST` covers have no row; a single genre has none.
    """
    from sklearn.metrics import balanced_accuracy_score, roc_auc_score

    genres, labels = np.unique(covers["genre"].to_numpy(dtype=str), return_inverse=True)
    folds = honest_folds(covers, FOLDS)
    counted = np.flatnonzero(np.bincount(labels) >= FEWEST)
    overall, by_genre = [], []
    for cue, values in _cues(covers, brightness).items() if len(genres) > 1 else ():
        shares = _left_out(values, labels, folds)
        overall.append((cue, balanced_accuracy_score(labels, shares.argmax(axis=1)), 1 / len(genres)))
        by_genre += [(cue, genres[label], roc_auc_score(labels == label, shares[:, label])) for label in counted]
    return _tables(overall, by_genre)


def no_cues() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables of `measure_cues` without rows."""
    return _tables([], [])


def find_cues(covers: pd.DataFrame, cue_genres: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """The covers of each genre, with the AUC of its best cue.

    A genre all of whose covers come from one of several sources is flagged whatever the AUC.
    """
    best = cue_genres.groupby("genre")["auc"].max()
    revealing = cue_genres[cue_genres["auc"] >= threshold].sort_values("auc", ascending=False)
    words = {
        genre: f"{genre} is given away by " + ", ".join(f"{row.cue} ({row.auc:.2f})" for row in cues.itertuples())
        for genre, cues in revealing.groupby("genre")
    }
    for genre, source in one_source(covers).items():
        words[genre] = (
            f"{words.get(genre, genre)}{'; it' if genre in words else ''} comes from one source only: {source}"
        )
    scores = np.clip(covers["genre"].map(best).fillna(0).to_numpy(np.float64), 0, 1)
    flagged = covers["genre"].isin(words).to_numpy()
    return findings(
        "spurious cues", covers["path"], scores, flagged, [words[genre] for genre in covers["genre"][flagged]]
    )


def one_source(covers: pd.DataFrame) -> dict[str, str]:
    """The genres all of whose covers come from one of several sources, and that source."""
    if covers["source"].nunique() < 2:
        return {}
    sources = covers.groupby("genre")["source"].agg(["nunique", "first"])
    return sources.loc[(sources["nunique"] == 1) & (sources["first"] != ""), "first"].to_dict()


def _tables(overall: Sequence[tuple], by_genre: Sequence[tuple]) -> tuple[pd.DataFrame, pd.DataFrame]:
    cues = pd.DataFrame(overall, columns=_OVERALL)
    genres = pd.DataFrame(by_genre, columns=_BY_GENRE)
    texts = {"cue": "str", "genre": "str"}
    return tuple(table.astype({name: texts.get(name, "float64") for name in table.columns}) for table in (cues, genres))


def _cues(covers: pd.DataFrame, brightness: np.ndarray) -> dict[str, np.ndarray]:
    pixels = covers[["width", "height"]].to_numpy(np.float64)
    size = covers["bytes"].to_numpy(np.float64)
    sources = np.unique(covers["source"].to_numpy(dtype=str), return_inverse=True)[1]
    cues = {
        "size": size[:, None],
        "resolution": pixels,
        "brightness": np.asarray(brightness, np.float64)[:, None],
        "compression": (size / pixels.prod(axis=1))[:, None],
    }
    return cues | ({"source": np.eye(sources.max() + 1)[sources]} if sources.max() else {})


def _left_out(values: np.ndarray, labels: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """The share of each genre among like covers of other folds, genres weighed alike: float64 (n, g)."""
    from sklearn.tree import DecisionTreeClassifier

    count = labels.max() + 1
    shares = np.full((len(labels), count), 1 / count)
    for fold in np.unique(folds):
        asked, others = folds == fold, folds != fold
        if others.any():
            tree = DecisionTreeClassifier(
                max_leaf_nodes=_LEAVES, min_samples_leaf=_LEAF, class_weight="balanced", random_state=0
            )
            tree.fit(values[others], labels[others])
            shares[asked] = 0
            shares[np.ix_(asked, tree.classes_)] = tree.predict_proba(values[asked])
    return shares
