"""Logistic regression: one weight for each number of a vector and each genre."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from covergenre.errors import Cancelled, CoverGenreError
from covergenre.methods.base import Choices, Context, Covers, check_training, check_width
from covergenre.methods.calibration import fit_temperature, log_loss, softmax
from covergenre.methods.components import Components
from covergenre.methods.scaling import genre_weights
from covergenre.methods.spec import TrainSpec
from covergenre.methods.storage import damaged, load_head, save_head
from covergenre.progress import Progress, ShouldStop

STRENGTHS = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
"""The values of C that are tried, in this order, until the validation log loss rises."""

_FALLBACK = 1e-3
_TOLERANCE = 1e-3  # a tenth of this changes no figure in its third digit and takes three times as long
_MOST_STEPS = 300


@dataclass(frozen=True)
class Parameters:
    """`c`: the inverse strength of the L2 penalty, above 0 (None: the best of `STRENGTHS` on validation, or 1e-3
    without a validation part). `balance`: how much rare genres are favoured, from 0 (each cover counts alike) to 1
    (each genre does)."""

    c: float | None = None
    balance: float = 1.0

    def __post_init__(self) -> None:
        if self.c is not None and not 0 < self.c < np.inf:
            raise CoverGenreError(f"c is {self.c}: give a number above 0, or none to have it chosen")
        if not 0 <= self.balance <= 1:
            raise CoverGenreError(f"balance is {self.balance}: give a number from 0 to 1")


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
        return softmax(logits / self.choices["temperature"])

    def save(self, folder: Path) -> None:
        """See `Fitted.save`."""
        save_head(folder, {"coefficients": self.coefficients, "intercepts": self.intercepts}, self.choices)


class Logistic:
    """Multinomial, on principal components of standardised vectors, by scikit-learn's L-BFGS."""

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
        parameters = spec.parameters_as(Parameters)
        strengths = STRENGTHS if len(validation) else (_FALLBACK,)
        if parameters.c is not None:
            strengths = (parameters.c,)
        best, lowest = None, np.inf
        heads = _heads(training, spec.n_genres, strengths, parameters.balance, context.should_stop)
        for done, (c, coefficients, intercepts) in enumerate(heads, 1):
            logits = validation.vectors @ coefficients.T + intercepts
            temperature = fit_temperature(logits, validation.labels)
            loss = log_loss(logits / temperature, validation.labels) if len(validation) else 0.0
            figures = {"validation log loss": loss} if len(validation) else {}
            context.progress(Progress(done, len(strengths), f"C = {c:g}", figures))
            if loss >= lowest:
                break
            best, lowest = FittedLogistic(coefficients, intercepts, {"c": c, "temperature": temperature}), loss
        return best

    def load(self, folder: Path) -> FittedLogistic:
        """See `Method.load`."""
        arrays, choices = load_head(folder, coefficients=2, intercepts=1)
        if len(arrays["coefficients"]) != len(arrays["intercepts"]):
            raise damaged(folder, "its coefficients and intercepts don't fit together")
        return FittedLogistic(**arrays, choices=choices)


def _heads(
    training: Covers, n_genres: int, strengths: Sequence[float], balance: float, should_stop: ShouldStop
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """For each C, as it is asked for: C, coefficients (n_genres, d) and intercepts (n_genres,).

    From the strongest penalty on, each fit starts where the one before ended.
    """
    from sklearn.linear_model import LogisticRegression

    components = Components.learn(training.vectors)
    weights = genre_weights(training.labels, n_genres, balance)[training.labels]
    solver = LogisticRegression(tol=_TOLERANCE, max_iter=_MOST_STEPS, warm_start=True)
    for c in strengths:
        if should_stop():
            raise Cancelled("stopped while fitting the logistic regression")
        solver.set_params(C=c).fit(components.scores, training.labels, weights)
        coefficients, intercepts = solver.coef_, solver.intercept_
        if n_genres == 2:  # scikit-learn keeps the difference of the two only
            coefficients, intercepts = np.vstack([-coefficients, coefficients]) / 2, np.array([-1, 1]) * intercepts / 2
        matrix, offset = components.unfold(coefficients.T)
        yield c, np.ascontiguousarray(matrix.T), (intercepts + offset).astype(np.float32)
