"""Spurious cues: what has nothing to do with the artwork and tells the genre all the same."""

import numpy as np
import pandas as pd

from covergenre.dataset.audit.report import findings
from covergenre.dataset.split import honest_folds

FOLDS = 5
FEWEST = 10  # covers of a genre; with fewer, chance alone often looks telling

_LEAVES = 16
_LEAF = 10


def measure_cues(covers: pd.DataFrame, brightness: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """How well each cue alone predicts the genre of covers left out: the `cues` and `cue_genres` of an `AuditReport`.

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
        pd.DataFrame(overall, columns=["cue", "balanced_accuracy", "chance"]),
        pd.DataFrame(by_genre, columns=["cue", "genre", "auc"]).astype({"genre": "str", "auc": "float64"}),
    )


def find_cues(covers: pd.DataFrame, cue_genres: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """The covers of each genre, with the AUC of the cue that tells it best."""
    best = cue_genres.groupby("genre")["auc"].max()
    told = cue_genres[cue_genres["auc"] >= threshold].sort_values("auc", ascending=False)
    words = {
        genre: f"{genre} is told by " + ", ".join(f"{row.cue} ({row.auc:.2f})" for row in cues.itertuples())
        for genre, cues in told.groupby("genre")
    }
    scores = np.clip(covers["genre"].map(best).fillna(0).to_numpy(np.float64), 0, 1)
    flagged = covers["genre"].isin(words).to_numpy()
    return findings(
        "spurious cues", covers["path"], scores, flagged, [words[genre] for genre in covers["genre"][flagged]]
    )


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
