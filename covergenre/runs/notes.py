"""What somebody says of a run: its name, its tags and what to remember of it, in a file `notes.json` of its folder."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from covergenre.files import read_json, replace_json
from covergenre.runs.record import Run

LONGEST, LONGEST_NAME, MOST_TAGS = 400, 40, 8
"""Characters of a note; of a name or a tag; how many tags a run has at most."""


@dataclass(frozen=True)
class Notes:
    """`name`: "" for one that nobody named. `hidden`: whether it is left out of lists unless asked for."""

    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    hidden: bool = False


def read_notes(run: Run) -> Notes:
    """The notes; empty ones when there are none or they can't be read."""
    try:
        told = read_json(run.folder / "notes.json")
        name, note = str(told.get("name", ""))[:LONGEST_NAME], str(told.get("note", ""))[:LONGEST]
        return Notes(name, tidy_tags(map(str, told.get("tags", ()))), note, told.get("hidden") is True)
    except FileNotFoundError:
        return Notes(note=_old_note(run))
    except (OSError, ValueError, AttributeError, TypeError):
        return Notes()


def write_notes(run: Run, notes: Notes) -> None:
    """Replace the notes."""
    kept = Notes(_line(notes.name), tidy_tags(notes.tags), notes.note.strip()[:LONGEST], notes.hidden)
    replace_json(run.folder / "notes.json", asdict(kept))


def tidy_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags that are not empty, each once and on one line."""
    return tuple(dict.fromkeys(filter(None, map(_line, tags))))[:MOST_TAGS]


def _old_note(run: Run) -> str:
    """The note where it stood before runs had names."""
    try:
        return (run.folder / "note.txt").read_text(encoding="utf-8")[:LONGEST]
    except (OSError, ValueError):
        return ""


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME].strip()
