"""How long work talks: it reports progress and asks whether to stop; it never prints."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


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
