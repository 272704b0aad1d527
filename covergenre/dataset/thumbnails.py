"""How the covers of a data set look, small: pictures for a page to show, made once by content hash.

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
from covergenre.dataset.pixel_cache import keep, read_kept
from covergenre.dataset.registry import Dataset
from covergenre.errors import BadDataset, BadImage
from covergenre.files import replace_bytes, where_allowed
from covergenre.progress import SILENT, Monitor

SIDE = 160

_log = logging.getLogger(__name__)

_COLUMNS = ["signature"]
_FILE = "looks-2.parquet"  # the number rises when what is in it changes
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
    """What `make_signatures` stored, or what ships, when it has all usable covers; else None."""
    if not dataset.has_pictures:
        return dataset.manifest.set_index("content_hash")[_COLUMNS]
    known = read_kept(dataset.folder / _FILE, _COLUMNS, "object")
    hashes = usable(dataset.manifest[["content_hash", "problem", "excluded"]])["content_hash"]
    return known.reindex(hashes) if hashes.isin(known.index).all() else None


def make_signatures(dataset: Dataset, monitor: Monitor = SILENT) -> pd.DataFrame:
    """How each usable cover looks: column signature, by content hash, a row a cover in the manifest's order; b"" where
    it can't be read any more.

    What was made before is not made again. Cancelled when stopped; what was made until then is kept.
    """
    known = read_kept(dataset.folder / _FILE, _COLUMNS, "object")
    covers = usable(dataset.manifest)
    fresh = covers[~covers["content_hash"].isin(known.index)].drop_duplicates("content_hash")
    pictures = list(zip(fresh["path"], fresh["content_hash"], strict=True))
    made: list[bytes] = []

    def sign(cover: tuple[str, str]) -> bytes:
        jpeg = thumbnail(dataset, *cover)
        return images.signature(images.decode(jpeg).image) if jpeg else b""

    try:
        for signature in monitor.map(sign, pictures, "making small pictures", "what was made is kept"):
            made.append(signature)
    finally:
        if made:
            keys = [key for _, key in pictures[: len(made)]]
            known = pd.concat([known, pd.DataFrame({"signature": made}, index=keys)])
            keep(known, dataset.folder / _FILE)
    return known.reindex(covers["content_hash"])


def save_thumbnail(key: str, jpeg: bytes) -> None:
    """Keep the thumbnail of the picture with this content hash."""
    file = home.thumbnails() / f"{key}.jpg"
    with where_allowed():
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(file, jpeg)


def add_signatures(dataset: Dataset, signatures: pd.DataFrame) -> None:
    """Keep signatures that were drawn elsewhere: column signature, by content hash."""
    known = read_kept(dataset.folder / _FILE, _COLUMNS, "object")
    keep(pd.concat([known, signatures[~signatures.index.isin(known.index)]]), dataset.folder / _FILE)
