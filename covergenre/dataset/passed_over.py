"""What is no cover, and what was passed over because of it: one list for folders and archives."""

from collections import defaultdict
from typing import Self

MOST_NAMED = 20

HIDDEN = "hidden"

_OF_SYSTEMS = frozenset(
    {
        *("@eadir", "@tmp", "#recycle", "#snapshot", "$recycle.bin", "recycler", "recycled", "lost+found", "found.000"),
        *("system volume information", "__macosx", "network trash folder", "temporary items", "resource.frk"),
    }
)


def is_hidden(name: str) -> bool:
    """Whether a file or folder is one that a system keeps for itself and shows to nobody."""
    return name.startswith(".") or name.casefold() in _OF_SYSTEMS


class PassedOver(dict[str, int]):
    """How many entries were passed over, by reason; `names` has the first `MOST_NAMED` of each."""

    def __init__(self) -> None:
        super().__init__()
        self.names: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, reason: str, name: str) -> None:
        """Count an entry."""
        self[reason] = self.get(reason, 0) + 1
        if len(self.names[reason]) < MOST_NAMED:
            self.names[reason].append(name)

    def plus(self, other: Self) -> Self:
        """These and those of `other`."""
        both = type(self)()
        for each in (self, other):
            for reason, count in each.items():
                both[reason] = both.get(reason, 0) + count
                both.names[reason] = [*both.names[reason], *each.names[reason]][:MOST_NAMED]
        return both

    def in_words(self) -> str:
        """ "2 passed over: hidden; 1 passed over: not an image", or that there was nothing."""
        return "; ".join(f"{count} passed over: {reason}" for reason, count in self.items()) or "it is empty"
