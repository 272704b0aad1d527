"""A cache of what was computed from the pixels of each picture, by content hash. It can be deleted at any time."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from covergenre.files import replacing, where_allowed
from covergenre.progress import Monitor

_log = logging.getLogger(__name__)

_BATCH = 200  # pictures between two writes: a kill costs a second or two


@dataclass(frozen=True)
class PixelCache:
    """A Parquet file of these columns, all of one dtype, with one row per content hash (the index)."""

    file: Path
    columns: tuple[str, ...]
    dtype: str

    def read(self) -> pd.DataFrame:
        """The stored table; an empty one when the file is missing or damaged."""
        try:
            table = pd.read_parquet(self.file)
            if tuple(table.columns) != self.columns or not table.index.is_unique:
                raise ValueError("it doesn't hold one row per picture")
            return table
        except FileNotFoundError:
            pass
        except Exception as error:  # A damaged file can raise anything in its reader.
            _log.warning("%s is damaged and will be computed again: %s", self.file, error)
        return pd.DataFrame(columns=list(self.columns), index=pd.Index([], dtype="str"), dtype=self.dtype)

    def write(self, table: pd.DataFrame) -> None:
        """Replace the stored table."""
        with where_allowed():
            self.file.parent.mkdir(exist_ok=True)
            with replacing(self.file) as beside:
                table.to_parquet(beside)

    def add(self, rows: pd.DataFrame) -> None:
        """Store the rows of pictures that are not stored yet."""
        known = self.read()
        self.write(pd.concat([known, rows[~rows.index.isin(known.index)]]))

    def fill(
        self, covers: pd.DataFrame, compute: Callable[[str, str], tuple | None], monitor: Monitor, what: str, kept: str
    ) -> pd.DataFrame:
        """The rows of these covers of a manifest, in their order; NaN where there is none.

        `compute` turns the path and the content hash of a cover that is not stored into its row, or None. Raises
        Cancelled when stopped; what was computed until then is stored.
        """
        known = self.read()
        fresh = covers[~covers["content_hash"].isin(known.index)].drop_duplicates("content_hash")
        pictures = list(zip(fresh["path"], fresh["content_hash"], strict=True))
        if not pictures:
            return known.reindex(covers["content_hash"])
        rows: dict[str, tuple] = {}
        try:
            results = monitor.map(lambda picture: compute(*picture), pictures, what, kept)
            for (_, key), row in zip(pictures, results, strict=True):
                if row is not None:
                    rows[key] = row
                if len(rows) >= max(_BATCH, len(known) // 10):
                    known, rows = self._extended(known, rows), {}
        finally:
            if rows:
                known = self._extended(known, rows)
        return known.reindex(covers["content_hash"])

    def _extended(self, known: pd.DataFrame, rows: Mapping[str, tuple[Any, ...]]) -> pd.DataFrame:
        known = pd.concat([known, pd.DataFrame.from_dict(rows, orient="index", columns=list(self.columns))])
        self.write(known)
        return known
