"""How long work reports its progress and asks whether to stop; it never prints."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from covergenre.errors import Cancelled

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_THREADS = min(4, os.cpu_count() or 1)  # a cover of the largest size allowed takes 150 MB as pixels


@dataclass(frozen=True)
class Progress:
    """`done` of `total` steps of `what`; `metrics` are figures worth drawing as they come (a loss, an accuracy)."""

    done: int
    total: int
    what: str
    metrics: Mapping[str, float] = field(default_factory=dict)


def _ignore(progress: Progress) -> None:
    """The listener of a caller who doesn't follow."""


def _never() -> bool:
    return False


@dataclass(frozen=True)
class Monitor:
    """What a caller gives to long work: `listener` hears of its progress, `should_stop` says whether it is to stop."""

    listener: Callable[[Progress], None] = _ignore
    should_stop: Callable[[], bool] = _never

    def report(self, done: int, total: int, what: str, metrics: Mapping[str, float] | None = None) -> None:
        """Tell the listener: see `Progress`."""
        self.listener(Progress(done, total, what, metrics or {}))

    def check(self, message: str = "stopped on request") -> None:
        """Raise Cancelled with this message when the caller wants the work to stop."""
        if self.should_stop():
            raise Cancelled(message)

    def steps(self, items: Collection[_Item], what: str, kept: str, unit: str = "covers") -> Iterator[_Item]:
        """The items one by one, reported as steps of `what`.

        Raises Cancelled between two of them when the caller wants to stop; its message counts them in `unit` and ends
        with `kept`, which says what becomes of the work done so far.
        """
        total = len(items)
        for done, item in enumerate(items):
            self.report(done, total, what)
            self.check(f"stopped after {done:,} of {total:,} {unit}; {kept}")
            yield item
        self.report(total, total, what)

    def map(
        self, function: Callable[[_Item], _Result], items: Sequence[_Item], what: str, kept: str
    ) -> Iterator[_Result]:
        """`function` of each item, in their order, computed by a few threads (Pillow releases the GIL).

        Reports and stops as `steps` does.
        """
        pool = ThreadPoolExecutor(_THREADS)
        try:
            results = pool.map(function, items)
            for _ in self.steps(items, what, kept):
                yield next(results)
        finally:
            pool.shutdown(cancel_futures=True)


SILENT = Monitor()
"""Of a caller who neither follows nor stops the work."""
