"""How files are written: whole, or not at all."""

import secrets
import shutil
from pathlib import Path

_FULL = 2**24  # bytes; with less left, what one writes next may not fit


def is_full(folder: Path) -> bool:
    """Whether the disk that `folder` is on has hardly any room left."""
    return shutil.disk_usage(folder).free < _FULL


def replace_text(path: Path, text: str) -> None:
    """Write `text` as UTF-8 to `path`, as `replace_bytes` does."""
    replace_bytes(path, text.encode("utf-8"))


def replace_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path`, so that any reader finds the old file or the new one and never half of one.

    Two writers at once don't meet either: each writes a file of its own beside `path`, then puts it in its place.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
