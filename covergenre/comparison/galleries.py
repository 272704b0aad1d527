"""Galleries of covers that tell runs apart: where they disagree, where all fail, where all agree."""

from dataclasses import dataclass

import numpy as np

from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.evaluation.agreement import disagreement, hardest, mistakes, typical


@dataclass(frozen=True, eq=False)
class Gallery:
    """Covers picked for one reason. `rows`: their positions in `ComparedRuns.covers`, int64 (m,).

    `runs`: those whose predictions the gallery is about. `key` names it in addresses.
    """

    key: str
    title: str
    meaning: str
    rows: np.ndarray
    runs: tuple[ComparedRun, ...]


def galleries(compared: ComparedRuns, a: ComparedRun, b: ComparedRun) -> tuple[Gallery, ...]:
    """The galleries of the pair `a` and `b`, the mistakes of both, and two of all runs together.

    If `a` is `b`: the mistakes of the run, and the covers it finds most typical.
    """
    if a is b:
        return loss_gallery(compared, a), common_galleries(compared)[1]
    return (
        *pair_galleries(compared, a, b),
        loss_gallery(compared, a, "losses-a"),
        loss_gallery(compared, b, "losses-b"),
        *common_galleries(compared),
    )


def pair_galleries(compared: ComparedRuns, a: ComparedRun, b: ComparedRun) -> tuple[Gallery, ...]:
    """Where two runs disagree, and where both are wrong."""
    split = disagreement(compared.labels, a.probabilities, b.probabilities)
    order = "The largest differences come first."
    only_a, only_b = (
        f"{one.name} predicts their genre, {other.name} doesn't. {order}" for one, other in ((a, b), (b, a))
    )
    return (
        Gallery("only-a", f"Only {a.name} is right", only_a, split.only_a, (a, b)),
        Gallery("only-b", f"Only {b.name} is right", only_b, split.only_b, (a, b)),
        Gallery("neither", "Both wrong", f"Neither of the two predicts their genre. {order}", split.neither, (a, b)),
    )


def loss_gallery(compared: ComparedRuns, run: ComparedRun, key: str = "losses") -> Gallery:
    """The mistakes of one run."""
    meaning = "Wrong predictions, by descending loss."
    return Gallery(key, f"Worst mistakes of {run.name}", meaning, mistakes(compared.labels, run.probabilities), (run,))


def common_galleries(compared: ComparedRuns) -> tuple[Gallery, ...]:
    """Covers that all runs get wrong, and covers that all get right."""
    every = [run.probabilities for run in compared.runs]
    hard, easy = hardest(compared.labels, every), typical(compared.labels, every)
    why_hard = "No run predicts their genre. The first ones may well be mislabelled: check them."
    why_easy = "Every run predicts their genre; the most confident predictions come first."
    return (
        Gallery("hardest", "Hardest for all", why_hard, hard, compared.runs),
        Gallery("typical", "Most typical", why_easy, easy, compared.runs),
    )
