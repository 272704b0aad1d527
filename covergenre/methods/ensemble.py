"""The ensemble: the average of what several trained methods say, calibrated anew.

The linear opinion pool: a cover's probabilities are the means of those of the members, each calibrated already; then
one temperature, as an average of calibrated answers is too timid (Ranjan and Gneiting, Combining probability forecasts,
JRSS B 2010). It learns from no cover: `runs.ensemble` makes it of finished runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from covergenre.errors import CoverGenreError
from covergenre.methods.base import Choices, Covers, Fitted
from covergenre.methods.calibration import fit_temperature, softmax
from covergenre.methods.storage import damaged, load_choices, save_choices

NAME = "ensemble"


@dataclass(frozen=True)
class Parameters:
    """`members`: the ids of the runs that it was made of, parted by spaces."""

    members: str = ""


@dataclass(frozen=True)
class FittedEnsemble:
    """`members` by the names of their methods, in the order of `choices["members"]`; two may be of one method."""

    members: Sequence[tuple[str, Fitted]]
    choices: Choices

    def predict_proba(self, covers: Covers) -> np.ndarray:
        """See `Fitted.predict_proba`."""
        average = pool([member.predict_proba(covers) for _, member in self.members])
        return softmax(np.log(average) / self.choices["temperature"])

    def save(self, folder: Path) -> None:
        """See `Fitted.save`. Members are kept whole, so that their runs may be deleted."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, (_, member) in enumerate(self.members):
            member.save(folder / f"member-{number}")
        save_choices(folder, self.choices)


class Ensemble:
    """See the module; to be loaded, and not to be trained."""

    name = NAME
    title = "Ensemble"
    description = "The average of what finished runs say."
    reads = "vectors"
    needs = ()
    Parameters = Parameters
    presets: dict[str, Any] = {}  # noqa: RUF012 (as `Method` has it)

    def fit(self, *_: Any, **__: Any) -> FittedEnsemble:
        """Always CoverGenreError: see `runs.ensemble`."""
        raise CoverGenreError("an ensemble learns from no covers: combine finished runs instead")

    def load(self, folder: Path) -> FittedEnsemble:
        """See `Method.load`."""
        from covergenre.methods import method

        choices = load_choices(folder)
        names = str(choices.get("members", "")).split()
        if len(names) < 2:
            raise damaged(folder, "it names fewer than two members")
        members = [(name, method(name).load(folder / f"member-{number}")) for number, name in enumerate(names)]
        return FittedEnsemble(members, choices)


def pool(answers: Sequence[np.ndarray]) -> np.ndarray:
    """The mean of several answers, each of shape (n, g); nowhere 0."""
    return np.maximum(np.mean(answers, axis=0), np.finfo(np.float64).tiny)


def calibrated(answers: Sequence[np.ndarray], labels: np.ndarray) -> float:
    """The temperature of the average of these answers (n, g) to validation covers of `labels`; 1 without covers."""
    return fit_temperature(np.log(pool(answers)), labels) if len(labels) else 1.0
