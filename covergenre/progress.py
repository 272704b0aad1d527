"""How long work talks: it reports progress and asks whether to stop; it never prints."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from covergenre.errors import Cancelled

_One = TypeVar("_One")
_Result = TypeVar("_Result")

_THREADS = min(4, os.cpu_count() or 1)  # a cover of the largest size allowed takes 150 MB as pixels


@dataclass(frozen=True)
class Progress:
    """`done` of `total` steps of `what`; `metrics` are figures worth drawing as they come (a loss, an accuracy)."""

    done: int
    total: int
    what: str
    metrics: Mapping[str, float] = field(default_factory=dict)


Report = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


def silent(progress: Progress) -> None:
    """The report of a caller who doesn't listen."""


def never() -> bool:
    """The stop request of a caller who never stops."""
    return False


def each(
    work: Callable[[_One], _Result],
    items: Sequence[_One],
    what: str,
    report: Report,
    should_stop: ShouldStop,
    kept: str,
) -> Iterator[_Result]:
    """What `work` makes of each of the items, in their order, by a few threads, because Pillow lets others run.

    `what` is reported, `kept` is what Cancelled says of what was made, when stopped.
    """
    pool = ThreadPoolExecutor(_THREADS)
    try:
        for done, result in enumerate(pool.map(work, items)):
            if should_stop():
                raise Cancelled(f"stopped after {done} of {len(items)} covers; {kept}")
            yield result
            report(Progress(done + 1, len(items), what))
    finally:
        pool.shutdown(cancel_futures=True)
