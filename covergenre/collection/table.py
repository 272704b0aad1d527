"""The table of known covers: what is known of each, and whether a picture is one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from covergenre.dataset.groups import tells
from covergenre.dataset.lookup import find_files

COPY = 8
"""Two covers whose perceptual hashes are at most so many of 64 bits apart are one picture (see `dataset.groups`)."""

_PAGES = {
    "discogs": "https://www.discogs.com/release/{}",
    "spotify": "https://open.spotify.com/album/{}",
    "metal_archives": "https://www.metal-archives.com/albums/-/-/{}",
}


@dataclass(frozen=True)
class Neighbour:
    """A known cover. `similarity` is a cosine, 1 for the same; `part` is that of its split.

    What isn't known is "" (or None for `year`). `id` is its number at the source, or its path in a data set. `path` is
    its file when a registered data set has the same picture. `page_url` and `image_url` lead to the source. `signature`
    is its colours (see `images.draw_signature`), `content_hash` that of its pixels.
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
    content_hash: str = ""

    @property
    def key(self) -> str:
        """16 hex digits that name its picture for ever, as far as anybody can tell: fit for a link."""
        return self.content_hash[:16]


class CoverTable:
    """Known covers by row. Any number of threads may ask at once."""

    def __init__(self, covers: pd.DataFrame) -> None:
        """`covers`: a row a cover with `dataset.starter.COLUMNS`."""
        self._rows = covers.to_dict("list")
        self._first = {hash_: row for row, hash_ in reversed(list(enumerate(self._rows["content_hash"])))}
        self.signatures = self._rows["signature"]
        self.hashes = covers["content_hash"].to_numpy(object)
        self.most_copies = int(covers["content_hash"].value_counts().max()) if len(covers) else 0
        telling = np.flatnonzero([tells(phash) for phash in self._rows["phash"]])
        self._telling = telling, np.array([int(self._rows["phash"][row], 16) for row in telling], np.uint64)

    def __len__(self) -> int:
        return len(self.hashes)

    def neighbour(self, row: int, similarity: float = 1.0) -> Neighbour:
        """The cover in a row."""
        return self.neighbours([(row, similarity)])[0]

    def neighbours(self, found: Sequence[tuple[int, float]]) -> tuple[Neighbour, ...]:
        """The covers in these rows, each with its similarity."""
        files = self.files([row for row, _ in found])
        return tuple(
            self._neighbour(row, similarity, file) for (row, similarity), file in zip(found, files, strict=True)
        )

    def files(self, rows: Iterable[int]) -> list[Path | None]:
        """The files of the covers in these rows, where a registered data set has the same picture."""
        return find_files([self.hashes[row] for row in rows])

    def _neighbour(self, row: int, similarity: float, file: Path | None) -> Neighbour:
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
            path=file,
            page_url=page_url(value["source"], value["id"]),
            image_url=value["image_url"],
            signature=value["signature"],
            content_hash=value["content_hash"],
        )

    def with_pixels(self, content_hash: str) -> int | None:
        """The first row of the cover with these very pixels, if there is one."""
        return self._first.get(content_hash)

    def copy_of(self, phash: str) -> int | None:
        """The row of the cover most like one with this perceptual hash, if they are at most `COPY` bits apart.

        None for a picture without structure, whose hash tells nothing.
        """
        rows, known = self._telling
        if not (tells(phash) and len(rows)):
            return None
        apart = np.bitwise_count(known ^ np.uint64(int(phash, 16)))
        return int(rows[apart.argmin()]) if apart.min() <= COPY else None


def page_url(source: str, id: str) -> str:
    """The address of a cover's page at its source; "" for a source without pages or an id it can't have."""
    return _PAGES[source].format(id) if source in _PAGES and id.isalnum() and id.isascii() else ""
