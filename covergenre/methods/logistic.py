"""Logistic regression: one weight for each number of a vector and each genre.

Where covers come from several sources, what tells the source gains it nothing: see `priors`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from covergenre.methods.base import Choices, Context, Covers, check_training, check_width, sample_choices
from covergenre.methods.calibration import log_softmax, probabilities_of
from covergenre.methods.components import Components
from covergenre.methods.linear import Parameters, best_head
from covergenre.methods.priors import genre_weights, holdout_sources, log_prior, log_source_priors
from covergenre.methods.spec import TrainSpec
from covergenre.methods.storage import damaged_head, load_head, save_head

STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
"""The values of C that are tried, in this order, until the validation log loss rises."""

_FALLBACK = 1e-3  # without a validation part
_EVENED = 3e-4  # by sources left out, of which validation knows nothing; 1e-4 is right as often, but far too timid
_TOLERANCE = 1e-6
_MOST_STEPS = 300

PRESETS = {"reference": Parameters(c=1.0, balance=0.0)}
"""Parameters by name. "reference": those of the reference study, which left the vectors as they were."""


@dataclass(frozen=True)
class FittedLogistic:
    """A trained head. `coefficients` (n_genres, d) and `intercepts` (n_genres,), both float32, take vectors as they
    are: the standardising of training is folded in."""

    coefficients: np.ndarray
    intercepts: np.ndarray
    choices: Choices

    def predict_proba(self, covers: Covers) -> np.ndarray:
        """See `Fitted.predict_proba`."""
        check_width(covers, self.coefficients.shape[1])
        logits = covers.vectors @ self.coefficients.T + self.intercepts
        return probabilities_of(logits, self.choices)

    def save(self, folder: Path) -> None:
        """See `Fitted.save`."""
        save_head(folder, {"coefficients": self.coefficients, "intercepts": self.intercepts}, self.choices)


class Logistic:
    """Multinomial, on principal components of standardised vectors."""

    name = "logistic"
    title = "Logistic regression"
    description = "Weighs every number of a vector for every genre. Quick to train, instant to predict, hard to beat."
    reads = "vectors"
    needs = ()
    Parameters = Parameters
    presets = PRESETS

    def fit(self, training: Covers, validation: Covers, spec: TrainSpec, context: Context) -> FittedLogistic:
        """See `Method.fit`. Values of C are compared by validation log loss, each at its best temperature."""
        check_training(training, validation, spec.n_genres)
        parameters, known = spec.parameters_as(Parameters), len(training)
        training, validation = training.sample(), validation.sample()
        strengths = _strengths(parameters, training, validation)
        heads = _heads(training, spec.n_genres, strengths, parameters.balance, context)

        def logits_of(coefficients: np.ndarray, intercepts: np.ndarray) -> np.ndarray:
            return validation.vectors @ coefficients.T + intercepts

        weights = best_head(heads, logits_of, validation.labels, len(strengths), context.monitor)
        return FittedLogistic(weights[0], weights[1], {**weights[2], **sample_choices(training, known)})

    def load(self, folder: Path) -> FittedLogistic:
        """See `Method.load`."""
        arrays, choices = load_head(folder, coefficients=2, intercepts=1)
        if len(arrays["coefficients"]) != len(arrays["intercepts"]):
            raise damaged_head(folder, "its coefficients and intercepts don't fit together")
        return FittedLogistic(**arrays, choices=choices)


def fit_multinomial(
    scores: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    offsets: np.ndarray,
    c: float,
    start: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients (k, g) and intercepts (g,) with the lowest penalised loss on scores (n, k) of `labels` (n,).

    The logits of a cover are `scores @ coefficients + intercepts + offsets`; `offsets` (n, g) are given. `weights` (n,)
    say how much each cover counts, `c` is the inverse strength of the L2 penalty on the coefficients. `start`: where to
    begin, as for a neighbouring `c`.
    """
    from scipy.optimize import minimize

    (n, k), g = scores.shape, offsets.shape[1]
    rows, truth = np.arange(n), np.eye(g)[labels]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        coefficients, intercepts = flat[:-g].reshape(k, g), flat[-g:]
        logs = log_softmax(scores @ coefficients.astype(scores.dtype) + intercepts + offsets)
        slopes = c * weights[:, None] * (np.exp(logs) - truth)
        value = -c * (weights * logs[rows, labels]).sum() + 0.5 * np.square(coefficients).sum()
        by_coefficient = scores.T @ slopes.astype(scores.dtype) + coefficients
        return value, np.concatenate([by_coefficient.ravel(), slopes.sum(axis=0)])

    first = np.zeros(k * g + g) if start is None else np.concatenate([start[0].ravel(), start[1]])
    options = {"maxiter": _MOST_STEPS, "ftol": _TOLERANCE}
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options=options).x
    intercepts = found[-g:]
    return found[:-g].reshape(k, g), intercepts - intercepts.mean()


def _strengths(parameters: Parameters, training: Covers, validation: Covers) -> Sequence[float]:
    """The values of C to try."""
    if parameters.c is not None:
        return (parameters.c,)
    if holdout_sources(training.labels, training.sources):
        return (_EVENED,)
    return STRENGTHS if len(validation) else (_FALLBACK,)


def _heads(
    training: Covers, n_genres: int, strengths: Sequence[float], balance: float, context: Context
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """For each C, as it is asked for: C, coefficients (n_genres, d) and intercepts (n_genres,).

    From the strongest penalty on, each fit starts where the one before ended.
    """
    components = Components.learn(training.vectors)
    evened = bool(holdout_sources(training.labels, training.sources))
    weights = np.ones(len(training)) if evened else genre_weights(training.labels, n_genres, balance)[training.labels]
    offsets = log_source_priors(training.labels, training.sources, n_genres) if evened else np.zeros((1, n_genres))
    usual = log_prior(training.labels, n_genres, balance) if evened else np.zeros(n_genres)
    found = None
    for c in strengths:
        context.monitor.check()
        found = fit_multinomial(components.scores, training.labels, weights, offsets, c, found)
        matrix, offset = components.unfold(found[0])
        yield c, np.ascontiguousarray(matrix.T), (found[1] + usual + offset).astype(np.float32)
