"""Spurious cues: what has nothing to do with the artwork and tells the genre all the same."""

from pathlib import Path

import numpy as np
import pandas as pd

from covergenre.audit.cache import Arrays, digest, fold_inputs, load_or_compute
from covergenre.audit.findings import findings
from covergenre.dataset.split import honest_folds

FOLDS = 5
FEWEST = 10  # covers of a genre; with fewer, chance alone often looks telling

_LEAVES = 16
_LEAF = 10


def cached_cues(covers: pd.DataFrame, brightness: np.ndarray, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """`measure_cues`, remembered in `folder` for these covers."""
    files = covers[["width", "height", "bytes"]].to_numpy(np.int64)
    key = digest(files, brightness, covers["source"].to_numpy(str), *fold_inputs(covers))

    def make() -> dict[str, np.ndarray]:
        overall, by_genre = measure_cues(covers, brightness)
        return {**_arrays("overall", overall), **_arrays("by genre", by_genre)}

    found = load_or_compute(folder / "cues-1.npz", key, make)
    return _table("overall", found), _table("by genre", found)


def measure_cues(covers: pd.DataFrame, brightness: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How well each cue alone predicts the genre of covers left out: the `cues` and `cue_genres` of an `Audit`.

    A small decision tree is fitted to each cue on the other folds, with all genres of equal weight. Size is that of the
    file; `brightness`, (n,), may hold NaN. Genres of fewer than `FEWEST` covers have no row, and
    there are none at all when there is only one genre.
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
    return (
        pd.DataFrame(overall, columns=["cue", "balanced_accuracy", "chance"]).astype({"cue": "str"}),
        pd.DataFrame(by_genre, columns=["cue", "genre", "auc"]).astype({"cue": "str", "genre": "str"}),
    )


def find_cues(covers: pd.DataFrame, cue_genres: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """The covers of each genre, with the AUC of the cue that tells it best.

    A genre all of whose covers come from one of several sources is flagged whatever the AUC.
    """
    best = cue_genres.groupby("genre")["auc"].max()
    told = cue_genres[cue_genres["auc"] >= threshold].sort_values("auc", ascending=False)
    words = {
        genre: f"{genre} is told by " + ", ".join(f"{row.cue} ({row.auc:.2f})" for row in cues.itertuples())
        for genre, cues in told.groupby("genre")
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


def _arrays(name: str, table: pd.DataFrame) -> dict[str, np.ndarray]:
    kinds = {column: str if values.dtype == "str" else np.float64 for column, values in table.items()}
    return {f"{name}.{column}": table[column].to_numpy(kind) for column, kind in kinds.items()}


def _table(name: str, arrays: Arrays) -> pd.DataFrame:
    own = {key.partition(".")[2]: array for key, array in arrays.items() if key.startswith(f"{name}.")}
    kinds = {column: "str" if array.dtype.kind == "U" else "float64" for column, array in own.items()}
    return pd.DataFrame({column: pd.Series(array.tolist(), dtype=kinds[column]) for column, array in own.items()})


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
