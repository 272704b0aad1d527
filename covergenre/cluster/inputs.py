"""Covers wherever fsspec finds them: a folder, a bucket (s3://, gs://), or a list of addresses."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from covergenre import images
from covergenre.dataset.skipped import is_hidden
from covergenre.errors import BadDataset, BadImage
from covergenre.packages import need

LIST = ".txt"
"""The suffix of a list: a file with the address of a cover on each line."""

_STAMPS = ("mtime", "LastModified", "last_modified", "updated", "ETag", "etag")


@dataclass(frozen=True)
class Item:
    """A cover to be read from `address`: `path` is its name, `key` identifies its row.

    The key changes when the cover does: it is the content hash where that is known, which the pixels must then have;
    else it is made of what the file system says of the file.
    """

    key: str
    path: str
    address: str
    content_hash: str = ""


def find_items(address: str) -> list[Item]:
    """The covers at an address, sorted by path; BadDataset when there are none or the address can't be read.

    In a folder or bucket, covers are recognised by suffix; hidden files and links are left out.
    """
    need("covers at an address", ("fsspec",))
    from fsspec.core import url_to_fs

    try:
        fs, root = url_to_fs(address)
        fs.invalidate_cache()  # files in a bucket may have changed since this process last listed it
        items = _listed(fs, root, address) if address.endswith(LIST) else list(_below(fs, root))
    except (OSError, ValueError, ImportError) as error:  # ImportError names the package that reads such an address
        raise BadDataset(f"{address} can't be read ({error}): check the address and what it needs") from error
    if not items:
        raise BadDataset(
            f"{address} holds no cover ({images.ACCEPTED}): name a folder, a bucket or a list of addresses"
        )
    return sorted(items, key=lambda item: item.path)


def read(address: str) -> bytes:
    """The bytes of a cover; BadImage when it is missing or too large, OSError when the disk or network fails."""
    if "://" not in address:
        return images.read(Path(address))
    from fsspec.core import url_to_fs

    fs, path = url_to_fs(address)
    try:
        with fs.open(path, "rb") as file:
            return file.read(images.MAX_BYTES + 1)  # decoding refuses one byte more than allowed
    except FileNotFoundError as error:
        raise BadImage(f"there is no cover at {address}: check the address") from error


def _below(fs: Any, root: str) -> Iterator[Item]:
    for place, known in fs.find(root, detail=True).items():
        path = PurePosixPath(place).relative_to(PurePosixPath(root))
        if path.suffix.lower() in images.EXTENSIONS and not known.get("islink") and not any(map(is_hidden, path.parts)):
            stamp = [known.get("size"), *(str(known[name]) for name in _STAMPS if name in known)]
            where = place if "file" in fs.protocol else fs.unstrip_protocol(place)
            yield Item(json.dumps([str(path), *stamp], ensure_ascii=False), str(path), where)


def _listed(fs: Any, root: str, address: str) -> list[Item]:
    lines = fs.cat_file(root).decode("utf-8").split("\n")
    named = dict.fromkeys(line.strip() for line in lines if line.strip() and not line.startswith("#"))
    if outside := [line for line in named if "://" not in line]:
        raise BadDataset(
            f"{address} names {outside[0]!r}, expected the address of a cover on each line, such as https://"
        )
    return [Item(line, line, line) for line in named]
