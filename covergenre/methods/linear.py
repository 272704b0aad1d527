"""What linear heads share: their parameters, and how the strength of the penalty is chosen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from covergenre.errors import CoverGenreError
from covergenre.methods.base import Choices
from covergenre.methods.calibration import fit_temperature, log_loss
from covergenre.progress import Monitor

Weights = tuple[np.ndarray, np.ndarray, Choices]
"""The coefficients and intercepts of a head, and what was chosen for it."""


@dataclass(frozen=True)
class Parameters:
    """`c`: the inverse strength of the L2 penalty, above 0 (None: the best of the method's `STRENGTHS` on validation,
    and a value that did well elsewhere where that can't tell). `balance`: how much rare genres are favoured, from 0
    (each cover counts alike) to 1 (each genre does)."""

    c: float | None = None
    balance: float = 0.5

    def __post_init__(self) -> None:
        if self.c is not None and not 0 < self.c < np.inf:
            raise CoverGenreError(f"c is {self.c}: give a number above 0, or none to have it chosen")
        if not 0 <= self.balance <= 1:
            raise CoverGenreError(f"balance is {self.balance}: give a number from 0 to 1")


def best_head(
    heads: Iterable[tuple[float, np.ndarray, np.ndarray]],
    logits_of: Callable[[np.ndarray, np.ndarray], np.ndarray],
    labels: np.ndarray,
    count: int,
    monitor: Monitor,
) -> Weights:
    """The head after which the log loss on validation covers of `labels` rises, each at its best temperature.

    `heads`: C, coefficients and intercepts, `count` of them at most, each fitted as it is asked for. `logits_of` gives
    what coefficients and intercepts say of the validation covers, (n, n_genres). Without covers the first is taken.
    """
    best, lowest = None, np.inf
    for done, (c, coefficients, intercepts) in enumerate(heads, 1):
        logits = logits_of(coefficients, intercepts)
        temperature = fit_temperature(logits, labels)
        loss = log_loss(logits / temperature, labels) if len(labels) else 0.0
        monitor.report(done, count, f"C = {c:g}", {"validation log loss": loss} if len(labels) else {})
        if best and loss >= lowest:
            break
        best, lowest = (coefficients, intercepts, {"c": c, "temperature": temperature}), loss
    if best is None:
        raise CoverGenreError("there is no strength of the penalty to try: give one")
    return best
