"""A table of covers, in which one is found by its pixels, as a near copy, or by its path."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from covergenre.dataset.file_lookup import KEY, HashIndex, find_files
from covergenre.dataset.groups import informative, is_informative
from covergenre.dataset.manifest import STATES, states
from covergenre.dataset.starter import COLUMNS

COPY = 8
"""The most bits, of 64, by which the perceptual hashes of one picture differ (see `dataset.groups`)."""

_SAMPLE = 5_000
_PAGES = {
    "discogs": "https://www.discogs.com/release/{}",
    "spotify": "https://open.spotify.com/album/{}",
    "metal_archives": "https://www.metal-archives.com/albums/-/-/{}",
}


@dataclass(frozen=True)
class Neighbour:
    """A known cover. `similarity` is a cosine; `part` is that of the split.

    What isn't known is "" (or None for `year`). `id` is its number at the source, or its path in a data set; `path` is
    its file, where a registered data set has the same picture; `page_url` and `image_url` lead to the source. See
    `images` for `signature` and `content_hash`.
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
        """The first digits of the content hash, which identify its picture in links."""
        return self.content_hash[:KEY]


class CoverTable:
    """Covers by row."""

    def __init__(self, covers: pd.DataFrame) -> None:
        """`covers`: a row each with `dataset.starter.COLUMNS` and any others, such as those of a manifest.

        Without a column `path`, the content hash stands for it.
        """
        self._covers = covers
        self._columns: dict[str, Sequence[Any]] = {}
        self.signatures = self.column("signature")
        self.hashes = covers["content_hash"].astype("str").array
        self.paths = covers["path"].astype("str").array if "path" in covers else self.hashes
        self.state_of = states(covers) if "excluded" in covers else np.full(len(covers), STATES[0])

    def __len__(self) -> int:
        return len(self.hashes)

    def column(self, name: str) -> Sequence[Any]:
        """A column of the table."""
        if name not in self._columns:
            self._columns[name] = _cells(self._covers[name])
        return self._columns[name]

    def facts(self, row: int) -> dict[str, Any]:
        """All cells of a row, by column."""
        return {name: _cells(self._covers[name].iloc[row : row + 1])[0] for name in self._covers}

    def genre(self, row: int) -> str:
        """The genre of a cover."""
        return self.column("genre")[row]

    def title(self, row: int) -> str:
        """Artist and album, else the file name, else the source and the number there."""
        fact = {name: self.column(name)[row] for name in ("artist", "album", "source", "id")}
        if fact["artist"] or fact["album"]:
            return " – ".join(filter(None, (fact["artist"], fact["album"])))
        if "ext" in self._covers:
            return self.column("name")[row] + self.column("ext")[row]
        return f"{fact['source'].replace('_', ' ').capitalize()} {PurePosixPath(fact['id']).name}".strip()

    def cover(self, row: int, similarity: float = 1.0) -> Neighbour:
        """One of the `covers`."""
        return self.covers([(row, similarity)])[0]

    def covers(self, found: Sequence[tuple[int, float]]) -> tuple[Neighbour, ...]:
        """The covers of these rows and similarities."""
        files = self.files([row for row, _ in found])
        return tuple(
            self._neighbour(row, similarity, file) for (row, similarity), file in zip(found, files, strict=True)
        )

    def files(self, rows: Iterable[int] | None = None) -> list[Path | None]:
        """The files of covers (None: all), where a registered data set has the same picture."""
        return find_files(self.hashes if rows is None else [self.hashes[row] for row in rows])

    def row(self, key: str) -> int | None:
        """The first row with this `Neighbour.key`, if there is one."""
        return self._by_pixels.find([key])[0]

    def row_of(self, path: str) -> int | None:
        """The row of a path, if there is one."""
        return self._by_path.get(path)

    def is_used(self, path: str) -> bool:
        """Whether there is a cover of this path that was not left out."""
        return (row := self.row_of(path)) is not None and self.state_of[row] != "left out"

    def rows_of(self, paths: Iterable[str]) -> list[int]:
        """The rows of those of the paths that exist."""
        return [self._by_path[path] for path in paths if path in self._by_path]

    def known(self, content_hash: str) -> Neighbour | None:
        """The first cover with exactly these pixels, if there is one."""
        row = self.row(content_hash)
        return None if row is None else self.cover(row)

    def near_copy(self, phash: str) -> Neighbour | None:
        """The cover with the most similar perceptual hash, if they are at most `COPY` bits apart.

        None for a picture without structure, whose hash is not informative.
        """
        rows, known = self._informative
        if not (is_informative(phash) and len(rows)):
            return None
        apart = np.bitwise_count(known ^ np.uint64(int(phash, 16)))
        return self.cover(int(rows[apart.argmin()])) if apart.min() <= COPY else None

    def has_files(self) -> bool:
        """Whether covers have files, judged by `_SAMPLE` of them."""
        return any(self.files(range(0, len(self), -(-len(self) // _SAMPLE) or 1)))

    @cached_property
    def max_duplicates(self) -> int:
        """The largest number of covers with the same pixels."""
        return self._by_pixels.most_alike

    @cached_property
    def _by_path(self) -> dict[str, int]:
        return {path: row for row, path in enumerate(self.paths)}

    @cached_property
    def _by_pixels(self) -> HashIndex:
        return HashIndex(self.hashes)

    @cached_property
    def _informative(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows whose perceptual hash is informative, and those hashes, uint64."""
        return informative(self.column("phash"))

    def _neighbour(self, row: int, similarity: float, file: Path | None) -> Neighbour:
        value = {name: self.column(name)[row] for name in COLUMNS if name != "phash"}
        year: Any = value.pop("year")
        return Neighbour(
            **value,
            year=None if pd.isna(year) else int(year),
            similarity=float(similarity),
            path=file,
            page_url=page_url(value["source"], value["id"]),
        )


def _cells(column: pd.Series) -> Sequence[Any]:
    """The cells of a column; texts stay in Arrow memory until they are used."""
    return column.array if column.dtype == "str" else column.tolist()


def page_url(source: str, id: str) -> str:
    """The address of a cover's page at its source; "" for a source without pages, or an id that it can't have."""
    return _PAGES[source].format(id) if source in _PAGES and id.isalnum() and id.isascii() else ""
