"""What the words on covers add to their looks, with performers on both sides of the split, and kept apart.

python -m benchmarks.accuracy.words COVERS [--seeds 3] [--task NAME ...]

COVERS as for benchmarks.accuracy. Few covers name their artist in the data, so performers are also kept apart by the
words: covers that share a rare line or long word stay in one part. Each figure is the mean over splits, in per cent;
"gain" has Student's 95 % interval over the splits.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks.accuracy.tasks import TASKS, Task, labels_of, parts_of
from benchmarks.common import command_line, markdown, markdown_header, scanned, student
from covergenre.dataset.manifest import usable
from covergenre.dataset.starter import GENRES
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.methods import Context, Covers, TrainSpec, method
from covergenre.methods.ensemble import FittedEnsemble
from covergenre.ocr.text import CoverText
from covergenre.training.parts import read_texts
from covergenre.training.starter_card import name_groups


def main() -> None:
    parser = command_line(__doc__, "COVERS, as above")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--task", nargs="*", default=["discogs5", "ten", "to spotify"])
    chosen = parser.parse_args()
    found = scanned(chosen.folder)
    covers = usable(found.manifest).reset_index(drop=True)
    vectors = embed_dataset(found, Recipe(limit=150))["original"]
    texts = read_texts(found, covers, Context())
    print(f"{np.mean([bool(text.lines) for text in texts]):.0%} of {len(texts)} covers have words that could be read")
    named = covers.assign(artist=name_groups(covers["artist"].tolist(), texts))
    ten = Task("ten", GENRES, tuple(covers["source"].unique()))
    print(markdown_header(("task", "judged", "looks", "words", "both", "gain", "weight"), texts=2))
    for task in (*TASKS, ten):
        for how, table in (("as they come", covers), ("performers apart", named)):
            if task.name in chosen.task:
                print(_line(task, how, table, vectors, texts, chosen.seeds), flush=True)


def _line(
    task: Task, how: str, covers: pd.DataFrame, vectors: np.ndarray, texts: Sequence[CoverText], seeds: int
) -> str:
    rows = np.array([_judged(task, covers, vectors, texts, seed) for seed in range(seeds)])
    gains = 100 * (rows[:, 2] - rows[:, 0])
    *accuracies, weight = rows.mean(axis=0)
    gain = f"{gains.mean():+.1f} ± {student(gains):.1f}"
    return markdown((task.name, how, *(f"{100 * each:.1f}" for each in accuracies), gain, f"{weight:.1f}"))


def _judged(
    task: Task, covers: pd.DataFrame, vectors: np.ndarray, texts: Sequence[CoverText], seed: int
) -> tuple[float, float, float, float]:
    """The accuracy on test covers of looks, of words and of both, and the weight that words got."""
    parts, labels = parts_of(task, covers, seed), labels_of(covers, task.genres)
    train, validation, test = (
        Covers(
            vectors[rows],
            labels[rows],
            tuple(covers["content_hash"].iloc[rows]),
            sources=tuple(covers["source"].iloc[rows]),
            texts=[texts[row] for row in rows],
        )
        for rows in (parts.train, parts.validation, parts.test)
    )
    members = [
        (name, method(name).fit(train, validation, replace(_SPEC, method=name, genres=task.genres), Context()))
        for name in ("logistic", "words")
    ]
    ensemble = FittedEnsemble.of(
        members, [member.predict_proba(validation) for _, member in members], validation.labels
    )
    answers = [member.predict_proba(test) for _, member in members]
    looks, words, both = (
        float(np.mean(answer.argmax(axis=1) == test.labels)) for answer in (*answers, ensemble.joined(answers))
    )
    return looks, words, both, ensemble.choices["weight"]


_SPEC = TrainSpec(method="logistic")

if __name__ == "__main__":
    main()
