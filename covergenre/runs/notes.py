"""What somebody wants to remember of a run, in a file `note.txt` of its folder."""

from covergenre.files import replace_text
from covergenre.runs.record import Run

LONGEST = 400
"""Characters."""


def read_note(run: Run) -> str:
    """The note; "" when there is none or it can't be read."""
    try:
        return (run.folder / "note.txt").read_text(encoding="utf-8")[:LONGEST]
    except (OSError, ValueError):
        return ""


def write_note(run: Run, text: str) -> None:
    """Replace the note; an empty one goes."""
    path = run.folder / "note.txt"
    if text.strip():
        replace_text(path, text.strip()[:LONGEST])
    else:
        path.unlink(missing_ok=True)
