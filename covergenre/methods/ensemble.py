"""The ensemble: the calibrated average of several trained methods.

The linear opinion pool: the mean of the members' calibrated probabilities, then a temperature, as such a mean is
underconfident (Ranjan and Gneiting, Combining probability forecasts, JRSS B 2010). It isn't trained:
`training.combine` makes it of finished runs.

The text on a cover is other evidence than its look, so members that read words are not averaged: the pool's
probabilities are multiplied by the likelihood ratios of the words, to the power of one weight. Covers without text are
predicted by the other members alone.
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
    """`members`: the ids of its runs, separated by spaces."""

    members: str = ""


@dataclass(frozen=True)
class FittedEnsemble:
    """`members` by the names of their methods, in the order of `choices["members"]`; two may be of one method."""

    members: Sequence[tuple[str, Fitted]]
    choices: Choices

    @classmethod
    def of(cls, members: Sequence[tuple[str, Fitted]], answers: Sequence[np.ndarray], labels: np.ndarray) -> Self:
        """The ensemble of these members, calibrated on their answers (n, g) to validation covers of `labels`."""
        calibrated = calibrate(*split_evidence(answers, [wordless_answer(member) for _, member in members]), labels)
        return cls(members, {"members": " ".join(name for name, _ in members), **calibrated})

    def predict_proba(self, covers: Covers) -> np.ndarray:
        """See `Fitted.predict_proba`."""
        return self.joined([member.predict_proba(covers) for _, member in self.members])

    def joined(self, answers: Sequence[np.ndarray]) -> np.ndarray:
        """Its probabilities for covers to which its members give `answers`, each (n, g)."""
        wordless = [wordless_answer(member) for _, member in self.members]
        return probabilities_of(
            pool_logits(*split_evidence(answers, wordless), self.choices.get("weight", 0.0)), self.choices
        )

    def readers(self) -> list[FittedWords]:
        """The members that read words."""
        return [member for _, member in self.members if isinstance(member, FittedWords)]

    def save(self, folder: Path) -> None:
        """See `Fitted.save`. Members are copied, so that their runs may be deleted."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, (_, member) in enumerate(self.members):
            member.save(folder / f"member-{number}")
        save_choices(folder, self.choices)


class Ensemble:
    """See the module; it can be loaded, not trained."""

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


def wordless_answer(member: Fitted) -> np.ndarray | None:
    """The prediction of a member that reads words for covers without any; None for other members."""
    return member.wordless if isinstance(member, FittedWords) else None


def split_evidence(
    answers: Sequence[np.ndarray], wordless: Sequence[np.ndarray | None]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The answers (n, g) to average, and the evidence (n, g) of members that read words.

    Evidence is the log ratio of the answer to that without words, in `wordless`: (g,) or (n, g), None for other
    members. If all read words, all are averaged.
    """
    pairs = list(zip(answers, wordless, strict=True))
    averaged = [answer for answer, without in pairs if without is None]
    evidence = [np.log(answer) - np.log(without) for answer, without in pairs if without is not None]
    return (averaged, evidence) if averaged else (list(answers), [])


def pool_logits(averaged: Sequence[np.ndarray], evidence: Sequence[np.ndarray], weight: float) -> np.ndarray:
    """The logits (n, g) of the average, with the evidence of words at a weight; see `split_evidence`."""
    pooled = np.log(np.maximum(np.mean(averaged, axis=0), np.finfo(np.float64).tiny))
    return pooled + weight * np.sum(evidence, axis=0) if evidence else pooled


def calibrate(averaged: Sequence[np.ndarray], evidence: Sequence[np.ndarray], labels: np.ndarray) -> dict[str, float]:
    """The temperature, and the weight of evidence if there is any, with the lowest log loss on validation covers of
    `labels`; without covers they are 1 and `_FALLBACK_WEIGHT`."""
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
