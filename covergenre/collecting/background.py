"""The status of a collection, and collecting in a background process.

collected/NAME/status.json    its `Status`, replaced atomically
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Literal

from covergenre import home
from covergenre.collecting.record import Plan, open_plan
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.errors import BadDataset, Cancelled, CoverGenreError, in_words, stop_behind
from covergenre.files import is_full, read_json, replace_json
from covergenre.progress import SILENT, Monitor, Progress

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
    plan.prepare()
    _write(plan, Status("running", 0, plan.total, "starting"))
    plan.start()


def wait(plan: Plan, monitor: Monitor = SILENT) -> Dataset:
    """Wait for a collection that was started, and relay its progress; the data set.

    `monitor` can stop the collection itself: raises Cancelled then, and CoverGenreError when it failed or its process
    has died.
    """
    began = time.monotonic()
    while (status := read_status(plan, time.monotonic() - began < _STARTS_WITHIN)).state == "running":
        if monitor.should_stop():
            plan.request_stop()
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
    if status.state != "running" or starting or plan.is_running():
        return status
    status = _read(plan)  # it may have ended between the two checks
    if status.state != "running":
        return status
    why = "the disk is full: make room, then" if is_full(plan.folder) else "its process has died:"
    return Status("lost", error=f"{why} resume it; what was collected is kept")


def unfinished() -> tuple[Plan, ...]:
    """The plans that are not done, by name: running, stopped, failed or lost."""
    plans = []
    for file in sorted((home.home() / "collected").glob("*/plan.json")):
        with suppress(BadDataset, CoverGenreError):
            plan = open_plan(file.parent.name)
            if read_status(plan).state != "done":
                plans.append(plan)
    return tuple(plans)


class Recorder:
    """Records the status of a collection at work, and passes its progress on; made by `recording`."""

    def __init__(self, plan: Plan, monitor: Monitor) -> None:
        self.monitor = Monitor(self._report, lambda: monitor.should_stop() or plan.stop_requested())
        self.reasons: Iterable[tuple[str, int]] = ()
        self._plan, self._listener, self._written = plan, monitor.listener, 0.0
        self._report(Progress(0, plan.total, "collecting"))

    def _report(self, progress: Progress) -> None:
        self._now = progress
        if time.monotonic() - self._written > _POLL_SECONDS:
            self.write("running")
            self._written = time.monotonic()
        self._listener(progress)

    def write(self, state: State, error: str = "") -> None:
        """Write the present status."""
        now = self._now
        _write(self._plan, Status(state, now.done, now.total, now.what, error, tuple(self.reasons)))


@contextmanager
def recording(plan: Plan, monitor: Monitor) -> Iterator[Recorder]:
    """Record the status of a collection while the block works on it, and how that ends; its error is raised again."""
    recorder = Recorder(plan, monitor)
    try:
        yield recorder
        recorder.write("done")
    except BaseException as error:
        stop = stop_behind(error)
        with suppress(OSError):  # on a full disk it reads as lost
            recorder.write("stopped" if stop else "failed", in_words(stop or error))
        raise


def _read(plan: Plan) -> Status:
    try:
        fields = read_json(plan.folder / "status.json")
        return Status(**{**fields, "reasons": tuple(map(tuple, fields["reasons"]))})
    except (OSError, ValueError, TypeError, KeyError):
        return Status("lost", error=f"the collection of {plan.name} is not finished: resume it")


def _write(plan: Plan, status: Status) -> None:
    replace_json(plan.folder / "status.json", asdict(status))
