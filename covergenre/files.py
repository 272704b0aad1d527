"""Atomic writes of files and folders, and the formats they are written in."""

import errno
import json
import logging
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

NOT_ALLOWED = (errno.EROFS, errno.EACCES, errno.EPERM)
"""The errors of a place that is not writable."""

_STAMP = b"csv"  # the metadata key of the stamp of an Arrow file
_log = logging.getLogger(__name__)
_FULL = 2**24  # bytes; with less left, the next write may not fit


def is_full(folder: Path) -> bool:
    """Whether the disk of `folder`, which need not exist, has hardly any room left."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free < _FULL


@contextmanager
def where_allowed() -> Iterator[None]:
    """For writing caches: where nothing may be written, that is logged and the work goes on."""
    try:
        yield
    except OSError as error:
        if error.errno not in NOT_ALLOWED:
            raise
        _log.info("not kept: %s", error)


def replace_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 to `path`, as `replacing` does."""
    replace_bytes(path, text.encode("utf-8"))


def replace_json(path: Path, value: object) -> None:
    """Write `value` as JSON to `path`, as `replacing` does."""
    replace_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """What a file of JSON holds; OSError or ValueError when it can't be read."""
    return json.loads(path.read_text(encoding="utf-8"))


def append_json(path: Path, value: object) -> None:
    """Add a line of JSON, after ending a line that a kill left unfinished."""
    with path.open("a+b") as file:
        file.seek(0, os.SEEK_END)
        if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
            file.write(b"\n")
        file.write(json.dumps(value, ensure_ascii=False).encode() + b"\n")


def read_json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects that `append_json` wrote; incomplete lines are ignored, and a missing file has none."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ():
        with suppress(ValueError, RecursionError):
            if isinstance(read := json.loads(line), dict):
                yield read


def replace_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path`, as `replacing` does."""
    with replacing(path) as beside:
        beside.write_bytes(data)


def replace_arrays(path: Path, **arrays: "np.ndarray") -> None:
    """Write arrays by name to `path` (.npz), as `replacing` does."""
    import numpy as np

    with replacing(path) as beside, beside.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def write_arrow(tables: "Iterable[pd.DataFrame]", file: Path, stamp: bytes = b"") -> None:
    """Write tables with the same columns to one Arrow file, as `replacing` does; one table is in memory at a time."""
    import pyarrow as pa

    writer = None
    with replacing(file) as beside:
        for table in tables:
            columns = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata({_STAMP: stamp})
            writer = writer or pa.ipc.new_file(str(beside), columns.schema)
            writer.write_table(columns.combine_chunks())
        if writer:
            writer.close()


def read_arrow(file: Path, stamp: bytes = b"") -> "pd.DataFrame | None":
    """The table that `write_arrow` wrote, mapped into memory: a column takes room and time only when it is used.

    None when it was written with another stamp. A damaged file raises any exception.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    columns = pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    if (columns.schema.metadata or {}).get(_STAMP) != stamp:
        return None
    texts = pd.StringDtype(na_value=np.nan)
    return columns.to_pandas(types_mapper={pa.large_string(): texts, pa.string(): texts}.get, split_blocks=True)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path to write to, whose file replaces `path` once the block succeeds.

    A reader finds the old or the new file, never a part of one, even after a loss of power. Two writers at once don't
    interfere: each writes a file of its own beside `path`.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield beside
        _sync(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def make_room(newest: Path, most: int, most_bytes: int) -> None:
    """Delete the oldest of the files beside `newest` that end as it does, until the rest is within these limits."""
    files = sorted(_stats(newest.parent.glob(f"*{newest.suffix}")), key=lambda each: each[1].st_mtime_ns)
    count, size = len(files), sum(stat.st_size for _, stat in files)
    for file, stat in files:
        if count <= most and size <= most_bytes:
            return
        if file != newest:
            file.unlink(missing_ok=True)
            count, size = count - 1, size - stat.st_size


def publish_folder(staged: Path, target: Path) -> None:
    """Rename a folder that is complete to `target`, once all of it is on the disk."""
    for path in staged.rglob("*"):
        if path.is_file():
            _sync(path)
    staged.rename(target)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _stats(files: Iterable[Path]) -> list[tuple[Path, os.stat_result]]:
    found = []
    for file in files:
        with suppress(FileNotFoundError):  # another process has just deleted it
            found.append((file, file.stat()))
    return found
