"""Repairs: leaving covers out, taking them back in, changing their genre or tags; and undoing that.

A repair changes the manifest only, never the file of a cover. It begins as a plan, which can be previewed (`repaired`)
and stored as JSON; `apply` carries it out and records it in the history.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import pandas as pd

from covergenre.dataset.manifest import read_manifest, write_manifest
from covergenre.dataset.registry import Dataset, lock
from covergenre.dataset.table import EDITS
from covergenre.errors import BadDataset, CoverGenreError
from covergenre.repair.history import Change, Repair, active_repairs, add_repair, read_history

TAGS_APART = "; "


@dataclass(frozen=True)
class Edit:
    """A change to one cover: `excluded` is the reason to leave it out, or "" to take it back in; `tags` are "a; b".

    None leaves a cell as it is.
    """

    path: str
    excluded: str | None = None
    genre: str | None = None
    tags: str | None = None

    def __post_init__(self) -> None:
        if self.genre is not None and not self.genre.strip():
            raise CoverGenreError(f"{self.path!r} can't have the genre {self.genre!r}: give it a name")


@dataclass(frozen=True)
class Plan:
    """Edits that belong together, at most one a cover, and why they are made."""

    why: str
    edits: tuple[Edit, ...]

    def to_dict(self) -> dict:
        """The plan as JSON: why, and the path, excluded and genre of each edit, and its tags if it sets them."""
        edits = [
            {name: cell for name, cell in vars(edit).items() if name != "tags" or cell is not None}
            for edit in self.edits
        ]
        return {"why": self.why, "edits": edits}

    @classmethod
    def from_dict(cls, fields: Mapping) -> Self:
        """The plan from the fields of `to_dict`; CoverGenreError for other fields."""
        try:
            edits = tuple(Edit(**edit) for edit in fields["edits"])
            texts = [fields["why"], *(text for edit in edits for text in vars(edit).values() if text is not None)]
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("all cells must be text")
            return cls(fields["why"], edits)
        except (KeyError, TypeError) as error:
            raise CoverGenreError(
                f"this is no plan of repairs ({error}): expected why, and edits with path, excluded and genre"
            ) from error


def exclude(paths: Iterable[str], why: str) -> Plan:
    """Leave these covers out."""
    return Plan(why, tuple(Edit(path, excluded=why) for path in paths))


def include(paths: Iterable[str], why: str = "taken back in") -> Plan:
    """Take these covers back in."""
    return Plan(why, tuple(Edit(path, excluded="") for path in paths))


def relabel(paths: Iterable[str], genre: str, why: str = "another genre") -> Plan:
    """Give these covers this genre."""
    return Plan(why, tuple(Edit(path, genre=genre) for path in paths))


def tag(manifest: pd.DataFrame, paths: Sequence[str], name: str) -> Plan:
    """Add a tag to these covers; CoverGenreError for an invalid tag."""
    if not (name := name.strip()) or ";" in name:
        raise CoverGenreError(f"{name!r} can't be a tag: write a word or a few, without a semicolon")
    tags = rows_of(manifest, paths)["tags"]
    edits = (Edit(path, tags=TAGS_APART.join(dict.fromkeys([*tags_of(cell), name]))) for path, cell in tags.items())
    return Plan(f"tagged {name}", tuple(edits))


def untag(manifest: pd.DataFrame, paths: Sequence[str], name: str) -> Plan:
    """Remove a tag from those of these covers that have it."""
    tags = {path: tags_of(cell) for path, cell in rows_of(manifest, paths)["tags"].items()}
    edits = (
        Edit(path, tags=TAGS_APART.join(each for each in own if each != name))
        for path, own in tags.items()
        if name in own
    )
    return Plan(f"no longer tagged {name}", tuple(edits))


def tags_of(cell: str) -> tuple[str, ...]:
    """The tags in a cell of the manifest."""
    return tuple(filter(None, (each.strip() for each in cell.split(";"))))


def best_of(manifest: pd.DataFrame, paths: Sequence[str]) -> str:
    """The best of these covers: the one with the most pixels, then the most bytes, then the first."""
    return min(paths, key=_worth(rows_of(manifest, paths)).__getitem__)


def keep_one_each(manifest: pd.DataFrame, groups: Sequence[Sequence[str]], why: str = "a copy") -> Plan:
    """Leave out all covers of each of these groups but the best; no cover may be in two."""
    rank = _worth(rows_of(manifest, [path for group in groups for path in group]))
    edits = []
    for group in groups:
        best, *others = sorted(group, key=rank.__getitem__)
        edits += [Edit(path, excluded=f"{why} of {best}") for path in others]
    return Plan(why, tuple(edits))


def merge_plans(plans: Iterable[Plan], why: str) -> Plan:
    """One plan from several; where two edit the same cover, the first counts."""
    edits: dict[str, Edit] = {}
    for plan in plans:
        for edit in plan.edits:
            edits.setdefault(edit.path, edit)
    return Plan(why, tuple(edits.values()))


def rows_of(manifest: pd.DataFrame, paths: Sequence[str]) -> pd.DataFrame:
    """The rows of these paths, in their order, by path.

    Raises BadDataset when a path isn't in the manifest, CoverGenreError when one is there twice.
    """
    rows = manifest.set_index("path")
    unknown = sorted(set(paths) - set(rows.index))
    if unknown:
        raise BadDataset(f"there is no cover {unknown[0]!r} in the manifest: scan again, or correct the path")
    if len(set(paths)) < len(paths):
        raise CoverGenreError("a plan has a cover twice: join its edits of one cover to one")
    return rows.loc[list(paths)]


def repaired(manifest: pd.DataFrame, plan: Plan, number: int | None = None) -> pd.DataFrame:
    """A preview of the manifest after the plan; `number` is noted in the rows that it changes.

    Raises BadDataset when a path isn't in the manifest, CoverGenreError when the plan has one twice.
    """
    rows = rows_of(manifest, [edit.path for edit in plan.edits])
    cells = [_cells(edit, row, number) for edit, row in zip(plan.edits, rows.to_dict("records"), strict=True)]
    return _with(manifest, rows.index, cells)


def apply(dataset: Dataset, plan: Plan) -> Dataset:
    """Apply the plan to the stored data set, and return the result.

    Repairs that others made since `dataset` was opened are kept. A plan that changes nothing is not recorded. Raises as
    `repaired` does, with nothing changed.
    """
    with lock():
        manifest = _stored(dataset)
        after = repaired(manifest, plan, len(read_history(dataset.folder)) + 1)
        return _store(dataset, manifest, after, plan.why)


def history(dataset: Dataset) -> tuple[Repair, ...]:
    """The repairs of the data set, the oldest first; see `history.active_repairs` for those that are not undone."""
    return read_history(dataset.folder)


def undo(dataset: Dataset, number: int | None = None) -> Dataset:
    """Undo repair `number`, or the latest that is not undone; to undo an undo is to make the repair again.

    Covers that have gone since are skipped. Raises BadDataset, with nothing changed, when there is no such repair, it
    is undone already, or a later one changed one of its covers.
    """
    with lock():
        repair = _undoable(read_history(dataset.folder), number)
        manifest = _stored(dataset)
        rows = manifest.set_index("path")[list(EDITS)].to_dict("index")
        known = [change for change in repair.changes if change.path in rows]
        for change in known:
            _check_unchanged(change, rows[change.path], repair.number)
        paths = [change.path for change in known]
        after = _with(manifest, paths, [change.before for change in known])
        return _store(dataset, manifest, after, f"undo: {repair.why}", repair.number)


def _worth(rows: pd.DataFrame) -> dict[str, tuple[int, int, str]]:
    """Sort keys by path, the best cover first."""
    worth = (-rows["width"] * rows["height"]).tolist(), (-rows["bytes"]).tolist(), rows.index.tolist()
    return {each[-1]: each for each in zip(*worth, strict=True)}


def _cells(edit: Edit, row: Mapping[str, str], number: int | None) -> dict[str, str]:
    """The edited cells of a row."""
    first = row["original_genre"] or row["genre"]
    genre = row["genre"] if edit.genre is None else edit.genre
    cells = {
        "genre": genre,
        "excluded": row["excluded"] if edit.excluded is None else edit.excluded,
        "original_genre": "" if genre == first else first,
        "tags": row["tags"] if edit.tags is None else edit.tags,
    }
    if number and any(row[column] != cell for column, cell in cells.items()):
        cells["edit"] = str(number)
    return cells


def _with(manifest: pd.DataFrame, paths: Sequence[str], cells: Sequence[Mapping[str, str]]) -> pd.DataFrame:
    """The manifest with these cells in the rows of these paths."""
    edited = manifest.set_index("path")[list(EDITS)]
    edited.update(pd.DataFrame(list(cells), index=paths, columns=list(EDITS)))
    return manifest.assign(**edited.astype("str").set_index(manifest.index))


def _changes(before: pd.DataFrame, after: pd.DataFrame) -> list[Change]:
    """What differs between two manifests of the same covers."""
    old, new = (table.set_index("path")[list(EDITS)] for table in (before, after))
    changed = (old != new).any(axis=1)
    rows = zip(old[changed].to_dict("index").items(), new[changed].to_dict("records"), strict=True)
    return [
        Change(path, *({name: side[name] for name in EDITS if was[name] != now[name]} for side in (was, now)))
        for (path, was), now in rows
    ]


def _stored(dataset: Dataset) -> pd.DataFrame:
    return read_manifest(dataset.folder / "manifest.csv")


def _store(dataset: Dataset, before: pd.DataFrame, after: pd.DataFrame, why: str, undoes: int | None = None) -> Dataset:
    """Record the changes, then make them: if that is interrupted, they can still be undone or made again."""
    changes = _changes(before, after)
    if changes or undoes:
        add_repair(dataset.folder, why, changes, undoes)
        write_manifest(after, dataset.folder / "manifest.csv")
    return replace(dataset, manifest=after)


def _undoable(repairs: Sequence[Repair], number: int | None) -> Repair:
    stand = active_repairs(repairs)
    if number is None:
        made = [repair for repair in stand if repair.undoes is None]
        if not made:
            raise BadDataset("there is no repair to undo")
        return made[-1]
    found = [repair for repair in stand if repair.number == number]
    if not found:
        why = "is undone already" if 0 < number <= len(repairs) else "was never made"
        raise BadDataset(f"repair {number} {why}: choose another from the history")
    return found[0]


def _check_unchanged(change: Change, row: Mapping[str, str], number: int) -> None:
    now = {column: row[column] for column in change.after}
    if now not in (dict(change.after), dict(change.before)):
        by = f"repair {row['edit']}" if row["edit"] else "hand"
        raise BadDataset(
            f"{change.path} was changed by {by} since repair {number}: undo that first, or change the cover again"
        )
