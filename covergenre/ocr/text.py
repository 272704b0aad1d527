"""The text on covers, as data and in the cache."""

import json
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from covergenre.files import replace_text

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """`confidence`, 0..1: the mean probability of its characters."""

    text: str
    confidence: float


@dataclass(frozen=True)
class CoverText:
    """The lines on a cover, from the top down; none when nothing could be read."""

    lines: tuple[Line, ...] = ()

    def __str__(self) -> str:
        return " ".join(line.text for line in self.lines)


class TextStore:
    """Texts by content hash, as lines of JSON in the files of one folder.

    Every `put` adds a file with a unique name, completely or not at all, so that a killed writer leaves what it had
    put, and any number of processes can write at once. A damaged line is ignored.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist; the first `put` makes it."""
        self._folder = folder

    def get(self) -> dict[str, CoverText]:
        """All stored texts."""
        held: dict[str, CoverText] = {}
        for path in sorted(self._folder.glob("*.jsonl")):
            for line in path.read_bytes().splitlines():
                try:
                    key, lines = json.loads(line)
                    held[str(key)] = CoverText(tuple(Line(str(text), float(sure)) for text, sure in lines))
                except (ValueError, TypeError, RecursionError) as error:
                    _log.warning("a line of %s is damaged and ignored: %s", path, error)
        return held

    def put(self, texts: Mapping[str, CoverText]) -> None:
        """Store these texts."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = [
            json.dumps([key, [[line.text, line.confidence] for line in text.lines]]) for key, text in texts.items()
        ]
        replace_text(self._folder / f"{secrets.token_hex(8)}.jsonl", "\n".join(lines) + "\n")
