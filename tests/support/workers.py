"""Processes that train while a test looks on."""

import time
from collections.abc import Callable

import psutil

from covergenre.runs import launch
from covergenre.runs.record import Run

# These tests share the processors with real processes; this is for the slowest machine, none of them waits for it.
TIMEOUT = 180.0

QUICK_PARAMETERS = {"metric": "cosine", "k": 3, "vote_temperature": 0.07}
"""Parameters of nearest neighbours that leave nothing to choose."""


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, "it didn't become true"
        time.sleep(0.05)


def state(run: Run) -> str:
    return run.status().state


def is_idle() -> bool:
    """Whether no run waits and the worker has gone."""
    return not launch.queued_runs() and not child_processes()


def child_processes(word: str = "covergenre.worker") -> list[psutil.Process]:
    """The workers and trainers that descend from this test and have `word` on their command line."""
    return [process for process in psutil.Process().children(recursive=True) if word in command_line(process)]


def command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
