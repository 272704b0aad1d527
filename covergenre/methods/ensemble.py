"""The ensemble: the average of what several trained methods say, calibrated anew.

The linear opinion pool: a cover's probabilities are the means of those of the members, each calibrated already; then
one temperature, as an average of calibrated answers is too timid (Ranjan and Gneiting, Combining probability forecasts,
JRSS B 2010). It learns from no cover: `training.combine` makes it of finished runs.

What is written on a cover is other evidence than how it looks, so a member that reads words is not averaged: the
pool's probabilities are multiplied with how much likelier the words make each genre, to the power of one weight. A
cover on which nothing is read is answered by the others alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from covergenre.errors import CoverGenreError
from covergenre.methods.base import Choices, Covers, Fitted
from covergenre.methods.calibration import fit_temperature, log_loss, probabilities_of
from covergenre.methods.storage import damaged_head, load_choices, save_choices
from covergenre.methods.words import FittedWords

NAME = "ensemble"

_WEIGHTS = tuple(step / 10 for step in range(21))
_FALLBACK_WEIGHT = 0.5


@dataclass(frozen=True)
class Parameters:
    """`members`: the ids of the runs that it was made of, parted by spaces."""

    members: str = ""


@dataclass(frozen=True)
class FittedEnsemble:
    """`members` by the names of their methods, in the order of `choices["members"]`; two may be of one method."""

    members: Sequence[tuple[str, Fitted]]
    choices: Choices

    @classmethod
    def of(cls, members: Sequence[tuple[str, Fitted]], answers: Sequence[np.ndarray], labels: np.ndarray) -> Self:
        """The ensemble of these members, settled on their answers (n, g) to validation covers of `labels`."""
        settled = calibrate(*split_evidence(answers, [wordless_answer(member) for _, member in members]), labels)
        return cls(members, {"members": " ".join(name for name, _ in members), **settled})

    def predict_proba(self, covers: Covers) -> np.ndarray:
        """See `Fitted.predict_proba`."""
        return self.joined([member.predict_proba(covers) for _, member in self.members])

    def joined(self, answers: Sequence[np.ndarray]) -> np.ndarray:
        """What it says of covers of which its members say `answers`, each (n, g)."""
        usual = [wordless_answer(member) for _, member in self.members]
        return probabilities_of(
            pool_logits(*split_evidence(answers, usual), self.choices.get("weight", 0.0)), self.choices
        )

    def readers(self) -> list[FittedWords]:
        """The members that read words."""
        return [member for _, member in self.members if isinstance(member, FittedWords)]

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
        """Always CoverGenreError: see `training.combine`."""
        raise CoverGenreError("an ensemble learns from no covers: combine finished runs instead")

    def load(self, folder: Path) -> FittedEnsemble:
        """See `Method.load`."""
        from covergenre.methods import method

        choices = load_choices(folder)
        names = str(choices.get("members", "")).split()
        if len(names) < 2:
            raise damaged_head(folder, "it names fewer than two members")
        members = [(name, method(name).load(folder / f"member-{number}")) for number, name in enumerate(names)]
        return FittedEnsemble(members, choices)


def pool(answers: Sequence[np.ndarray]) -> np.ndarray:
    """The mean of several answers, each of shape (n, g); nowhere 0."""
    return np.maximum(np.mean(answers, axis=0), np.finfo(np.float64).tiny)


def wordless_answer(member: Fitted) -> np.ndarray | None:
    """What a member that reads words says where there are none; None for the others. See `split_evidence`."""
    return member.usual if isinstance(member, FittedWords) else None


def split_evidence(
    answers: Sequence[np.ndarray], usual: Sequence[np.ndarray | None]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The answers (n, g) to average, and the evidence (n, g) of those that read words: `usual` has what these say of
    a cover without words, (g,) or (n, g), and None for the others.

    Evidence is the logarithm of how many times likelier the words make a genre than a cover without words. Where all
    read words, all are averaged.
    """
    pairs = list(zip(answers, usual, strict=True))
    averaged = [answer for answer, without in pairs if without is None]
    evidence = [np.log(answer) - np.log(without) for answer, without in pairs if without is not None]
    return (averaged, evidence) if averaged else (list(answers), [])


def pool_logits(averaged: Sequence[np.ndarray], evidence: Sequence[np.ndarray], weight: float) -> np.ndarray:
    """The logits (n, g) of the average with the evidence of words at a weight; see `split_evidence`."""
    return np.log(pool(averaged)) + weight * np.sum(evidence, axis=0) if evidence else np.log(pool(averaged))


def calibrate(averaged: Sequence[np.ndarray], evidence: Sequence[np.ndarray], labels: np.ndarray) -> dict[str, float]:
    """The temperature with the lowest log loss on validation covers of `labels`, and the weight where there is
    evidence; without covers they are 1 and `_FALLBACK_WEIGHT`."""
    if not evidence:
        return {"temperature": fit_temperature(pool_logits(averaged, evidence, 0.0), labels)}
    if not len(labels):
        return {"weight": _FALLBACK_WEIGHT, "temperature": 1.0}

    def loss(choices: dict[str, float]) -> float:
        return log_loss(pool_logits(averaged, evidence, choices["weight"]) / choices["temperature"], labels)

    tried = [
        {"weight": weight, "temperature": fit_temperature(pool_logits(averaged, evidence, weight), labels)}
        for weight in _WEIGHTS
    ]
    return min(tried, key=loss)
