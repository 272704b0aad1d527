"""Decisions on doubtful labels, made one cover at a time: `review.json` in the data set's folder.

[["CONTENT_HASH", "jazz", "rap"], ...]    the cover with these pixels changes from jazz to rap

A cover keeps its genre (the same one again), gets another one, or is left out (""). Decisions are only stored, so that
the next cover is shown without a wait; `apply_decisions` turns all of them into one repair. The audit no longer doubts
labels that were confirmed.
"""

from collections.abc import Mapping

import pandas as pd

from covergenre.dataset.manifest import usable
from covergenre.dataset.registry import Dataset, lock, open_dataset
from covergenre.errors import BadDataset
from covergenre.files import read_json, replace_json
from covergenre.repair import repair
from covergenre.repair.repair import Edit, Plan

Label = tuple[str, str]
"""The content hash of a cover, and its genre."""

_FILE = "review.json"
_WHY = "reviewed labels"


def read_decisions(dataset: Dataset) -> dict[Label, str]:
    """The new genre of each label, the oldest decision first; BadDataset when the file is damaged."""
    file = dataset.folder / _FILE
    try:
        rows = read_json(file)
        if not all(isinstance(cell, str) for row in rows for cell in row):
            raise TypeError("all cells must be text")
        return {(key, genre): becomes for key, genre, becomes in rows}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise BadDataset(f"{file} is damaged ({error}): repair it, or delete it to review the labels again") from error


def decide(dataset: Dataset, label: Label, becomes: str) -> None:
    """Store a decision: the same genre to confirm the label, another genre, or "" to leave the cover out."""
    with lock():
        decisions = read_decisions(dataset)
        decisions.pop(label, None)
        _write(dataset, {**decisions, label: becomes})


def undo_last(dataset: Dataset) -> Label | None:
    """Delete the latest decision and return its label; None when there is none."""
    with lock():
        decisions = read_decisions(dataset)
        if not decisions:
            return None
        label, _ = decisions.popitem()
        _write(dataset, decisions)
    return label


def confirmed_labels(dataset: Dataset) -> frozenset[Label]:
    """The labels that people confirmed; BadDataset when the file is damaged."""
    return frozenset(label for label, becomes in read_decisions(dataset).items() if becomes == label[1])


def plan_decisions(manifest: pd.DataFrame, decisions: Mapping[Label, str]) -> Plan:
    """The edits that the decisions call for."""
    covers = usable(manifest)
    edits = []
    for path, key, genre in zip(covers["path"], covers["content_hash"], covers["genre"], strict=True):
        becomes = decisions.get((key, genre), genre)
        if becomes == "":
            edits.append(Edit(path, excluded="a wrong label"))
        elif becomes != genre:
            edits.append(Edit(path, genre=becomes))
    return Plan(_WHY, tuple(edits))


def apply_decisions(dataset: Dataset) -> Dataset:
    """Apply the decisions as one repair; the new labels count as confirmed from then on."""
    decisions = read_decisions(dataset)
    after = repair.apply(dataset, plan_decisions(open_dataset(dataset.name).manifest, decisions))
    with lock():
        now = read_decisions(dataset)
        made = {label: becomes for label, becomes in decisions.items() if now.get(label) == becomes}
        left = {label: becomes for label, becomes in now.items() if label not in made}
        kept = {(key, becomes): becomes for (key, _), becomes in made.items() if becomes}
        _write(dataset, {**kept, **left})
    return after


def _write(dataset: Dataset, decisions: Mapping[Label, str]) -> None:
    rows = [[*label, becomes] for label, becomes in decisions.items()]
    replace_json(dataset.folder / _FILE, rows)
