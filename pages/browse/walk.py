"""The walk from cover to cover: the current one and the trail, kept in the address so that it can be shared."""

from collections.abc import Callable
from dataclasses import dataclass

_LONGEST = 12  # steps; an address can't grow for ever


@dataclass(frozen=True)
class Walk:
    """The key of the current cover ("" for none), and those of the covers before it, in order."""

    cover: str = ""
    trail: tuple[str, ...] = ()

    def to(self, cover: str) -> "Walk":
        """On to another cover ("" for none)."""
        if cover == self.cover:
            return self
        trail = (*self.trail, self.cover) if self.cover else self.trail
        return Walk(cover, trail[-_LONGEST:])

    def back_to(self, step: int) -> "Walk":
        """Back to a step of the trail; what came after it is forgotten."""
        return Walk(self.trail[step], self.trail[:step])

    def among(self, known: Callable[[str], bool]) -> "Walk":
        """The walk without covers that no longer exist."""
        return Walk(self.cover if known(self.cover) else "", tuple(filter(known, self.trail)))
