"""What people decided about doubted labels, one cover at a time: `review.json` in the data set's folder.

[["CONTENT_HASH", "jazz", "rap"], ...]    the cover of these pixels that is called jazz is to become rap

A cover keeps its genre (the same again), gets another one, or is left out (""). A decision is only stored, so that the
next cover comes without a wait; `apply_decisions` makes one repair of all of them. Labels that were kept are remembered
afterwards, and the audit doubts them no more.
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
"""The content hash of a cover, and the genre that it is called."""

_FILE = "review.json"
_WHY = "reviewed labels"


def read_decisions(dataset: Dataset) -> dict[Label, str]:
    """By label, what is to become of it; the oldest decision first. BadDataset when the file is damaged."""
    file = dataset.folder / _FILE
    try:
        told = read_json(file)
        if not all(isinstance(cell, str) for row in told for cell in row):
            raise TypeError("all of it has to be text")
        return {(key, genre): becomes for key, genre, becomes in told}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise BadDataset(f"{file} is damaged ({error}): mend it, or delete it to review the labels anew") from error


def decide(dataset: Dataset, label: Label, becomes: str) -> None:
    """Remember what is to become of a label: its genre (kept), another genre, or "" (left out)."""
    with lock():
        decisions = read_decisions(dataset)
        decisions.pop(label, None)
        _write(dataset, {**decisions, label: becomes})


def undo_last(dataset: Dataset) -> Label | None:
    """Forget the latest decision; whose it was, None when there is none."""
    with lock():
        decisions = read_decisions(dataset)
        if not decisions:
            return None
        label, _ = decisions.popitem()
        _write(dataset, decisions)
    return label


def confirmed_labels(dataset: Dataset) -> frozenset[Label]:
    """The labels that people looked at and kept. BadDataset when the file is damaged."""
    return frozenset(label for label, becomes in read_decisions(dataset).items() if becomes == label[1])


def plan_decisions(manifest: pd.DataFrame, decisions: Mapping[Label, str]) -> Plan:
    """What the decisions change."""
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
    """Carry out the decisions as one repair; labels that were given count as kept from then on."""
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
