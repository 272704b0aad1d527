"""Which run answers where none is named: in Predict, and in the shell's predict and similar.

default_run    in `home.home()`: the id of that run; without the file it is the starter
"""

import logging
from collections.abc import Callable
from typing import TypeVar

from covergenre import home
from covergenre.errors import BadRun, CoverGenreError
from covergenre.files import replace_text
from covergenre.runs.record import Run

Opened = TypeVar("Opened")

_log = logging.getLogger(__name__)


def default_run() -> str | None:
    """The id of the run that answers; None for the starter, also when that run has gone or is no longer done."""
    path = home.home() / "default_run"
    try:
        run = Run.open(path.read_text(encoding="utf-8").strip())
        return run.id if run.status().state == "done" else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, BadRun) as error:
        _log.warning("the run in use can't be had, so the starter answers: %s", error)
        return None


def open_default(open: Callable[[str], Opened], otherwise: str) -> tuple[Opened, str, str]:
    """What answers where no run is named: it, opened, its name, and a word if the run in use gave way to `otherwise`.

    A run in use may stand on a data set that was removed since, or be damaged: that is no reason not to answer.
    """
    run = default_run()
    if run is None:
        return open(otherwise), otherwise, ""
    try:
        return open(run), run, ""
    except CoverGenreError as error:
        return (
            open(otherwise),
            otherwise,
            f"the run {run} that is in use can't answer, so the {otherwise} does: {error}",
        )


def set_default_run(run_id: str | None) -> None:
    """Let a run answer from now on, or the starter again (None). BadRun when there is none or it isn't done."""
    path = home.home() / "default_run"
    if run_id is None:
        path.unlink(missing_ok=True)
        return
    if (state := Run.open(run_id).status().state) != "done":
        raise BadRun(f"the run {run_id} is {state}: only one that is done can answer")
    replace_text(path, f"{run_id}\n")
