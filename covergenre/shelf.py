"""The covers that an answer points at: which lie nearest to a cover, and whether it is one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from covergenre.dataset.lookup import find_file
from covergenre.embedding.index import Index

_PAGES = {
    "discogs": "https://www.discogs.com/release/{}",
    "spotify": "https://open.spotify.com/album/{}",
    "metal_archives": "https://www.metal-archives.com/albums/-/-/{}",
}


@runtime_checkable
class Projection(Protocol):
    """Something that takes vectors to where neighbours are looked for: a head of nearest neighbours, or a space."""

    def project(self, vectors: np.ndarray) -> np.ndarray:
        """Vectors (n, d) to float32 (n, e)."""


@dataclass(frozen=True)
class Neighbour:
    """A known cover. `similarity` is a cosine, 1 for the same; `part` is that of its split.

    What isn't known is "" (or None for `year`). `id` is its number at the source, or its path in a data set. `path` is
    its file when a registered data set has the same picture. `page_url` and `image_url` lead to the source. `signature`
    is its colours (see `images.draw_signature`).
    """

    source: str
    id: str
    genre: str
    part: str
    artist: str
    album: str
    year: int | None
    similarity: float
    path: Path | None
    page_url: str
    image_url: str
    signature: bytes


class Shelf:
    """Known covers and their vectors. Any number of threads may ask at once."""

    def __init__(self, covers: pd.DataFrame, vectors: np.ndarray, projection: Projection) -> None:
        """`covers`: a row a cover with `dataset.starter.COLUMNS`. `vectors`: (n, e), already projected."""
        self._rows = covers.to_dict("list")
        self._first = {hash_: row for row, hash_ in reversed(list(enumerate(self._rows["content_hash"])))}
        self._hashes = covers["content_hash"].to_numpy(object)
        self._projection = projection
        self._index = Index(vectors)
        self._copies = int(covers["content_hash"].value_counts().max()) if len(covers) else 0

    def __len__(self) -> int:
        return len(self._index)

    def nearest(self, vectors: np.ndarray, hashes: Sequence[str], k: int) -> list[tuple[Neighbour, ...]]:
        """The `k` covers most like each of the vectors (n, d), best first, without those of its own content hash."""
        if k < 1:
            return [() for _ in hashes]
        similarities, rows = self._index.search(self._projection.project(vectors), k + self._copies)
        return [
            tuple(
                self._neighbour(row, similarity)
                for similarity, row in zip(similarities[query], rows[query], strict=True)
                if self._hashes[row] != own
            )[:k]
            for query, own in enumerate(hashes)
        ]

    def known(self, content_hash: str) -> Neighbour | None:
        """The cover with these very pixels, if there is one."""
        row = self._first.get(content_hash)
        return None if row is None else self._neighbour(row, 1.0)

    def _neighbour(self, row: int, similarity: float) -> Neighbour:
        value = {name: cells[row] for name, cells in self._rows.items()}
        year: Any = value["year"]
        return Neighbour(
            source=value["source"],
            id=value["id"],
            genre=value["genre"],
            part=value["part"],
            artist=value["artist"],
            album=value["album"],
            year=None if pd.isna(year) else int(year),
            similarity=float(similarity),
            path=find_file(value["content_hash"]),
            page_url=page_url(value["source"], value["id"]),
            image_url=value["image_url"],
            signature=value["signature"],
        )


def page_url(source: str, id: str) -> str:
    """The address of a cover's page at its source; "" for a source without pages or an id it can't have."""
    return _PAGES[source].format(id) if source in _PAGES and id.isalnum() and id.isascii() else ""
