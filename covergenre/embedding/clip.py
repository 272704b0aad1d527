"""CLIP: a network whose vectors of pictures and of texts can be compared.

It learned from pictures and their captions (Radford et al., Learning Transferable Visual Models From Natural Language
Supervision, ICML 2021). open_clip, an optional package, runs it on torch. A process that answers visitors should not
hold torch, so `ClipProcess` runs `python -m covergenre.embedding.clip`: a request is a line of JSON on stdin, followed
by pixels where it is about covers; the answer is a line of JSON on stdout, followed by vectors.
"""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image

from covergenre import home, hub
from covergenre.digests import sha256
from covergenre.errors import NoWeights
from covergenre.progress import SILENT, Monitor
from covergenre.vectors import unit_rows

PACKAGE = "open_clip_torch"
"""The package to install with pip; its licence is MIT."""

MODEL = "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"
"""The network's name on the Hugging Face hub; its weights are under the MIT licence."""

MEGABYTES = 605
"""The size of the weights."""

_FILES = "open_clip_config.json", "open_clip_model.safetensors"
_opening = threading.Lock()
_processes: dict[Path, "ClipProcess"] = {}


def installed() -> bool:
    """Whether the package is installed; the weights may still have to be fetched."""
    return find_spec("open_clip") is not None


def weights_folder() -> Path:
    """Where the two files of the network are fetched to, or put by hand under the names they have on the hub."""
    return home.home() / "words"


def fetch_weights(monitor: Monitor = SILENT) -> None:
    """Fetch the two files of the network to `weights_folder()`; raises as `hub.fetch` does."""
    for name in _FILES:
        hub.fetch(MODEL, name, weights_folder() / name, monitor)


def has_weights() -> bool:
    """Whether the weights are on this machine."""
    return _folder() is not None


class ClipModel:
    """The network in this process. Thread-safe."""

    def __init__(self, model: Any, preprocess: Any, tokenize: Any, key: str) -> None:
        """`key` names the network in the cache of vectors."""
        self._model, self._preprocess, self._tokenize = model, preprocess, tokenize
        self.key = key

    @classmethod
    def open(cls) -> "ClipModel":
        """The network from `weights_folder()` or else the hub's own cache, loaded once.

        Raises NoWeights when the package or the weights are missing, or the weights are damaged.
        """
        _check_installed()
        with _opening:
            folder = _folder()
            if folder is None:
                raise _no_weights("it was not fetched yet")
            files = [folder / name for name in _FILES]
            return _load(tuple((file, file.stat().st_size, file.stat().st_mtime_ns) for file in files))

    def encode_text(self, text: str) -> np.ndarray:
        """The vector of a text, of length 1: float32 (e,)."""
        import torch

        with torch.inference_mode():
            return unit_rows(self._model.encode_text(self._tokenize([text])).float().numpy())[0]

    def encode_covers(self, covers: Sequence[Image.Image]) -> np.ndarray:
        """The vectors of RGB covers, of length 1: float32 (n, e)."""
        import torch

        with torch.inference_mode():
            pixels = torch.stack([self._preprocess(cover) for cover in covers])
            return unit_rows(self._model.encode_image(pixels).float().numpy())


class ClipProcess:
    """A `ClipModel` in a child process, which ends with this one. Thread-safe; requests are answered one at a time."""

    def __init__(self) -> None:
        self._process: Any = subprocess.Popen(  # Any, because the type of `Popen` doesn't say that both pipes exist
            home.child_command(__name__), env=home.child_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._lock = threading.Lock()

    @classmethod
    def open(cls) -> "ClipProcess":
        """The process for the current home, started if there is none. Raises NoWeights as `ClipModel.open` does."""
        _check_installed()
        with _opening:
            process = _processes.get(home.home())
            if process is None or process._process.poll() is not None:
                process = _processes[home.home()] = cls()
        process.key  # noqa: B018 (raises when the network can't be loaded)
        return process

    @property
    def key(self) -> str:
        """See `ClipModel`. Raises NoWeights when the network can't be loaded."""
        return self._request({"key": True})[0]["key"]

    def encode_text(self, text: str) -> np.ndarray:
        """See `ClipModel`."""
        return self._request({"text": text})[1][0]

    def encode_covers(self, covers: Sequence[Image.Image]) -> np.ndarray:
        """See `ClipModel`."""
        return self._request({"covers": [cover.size for cover in covers]}, *(cover.tobytes() for cover in covers))[1]

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()

    def _request(self, request: dict[str, Any], *pixels: bytes) -> tuple[dict[str, Any], np.ndarray]:
        with self._lock:
            try:
                _send(self._process.stdin, request, *pixels)
                answer = json.loads(self._process.stdout.readline())
                n, width = answer.get("shape", (0, 0))
                vectors = np.frombuffer(self._process.stdout.read(4 * n * width), np.float32).reshape(n, width)
            except (OSError, ValueError) as error:
                self._process.kill()
                raise NoWeights("the process that compares pictures and texts has ended: try again") from error
        if "error" in answer:
            raise NoWeights(answer["error"])
        return answer, vectors


def main() -> None:
    """Answer requests until stdin ends; what libraries print goes to stderr."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while line := requests.readline():
        request = json.loads(line)
        sizes = request.get("covers", ())
        covers = [Image.frombytes("RGB", size, requests.read(3 * size[0] * size[1])) for size in sizes]
        try:
            model = ClipModel.open()
            if "key" in request:
                _send(answers, {"key": model.key})
                continue
            vectors = (
                model.encode_text(request["text"])[np.newaxis] if "text" in request else model.encode_covers(covers)
            )
            _send(answers, {"shape": vectors.shape}, np.ascontiguousarray(vectors, np.float32).tobytes())
        except NoWeights as error:
            _send(answers, {"error": str(error)})


def _send(stream: IO[bytes], line: dict[str, Any], *parts: bytes) -> None:
    stream.write(json.dumps(line).encode() + b"\n" + b"".join(parts))
    stream.flush()


def _check_installed() -> None:
    if not installed():
        raise NoWeights(f"searching covers by a description needs {PACKAGE}: run pip install {PACKAGE}")


def _folder() -> Path | None:
    """The folder that holds the network's files: the user's, or that of the hub's own cache."""
    if all((weights_folder() / name).is_file() for name in _FILES):
        return weights_folder()
    from huggingface_hub import try_to_load_from_cache

    cached = [path for name in _FILES if isinstance(path := try_to_load_from_cache(MODEL, name), str)]
    return Path(cached[0]).parent if len(cached) == len(_FILES) else None


@lru_cache(maxsize=1)
def _load(stamps: tuple[tuple[Path, int, int], ...]) -> ClipModel:
    """The network in these files; a change of their size or time loads it again."""
    import open_clip

    digest = hashlib.sha256()
    try:
        for path, *_ in stamps:
            digest.update(bytes.fromhex(sha256(path)))
        source = f"local-dir:{stamps[0][0].parent}"
        model, preprocess = open_clip.create_model_from_pretrained(source)
        return ClipModel(model.eval(), preprocess, open_clip.get_tokenizer(source), f"words-{digest.hexdigest()[:12]}")
    except Exception as error:  # Readers of damaged files raise errors of every kind.
        raise _no_weights((str(error).strip().splitlines() or [type(error).__name__])[0][:200]) from error


def _no_weights(why: str) -> NoWeights:
    return NoWeights(
        f"the network that compares pictures and texts is not available ({why}): run covergenre networks fetch words, "
        f"or put {' and '.join(_FILES)} of {MODEL} into {weights_folder()}"
    )


if __name__ == "__main__":
    main()
