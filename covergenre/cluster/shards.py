"""Results in Parquet files, each of which is written once and never changed.

    FOLDER/HASH/steps.json        which steps filled the columns
    FOLDER/HASH/NAME.parquet      key, path, problem, content_hash, and the steps' columns: a row per cover

Files are written atomically, by any number of machines at once and without a lock. The same covers give the same file
name, so work done twice is stored once. A damaged file is ignored, as if its covers had not been processed.
"""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from covergenre.cluster.steps import Step
from covergenre.files import replace_bytes

_log = logging.getLogger(__name__)

_ALWAYS = ("key", "path", "problem", "content_hash")


class Shards:
    """The shards of some steps in a folder that fsspec can open: local, shared, or a bucket."""

    def __init__(self, folder: str, steps: Sequence[Step]) -> None:
        """`folder` need not exist; the first `write` creates it."""
        from fsspec.core import url_to_fs

        self._steps = "+".join(sorted(step.key for step in steps))
        self._fs, root = url_to_fs(folder)
        self._local = "file" in self._fs.protocol
        self.folder = f"{root.rstrip('/')}/{_digest([self._steps])}"

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write the rows of some covers; each has `_ALWAYS`, and those without a problem the steps' columns too."""
        columns = dict.fromkeys((*_ALWAYS, *(name for row in rows for name in row)))
        table = pa.table({name: pa.array([row.get(name) for row in rows]) for name in columns})
        buffer = pa.BufferOutputStream()
        pq.write_table(table, buffer, compression="zstd")
        self._fs.makedirs(self.folder, exist_ok=True)
        self._put("steps.json", json.dumps({"steps": self._steps}).encode())
        self._put(f"{_digest([row['key'] for row in rows])}.parquet", buffer.getvalue().to_pybytes())

    def known(self) -> dict[str, tuple[str, str]]:
        """The path and the problem, "" without one, of each cover by key."""
        table = self.tables(("path", "problem"))
        return {key: (path, problem) for part in table for key, path, problem in zip(*part.to_pydict().values())}  # noqa: B905

    def tables(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """A table per shard of `key` and these columns; no cover comes twice."""
        seen: set[str] = set()
        for path in sorted(self._fs.glob(f"{self.folder}/*.parquet")):
            try:
                with self._fs.open(path, "rb") as file:
                    stored = pq.ParquetFile(file)
                    names = [name for name in columns if name in stored.schema_arrow.names]
                    table = stored.read(["key", *names])
            except Exception as error:  # A damaged file brings any exception out of its reader.
                _log.warning("the shard %s is damaged and ignored: %s", path, error)
                continue
            fresh = [key not in seen for key in table["key"].to_pylist()]
            seen.update(table["key"].to_pylist())
            for name in columns:
                if name not in names:  # none of its covers could be read
                    table = table.append_column(name, pa.nulls(len(table)))
            yield table.select(["key", *columns]).filter(pa.array(fresh))

    def remove(self) -> None:
        """Delete all of them."""
        if self._fs.exists(self.folder):
            self._fs.rm(self.folder, recursive=True)

    def _put(self, name: str, data: bytes) -> None:
        if self._local:
            replace_bytes(Path(self.folder, name), data)
        else:
            self._fs.pipe_file(f"{self.folder}/{name}", data)  # whole or not at all, as buckets have it


def _digest(keys: Sequence[str]) -> str:
    return hashlib.blake2b("\n".join(keys).encode(), digest_size=12).hexdigest()
