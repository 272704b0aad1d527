"""A cache of what is opened for a run, shared by the pages, the API and all threads of a process."""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from covergenre import home
from covergenre.dataset.registry import stamp
from covergenre.dataset.starter import STARTER
from covergenre.errors import BadRun

T = TypeVar("T")


class RunCache(Generic[T]):
    """Calls `open` with the name of a run, or of the starter, and caches the `size` results that were used last.

    A starter that was built again is opened again, and so is a run that was indexed or whose data set has changed. Only
    one thread opens at a time, so that memory holds nothing twice. Everything that is open by then is excluded from
    garbage collections (`gc.freeze`): it is large and stays, and each collection would go through it while everybody
    waits.
    """

    def __init__(self, open: Callable[[str], T], size: int = 2) -> None:
        self._open = open
        self._size = size
        self._cached: OrderedDict[tuple[str, Path, int, int], T] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, run: str = STARTER) -> T:
        """What `open` gives for the run; raises what it raises."""
        with self._lock:
            key = (run, *_stamp(run))
            if key not in self._cached:
                self._cached[key] = self._open(run)
                for stale in [other for other in self._cached if other[0] == run and other != key]:
                    del self._cached[stale]
                gc.unfreeze()  # otherwise what is no longer cached could never be freed
                gc.collect()
                gc.freeze()
            self._cached.move_to_end(key)
            while len(self._cached) > self._size:
                self._cached.popitem(last=False)
            return self._cached[key]


def _stamp(run: str) -> tuple[Path, int, int]:
    """The path of a run or the starter, when it or its index was written last, and its data set (0: there is none)."""
    path = home.starter() / "card.json" if run == STARTER else home.runs() / run / "model"
    index = path.with_name("near")
    try:
        written = max(each.stat().st_mtime_ns for each in (path, index) if each == path or each.exists())
    except (OSError, ValueError):  # no such run, or a name that no file can have
        written = 0
    return path, written, 0 if run == STARTER else _dataset_stamp(run)


def _dataset_stamp(run: str) -> int:
    from covergenre.runs.record import Run

    with suppress(BadRun, ValueError):
        return stamp(Run.open(run).spec.dataset)
    return 0
