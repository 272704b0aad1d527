"""What is opened once for a whole process and shared by all who ask: pages, API, threads."""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from covergenre import home
from covergenre.dataset.starter import STARTER

T = TypeVar("T")


class RunCache(Generic[T]):
    """Opens things by the name of a run or of the starter, and keeps the `most` that were asked for last.

    What they were opened from is looked at each time: a starter that was built again is opened again. One at a time is
    opened, so that two who ask at once do not hold it twice.

    What is open by then is left out of garbage collections from there on (`gc.freeze`): it is large, it stays, and each
    collection would go through it while everybody waits.
    """

    def __init__(self, open: Callable[[str], T], most: int = 2) -> None:
        self._open = open
        self._most = most
        self._kept: OrderedDict[tuple[str, Path, int], T] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, run: str = STARTER) -> T:
        """The thing of a run; raises what opening it raises."""
        with self._lock:
            key = (run, *_stamp(run))
            if key not in self._kept:
                self._kept[key] = self._open(run)
                for stale in [other for other in self._kept if other[0] == run and other != key]:
                    del self._kept[stale]
                gc.unfreeze()  # or what is no longer kept could never go
                gc.collect()
                gc.freeze()
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return self._kept[key]


def _stamp(run: str) -> tuple[Path, int]:
    """Where a run or the starter is, and when it or its index was made (0: nowhere)."""
    path = home.starter() / "card.json" if run == STARTER else home.runs() / run / "model"
    index = path.with_name("near")
    try:
        return path, max(each.stat().st_mtime_ns for each in (path, index) if each == path or each.exists())
    except (OSError, ValueError):  # no such run, or a name that no file can have
        return path, 0
