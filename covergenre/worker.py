"""The processes in the background: python -m covergenre.worker [RUN | study STUDY | collect NAME]

Without an argument it is the worker, which starts a trainer for each run of the queue, one after the other. With a run
it is a trainer, which executes that run and ends: a process of its own, because it may be killed or run out of memory
without harm to the queue. With a study it computes that study, with the name of a collection it collects that; their
errors go to their log.txt.
"""

import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from filelock import FileLock, Timeout

from covergenre.background import LOCK_SECONDS, worker_command
from covergenre.errors import BadRun, CoverGenreError, in_words, stop_behind
from covergenre.files import is_full
from covergenre.runs import launch
from covergenre.runs.record import Run

_log = logging.getLogger(__name__)

_LOOK_EVERY = 0.25  # seconds between looks at a run's deadline
_NICE = 10  # pages and predictions have priority


def work() -> None:
    """Work off the queue, unless another worker does."""
    lock = launch.worker_lock()
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        return
    while run := _next(lock):
        began, trainer = time.time(), subprocess.Popen(worker_command(run.id))
        with suppress(BadRun):  # deleted or damaged meanwhile
            _wait_for(run, trainer)
        code = trainer.wait()
        try:
            _record_end(run, code, began)
        except BadRun:
            continue
        except OSError as error:  # a full disk: the runs wait until somebody looks for them
            _log.error("%s", in_words(error))
            return


def train(run_id: str) -> None:
    """Execute a run, if it is still queued once no other trainer is at work."""
    with suppress(CoverGenreError, KeyboardInterrupt), launch.turn_lock():
        from covergenre.training.train import execute

        run = Run.open(run_id)
        if run.status().state == "queued":
            with _temporary_files(run):
                execute(run)


def do(kind: str, name: str) -> None:
    """Compute a study or collect a collection. An error is logged in one line, an unforeseen one with its traceback."""
    try:
        if kind == "study":
            from covergenre.studies.record import open_study
            from covergenre.studies.study import compute

            compute(open_study(name))
        else:
            from covergenre.collecting.collect import carry_out
            from covergenre.collecting.record import open_plan

            carry_out(open_plan(name))
    except BaseException as error:
        stop = stop_behind(error)
        _log.error("%s", in_words(stop or error), exc_info=not (stop or isinstance(error, (CoverGenreError, OSError))))


@contextmanager
def _temporary_files(run: Run) -> Iterator[None]:
    """Have temporary files in the run's folder, so that they go with it if this process is killed."""
    folder = run.temporary
    folder.mkdir(exist_ok=True)
    tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _next(lock: FileLock) -> Run | None:
    """The next waiting run. Without one the lock is released before the queue can change, so no run is overlooked."""
    with launch.queue_lock():
        run = next(iter(launch.queued_runs()), None)
        if run is None:
            lock.release()
        return run


def _wait_for(run: Run, trainer: subprocess.Popen) -> None:
    """Wait for the trainer, and end it when the deadline of a requested stop has passed."""
    while trainer.poll() is None:
        with suppress(subprocess.TimeoutExpired):
            trainer.wait(_LOOK_EVERY)
        if trainer.returncode is None and run.grace_expired():
            launch.terminate(run)


def _record_end(run: Run, code: int, began: float) -> None:
    """Record the end of a trainer that didn't do so itself.

    A run that was queued again since it `began` is left to its next trainer.
    """
    with launch.queue_lock():
        status = run.status()
        if status.state == "queued" and status.updated < began:
            error = f"Its process {_ending(code)} before it began; worker.log beside the runs may say why."
            run.write_status(replace(status, state="failed", error=error))
        elif status.state == "lost":
            shutil.rmtree(run.temporary, ignore_errors=True)
            why = "the disk is full: make room, then resume it" if is_full(run.folder) else "log.txt has its last words"
            run.write_status(replace(status, error=f"Its process {_ending(code)}; {why}."))


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    name = signal.Signals(-code).name
    return f"was ended by {name}" + (" (as when memory runs out)" if name == "SIGKILL" else "")


def _begin() -> None:
    signal.signal(signal.SIGTERM, _stop)
    os.nice(_NICE)


def _stop(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 (as the signal module calls it)
    """Interrupt the work, by what no `except Exception` takes for an error of the file it reads."""
    raise KeyboardInterrupt("it was busy when asked to stop, so its process was told to end")


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            work()
        case [kind, name]:
            _begin()
            do(kind, name)
        case [run_id]:
            _begin()
            train(run_id)
