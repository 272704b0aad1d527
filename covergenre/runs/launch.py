"""Runs in the background: a queue, worked off one run at a time, each in a process of its own.

    queue.json      the ids of the waiting runs, in order
    .queue.lock     held while the queue changes, or the status of a run without a process
    .worker.lock    held by the worker, the process that starts one trainer after the other (see `worker`)
    .turn.lock      held by the trainer, the process that executes a run, or by a study while it computes a point
    worker.log      their output

All files are in `home.runs()`, so any number of servers and shells share one queue. The system releases a lock when its
process ends. The state of a run is in its status alone; the queue only orders the waiting ones.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from covergenre import home
from covergenre.background import is_held, start_worker
from covergenre.errors import BadRun
from covergenre.files import read_json, replace_json, where_allowed
from covergenre.methods import method
from covergenre.progress import Monitor
from covergenre.runs.record import Run, Status, folder_of
from covergenre.runs.schema import State

_log = logging.getLogger(__name__)

STOP_GRACE = {"pictures": 10.0, "texts": 1.0, "vectors": 1.0}
"""Seconds that a run has to stop by itself before its process is ended, by what its method reads.

A batch of pictures takes seconds, and an epoch that is being saved is worth them.
"""

_DELETED = ".deleted-"
_GRACE = 0.5  # seconds between the signal that a process can hear and the one that it can't
_LOOK_EVERY = 0.25  # seconds between looks whether a turn has come


def start(run: Run) -> None:
    """Put a prepared run at the end of the queue. Raises BadRun unless its state is "queued"."""
    with queue_lock():
        if (state := run.status().state) != "queued":
            raise BadRun(f"the run {run.id} is {state} and can't be started: resume it, or train again")
        _append(run)
    ensure_worker()


def queued_runs() -> tuple[Run, ...]:
    """The waiting runs, in order."""
    return tuple(run for run_id in _read_queue() if (run := _queued(run_id)))


def move(run_id: str, place: int) -> None:
    """Move a waiting run to another place in the queue; 0 is next. BadRun when it doesn't wait."""
    with queue_lock():
        ids = [run.id for run in queued_runs()]
        if run_id not in ids:
            raise BadRun(f"the run {run_id} is not in the queue, so it can't be moved")
        ids.remove(run_id)
        ids.insert(max(place, 0), run_id)
        _write_queue(ids)


def cancel(run_id: str, grace: float | None = None) -> None:
    """Cancel a waiting or running run.

    A running one is asked to stop, usually does within a second or two, and is not waited for. The worker ends its
    process after `grace` seconds (None: those of `STOP_GRACE`); with 0 it is ended here. Raises BadRun when the run is
    neither queued nor running.
    """
    run = Run.open(run_id)
    grace = STOP_GRACE[method(run.spec.method).reads] if grace is None else grace
    with queue_lock():
        state = run.status().state
        if state not in ("queued", "running"):
            raise BadRun(f"the run {run_id} is {state}: there is nothing to cancel")
        run.request_stop(grace)
        if state == "queued":
            run.write_status(Status("cancelled"))
    if state == "running" and grace <= 0:
        terminate(run)


def resume(run_id: str) -> Run:
    """Put a run that was cancelled, failed or lost back into the queue; it goes on from its checkpoint, if any.

    Raises BadRun when it is running or done.
    """
    run = Run.open(run_id)
    with queue_lock():
        state = run.status().state
        if state in ("running", "done"):
            raise BadRun(f"the run {run_id} is {state}: only one that was cancelled, failed or lost can be resumed")
        run.finish_file.unlink(missing_ok=True)
        if state != "queued":
            _start_over(run)
        _append(run)
    ensure_worker()
    return run


def finish(run_id: str) -> Run:
    """Have a run finish early: it stops learning, is evaluated, and can then be used.

    A running one does so soon; one that was cancelled, failed or lost is queued again for that. With an empty
    checkpoint it goes on until there is something to keep.

    Raises BadRun when it waits or is done, or has no checkpoint.
    """
    run = Run.open(run_id)
    with queue_lock():
        state = run.status().state
        if state in ("queued", "done") or not run.checkpoint.is_dir():
            raise BadRun(f"the run {run_id} is {state} and has learned nothing yet that it could finish with")
        run.finish_file.touch()
        if state != "running":
            _start_over(run)
            _append(run)
    ensure_worker()
    return run


def delete(run_id: str) -> None:
    """Delete a run, even a damaged one. Raises BadRun when it is running or there is none."""
    folder = folder_of(run_id)
    with queue_lock():
        if _state(folder) == "running":
            raise BadRun(f"the run {run_id} is running: cancel it first")
        hidden = folder.rename(folder.with_name(f"{_DELETED}{run_id}"))
    for each in home.runs().glob(f"{_DELETED}*"):  # others are of processes that were killed as they deleted
        shutil.rmtree(each, ignore_errors=each != hidden)


def ensure_worker() -> None:
    """Start a worker if a run waits and there is none, as after a reboot. Quick: call it wherever runs are listed."""
    if not queued_runs():
        return
    with where_allowed(), queue_lock():
        if queued_runs() and not is_held(_lock_file("worker")):
            start_worker(home.runs() / "worker.log")


def is_busy() -> bool:
    """Whether a run is at work. Quick: no run is read."""
    return is_held(_lock_file("turn")) or is_held(_lock_file("worker"))


def terminate(run: Run) -> None:
    """End the process of a run, unless it is this one, and mark the run as cancelled.

    By SIGTERM, which lets it record its end, then by SIGKILL, whose effect isn't waited for: freeing gigabytes may take
    the system seconds.
    """
    process = run.process()
    if process:
        if process.pid == os.getpid():
            return
        _end_process(process)
    with queue_lock():  # the worker, which sees it end, may be recording that it is lost
        status = run.status()
        if status.state in ("running", "lost"):
            run.drop_model()
            error = "It was busy when asked to stop, so its process was ended."
            run.write_status(replace(status, state="cancelled", error=error))


def queue_lock() -> FileLock:
    """The lock of the queue, held only for as long as writing a file or two takes."""
    return _lock("queue")


def worker_lock() -> FileLock:
    """The lock of the only worker."""
    return _lock("worker")


def turn_lock() -> FileLock:
    """The lock of the only trainer at work."""
    return _lock("turn")


@contextmanager
def wait_for_turn(monitor: Monitor, tell: Callable[[], object]) -> Iterator[None]:
    """The turn of work that is in no queue, such as a point of a study: runs that wait go first.

    `tell` is called once if it has to wait. Cancelled when stopped meanwhile.
    """
    lock = turn_lock()
    waited = False
    while queued_runs() or not _acquire(lock):
        if not waited:
            tell()
            ensure_worker()
            waited = True
        monitor.check("stopped while it waited for its turn")
        time.sleep(_LOOK_EVERY)
    try:
        yield
    finally:
        lock.release()


def _lock(name: str) -> FileLock:
    home.runs().mkdir(parents=True, exist_ok=True)
    return FileLock(_lock_file(name))


def _lock_file(name: str) -> Path:
    return home.runs() / f".{name}.lock"


def _end_process(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(_GRACE)
        except psutil.TimeoutExpired:
            process.kill()


def _acquire(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


def _start_over(run: Run) -> None:
    """Remove the results of an earlier attempt; its log, its checkpoint and the checkpoint's events stay.

    The status changes last, so a kill before that changes nothing.
    """
    run.drop_model()
    shutil.rmtree(run.temporary, ignore_errors=True)
    gone = ["predictions.parquet", "left_out.parquet", "evaluation.json", "stop.json"]
    for name in gone if run.checkpoint.exists() else [*gone, "events.jsonl"]:
        (run.folder / name).unlink(missing_ok=True)
    run.write_status(Status("queued"))


def _append(run: Run) -> None:
    _write_queue([*(other.id for other in queued_runs() if other != run), run.id])


def _queued(run_id: str) -> Run | None:
    with suppress(BadRun):
        run = Run.open(run_id)
        return run if run.status().state == "queued" else None
    return None


def _state(folder: Path) -> State | None:
    try:
        return Run.at(folder).status().state
    except BadRun:
        return None


def _read_queue() -> list[str]:
    path = home.runs() / "queue.json"
    try:
        ids = read_json(path) if path.exists() else []
        return [run_id for run_id in ids if isinstance(run_id, str)]
    except (OSError, ValueError, TypeError) as error:
        _log.warning("%s is damaged (%s): the runs that waited have to be resumed", path, error)
        return []


def _write_queue(ids: Sequence[str]) -> None:
    replace_json(home.runs() / "queue.json", list(ids))
