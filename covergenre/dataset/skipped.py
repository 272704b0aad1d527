"""Files that a scan or an archive skips because they are not covers."""

from collections import defaultdict
from typing import Self

MAX_NAMES = 20

HIDDEN = "hidden"

_SYSTEM_NAMES = frozenset(
    {
        *("@eadir", "@tmp", "#recycle", "#snapshot", "$recycle.bin", "recycler", "recycled", "lost+found", "found.000"),
        *("system volume information", "__macosx", "network trash folder", "temporary items", "resource.frk"),
    }
)


def is_hidden(name: str) -> bool:
    """Whether a file or folder is hidden, or one that an operating system or NAS keeps for itself."""
    return name.startswith(".") or name.casefold() in _SYSTEM_NAMES


class SkippedFiles(dict[str, int]):
    """How many entries were skipped, by reason; `names` holds the first `MAX_NAMES` of each."""

    def __init__(self) -> None:
        super().__init__()
        self.names: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, reason: str, name: str) -> None:
        """Count an entry."""
        self[reason] = self.get(reason, 0) + 1
        if len(self.names[reason]) < MAX_NAMES:
            self.names[reason].append(name)

    def plus(self, other: Self) -> Self:
        """The sum of both."""
        both = type(self)()
        for each in (self, other):
            for reason, count in each.items():
                both[reason] = both.get(reason, 0) + count
                both.names[reason] = [*both.names[reason], *each.names[reason]][:MAX_NAMES]
        return both

    def summary(self) -> str:
        """ "2 skipped: hidden; 1 skipped: not an image", or "it is empty"."""
        return "; ".join(f"{count} skipped: {reason}" for reason, count in self.items()) or "it is empty"
