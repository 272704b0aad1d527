"""What linear heads share: parameters, files, and the choice of the penalty's strength."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from covergenre.errors import CoverGenreError
from covergenre.methods.base import Choices
from covergenre.methods.calibration import fit_temperature, log_loss
from covergenre.methods.spec import check_parameters
from covergenre.methods.storage import damaged_head, load_head, save_head
from covergenre.progress import Monitor


@dataclass(frozen=True)
class Parameters:
    """Parameters of a linear head.

    `c`: the inverse strength of the L2 penalty, above 0 (None: the best of the method's `STRENGTHS` on validation, or a
    default). `balance`: how much rare genres are favoured, from 0 (all covers weigh alike) to 1 (all genres do).
    """

    c: float | None = None
    balance: float = 0.5

    def __post_init__(self) -> None:
        check_parameters(
            self,
            ("c", self.c is None or 0 < self.c < np.inf, "a number above 0, or none to have it chosen"),
            ("balance", 0 <= self.balance <= 1, "a number from 0 to 1"),
        )


@dataclass(frozen=True)
class LinearHead:
    """A trained linear head; `coefficients` are 2-dimensional, `intercepts` (n_genres,)."""

    coefficients: np.ndarray
    intercepts: np.ndarray
    choices: Choices

    def save(self, folder: Path) -> None:
        """See `Fitted.save`."""
        save_head(folder, {"coefficients": self.coefficients, "intercepts": self.intercepts}, self.choices)

    @classmethod
    def load(cls, folder: Path, genre_axis: int) -> Self:
        """See `Method.load`; `genre_axis`: the axis of the coefficients that is as long as the intercepts."""
        arrays, choices = load_head(folder, coefficients=2, intercepts=1)
        if arrays["coefficients"].shape[genre_axis] != len(arrays["intercepts"]):
            raise damaged_head(folder, "its coefficients and intercepts don't fit together")
        return cls(**arrays, choices=choices)


def best_head(
    heads: Iterable[tuple[float, np.ndarray, np.ndarray]],
    logits_of: Callable[[np.ndarray, np.ndarray], np.ndarray],
    labels: np.ndarray,
    count: int,
    monitor: Monitor,
) -> tuple[np.ndarray, np.ndarray, Choices]:
    """The head after which the log loss on validation covers of `labels` rises, each at its best temperature.

    `heads`: C, coefficients and intercepts, at most `count` of them, fitted lazily. `logits_of` gives the logits
    (n, n_genres) of the validation covers from coefficients and intercepts. Without covers the first head is taken.
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
        raise CoverGenreError("there is no penalty strength to try: give one")
    return best
