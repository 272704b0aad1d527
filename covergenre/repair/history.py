"""The history of a data set's repairs: `repairs.jsonl` in its folder, one line per repair, the oldest first.

{"number": 3, "when": "2026-11-22T21:34:05+00:00", "why": "blank covers", "undoes": null, "changes":
 [{"path": "jazz/a.jpg", "before": {"excluded": "", "edit": ""}, "after": {"excluded": "blank", "edit": "3"}}]}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from covergenre.dataset.table import EDITS
from covergenre.errors import BadDataset
from covergenre.files import replace_text


@dataclass(frozen=True)
class Change:
    """The cells of a cover's row that a repair changed, by column, before and after."""

    path: str
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True)
class Repair:
    """One line of the history: its number from 1, when (ISO 8601, UTC), why, what, and which repair it undoes."""

    number: int
    when: str
    why: str
    changes: tuple[Change, ...]
    undoes: int | None = None


def read_history(folder: Path) -> tuple[Repair, ...]:
    """The repairs of the data set in `folder`; BadDataset, naming the line, when the history is damaged."""
    file = folder / "repairs.jsonl"
    if not file.exists():
        return ()
    repairs: list[Repair] = []
    try:
        for line in file.read_text(encoding="utf-8").removesuffix("\n").split("\n"):
            repairs.append(_repair(json.loads(line), len(repairs) + 1))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadDataset(
            f"{file} is damaged in line {len(repairs) + 1} ({error}): repair it, or delete the file; the "
            "repairs then remain but can't be undone"
        ) from error
    return tuple(repairs)


def add_repair(folder: Path, why: str, changes: Sequence[Change], undoes: int | None = None) -> Repair:
    """Append a repair to the history. The caller holds the registry's lock."""
    repairs = read_history(folder)
    repair = Repair(len(repairs) + 1, datetime.now(UTC).isoformat(timespec="seconds"), why, tuple(changes), undoes)
    lines = (json.dumps(asdict(each), ensure_ascii=False) for each in (*repairs, repair))
    replace_text(folder / "repairs.jsonl", "".join(f"{line}\n" for line in lines))
    return repair


def active_repairs(repairs: Sequence[Repair]) -> tuple[Repair, ...]:
    """The repairs that are not undone; an undo is one of them unless it was undone itself."""
    undone: set[int] = set()
    for repair in reversed(repairs):
        if repair.undoes and repair.number not in undone:
            undone.add(repair.undoes)
    return tuple(repair for repair in repairs if repair.number not in undone)


def _repair(line: Mapping, number: int) -> Repair:
    undoes = line["undoes"]
    if line["number"] != number or not (undoes is None or (isinstance(undoes, int) and 0 < undoes < number)):
        raise ValueError(f"expected repair {number}, and what it undoes before it")
    changes = tuple(
        Change(str(each["path"]), _cells(each["before"]), _cells(each["after"])) for each in line["changes"]
    )
    return Repair(number, str(line["when"]), str(line["why"]), changes, undoes)


def _cells(cells: Mapping[str, str]) -> dict[str, str]:
    if not (set(cells) <= set(EDITS) and all(isinstance(cell, str) for cell in cells.values())):
        raise ValueError(f"expected cells of {', '.join(EDITS)}")
    return dict(cells)
