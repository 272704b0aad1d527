"""Covers found by a description of what they show, such as "dark fortress at night", with CLIP.

The vectors of covers are computed once and cached like all others. Covers without a picture can't be found this way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from PIL import Image

from covergenre import home, images
from covergenre.collection.collection import Collection
from covergenre.embedding.clip import ClipModel, ClipProcess
from covergenre.embedding.store import VectorStore
from covergenre.errors import BadImage
from covergenre.progress import SILENT, Monitor
from covergenre.vectors import smallest

_BATCH = 16


@dataclass(frozen=True)
class TextSearch:
    """The covers of a collection that a description can find.

    `rows` (n,) of the covers that have a vector, their `vectors` (n, e), and the rows of those `missing` one although
    they have a picture.
    """

    model: ClipModel | ClipProcess
    rows: np.ndarray
    vectors: np.ndarray
    missing: np.ndarray

    @classmethod
    def open(cls, collection: Collection, model: ClipModel | ClipProcess) -> Self:
        """The search with the vectors that are cached so far."""
        found, vectors = _store(model).get(collection.hashes.tolist())
        has_picture = np.array([file is not None for file in collection.files()], bool)
        return cls(model, np.flatnonzero(found), vectors[found], np.flatnonzero(has_picture & ~found))

    def search(self, text: str, k: int, among: Iterable[int]) -> list[tuple[int, float]]:
        """The rows and similarities of the `k` covers that fit a text best, of the rows `among`."""
        passing = np.flatnonzero(np.isin(self.rows, list(among)))
        if not len(passing):
            return []
        similarities = self.vectors[passing] @ self.model.encode_text(text)
        return [(int(self.rows[passing[at]]), float(similarities[at])) for at in smallest(-similarities, k)]


def embed_missing_covers(collection: Collection, search: TextSearch, monitor: Monitor = SILENT) -> None:
    """Compute the vectors that a search is `missing`, except of covers whose file can't be read any more.

    Raises Cancelled when stopped; what was computed stays cached.
    """
    store, files = _store(search.model), collection.files()
    for start in range(0, len(search.missing), _BATCH):
        monitor.check(f"stopped after {start} of {len(search.missing)} covers; those are kept")
        monitor.report(start, len(search.missing), "preparing covers")
        opened = {row: image for row in search.missing[start : start + _BATCH] if (image := _opened(files[row]))}
        if opened:
            store.put([collection.hashes[row] for row in opened], search.model.encode_covers(list(opened.values())))
    monitor.report(len(search.missing), len(search.missing), "preparing covers")


def _opened(file: Path) -> Image.Image | None:
    try:
        return images.decode(images.read(file)).image
    except BadImage:
        return None


def _store(model: ClipModel | ClipProcess) -> VectorStore:
    return VectorStore(home.vectors() / model.key / "original")
