"""The recipes that were tried: vectors, and the method that learns from them.

Methods of the library are used with their defaults. The others are defined here for comparison, on the first 512
principal components of the standardised vectors, which is enough for each of them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from covergenre.embedding.backbones import get_backbone
from covergenre.embedding.recipe import Recipe
from covergenre.methods import Context, Covers, TrainSpec, method
from covergenre.methods.calibration import fit_temperature, log_loss, softmax
from covergenre.methods.ensemble import calibrate, pool_logits
from covergenre.methods.priors import genre_weights

Answer = Callable[[Covers], np.ndarray]
"""Probabilities (n, n_genres) of covers."""
Learn = Callable[[Covers, Covers, int], Answer]
"""From training covers, validation covers and the number of genres to a fitted answer."""

_LIMIT = 150
_COMPONENTS = 512


@dataclass(frozen=True)
class Trial:
    """A row of the table. The vectors of several recipes are concatenated."""

    name: str
    vectors: tuple[Recipe, ...]
    learn: Learn


def read_by(trial: Trial, backbone: str) -> Trial:
    """The trial on vectors of another network, with its name."""
    vectors = dict.fromkeys(replace(recipe, backbone=backbone) for recipe in trial.vectors)
    return replace(trial, name=f"{trial.name}, {get_backbone(backbone).title}", vectors=tuple(vectors))


def _vectors(feature_set: str, backbone: str = Recipe.backbone, limit: int | None = _LIMIT) -> tuple[Recipe, ...]:
    return (Recipe(backbone, feature_set, limit),)


def _by(name: str, **parameters: object) -> Learn:
    """A method of the library."""

    def learn(training: Covers, validation: Covers, n_genres: int) -> Answer:
        genres = tuple(map(str, range(n_genres)))
        spec = TrainSpec(name, parameters, genres=genres, seed=0)
        return method(name).fit(training, validation, spec, Context()).predict_proba

    return learn


def _evened(learner: Learn) -> Learn:
    """With a uniform prior over genres (Menon and others, Long-tail learning via logit adjustment, ICLR 2021):
    probabilities divided by their mean over validation covers."""

    def learn(training: Covers, validation: Covers, n_genres: int) -> Answer:
        answer = learner(training, validation, n_genres)
        usual = np.log(answer(validation).mean(axis=0))
        temperature = fit_temperature(np.log(answer(validation)) - usual, validation.labels)
        return lambda covers: softmax((np.log(answer(covers)) - usual) / temperature)

    return learn


def _together(*learners: Learn) -> Learn:
    """The calibrated average, as in the library's ensemble of finished runs."""

    def learn(training: Covers, validation: Covers, n_genres: int) -> Answer:
        answers = [learner(training, validation, n_genres) for learner in learners]
        temperature = calibrate([answer(validation) for answer in answers], [], validation.labels)["temperature"]
        return lambda covers: softmax(pool_logits([answer(covers) for answer in answers], [], 0.0) / temperature)

    return learn


def _cleaned(learner: Learn) -> Learn:
    """Without training covers whose label cleanlab finds doubtful, by cross-validated logistic regression."""

    def learn(training: Covers, validation: Covers, n_genres: int) -> Answer:
        from cleanlab.filter import find_label_issues
        from sklearn.linear_model import LogisticRegression
        from sklearn.model_selection import cross_val_predict

        places = _Components(training.vectors).place(training.vectors)
        doubter = LogisticRegression(C=0.01, max_iter=200)
        probabilities = cross_val_predict(doubter, places, training.labels, method="predict_proba")
        kept = np.flatnonzero(~find_label_issues(training.labels, probabilities, n_jobs=1))
        hashes = tuple(training.hashes[row] for row in kept)
        return learner(Covers(training.vectors[kept], training.labels[kept], hashes), validation, n_genres)

    return learn


def _kernel_ridge(training: Covers, validation: Covers, n_genres: int) -> Answer:
    """Least squares with a Gaussian kernel on one-hot genres, weighted towards rare ones."""
    from sklearn.kernel_ridge import KernelRidge

    weights = genre_weights(training.labels, n_genres, 0.5)[training.labels]
    wanted = np.eye(n_genres)[training.labels]

    def fit(width: float, penalty: float) -> Callable[[np.ndarray], np.ndarray]:
        model = KernelRidge(alpha=penalty, kernel="rbf", gamma=width).fit(places, wanted - wanted.mean(0), weights)
        return lambda at: 8 * (model.predict(at) + wanted.mean(0))

    components = _Components(training.vectors)
    places = components.place(training.vectors)
    return _best(components, validation, [lambda w=w, p=p: fit(w, p) for w in (0.15, 0.3) for p in (0.1, 0.3)])


def _support_vectors(training: Covers, validation: Covers, n_genres: int) -> Answer:  # noqa: ARG001
    """A support vector machine with a Gaussian kernel, one genre against each other."""
    from sklearn.svm import SVC

    def fit(c: float) -> Callable[[np.ndarray], np.ndarray]:
        model = SVC(C=c, gamma=0.3, class_weight="balanced", decision_function_shape="ovr")
        return model.fit(places, training.labels).decision_function

    components = _Components(training.vectors)
    places = components.place(training.vectors)
    return _best(components, validation, [lambda c=c: fit(c) for c in (0.3, 1.0, 3.0)])


def _perceptron(training: Covers, validation: Covers, n_genres: int) -> Answer:
    """One hidden layer, dropout, and covers mixed in pairs (Zhang and others, mixup, ICLR 2018)."""
    import torch
    from torch import nn

    def fit(epochs: int) -> Callable[[np.ndarray], np.ndarray]:
        torch.manual_seed(0)
        net = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(places.shape[1], 512), nn.GELU(), nn.Dropout(0.5), nn.Linear(512, n_genres)
        )
        steps = torch.optim.AdamW(net.parameters(), 1e-3, weight_decay=0.05)
        for _ in range(epochs):
            for rows in torch.randperm(len(places)).split(128):
                share = torch.distributions.Beta(0.4, 0.4).sample()
                other = rows[torch.randperm(len(rows))]
                mixed = torch.lerp(places[other], places[rows], share)
                loss = share * lossy(net(mixed), labels[rows]) + (1 - share) * lossy(net(mixed), labels[other])
                steps.zero_grad()
                loss.backward()
                steps.step()
        net.eval()
        return lambda at: net(torch.from_numpy(at * scale)).detach().numpy()

    components = _Components(training.vectors)
    scale = np.float32(np.sqrt(_COMPONENTS))
    places, labels = torch.from_numpy(components.place(training.vectors) * scale), torch.from_numpy(training.labels)
    weights = torch.tensor(genre_weights(training.labels, n_genres, 0.5), dtype=torch.float32)
    lossy = nn.CrossEntropyLoss(weights)
    return _best(components, validation, [lambda epochs=epochs: fit(epochs) for epochs in (15, 30)])


class _Components:
    """The first principal components of standardised vectors, scaled so that covers have length 1 on average."""

    def __init__(self, vectors: np.ndarray) -> None:
        from sklearn.decomposition import PCA
        from sklearn.preprocessing import StandardScaler

        self._scaler = StandardScaler().fit(vectors)
        count = min(_COMPONENTS, *vectors.shape)
        self._pca = PCA(count, svd_solver="randomized", iterated_power=2, random_state=0)
        self._length = np.sqrt(np.square(self._pca.fit_transform(self._scaler.transform(vectors))).sum(axis=1).mean())

    def place(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (n, d) along the components: float32 (n, at most 512)."""
        return (self._pca.transform(self._scaler.transform(vectors)) / self._length).astype(np.float32)


def _best(
    components: _Components, validation: Covers, fits: list[Callable[[], Callable[[np.ndarray], np.ndarray]]]
) -> Answer:
    """The calibrated fit, of several functions to logits, with the lowest log loss on validation covers."""
    places = components.place(validation.vectors)
    best, lowest = None, np.inf
    for fit in fits:
        logits = fit()
        temperature = fit_temperature(logits(places), validation.labels)
        loss = log_loss(logits(places) / temperature, validation.labels)
        if loss < lowest:
            best, lowest = (logits, temperature), loss
    logits, temperature = best
    return lambda covers: softmax(logits(components.place(covers.vectors)) / temperature)


_POOLED, _STAGES, _TEXTURE = (_vectors(feature_set) for feature_set in ("pooled", "stages", "texture"))
_THREE = tuple(Recipe(f"efficientnet_lite{size}", "stages", _LIMIT) for size in range(3))

TRIALS = (
    Trial("knn, pooled", _POOLED, _by("knn")),
    Trial("knn, stages", _STAGES, _by("knn")),
    Trial("knn, texture", _TEXTURE, _by("knn")),
    Trial("knn, texture, evened", _TEXTURE, _evened(_by("knn", balance=0.0))),
    Trial("logistic, pooled", _POOLED, _by("logistic")),
    Trial("logistic, stages", _STAGES, _by("logistic")),
    Trial("logistic, texture", _TEXTURE, _by("logistic")),
    Trial("logistic, texture, unbalanced", _TEXTURE, _by("logistic", balance=0.0)),
    Trial("logistic, texture, half balanced", _TEXTURE, _by("logistic", balance=0.5)),
    Trial("logistic, texture, evened", _TEXTURE, _evened(_by("logistic", balance=0.0))),
    Trial("logistic, texture, doubtful labels out", _TEXTURE, _cleaned(_by("logistic"))),
    Trial("logistic, stages of Lite0, 1 and 2", _THREE, _by("logistic")),
    Trial("logistic, texture, full resolution", _vectors("texture", limit=None), _by("logistic")),
    Trial("boosting, stages", _STAGES, _by("boosting")),
    Trial("boosting, texture", _TEXTURE, _by("boosting")),
    Trial("kernel ridge, stages", _STAGES, _kernel_ridge),
    Trial("kernel ridge, texture", _TEXTURE, _kernel_ridge),
    Trial("support vectors, texture", _TEXTURE, _support_vectors),
    Trial("perceptron with mixup, texture", _TEXTURE, _perceptron),
    Trial("knn and logistic, texture", _TEXTURE, _together(_by("knn"), _by("logistic"))),
    Trial(
        "knn, logistic and kernel ridge, texture",
        _TEXTURE,
        _together(_by("knn"), _by("logistic", balance=0.5), _kernel_ridge),
    ),
    Trial(
        "knn, logistic and kernel ridge, texture, evened",
        _TEXTURE,
        _evened(_together(_by("knn", balance=0.0), _by("logistic", balance=0.0), _kernel_ridge)),
    ),
)
