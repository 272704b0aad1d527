"""Long work for a page: it runs in a thread that knows nothing of the page, which asks how far it is."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from covergenre.errors import Cancelled, CoverGenreError, in_words
from covergenre.formatting import time_left
from covergenre.progress import Monitor, Progress

Work = Callable[[Monitor], Any]

_log = logging.getLogger(__name__)


class Job:
    """Work under way or ended: `state` is running, done, stopped or failed; `error` says why it failed,
    or what a stop kept.

    `about` tells what it works on from what that becomes later.
    """

    def __init__(self, title: str, work: Work, about: int = 0) -> None:
        self.title = title
        self.about = about
        self.state = "running"
        self.error = ""
        self.result: Any = None
        self.progress: Progress | None = None
        self._since = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(work,), name=title, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is still under way."""
        return self.state == "running"

    @property
    def share(self) -> float:
        """How much of the present step is done, 0-1."""
        return self.progress.done / self.progress.total if self.progress and self.progress.total else 0.0

    @property
    def words(self) -> str:
        """How far it is, and how long the present step still takes."""
        if not self.progress:
            return f"{self.title}."
        now = self.progress
        left = time_left(now.done, now.total, time.monotonic() - self._since) if now.done < now.total else ""
        return f"{self.title}: {now.what}, {now.done:,} of {now.total:,}. {left}".strip()

    def stop(self) -> None:
        """Ask it to stop; it does so soon."""
        self._stop.set()

    def wait(self, seconds: float = 180) -> None:
        """Wait until it has ended, or for so many seconds."""
        self._thread.join(seconds)

    def _run(self, work: Work) -> None:
        try:
            self.result = work(Monitor(self._listen, self._stop.is_set))
            self.state = "done"
        except Cancelled as stop:
            self.error, self.state = in_words(stop), "stopped"
        except (CoverGenreError, OSError) as error:
            self.error, self.state = in_words(error), "failed"
        except Exception:
            _log.exception("%s failed", self.title)
            self.error, self.state = "something went wrong that we did not foresee; the log tells more", "failed"

    def _listen(self, progress: Progress) -> None:
        if not self.progress or progress.what != self.progress.what:
            self._since = time.monotonic()
        self.progress = progress


class Jobs:
    """The jobs of all visitors, by name: one of each."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def get(self, name: str, about: int = 0) -> Job | None:
        """The job of this name, if there was one about this since it was forgotten."""
        job = self._jobs.get(name)
        return job if job and job.about == about else None

    def start(self, name: str, title: str, work: Work, about: int = 0) -> Job:
        """Begin the work, unless it is under way already; that about something else is stopped."""
        with self._lock:
            job = self._jobs.get(name)
            if not job or not job.running or job.about != about:
                if job:
                    job.stop()
                job = self._jobs[name] = Job(title, work, about)
            return job

    def forget(self, name: str) -> None:
        """Stop the job of this name, and speak of it no more."""
        with self._lock:
            if job := self._jobs.pop(name, None):
                job.stop()
