"""The cache of vectors: a folder of shards, each written once and never changed."""

import logging
import os
import secrets
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from covergenre.files import NOT_ALLOWED, replace_arrays

MANY = 50_000
"""The most vectors that `VectorStore.get` returns in memory; more are memory-mapped."""

_log = logging.getLogger(__name__)


class VectorStore:
    """Vectors by key in the .npz files of one folder, all of one width.

    Every `put` adds a shard with a unique name, completely or not at all, so that a killed writer leaves what it had
    put, and any number of processes can write at once without a lock. A damaged shard is ignored.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist; the first `put` makes it."""
        self._folder = folder

    def get(self, keys: Sequence[str], width: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Which keys are stored, bool (n,), and their vectors, float32 (n, width), zeros for those that are not.

        `width`: how many of the first numbers are wanted; None: all. It is 0 when no key is stored. More than `MANY`
        vectors are memory-mapped from an anonymous file that is removed with the array; they are writable.
        """
        found, vectors = np.zeros(len(keys), bool), np.zeros((len(keys), 0), np.float32)
        for rows, part in self.parts(keys):
            if not vectors.shape[1]:
                vectors = self._room(len(keys), part[:, :width].shape[1])
            found[rows], vectors[rows] = True, part[:, :width]
        return found, vectors

    def holds(self, keys: Sequence[str]) -> np.ndarray:
        """Which keys are stored: bool (n,). Every shard is read, one in memory at a time."""
        found = np.zeros(len(keys), bool)
        for rows, _ in self.parts(keys):
            found[rows] = True
        return found

    def parts(self, keys: Sequence[str]) -> Iterator[tuple[list[int], np.ndarray]]:
        """Shard by shard, the positions of the keys that it holds, and their vectors: float32 (m, width)."""
        first: dict[str, int] = {}
        again = defaultdict(list)
        for position, key in enumerate(keys):
            if first.setdefault(key, position) != position:
                again[key].append(position)
        for held, shard in self._shards():
            hits = [
                (position, row)
                for row, key in enumerate(held)
                if key in first
                for position in (first[key], *again.get(key, ()))
            ]
            yield [position for position, _ in hits], shard[[row for _, row in hits]]

    def put(self, keys: Sequence[str], vectors: np.ndarray) -> None:
        """Store the vectors (n, width) of n keys."""
        self._folder.mkdir(parents=True, exist_ok=True)
        shard = self._folder / f"{secrets.token_hex(8)}.npz"
        replace_arrays(shard, keys=np.asarray(keys, np.str_), vectors=np.asarray(vectors, np.float32))

    def _room(self, n: int, width: int) -> np.ndarray:
        """Zeros, float32 (n, width); many in a file, allocated at once so that a full disk is noticed here."""
        if n <= MANY:
            return np.zeros((n, width), np.float32)
        try:
            with tempfile.TemporaryFile(dir=self._folder) as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, 4 * n * width)
                return np.asarray(np.memmap(file, np.float32, "w+", shape=(n, width)))
        except OSError as error:
            if error.errno not in NOT_ALLOWED:
                raise
            return np.zeros((n, width), np.float32)

    def _shards(self) -> Iterator[tuple[list[str], np.ndarray]]:
        width = None
        for path in sorted(self._folder.glob("*.npz")):
            try:
                keys, vectors = _read(path)
                if vectors.shape[1] != (width or vectors.shape[1]):
                    raise ValueError(f"its vectors are {vectors.shape[1]} wide, others {width}")
            except Exception as error:  # A damaged archive brings any exception out of its reader.
                _log.warning("the shard %s is damaged and ignored: %s", path, error)
                continue
            width = vectors.shape[1]
            yield keys, vectors


def _read(path: Path) -> tuple[list[str], np.ndarray]:
    with np.load(path, allow_pickle=False) as stored:
        keys, vectors = stored["keys"], stored["vectors"]
    if keys.ndim != 1 or vectors.ndim != 2 or len(keys) != len(vectors) or vectors.dtype != np.float32:
        raise ValueError("it doesn't hold one float32 vector a key")
    return keys.tolist(), vectors
