"""The runs that can be compared: a user's own, and the heads of the starter."""

import logging

from covergenre.dataset.starter import STARTER, open_starter, run_folder
from covergenre.errors import BadRun
from covergenre.runs.record import Run, list_runs

_log = logging.getLogger(__name__)


def finished_runs() -> tuple[Run, ...]:
    """All runs that are done, a user's own before the starter's, the newest first."""
    return (*(run for run in list_runs() if run.status().state == "done"), *_shipped_runs())


def open_run(run_id: str) -> Run:
    """A run by its id, or a head of the starter: "starter-knn", or "starter" for the one whose answer counts.

    Raises BadRun when there is none or it can't be read.
    """
    if run_id != STARTER and not run_id.startswith(f"{STARTER}-"):
        return Run.open(run_id)
    starter = open_starter()
    name = starter.card.default if run_id == STARTER else run_id.removeprefix(f"{STARTER}-")
    known = [method.name for method in starter.card.methods]
    if name not in known:
        raise BadRun(f"the starter has no run {run_id!r}: it has {', '.join(f'{STARTER}-{each}' for each in known)}")
    return Run.at(run_folder(starter.folder, name))


def _shipped_runs() -> tuple[Run, ...]:
    """Those of the starter, the one whose answer counts first; none when it is damaged."""
    try:
        card = open_starter().card
        names = sorted((method.name for method in card.methods), key=lambda name: name != card.default)
        return tuple(open_run(f"{STARTER}-{name}") for name in names)
    except BadRun as error:
        _log.warning("the starter can't be compared: %s", error)
        return ()
