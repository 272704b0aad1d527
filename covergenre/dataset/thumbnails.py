"""Thumbnails and colour signatures of covers, made once per picture (by content hash).

thumbnails/HASH.jpg             at most `SIDE` px, shared by all data sets
datasets/NAME/looks-2.parquet   of each picture its signature (see `images`)
"""

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pandas as pd

from covergenre import home, images
from covergenre.dataset.manifest import usable
from covergenre.dataset.pixel_cache import PixelCache
from covergenre.dataset.registry import Dataset
from covergenre.errors import BadDataset, BadImage
from covergenre.files import replace_bytes, where_allowed
from covergenre.progress import SILENT, Monitor

SIDE = 160

_log = logging.getLogger(__name__)

_THREADS = min(4, os.cpu_count() or 1)


def thumbnail(dataset: Dataset, path: str, key: str) -> bytes:
    """The cover at `path` with content hash `key` as a JPEG of at most `SIDE` px; b"" when it can't be read."""
    file = home.thumbnails() / f"{key}.jpg"
    try:
        return file.read_bytes()
    except OSError:
        pass
    try:
        made = images.thumbnail(images.decode(images.read(dataset.file(path))).image, SIDE)
    except (BadImage, BadDataset) as error:
        _log.info("%s has no thumbnail: %s", path, error)
        return b""
    save_thumbnail(key, made)
    return made


def thumbnails(dataset: Dataset, covers: Sequence[tuple[str, str]]) -> list[bytes]:
    """The thumbnails of several (path, content hash), in their order; b"" where there is none."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda cover: thumbnail(dataset, *cover) if cover[1] else b"", covers))


def known_signatures(dataset: Dataset) -> pd.DataFrame | None:
    """The signatures that are stored, if there is one for each usable cover; else None. See `make_signatures`."""
    if not dataset.has_pictures:
        return dataset.manifest.set_index("content_hash")[["signature"]]
    known = _signatures(dataset).read()
    hashes = usable(dataset.manifest[["content_hash", "problem", "excluded"]])["content_hash"]
    return known.reindex(hashes) if hashes.isin(known.index).all() else None


def make_signatures(dataset: Dataset, monitor: Monitor = SILENT) -> pd.DataFrame:
    """The colour signature (see `images`) of each usable cover: column signature, by content hash, in manifest order.

    It is b"" for a cover that can't be read any more. Only those not stored yet are computed. Cancelled when stopped.
    """

    def sign(path: str, key: str) -> tuple[bytes]:
        jpeg = thumbnail(dataset, path, key)
        return (images.signature(images.decode(jpeg).image) if jpeg else b"",)

    covers = usable(dataset.manifest)
    return _signatures(dataset).fill(covers, sign, monitor, "making small pictures", "what was made is kept")


def add_signatures(dataset: Dataset, signatures: pd.DataFrame) -> None:
    """Store signatures that were computed elsewhere: column signature, by content hash."""
    _signatures(dataset).add(signatures)


def save_thumbnail(key: str, jpeg: bytes) -> None:
    """Keep the thumbnail of the picture with this content hash."""
    file = home.thumbnails() / f"{key}.jpg"
    with where_allowed():
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(file, jpeg)


def _signatures(dataset: Dataset) -> PixelCache:
    return PixelCache(dataset.folder / "looks-2.parquet", ("signature",), "object")  # the number is that of its format
