"""The default run, which answers in Predict, predict and similar where no run is named.

Its id is in the file `default_run` in `home.home()`; without the file it is the starter.
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
    """The id of the default run; None for the starter, also when the run is missing or no longer done."""
    path = home.home() / "default_run"
    try:
        run = Run.open(path.read_text(encoding="utf-8").strip())
        return run.id if run.status().state == "done" else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, BadRun) as error:
        _log.warning("the default run can't be opened, so the starter answers: %s", error)
        return None


def open_default(open: Callable[[str], Opened], otherwise: str) -> tuple[Opened, str, str]:
    """The default run, opened, its name, and a warning if it can't be opened and `otherwise` takes its place.

    Its data set may have been removed since, or it may be damaged.
    """
    run, warning = default_run(), ""
    if run is not None:
        try:
            return open(run), run, ""
        except CoverGenreError as error:
            warning = f"the run {run} that is in use can't answer, so the {otherwise} does: {error}"
    return open(otherwise), otherwise, warning


def set_default_run(run_id: str | None) -> None:
    """Make a run the default, or the starter (None). BadRun when there is no such run or it isn't done."""
    path = home.home() / "default_run"
    if run_id is None:
        path.unlink(missing_ok=True)
        return
    if (state := Run.open(run_id).status().state) != "done":
        raise BadRun(f"the run {run_id} is {state}: only one that is done can answer")
    replace_text(path, f"{run_id}\n")
