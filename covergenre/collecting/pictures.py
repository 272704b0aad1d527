"""Pictures of known covers, fetched from where they are published and kept on this machine alone.

    pictures/CONTENT_HASH.jpg     at most `SIDE` px, by the hash of the cover that it shows
    pictures/failures.json        why others aren't there, by the same hash

They are kept up to a size (COVERGENRE_PICTURES_MB); of those beyond it the ones that were not looked at for longest go.
A picture is kept only when it is the cover: an address may show another one by now.
"""

import os
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from covergenre import home, images
from covergenre.collecting.names import SOURCE as DISCOGS
from covergenre.collecting.names import read_names
from covergenre.collecting.sources import open_web
from covergenre.errors import BadImage, CoverGenreError, Refused
from covergenre.files import read_json, replace_bytes, replace_json
from covergenre.progress import SILENT, Monitor
from covergenre.web import Web

SIDE = 300
_ALIKE = 12  # of 64 bits: the same picture, saved again at another size
_USUAL_MB = 500
_EVICT_EVERY = 50
_noting = threading.Lock()


@dataclass(frozen=True)
class PublishedPicture:
    """A known cover and where its picture is published: content hash (32 hex digits), perceptual hash, address."""

    content_hash: str
    phash: str
    address: str


def published(covers: pd.DataFrame) -> list[PublishedPicture]:
    """Where the pictures of known covers (columns as in `dataset.starter.COLUMNS`) are published, if that is known."""
    names = read_names()
    found = []
    for row in covers.itertuples():
        name = names.get(row.id) if row.source == DISCOGS else None
        if address := row.image_url or (name.image_url if name else ""):
            found.append(PublishedPicture(row.content_hash, row.phash, address))
    return found


def picture_file(content_hash: str) -> Path | None:
    """The picture of a known cover, if it was fetched; asking for it counts as looking at it."""
    file = _folder() / f"{content_hash}.jpg"
    try:
        os.utime(file)
    except OSError:
        return None
    return file


def fetch_pictures(covers: Iterable[PublishedPicture], monitor: Monitor = SILENT) -> Counter:
    """Fetch the pictures that aren't there and weren't tried before; how many came ("") and didn't, by reason.

    Raises ConnectionLost and Cancelled; what came before is kept.
    """
    failures = read_failures()
    missing = [
        cover
        for cover in {cover.content_hash: cover for cover in covers}.values()
        if cover.address and cover.content_hash not in failures and not _path(cover).exists()
    ]
    came: Counter = Counter()
    _folder().mkdir(parents=True, exist_ok=True)
    try:
        with open_web(monitor) as web:
            for done, cover in enumerate(monitor.steps(missing, "pictures", "they are kept", "pictures")):
                reason = fetch_picture(web, cover)
                came[reason] += 1
                if reason:
                    failures[cover.content_hash] = reason
                elif done % _EVICT_EVERY == 0:
                    make_room()
    finally:
        replace_json(_folder() / "failures.json", failures)
        make_room()
    return came


def fetch_picture(web: Web, cover: PublishedPicture) -> str:
    """Bring one picture; "" or why it can't be had. Raises ConnectionLost and Cancelled."""
    try:
        answer = web.get(cover.address, images.MAX_BYTES)
        if answer.status == 404:
            return "no picture at its address any more"
        image = images.decode(answer.body).image
    except (Refused, BadImage) as error:
        return str(error)
    if (int(images.perceptual_hash(image), 16) ^ int(cover.phash, 16)).bit_count() > _ALIKE:
        return "another picture is at its address now"
    _folder().mkdir(parents=True, exist_ok=True)
    replace_bytes(_path(cover), images.thumbnail(image, SIDE))
    return ""


def note_failure(content_hash: str, reason: str) -> None:
    """Keep in mind why a picture can't be had, so that it is not asked for again."""
    with _noting:
        _folder().mkdir(parents=True, exist_ok=True)
        replace_json(_folder() / "failures.json", {**read_failures(), content_hash: reason})


def read_failures() -> dict[str, str]:
    """Why pictures could not be had, by content hash."""
    try:
        stored = read_json(_folder() / "failures.json")
        return {str(key): str(reason) for key, reason in stored.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def clear() -> int:
    """Delete all pictures that were fetched, and what is known of failures; how many pictures there were."""
    files = list(_files())
    for file in [*files, _folder() / "failures.json"]:
        file.unlink(missing_ok=True)
    return len(files)


def make_room() -> None:
    """Delete what was not looked at for longest until the rest fits."""
    files = sorted(((status.st_mtime, status.st_size, file) for file, status in _statuses().items()), reverse=True)
    room = _room()
    for _, size, file in files:
        room -= size
        if room < 0:
            file.unlink(missing_ok=True)


def _statuses() -> Mapping[Path, os.stat_result]:
    found = {}
    for file in _files():
        with suppress(OSError):
            found[file] = file.stat()
    return found


def _room() -> int:
    text = os.environ.get("COVERGENRE_PICTURES_MB") or str(_USUAL_MB)
    if not text.isdigit():
        raise CoverGenreError(f"COVERGENRE_PICTURES_MB is {text!r}: give a whole number of megabytes")
    return int(text) * 2**20


def _path(cover: PublishedPicture) -> Path:
    return _folder() / f"{cover.content_hash}.jpg"


def _files() -> Iterable[Path]:
    return _folder().glob("*.jpg")


def _folder() -> Path:
    return home.home() / "pictures"
