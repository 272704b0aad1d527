"""The journal of a run at work: its status, its metrics, its log and the time left."""

import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import psutil

from covergenre.errors import in_words, stop_behind
from covergenre.progress import SILENT, Monitor, Progress
from covergenre.runs.record import Event, Run, Status
from covergenre.runs.schema import State

logger = logging.getLogger(__name__)

STEPS = 1000  # of a whole run
_SECONDS_BETWEEN_WRITES = 0.5
_SECONDS_BEFORE_ETA = 1.0


class Meter:
    """Combines the progress of several phases into one fraction that never decreases.

    The time left is extrapolated from the speed of the present phase since its first report, because a resumed phase
    begins with work that was done before.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.fraction = 0.0
        self._clock = clock
        self.enter(1.0)

    def enter(self, until: float) -> None:
        """Begin the phase that ends at the fraction `until` of the whole."""
        self._start, self._end = self.fraction, until
        self._first: tuple[float, float] | None = None

    def update(self, progress: Progress) -> None:
        """Count progress in the present phase."""
        share = min(1.0, progress.done / progress.total) if progress.total > 0 else 0.0
        self.fraction = max(self.fraction, self._start + share * (self._end - self._start))
        self._first = self._first or (self._clock(), self.fraction)

    def seconds_left(self) -> float | None:
        """Seconds to the end of the whole; None while unknown."""
        if self._first is None:
            return None
        seconds, gained = self._clock() - self._first[0], self.fraction - self._first[1]
        return None if seconds < _SECONDS_BEFORE_ETA or gained <= 0 else seconds * (1.0 - self.fraction) / gained


class Journal:
    """Records the progress of a run and passes it on, combined into one; made by `open_journal`."""

    def __init__(self, run: Run, monitor: Monitor) -> None:
        process = psutil.Process()
        self._run, self._monitor, self._meter = run, monitor, Meter()
        self._process = {"pid": process.pid, "pid_started": process.create_time(), "started": time.time()}
        self._what, self._written = "", 0.0
        self.enter = self._meter.enter
        self.write("running")

    def report(self, progress: Progress) -> None:
        """Record progress in the present phase: the listener of the work."""
        self._meter.update(progress)
        self._what = progress.what
        if progress.metrics:
            figures = {name: float(x) if math.isfinite(x) else None for name, x in progress.metrics.items()}
            self._run.append_event(Event(progress.what, progress.done, progress.total, figures))
        if time.monotonic() - self._written > _SECONDS_BETWEEN_WRITES:
            self.write("running")
        self._monitor.report(int(STEPS * self._meter.fraction), STEPS, progress.what, progress.metrics)

    def write(self, state: State, error: str = "") -> None:
        """Write the present status."""
        done = STEPS if state == "done" else int(STEPS * self._meter.fraction)
        eta = self._meter.seconds_left() if state == "running" else None
        self._run.write_status(Status(state, done, STEPS, self._what, eta, error=error, **self._process))
        self._written = time.monotonic()


@contextmanager
def open_journal(run: Run, monitor: Monitor = SILENT) -> Iterator[Journal]:
    """Keep the journal of `run` while the block works; its end is recorded, and its error raised again.

    After an error the model is removed first, which also makes room on a full disk.
    """
    with _log(run):
        journal = Journal(run, monitor)
        try:
            yield journal
            journal.write("done")
        except BaseException as error:
            run.drop_model()
            _end_badly(journal, error)
            raise


def _end_badly(journal: Journal, error: BaseException) -> None:
    stop = stop_behind(error)
    logger.log(logging.INFO if stop else logging.ERROR, "The run did not end well", exc_info=None if stop else error)
    try:
        journal.write("cancelled" if stop else "failed", in_words(stop or error))
    except OSError:
        logger.exception("The end could not be written down; the run will read as lost")


class _Log(logging.FileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Ignore errors: on a full disk a more telling one is raised elsewhere."""


@contextmanager
def _log(run: Run) -> Iterator[None]:
    library = logging.getLogger("covergenre")
    level, handler = library.level, _Log(run.folder / "log.txt", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    library.addHandler(handler)
    library.setLevel(logging.INFO)
    try:
        yield
    finally:
        library.setLevel(level)
        library.removeHandler(handler)
        with suppress(OSError):
            handler.close()
