"""Worker processes that a test starts and watches."""

import time
from collections.abc import Callable

import psutil

from covergenre.runs import launch
from covergenre.runs.record import Run

# Seconds. For the slowest machine: on others no test waits that long.
TIMEOUT = 180.0

QUICK_PARAMETERS = {"metric": "cosine", "k": 3, "vote_temperature": 0.07}
"""Parameters of nearest neighbours that leave nothing to be tuned."""


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for a condition to become true."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, "the condition did not become true"
        time.sleep(0.05)


def state(run: Run) -> str:
    return run.status().state


def is_idle() -> bool:
    """Whether no run is queued and the worker has exited."""
    return not launch.queued_runs() and not child_processes()


def child_processes(word: str = "covergenre.worker") -> list[psutil.Process]:
    """The workers and trainers that descend from this test and have `word` on their command line."""
    return [process for process in psutil.Process().children(recursive=True) if word in command_line(process)]


def command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
