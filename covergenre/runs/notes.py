"""What users call a run and note on it: its name, tags and note, in a file `notes.json` of its folder.

Every run gets a short name when it is made, and keeps it until a user renames it.
"""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from filelock import FileLock

from covergenre import home
from covergenre.errors import BadRun, CoverGenreError
from covergenre.files import read_json, replace_json
from covergenre.methods import method
from covergenre.runs.record import Run, RunSpec, list_runs

LONGEST, LONGEST_NAME, MOST_TAGS = 400, 40, 8
"""Characters of a note; of a name or a tag; how many tags a run has at most."""

_DIGITS = 4  # of an id


@dataclass(frozen=True)
class Notes:
    """`hidden`: whether the run is left out of lists unless asked for."""

    name: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    hidden: bool = False


def read_notes(run: Run) -> Notes:
    """The notes; empty ones when there are none or they can't be read."""
    try:
        stored = read_json(run.folder / "notes.json")
        name, note = str(stored.get("name", ""))[:LONGEST_NAME], str(stored.get("note", ""))[:LONGEST]
        return Notes(name, tidy_tags(map(str, stored.get("tags", ()))), note, stored.get("hidden") is True)
    except FileNotFoundError:
        return Notes(note=_old_note(run))
    except (OSError, ValueError, AttributeError, TypeError):
        return Notes()


def write_notes(run: Run, notes: Notes) -> None:
    """Replace the notes; BadRun for a run that comes with the starter."""
    if run.is_shipped:
        raise BadRun(f"the run {run.id} comes with covergenre: it can't be named or tagged")
    kept = Notes(_line(notes.name), tidy_tags(notes.tags), notes.note.strip()[:LONGEST], notes.hidden)
    replace_json(run.folder / "notes.json", asdict(kept))


def tidy_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags that are not empty, each once and on one line."""
    return tuple(dict.fromkeys(filter(None, map(_line, tags))))[:MOST_TAGS]


def run_name(run: Run) -> str:
    """The name of a run; without one, its method with the last digits of its id."""
    title = method_title(run.spec.method)
    if run.is_shipped:
        return f"{title} (starter)"
    return read_notes(run).name or f"{title} {run.id[-_DIGITS:]}"


def run_names(runs: Sequence[Run]) -> tuple[str, ...]:
    """The names of several runs; equal ones are followed by the last digits of the ids."""
    names = [run_name(run) for run in runs]
    count = Counter(names)
    return tuple(
        name if count[name] == 1 else f"{name} {run.id[-_DIGITS:]}" for name, run in zip(names, runs, strict=True)
    )


def full_name(run: Run) -> str:
    """The name of a run with its data set and its tags, for lists to choose from."""
    dataset = () if run.is_shipped else (run.spec.dataset,)
    return " · ".join((run_name(run), *dataset, *read_notes(run).tags))


def create_named(spec: RunSpec, complete: Callable[[Run], object] = id) -> Run:
    """A new queued run, named after its method, with the next number if other runs have that name.

    `complete` adds what else belongs to it. No run is left when that fails or is interrupted.
    """
    run = Run.create(spec)
    try:
        complete(run)
        _assign_name(run)
    except BaseException:
        shutil.rmtree(run.folder)
        raise
    return run


def rename(run: Run, name: str) -> None:
    """Rename a run. CoverGenreError for an empty name, or one that another run has; BadRun as `write_notes` does."""
    name = " ".join(name.split())
    if not name:
        raise CoverGenreError(f"no name was given for the run {run.id}: give one")
    if any(run_name(other) == name for other in list_runs() if other.id != run.id):
        raise CoverGenreError(f"another run is called {name!r}: give a name that no run has")
    write_notes(run, replace(read_notes(run), name=name))


def method_title(name: str) -> str:
    """The title of a method; its name when this version doesn't have it."""
    try:
        return method(name).title
    except CoverGenreError:
        return name


def _assign_name(run: Run) -> None:
    title = method_title(run.spec.method)
    with FileLock(home.runs() / ".names.lock"):
        found = (re.fullmatch(rf"{re.escape(title)}(?: (\d+))?", read_notes(other).name) for other in list_runs())
        numbers = [int(match[1] or 1) for match in found if match]
        write_notes(run, replace(read_notes(run), name=f"{title} {max(numbers) + 1}" if numbers else title))


def _old_note(run: Run) -> str:
    """The note of a run that is older than names."""
    try:
        return (run.folder / "note.txt").read_text(encoding="utf-8")[:LONGEST]
    except (OSError, ValueError):
        return ""


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_NAME].strip()
