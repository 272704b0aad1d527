"""Nearest neighbours: a vote of the most similar training covers, weighted by similarity.

The weight is exp(similarity / vote temperature), as in Wu, Xiong, Yu and Lin, Unsupervised Feature Learning via
Non-Parametric Instance Discrimination (CVPR 2018). Where covers come from several sources, it is divided by how common
the genre is in the cover's source: see `priors`. Of many covers, the space and the choices are learned from a sample
(see `Covers.sample`), and neighbours are found through an index beside the head (see `embedding.index`).
"""

import itertools
import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from covergenre.embedding.index import EXACT_LIMIT, FlatIndex, IVFIndex, build_index
from covergenre.errors import CoverGenreError
from covergenre.methods.base import Choices, Context, Covers, check_training, check_width, sample_choices
from covergenre.methods.calibration import fit_temperature, log_loss, probabilities_of
from covergenre.methods.priors import genre_weights, vote_weights
from covergenre.methods.space import METRICS, Space, Spaces
from covergenre.methods.spec import TrainSpec, check_parameters
from covergenre.methods.storage import damaged_head, load_head, save_head
from covergenre.vectors import batches, unit_rows

NEIGHBOURS = (1, 2, 3, 5, 10, 20, 40, 80, 160, 320)
VOTE_TEMPERATURES = (0.01, 0.03, 0.07, 0.15, 0.3)
SHRINKAGES = (0.35, 0.5, 0.65, 0.8)
"""What is tried on validation where a parameter is None."""


@dataclass(frozen=True)
class Parameters:
    """Parameters of nearest neighbours.

    `metric`: one of `space.METRICS`; on real covers "blend" was the best whenever all were tried. `shrinkage`: of
    "blend", above 0 and at most 1. `k`: the number of neighbours. `vote_temperature`: above 0; the lower, the more the
    nearest count. Each is chosen on validation where None; without a validation part they are "blend", 0.5, 80 and
    0.07. `balance`: how much the votes of rare genres are favoured, from 0 (all covers weigh alike) to 1 (all genres
    do).
    """

    metric: str | None = "blend"
    shrinkage: float | None = None
    k: int | None = None
    vote_temperature: float | None = None
    balance: float = 0.5

    def __post_init__(self) -> None:
        shrinkage, temperature = self.shrinkage, self.vote_temperature
        check_parameters(
            self,
            ("metric", self.metric is None or self.metric in METRICS, f"one of {', '.join(METRICS)}"),
            ("shrinkage", shrinkage is None or 0 < shrinkage <= 1, "a number above 0 and at most 1"),
            ("k", self.k is None or self.k >= 1, "1 or more"),
            ("vote_temperature", temperature is None or 0 < temperature < np.inf, "a number above 0"),
            ("balance", 0 <= self.balance <= 1, "a number from 0 to 1"),
        )


PRESETS = {"reference": Parameters("cosine", k=4, balance=0.0), "starter": Parameters(balance=1.0)}
"""Parameters by name. "reference": those of the reference study, which weighted votes by rank, though. "starter": those
of the starter, where logistic regression makes up for what they lose."""

_FALLBACK = Parameters("blend", 0.5, 80, 0.07)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FittedNeighbours:
    """Training covers in the space where they are compared.

    `vectors` (n, e) float16, projected and of length 1; `labels` (n,); `hashes` (n,) the content hashes; `weights`
    (n_genres,) of votes by genre; `cover_weights` (n,): further ones by cover, if any. `folder`: where it was saved,
    with the index of many vectors.
    """

    space: Space
    vectors: np.ndarray
    labels: np.ndarray
    hashes: np.ndarray
    weights: np.ndarray
    choices: Choices
    cover_weights: np.ndarray | None = None
    folder: Path | None = None

    def predict_proba(self, covers: Covers) -> np.ndarray:
        """See `Fitted.predict_proba`. Training covers with the content hash of the cover don't vote."""
        check_width(covers, len(self.space.matrix))
        logits = np.zeros((len(covers), len(self.weights)))
        for part in batches(len(covers)):
            some = Covers(covers.vectors[part], covers.labels[part], covers.hashes[part])
            near = self.neighbours(some, self.choices["k"])
            logits[part] = self._logits(*near, self.choices["vote_temperature"])
        return probabilities_of(logits, self.choices)

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (n, d) in the space where they are compared: float32 (n, e), for other indexes."""
        return self.space.project(vectors)

    def neighbours(self, covers: Covers, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The `k` most similar training covers of each, best first, without those of the same content hash.

        Cosine similarities, float32, and row numbers, int64, both of shape (n, at most k). Where a cover has fewer, the
        similarity is -inf and the row -1.
        """
        check_width(covers, len(self.space.matrix))
        own = np.array([self._number.get(content_hash, -1) for content_hash in covers.hashes], np.int64)
        copies = self._copies[own[own >= 0]].max(initial=0)
        similarities, rows = self._index.search(self.project(covers.vectors), k + int(copies))
        same = (rows < 0) | (self._numbers[rows] == own[:, None])
        similarities[same], rows[same] = -np.inf, -1
        order = np.argsort(same, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(similarities, order, axis=1), np.take_along_axis(rows, order, axis=1)

    def votes(self, covers: Covers) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The voters for each of n covers: similarities and rows as of `neighbours`, and their shares of the vote.

        Shares are float64 and add up to 1; all are of shape (n, at most k). Missing neighbours have a share of 0.
        """
        similarities, rows = self.neighbours(covers, self.choices["k"])
        votes = self._votes(similarities, rows, self.choices["vote_temperature"])
        return similarities, rows, votes / np.maximum(votes.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)

    def save(self, folder: Path) -> None:
        """See `Fitted.save`."""
        arrays = {
            "matrix": self.space.matrix.reshape(len(self.space.matrix), -1),
            "offset": self.space.offset,
            "vectors": self.vectors,
            "labels": self.labels,
            "hashes": self.hashes,
            "weights": self.weights,
            **({} if self.cover_weights is None else {"evened": self.cover_weights}),
        }
        save_head(folder, arrays, self.choices)
        if len(self.vectors) > EXACT_LIMIT:
            build_index(self.vectors, folder)

    @cached_property
    def _index(self) -> FlatIndex | IVFIndex:
        if len(self.vectors) <= EXACT_LIMIT:
            return FlatIndex(self.vectors)
        try:
            if self.folder:
                return IVFIndex.open(self.folder)
        except CoverGenreError as error:
            _log.warning("%s; it is built for this process", error)
        with tempfile.TemporaryDirectory() as folder:
            build_index(self.vectors, Path(folder))
            return IVFIndex.open(Path(folder))

    @cached_property
    def _counts(self) -> np.ndarray:
        counts = self.weights[self.labels]
        return counts if self.cover_weights is None else counts * self.cover_weights

    @cached_property
    def _number(self) -> dict[str, int]:
        """A number for each content hash, as numbers are a hundred times faster to compare."""
        return {content_hash: number for number, content_hash in enumerate(dict.fromkeys(self.hashes.tolist()))}

    @cached_property
    def _numbers(self) -> np.ndarray:
        return np.array([self._number[content_hash] for content_hash in self.hashes.tolist()], np.int64)

    @cached_property
    def _copies(self) -> np.ndarray:
        return np.bincount(self._numbers)

    def _logits(self, similarities: np.ndarray, rows: np.ndarray, vote_temperature: float) -> np.ndarray:
        """The log votes for each genre, float64 (n, n_genres), from the neighbours of n covers.

        A vote of average weight is added, shared by all genres, so that none has a probability of 0.
        """
        n, n_genres = len(rows), len(self.weights)
        votes = self._votes(similarities, rows, vote_temperature)
        cells = np.arange(n)[:, None] * n_genres + self.labels[rows]
        sums = np.bincount(cells.ravel(), votes.ravel(), minlength=n * n_genres).reshape(n, n_genres)
        total = sums.sum(axis=1, keepdims=True)
        total[total == 0] = 1  # without neighbours, all genres are alike
        voters = np.maximum((rows >= 0).sum(axis=1, keepdims=True), 1)
        return np.log(sums + total / voters / n_genres)

    def _votes(self, similarities: np.ndarray, rows: np.ndarray, vote_temperature: float) -> np.ndarray:
        """The weight of each neighbour relative to the nearest: float64 (n, k), 0 for a row of -1."""
        nearest = np.maximum(similarities[:, :1], -1)  # a cover without any neighbour has -inf there
        return np.exp((similarities - nearest) / vote_temperature) * self._counts[rows]


class NearestNeighbours:
    """Weighted vote of the most similar training covers."""

    name = "knn"
    title = "Nearest neighbours"
    description = "Lets the most similar training covers vote. Hardly any training, and it shows the covers that voted."
    reads = "vectors"
    needs = ()
    Parameters = Parameters
    presets = PRESETS

    def fit(self, training: Covers, validation: Covers, spec: TrainSpec, context: Context) -> FittedNeighbours:
        """See `Method.fit`. Choices are compared by validation log loss, each at its best temperature."""
        n_genres, parameters = spec.n_genres, spec.parameters_as(Parameters)
        check_training(training, validation, n_genres)
        if not len(validation):
            chosen = {name: value for name, value in asdict(parameters).items() if value is not None}
            parameters = replace(_FALLBACK, **chosen)
        shrinkages = _options(parameters.shrinkage, SHRINKAGES)
        tried = [
            (metric, shrinkage)
            for metric in _options(parameters.metric, METRICS)
            for shrinkage in (shrinkages if metric == "blend" else shrinkages[:1])
        ]
        some, validation = training.sample(), validation.sample()
        spaces, sampled = Spaces(some, n_genres), sample_choices(some, len(training))

        def evaluated() -> Iterator[tuple[FittedNeighbours, float]]:
            for done, (metric, shrinkage) in enumerate(tried, 1):
                context.monitor.check()
                fitted = _placed(training, n_genres, metric, shrinkage, parameters.balance, spaces)
                choices, loss = _choose(fitted, validation, parameters)
                what = f"{metric}, shrinkage {shrinkage:g}" if metric == "blend" else metric
                figures = {"validation log loss": loss} if len(validation) else {}
                context.monitor.report(done, len(tried), what, figures)
                yield replace(fitted, choices={**fitted.choices, **choices, **sampled}), loss

        return min(evaluated(), key=itemgetter(1))[0]

    def load(self, folder: Path) -> FittedNeighbours:
        """See `Method.load`."""
        kinds = {"matrix": 2, "offset": 1, "vectors": 2, "labels": 1, "hashes": 1, "weights": 1, "evened": 1}
        arrays, choices = load_head(folder, ("evened",), **kinds)
        matrix, offset = arrays.pop("matrix"), arrays.pop("offset")
        space = Space(matrix[:, 0] if matrix.shape[1] == 1 else matrix, offset)
        cover_weights = arrays.pop("evened", None)
        fitted = FittedNeighbours(space, **arrays, choices=choices, cover_weights=cover_weights, folder=folder)
        if not _is_consistent(fitted):
            raise damaged_head(folder, "its arrays and choices don't fit together")
        return fitted


def _options(given: Any, options: Sequence[Any]) -> Sequence[Any]:
    return options if given is None else (given,)


def _placed(
    training: Covers, n_genres: int, metric: str, shrinkage: float, balance: float, spaces: Spaces
) -> FittedNeighbours:
    """The training covers in the space of a metric; k and temperatures are still to be chosen."""
    space = spaces.learn(metric, shrinkage)
    placed = np.empty((len(training), len(space.offset)), np.float16)
    for part in batches(len(training)):
        placed[part] = unit_rows(space.project(training.vectors[part]))
    cover_weights = vote_weights(training.labels, training.sources, n_genres, balance)
    return FittedNeighbours(
        space,
        placed,
        np.asarray(training.labels, np.int64),
        np.array(training.hashes, np.str_),
        genre_weights(training.labels, n_genres, 0.0 if cover_weights is not None else balance),
        {"metric": metric, **({"shrinkage": shrinkage} if metric == "blend" else {})},
        cover_weights,
    )


def _choose(fitted: FittedNeighbours, validation: Covers, parameters: Parameters) -> tuple[Choices, float]:
    """The k, vote temperature and temperature of the lowest validation log loss, and that loss.

    Without a validation part, those of `parameters`, and 0.
    """
    if not len(validation):
        return {"k": parameters.k, "vote_temperature": parameters.vote_temperature, "temperature": 1.0}, 0.0
    ks = _options(parameters.k, NEIGHBOURS)
    similarities, rows = fitted.neighbours(validation, max(ks))
    tried = []
    for k, vote_temperature in itertools.product(ks, _options(parameters.vote_temperature, VOTE_TEMPERATURES)):
        logits = fitted._logits(similarities[:, :k], rows[:, :k], vote_temperature)
        temperature = fit_temperature(logits, validation.labels)
        choices = {"k": k, "vote_temperature": float(vote_temperature), "temperature": temperature}
        tried.append((choices, log_loss(logits / temperature, validation.labels)))
    return min(tried, key=itemgetter(1))


def _is_consistent(fitted: FittedNeighbours) -> bool:
    matrix, offset, vectors, labels = fitted.space.matrix, fitted.space.offset, fitted.vectors, fitted.labels
    extra, k, temperature = fitted.cover_weights, fitted.choices.get("k"), fitted.choices.get("vote_temperature")
    kinds = "".join(each.dtype.kind for each in (matrix, offset, vectors, fitted.weights, labels, fitted.hashes))
    return (
        kinds == "ffffiU"
        and len(vectors) == len(labels) == len(fitted.hashes)
        and vectors.shape[1] == len(offset) == matrix.shape[-1]
        and (extra is None or (extra.dtype.kind == "f" and extra.shape == labels.shape))
        and 0 <= labels.min() <= labels.max() < len(fitted.weights)
        and (isinstance(k, int) and k >= 1)
        and (isinstance(temperature, float) and temperature > 0)
    )
