"""The cache of texts: a folder of JSON lines, each file written once and never changed."""

import json
import logging
import secrets
from collections.abc import Mapping
from pathlib import Path

from covergenre.files import replace_text
from covergenre.reading.text import Line, ReadText

_log = logging.getLogger(__name__)


class TextStore:
    """What is written on covers, by the content hash of each.

    Every `put` adds a file under a name of its own, whole or not at all: a killed writer leaves what it had put, and
    any number of processes may write at once. A damaged line is passed over, as if it had never been put.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist; the first `put` makes it."""
        self._folder = folder

    def get(self) -> dict[str, ReadText]:
        """All that is held."""
        held: dict[str, ReadText] = {}
        for path in sorted(self._folder.glob("*.jsonl")):
            for line in path.read_bytes().splitlines():
                try:
                    key, lines = json.loads(line)
                    held[str(key)] = ReadText(tuple(Line(str(text), float(sure)) for text, sure in lines))
                except (ValueError, TypeError, RecursionError) as error:
                    _log.warning("a line of %s is damaged and passed over: %s", path, error)
        return held

    def put(self, texts: Mapping[str, ReadText]) -> None:
        """Keep these texts."""
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = [
            json.dumps([key, [[line.text, line.confidence] for line in text.lines]]) for key, text in texts.items()
        ]
        replace_text(self._folder / f"{secrets.token_hex(8)}.jsonl", "\n".join(lines) + "\n")
