"""How well each way to even out differences between sources predicts genres on a source never seen.

python -m benchmarks.accuracy.elsewhere COVERS [--only WORD ...] [--backbone ID]

On the starter's covers of ten genres, each source with at least two genres that other sources have is left out of
training in turn and predicted, over all ten genres; beside it, the same recipes on held-out covers of the sources they
learned from, in three folds. Near copies, artists and series stay on one side. Predictions for a source are calibrated
on the other sources left out. Figures "elsewhere" are means over the sources of at least `LEAST` covers; the
calibration error there is that of at most 250 covers of each together. Recipes were chosen by these figures, which are
therefore slightly optimistic.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.common import command_line, markdown, markdown_header, scanned
from covergenre.dataset.groups import group_covers
from covergenre.dataset.starter import GENRES
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.evaluation.metrics import Evaluation, evaluate
from covergenre.methods import Context, Covers, TrainSpec, method
from covergenre.methods.calibration import log_softmax, probabilities_of, softmax
from covergenre.methods.components import Components
from covergenre.methods.leave_one_source_out import (
    LeftOutPredictions,
    calibrate_left_out,
    cap_per_source,
    combine_left_out,
)
from covergenre.methods.logistic import fit_multinomial
from covergenre.methods.priors import genre_weights, holdout_sources, log_prior, log_source_priors
from covergenre.training.build_starter import RECIPE, choose_covers

LEAST = 50
_FOLDS = 3
_SERIES = ("bang_dream", "initial_d")
"""Sources whose covers are one series each, whoever the artist."""


Answer = Callable[[np.ndarray], np.ndarray]
"""Probabilities (n, genres) of vectors."""


class Known(NamedTuple):
    """Training covers and their components."""

    covers: Covers
    components: Components


Learn = Callable[[Known], Answer]


class Judged(NamedTuple):
    """The predictions of a recipe for covers whose source was left out; and for all covers, (n, genres), with the rest
    of their source in training, calibrated like the former."""

    elsewhere: LeftOutPredictions
    learned: np.ndarray


def main() -> None:
    parser = command_line(__doc__, "COVERS, as above")
    parser.add_argument("--only", nargs="*", default=[""], help="recipes whose name holds one of these words")
    parser.add_argument("--backbone", default=RECIPE.backbone, help="the network that reads covers")
    chosen = parser.parse_args()
    recipes = [name for name in RECIPES if any(word in name for word in chosen.only)]
    together = {name: names for name, names in TOGETHER.items() if set(names) <= set(recipes)}
    everyone, groups = _covers(chosen.folder, replace(RECIPE, backbone=chosen.backbone))
    elsewhere = {name: [] for name in recipes}
    for source in holdout_sources(everyone.labels, everyone.sources):
        asked = np.flatnonzero(np.asarray(everyone.sources) == source)
        known = ~np.isin(groups, groups[asked])
        known[asked] = False
        asked = asked[np.isin(everyone.labels[asked], everyone.labels[known])]
        for name, answers in _answers(recipes, everyone, known, asked).items():
            elsewhere[name].append((asked, answers))
    learned = {name: np.zeros((len(everyone), len(GENRES))) for name in recipes}
    for asked in _folds(everyone, groups):
        known = np.ones(len(everyone), bool)
        known[asked] = False
        for name, answers in _answers(recipes, everyone, known, asked).items():
            learned[name][asked] = answers
    judged = {name: _judged(everyone, elsewhere[name], learned[name]) for name in recipes}
    judged |= {name: _joined([judged[each] for each in names]) for name, names in together.items()}
    _print(everyone, judged)


def _covers(folder: Path, recipe: Recipe) -> tuple[Covers, np.ndarray]:
    found = scanned(folder)
    chosen = choose_covers(found.manifest)[0]
    vectors = embed_dataset(replace(found, manifest=chosen), recipe)["original"]
    labels = pd.Categorical(chosen["genre"], categories=list(GENRES)).codes.astype(np.int64)
    artists = chosen["artist"].where(~chosen["source"].isin(_SERIES), chosen["source"])
    groups = group_covers(chosen["phash"].tolist(), artists.tolist(), chosen["content_hash"].tolist())
    return Covers(vectors, labels, tuple(chosen["content_hash"]), sources=tuple(chosen["source"])), groups


def _folds(covers: Covers, groups: np.ndarray) -> list[np.ndarray]:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=0)
    kinds = [f"{label} {source}" for label, source in zip(covers.labels, covers.sources, strict=True)]
    return [asked for _, asked in folds.split(covers.vectors, kinds, groups)]


def _answers(recipes: Sequence[str], covers: Covers, known: np.ndarray, asked: np.ndarray) -> dict[str, np.ndarray]:
    training = covers.take(known)
    learned = Known(training, Components.learn(training.vectors))
    return {name: RECIPES[name](learned)(covers.vectors[asked]) for name in recipes}


def _judged(covers: Covers, parts: Sequence[tuple[np.ndarray, np.ndarray]], learned: np.ndarray) -> Judged:
    rows, raw = (np.concatenate(each) for each in zip(*parts, strict=True))
    elsewhere = calibrate_left_out(rows, np.asarray(covers.sources)[rows], covers.labels[rows], raw)
    return Judged(elsewhere, probabilities_of(np.log(learned), elsewhere.calibration))


def _joined(members: Sequence[Judged]) -> Judged:
    """The mean of the predictions of several recipes, calibrated again, as in an ensemble."""
    elsewhere = combine_left_out([member.elsewhere for member in members], 0.0)
    learned = np.log(np.mean([member.learned for member in members], axis=0))
    return Judged(elsewhere, probabilities_of(learned, elsewhere.calibration))


def _print(covers: Covers, judged: dict[str, Judged]) -> None:
    header = ["recipe", "elsewhere: accuracy", "balanced", "says", "calibration error"]
    asked = pd.Series(next(iter(judged.values())).elsewhere.sources).value_counts().sort_index()
    header += [f"{source} ({count})" for source, count in asked.items()]
    header += ["learned: accuracy", "balanced", "calibration error"]
    print(markdown_header(header))
    for name, (told, learned) in judged.items():
        right = told.probabilities.argmax(axis=1) == told.labels
        own = {source: told.sources == source for source in asked.index}
        large = [at for at in own.values() if at.sum() >= LEAST]
        recalls = [_balanced(told.labels[at], right[at]) for at in large]
        says = np.mean([told.probabilities[at].max(axis=1).mean() for at in large])
        even = cap_per_source(told.sources)
        error = _evaluated(told.labels[even], told.probabilities[even]).calibration_error.value
        figures = [100 * np.mean([right[at].mean() for at in large]), 100 * np.mean(recalls), 100 * says]
        cells = [name, *(f"{figure:.1f}" for figure in figures), f"{error:.3f}"]
        cells += [f"{100 * right[at].mean():.0f}" for at in own.values()]
        there = _evaluated(covers.labels, learned)
        cells += [f"{100 * each.value:.1f}" for each in (there.accuracy, there.balanced_accuracy)]
        cells += [f"{there.calibration_error.value:.3f}"]
        print(markdown(cells), flush=True)


def _evaluated(labels: np.ndarray, probabilities: np.ndarray) -> Evaluation:
    return evaluate(labels, probabilities, GENRES, resamples=2)  # its intervals are not printed


def _balanced(labels: np.ndarray, right: np.ndarray) -> float:
    return float(np.mean([right[labels == label].mean() for label in np.unique(labels)]))


def _regression(
    known: Known,
    c: float = 1e-4,
    weighted: float = 0.0,
    balance: float = 0.5,
    smoothing: float | None = None,
    even: Callable[[Known], tuple[np.ndarray, np.ndarray]] | None = None,
    shared_weights: float = 0.0,
) -> Answer:
    """Logistic regression on the components. `smoothing`: of the genre priors by source, None for one prior;
    `weighted`: how much rare genres count in training; `shared_weights`: the same for a genre in its source; `even`:
    the scores to learn from, and the matrix that maps scores to them."""
    covers, n_genres = known.covers, len(GENRES)
    labels, sources = covers.labels, np.asarray(covers.sources)
    scores, through = (known.components.scores, None) if even is None else even(known)
    weights = genre_weights(labels, n_genres, weighted)[labels]
    if shared_weights:
        own = _genre_in_source(covers)
        weights = np.bincount(own)[own] ** -shared_weights
        weights *= len(weights) / weights.sum()
    offsets, usual = np.zeros((1, n_genres)), log_prior(labels, n_genres, balance)
    if smoothing is None:
        usual = usual - log_prior(labels, n_genres, weighted)
    else:
        offsets = log_source_priors(labels, sources, n_genres, smoothing)
    coefficients, intercepts = fit_multinomial(scores, labels, weights, offsets, c)
    return _answer(known, coefficients if through is None else through @ coefficients, intercepts + usual)


def _answer(known: Known, coefficients: np.ndarray, intercepts: np.ndarray) -> Answer:
    matrix, offset = known.components.unfold(coefficients)
    return lambda vectors: softmax(vectors @ matrix + offset + intercepts)


def _genre_in_source(covers: Covers) -> np.ndarray:
    """A number for each pair of genre and source: int64 (n,)."""
    pairs = [f"{label} {source}" for label, source in zip(covers.labels, covers.sources, strict=True)]
    return np.unique(pairs, return_inverse=True)[1]


def _effects(known: Known) -> tuple[np.ndarray, np.ndarray]:
    """The mean effect of each source beside that of each genre (sources, k), by ridge regression; the row of each
    cover."""
    scores, labels = known.components.scores, known.covers.labels
    names, own = np.unique(known.covers.sources, return_inverse=True)
    table = np.hstack([np.eye(len(GENRES))[labels], np.eye(len(names))[own]])
    ridge = np.diag([1e-2] * len(GENRES) + [5.0] * len(names))
    return np.linalg.solve(table.T @ table + ridge, table.T @ scores)[len(GENRES) :], own


def _centred(known: Known) -> tuple[np.ndarray, None]:
    effects, own = _effects(known)
    return (known.components.scores - effects[own]).astype(np.float32), None


def _projected(known: Known, directions: int) -> tuple[np.ndarray, np.ndarray]:
    """Without the directions in which the effects of sources vary most."""
    effects, own = _effects(known)
    counts = np.minimum(np.bincount(own), 100)[:, None]
    spread = np.sqrt(counts) * (effects - (counts * effects).sum(axis=0) / counts.sum())
    axes = np.linalg.svd(spread, full_matrices=False)[2][:directions]
    through = (np.eye(axes.shape[1]) - axes.T @ axes).astype(np.float32)
    return known.components.scores @ through, through


def _penalised(known: Known, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Directions shrunk by how much sources vary along them: a penalty on what is not the same in all sources."""
    effects, own = _effects(known)
    counts = np.minimum(np.bincount(own), 100)[:, None]
    spread = effects - (counts * effects).sum(axis=0) / counts.sum()
    strengths, axes = np.linalg.eigh((counts * spread).T @ spread / counts.sum())
    scale = strength * len(effects) / max(strengths.sum(), 1e-9)
    through = ((axes * (1 + scale * np.maximum(strengths, 0)) ** -0.5) @ axes.T).astype(np.float32)
    return known.components.scores @ through, through


def _robust(known: Known, c: float, rounds: int = 4) -> Answer:
    """With priors by source, and more weight for the covers of a genre in a source the worse they are predicted: group
    DRO (Sagawa and others, Distributionally Robust Neural Networks for Group Shifts, ICLR 2020)."""
    labels, sources, scores = known.covers.labels, np.asarray(known.covers.sources), known.components.scores
    own = _genre_in_source(known.covers)
    sizes = np.bincount(own)
    offsets, shares, found = log_source_priors(labels, sources, len(GENRES)), np.sqrt(sizes), None
    for _ in range(rounds):
        weights = (shares / shares.sum() * len(labels) / sizes)[own]
        found = fit_multinomial(scores, labels, weights, offsets, c, found)
        logs = log_softmax(scores @ found[0] + found[1] + offsets)[np.arange(len(labels)), labels]
        shares = shares * np.exp(-np.bincount(own, logs) / sizes)
    return _answer(known, found[0], found[1] + log_prior(labels, len(GENRES), 0.5))


def _by(name: str, known: Known, sources: bool = True, **parameters: object) -> Answer:
    """A method of the library with fixed parameters; `sources`: whether it gets the source of each cover."""
    covers = known.covers if sources else replace(known.covers, sources=())
    nobody = covers.take(np.zeros(0, np.int64))
    fitted = method(name).fit(covers, nobody, TrainSpec(name, parameters, genres=GENRES), Context())
    return lambda vectors: fitted.predict_proba(Covers(vectors, np.full(len(vectors), -1), ("",) * len(vectors)))


_NEIGHBOURS = partial(_by, "knn", metric="blend", shrinkage=0.8, k=320, vote_temperature=0.07)
_BALANCED = partial(_regression, c=3e-4, weighted=1.0, balance=1.0)

RECIPES: dict[str, Learn] = {
    "knn": partial(_NEIGHBOURS, sources=False),
    "logistic, genres weighed alike": _BALANCED,
    "logistic": _regression,
    "genres weighed alike inside a source": partial(_regression, shared_weights=0.5),
    "source effects off the training covers": partial(_regression, even=_centred),
    "8 directions of sources projected out": partial(_regression, even=partial(_projected, directions=8)),
    "penalty on what differs by source": partial(_regression, even=partial(_penalised, strength=10.0)),
    "odds by source": partial(_regression, smoothing=30.0),
    "odds by source, smoothing 300": partial(_regression, smoothing=300.0),
    "odds by source, C 3e-4": partial(_by, "logistic"),
    "odds by source, effects off": partial(_regression, smoothing=30.0, even=_centred),
    "odds by source, 8 directions out": partial(_regression, smoothing=30.0, even=partial(_projected, directions=8)),
    "odds by source, C 3e-4, genres alike": partial(_by, "logistic", balance=1.0),
    "odds by source, C 3e-4, group DRO": partial(_robust, c=3e-4),
    "knn, votes evened by source": _NEIGHBOURS,
    "knn, votes evened, genres alike": partial(_NEIGHBOURS, balance=1.0),
}

TOGETHER = {
    "knn and logistic, genres weighed alike": ("knn", "logistic, genres weighed alike"),
    "odds by source and logistic": ("odds by source", "logistic"),
    "odds by source and knn": ("odds by source", "knn"),
    "odds by source, C 3e-4, and knn, votes evened, genres alike: the starter's looks": (
        "odds by source, C 3e-4",
        "knn, votes evened, genres alike",
    ),
}
"""Recipes whose predictions are averaged."""


if __name__ == "__main__":
    main()
