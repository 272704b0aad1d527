"""Processes in the background, which outlive the server or shell that started them.

Each holds a lock while it works. The system releases a lock when its process ends, however it ends, so a lock that is
held means that its process is alive. All of them run `worker`.
"""

import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from filelock import FileLock, Timeout

from covergenre import home
from covergenre.errors import CoverGenreError
from covergenre.files import where_allowed

LOCK_SECONDS = 1.0
"""How long to try to take a lock that `is_held` may hold for a moment."""

_LOOK_SECONDS = 0.02  # two that look at once don't take each other for the process at work


def worker_command(*arguments: str) -> Sequence[str]:
    """The command line of `worker`."""
    return home.child_command("covergenre.worker", *arguments)


def start_worker(log: Path, *arguments: str) -> None:
    """Start `worker` in a session of its own, with this home and package; its output is appended to `log`."""
    with log.open("ab") as written:
        subprocess.Popen(
            worker_command(*arguments),
            env=home.child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )


def is_held(lock: Path) -> bool:
    """Whether a process holds the lock of this file."""
    if not lock.exists():
        return False
    try:
        with where_allowed(), FileLock(lock).acquire(_LOOK_SECONDS, poll_interval=0.005):
            return False
    except Timeout:
        return True
    return False


class Workplace(ABC):
    """What one process at a time works on, in a folder: a study, or a collection.

    .lock     held by the process at work
    stop      there once that was asked to stop
    log.txt   the output of those in the background
    """

    kind: ClassVar[str]
    """Its command of `worker`, whose argument is the name of the folder."""

    @property
    @abstractmethod
    def folder(self) -> Path:
        """The folder, which may not exist."""

    @abstractmethod
    def save(self) -> None:
        """Write to the folder what is to be done."""

    def prepare(self) -> None:
        """Save it, and withdraw an earlier request to stop. CoverGenreError when a process works on it."""
        if self.is_running():
            raise self._busy()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "stop").unlink(missing_ok=True)
        self.save()

    def start(self) -> None:
        """Start a process that works on it, once it is prepared."""
        start_worker(self.folder / "log.txt", self.kind, self.folder.name)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Be the one process that works on it while the block lasts. CoverGenreError when another is."""
        try:
            lock = FileLock(self.folder / ".lock").acquire(LOCK_SECONDS)
        except Timeout as error:
            raise self._busy() from error
        with lock:
            yield

    def is_running(self) -> bool:
        """Whether a process works on it."""
        return is_held(self.folder / ".lock")

    def request_stop(self) -> None:
        """Ask the process to stop, which it does soon."""
        (self.folder / "stop").touch()

    def stop_requested(self) -> bool:
        """Whether the process was asked to stop."""
        return (self.folder / "stop").exists()

    def _busy(self) -> CoverGenreError:
        return CoverGenreError(f"another process works on {self.folder.name}: wait for it, or stop it")
