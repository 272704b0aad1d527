"""How well each recipe predicts the genre of a cover, and what that costs.

python -m benchmarks.accuracy COVERS [--only WORD ...] [--task NAME ...] [--seeds 5] [--backbone ID]

COVERS is a folder of sources with genre folders. --backbone evaluates the recipes with another network, such as one of
`covergenre networks list`. All choices are made on validation data; the test part is read once, at the end of each fit.
Outcomes are kept in the home folder, so it can be stopped and continued at any time.

Two tables are printed; "validation" is the balanced accuracy there, by which recipes are chosen. Figures are means over
the seeds' splits with Student's 95 % interval; the splits share covers, so it tells the influence of the split, not of
the choice of covers. Seconds are processor time.
"""

import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.accuracy.recipes import TRIALS, Trial, read_by
from benchmarks.accuracy.tasks import TASKS, Task, labels_of, parts_of
from benchmarks.common import command_line, markdown, markdown_header, scanned, student
from covergenre import home
from covergenre.dataset.manifest import usable
from covergenre.embedding.embed import embed_dataset
from covergenre.evaluation.metrics import evaluate
from covergenre.files import append_json, read_json_lines
from covergenre.methods import Covers, TrainSpec
from covergenre.methods.base import Choices
from covergenre.training.experiment import fit_and_evaluate
from covergenre.training.parts import Parts


@dataclass(frozen=True)
class Outcome:
    """One recipe on one split. `chosen_by`: the balanced accuracy on validation. `training`: processor seconds;
    `prediction`: processor milliseconds a cover, from its vector on."""

    trial: str
    task: str
    seed: int
    covers: int
    chosen_by: float
    accuracy: float
    balanced_accuracy: float
    log_loss: float
    calibration_error: float
    training: float
    prediction: float


def main() -> None:
    parser = command_line(__doc__, "COVERS, as above")
    parser.add_argument("--only", nargs="*", default=[""], help="recipes whose name holds one of these words")
    parser.add_argument("--task", nargs="*", default=[task.name for task in TASKS])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--backbone", help="read covers by another network, called as `covergenre train` takes it")
    chosen = parser.parse_args()
    tasks = [task for task in TASKS if task.name in chosen.task]
    trials = [
        read_by(trial, chosen.backbone) if chosen.backbone else trial
        for trial in TRIALS
        if any(word in trial.name for word in chosen.only)
    ]
    found = scanned(chosen.folder)
    file = home.home() / "accuracy.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    outcomes = _read(file)
    for trial in trials:
        vectors = None
        for task in tasks:
            for seed in range(chosen.seeds):
                if (trial.name, task.name, seed) not in outcomes:
                    if vectors is None:
                        vectors = np.hstack([embed_dataset(found, recipe)["original"] for recipe in trial.vectors])
                    outcome = _judged(trial, task, seed, usable(found.manifest), vectors)
                    append_json(file, asdict(outcome))
                    outcomes[trial.name, task.name, seed] = outcome
    print(_table(outcomes, trials, tasks, chosen.seeds))


def _judged(trial: Trial, task: Task, seed: int, covers: pd.DataFrame, vectors: np.ndarray) -> Outcome:
    parts = parts_of(task, covers, seed)
    labels, hashes = labels_of(covers, task.genres), covers["content_hash"].to_numpy(object)
    rows = (parts.train, parts.validation, parts.test)
    covers = Parts(*(Covers(vectors[at], labels[at], tuple(hashes[at])) for at in rows))
    spec = TrainSpec(trial.name, genres=task.genres, seed=seed)
    result = fit_and_evaluate(covers, spec, fit=lambda: _Learned(trial, covers, spec), clock=time.process_time)
    chosen = evaluate(covers.validation.labels, result.validation, task.genres, resamples=2)  # no interval is used
    judged, n = result.evaluation, len(covers.test)
    # Over the genres that test holds: of another source, it may not hold all.
    recalls = [score.recall.value for score in judged.by_genre if score.covers]
    return Outcome(
        trial.name,
        task.name,
        seed,
        n,
        chosen.balanced_accuracy.value,
        judged.accuracy.value,
        float(np.mean(recalls)),
        judged.log_loss.value,
        judged.calibration_error.value,
        result.fitting,
        1000 * result.predicting / (n + len(covers.validation)),
    )


class _Learned:
    """What a trial learns, as a fitted method that can only predict."""

    choices: Choices = {}  # noqa: RUF012 (as `Fitted` has it)

    def __init__(self, trial: Trial, parts: Parts, spec: TrainSpec) -> None:
        self.predict_proba = trial.learn(parts.train, parts.validation, spec.n_genres)


def _read(file: Path) -> dict[tuple[str, str, int], Outcome]:
    """Outcomes by recipe, task and seed; those that another version wrote are judged again."""
    outcomes = {}
    for fields in read_json_lines(file):
        with suppress(TypeError):
            outcome = Outcome(**fields)
            outcomes[outcome.trial, outcome.task, outcome.seed] = outcome
    return outcomes


def _table(outcomes: dict[tuple[str, str, int], Outcome], trials: list[Trial], tasks: list[Task], seeds: int) -> str:
    """Markdown: first how right, in per cent, then how sure and at what cost."""
    header = ["recipe"]
    for task in tasks:
        header += [f"{task.name}: accuracy"] if task.other else [f"{task.name}: validation", "accuracy", "balanced"]
    rights, costs = [], []
    for trial in trials:
        right, cost = [trial.name], [trial.name]
        for task in tasks:
            held = [outcomes[trial.name, task.name, seed] for seed in range(seeds)]
            if not task.other:
                right.append(f"{100 * np.mean([outcome.chosen_by for outcome in held]):.1f}")
            right.append(_per_cent([outcome.accuracy for outcome in held]))
            if not task.other:
                right.append(_per_cent([outcome.balanced_accuracy for outcome in held]))
                means = pd.DataFrame([asdict(outcome) for outcome in held]).mean(numeric_only=True)
                cost += [f"{means['log_loss']:.3f}", f"{means['calibration_error']:.3f}", f"{means['training']:.0f}"]
                cost += [f"{means['prediction']:.2f}"]
        rights.append(right)
        costs.append(cost)
    figures = ["log loss", "calibration error", "s to train", "ms a cover"]
    cost_header = ["recipe"] + [f"{task.name}: {name}" for task in tasks if not task.other for name in figures]
    tables = ((header, rights), (cost_header, costs))
    return "\n\n".join("\n".join((markdown_header(columns), *map(markdown, rows))) for columns, rows in tables)


def _per_cent(values: list[float]) -> str:
    return f"{100 * np.mean(values):.1f} ± {100 * np.nan_to_num(student(values)):.1f}"


if __name__ == "__main__":
    main()
