"""How the covers of a data set look, small: pictures for a page to show, made once by content hash.

thumbnails/HASH.jpg             at most `SIDE` px, shared by all data sets
datasets/NAME/looks-2.parquet   of each picture its signature (see `images`)
"""

import logging
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pandas as pd

from covergenre import home, images
from covergenre.dataset.manifest import usable
from covergenre.dataset.pixel_cache import keep, read_kept
from covergenre.dataset.registry import Dataset
from covergenre.errors import BadDataset, BadImage, Cancelled
from covergenre.files import replace_bytes, where_allowed
from covergenre.progress import Progress, Report, ShouldStop, never, silent

SIDE = 160

_log = logging.getLogger(__name__)

_COLUMNS = ["signature"]
_FILE = "looks-2.parquet"  # the number rises when what is in it changes
_THREADS = min(4, os.cpu_count() or 1)
_REPORT_EVERY = 20


class _Picture(NamedTuple):
    path: str
    key: str


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
    keep_thumbnail(key, made)
    return made


def thumbnails(dataset: Dataset, covers: Sequence[tuple[str, str]]) -> list[bytes]:
    """The thumbnails of several (path, content hash), in their order; b"" where there is none."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda cover: thumbnail(dataset, *cover) if cover[1] else b"", covers))


def known_looks(dataset: Dataset) -> pd.DataFrame | None:
    """What `look` stored, or what ships, when it has all usable covers; else None."""
    if not dataset.has_pictures:
        return dataset.manifest.set_index("content_hash")[_COLUMNS]
    known = read_kept(dataset.folder / _FILE, _COLUMNS, "object")
    covers = usable(dataset.manifest)
    return known.reindex(covers["content_hash"]) if covers["content_hash"].isin(known.index).all() else None


def look(dataset: Dataset, report: Report = silent, should_stop: ShouldStop = never) -> pd.DataFrame:
    """How each usable cover looks: column signature, by content hash, a row a cover in the manifest's order; b"" where
    it can't be read any more.

    What was made before is not made again. Cancelled when stopped; what was made until then is kept.
    """
    known = read_kept(dataset.folder / _FILE, _COLUMNS, "object")
    covers = usable(dataset.manifest)
    fresh = covers[~covers["content_hash"].isin(known.index)].drop_duplicates("content_hash")
    made = {}
    try:
        for key, signature in _look_at(dataset, fresh, report, should_stop):
            made[key] = signature
    finally:
        if made:
            known = pd.concat([known, pd.DataFrame({"signature": made})])
            keep(known, dataset.folder / _FILE)
    return known.reindex(covers["content_hash"])


def keep_thumbnail(key: str, jpeg: bytes) -> None:
    """Keep the thumbnail of the picture with this content hash."""
    file = home.thumbnails() / f"{key}.jpg"
    with where_allowed():
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(file, jpeg)


def take_in_signatures(dataset: Dataset, signatures: pd.DataFrame) -> None:
    """Keep signatures that were drawn elsewhere: column signature, by content hash."""
    known = read_kept(dataset.folder / _FILE, _COLUMNS, "object")
    keep(pd.concat([known, signatures[~signatures.index.isin(known.index)]]), dataset.folder / _FILE)


def _look_at(dataset: Dataset, covers: pd.DataFrame, report: Report, should_stop: ShouldStop):
    """The (content hash, signature) of each of these covers."""
    pictures = [_Picture(*row) for row in zip(covers["path"], covers["content_hash"], strict=True)]
    pool = ThreadPoolExecutor(_THREADS)
    try:
        signatures = pool.map(lambda each: _signature(dataset, each), pictures)
        for done, (picture, signature) in enumerate(zip(pictures, signatures, strict=True), start=1):
            if should_stop():
                raise Cancelled(f"stopped after {done} of {len(pictures)} covers; what was made is kept")
            yield picture.key, signature
            if done % _REPORT_EVERY == 0 or done == len(pictures):
                report(Progress(done, len(pictures), "making small pictures"))
    finally:
        pool.shutdown(cancel_futures=True)


def _signature(dataset: Dataset, picture: _Picture) -> bytes:
    jpeg = thumbnail(dataset, picture.path, picture.key)
    return images.signature(images.decode(jpeg).image) if jpeg else b""
