"""Collecting in a background process, which outlives the app: python -m covergenre.collecting.background NAME

collected/NAME/status.json    its `Status`, replaced atomically
collected/NAME/stop           exists once it was asked to stop
collected/NAME/log.txt        its output
"""

import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Literal

from filelock import Timeout

from covergenre import home
from covergenre.collecting.collect import LOCK_SECONDS, collect
from covergenre.collecting.record import Plan, open_plan, save_plan
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.errors import BadDataset, Cancelled, CoverGenreError, in_words
from covergenre.files import read_json, replace_json
from covergenre.progress import SILENT, Monitor, Progress
from covergenre.runs import launch

State = Literal["running", "done", "stopped", "failed", "lost"]

_POLL_SECONDS = 0.25
_STARTS_WITHIN = 30.0  # seconds that a new process has to take its lock


@dataclass(frozen=True)
class Status:
    """The state of a collection; `error`: why it failed; `reasons`: why albums were rejected, with counts."""

    state: State
    done: int = 0
    total: int = 0
    what: str = ""
    error: str = ""
    reasons: tuple[tuple[str, int], ...] = ()


def start(plan: Plan) -> None:
    """Start or continue to collect a plan; CoverGenreError when that is being done already."""
    if is_running(plan):
        raise CoverGenreError(f"{plan.name} is being collected already: wait for it, or stop it")
    save_plan(plan)
    (plan.folder / "stop").unlink(missing_ok=True)
    _write(plan, Status("running", 0, plan.per_genre * len(plan.genres), "starting"))
    launch.spawn_detached(home.child_command(__name__, plan.name), plan.folder / "log.txt")


def wait(plan: Plan, monitor: Monitor = SILENT) -> Dataset:
    """Wait for a collection that was started, and relay its progress; the data set.

    `monitor` can stop the collection itself: raises Cancelled then, and CoverGenreError when it failed or its process
    has died.
    """
    began = time.monotonic()
    while (status := read_status(plan, time.monotonic() - began < _STARTS_WITHIN)).state == "running":
        if monitor.should_stop():
            (plan.folder / "stop").touch()
        monitor.report(status.done, status.total, status.what)
        time.sleep(_POLL_SECONDS)
    if status.state == "stopped":
        raise Cancelled(status.error)
    if status.state != "done":
        raise CoverGenreError(status.error)
    return open_dataset(plan.name)


def read_status(plan: Plan, starting: bool = False) -> Status:
    """The status of a collection. Without a process it is lost, unless the process is still `starting`."""
    status = _read(plan)
    if status.state != "running" or starting or is_running(plan):
        return status
    status = _read(plan)  # it may have ended between the two checks
    if status.state == "running":
        return Status("lost", error="its process has died: resume it; what was collected is kept")
    return status


def is_running(plan: Plan) -> bool:
    """Whether a process is collecting it."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    try:
        with plan.lock.acquire(blocking=False):
            return False
    except Timeout:
        return True


def unfinished() -> tuple[Plan, ...]:
    """The plans that are not done, by name: running, stopped, failed or lost."""
    plans = []
    for file in sorted((home.home() / "collected").glob("*/plan.json")):
        with suppress(BadDataset, CoverGenreError):
            plan = open_plan(file.parent.name)
            if read_status(plan).state != "done":
                plans.append(plan)
    return tuple(plans)


def _work(name: str) -> None:
    plan = open_plan(name)
    with plan.lock.acquire(timeout=LOCK_SECONDS):  # held until the final status is written: before that it isn't lost
        _collect(plan)


def _collect(plan: Plan) -> None:
    now = Status("running")
    written = 0.0

    def tell(progress: Progress) -> None:
        nonlocal now, written
        now = Status("running", progress.done, progress.total, progress.what)
        if time.monotonic() - written > _POLL_SECONDS:
            _write(plan, now)
            written = time.monotonic()

    try:
        collected = collect(plan, Monitor(tell, (plan.folder / "stop").exists))
        reasons = tuple(Counter(collected.reasons).most_common())
        _write(plan, Status("done", now.total, now.total, "collected", reasons=reasons))
    except Cancelled as error:
        _write(plan, Status("stopped", now.done, now.total, now.what, str(error)))
    except (CoverGenreError, OSError) as error:
        _write(plan, Status("failed", now.done, now.total, now.what, in_words(error)))


def _read(plan: Plan) -> Status:
    try:
        fields = read_json(plan.folder / "status.json")
        return Status(**{**fields, "reasons": tuple(map(tuple, fields["reasons"]))})
    except (OSError, ValueError, TypeError, KeyError):
        return Status("lost", error=f"the collection of {plan.name} is not finished: resume it")


def _write(plan: Plan, status: Status) -> None:
    replace_json(plan.folder / "status.json", asdict(status))


if __name__ == "__main__":
    _work(sys.argv[1])
