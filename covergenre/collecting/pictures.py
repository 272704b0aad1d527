"""Pictures of known covers, fetched from where they are published and kept on this machine only.

    pictures/CONTENT_HASH.jpg     at most `SIDE` px, by the content hash of the cover
    pictures/failures.json        why others could not be fetched, by content hash

`fetch_pictures` fetches all of them, the `fetcher` those that are shown: browsers get them from this machine, so that
the sources don't see who looks at what. They take at most COVERGENRE_PICTURES_MB; beyond that, the least recently shown
are deleted. A picture is kept only when it is the cover: its address may show another one by now.
"""

import logging
import os
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from covergenre import home, images
from covergenre.collecting.names import SOURCE as DISCOGS
from covergenre.collecting.names import read_names
from covergenre.collecting.sources import open_web
from covergenre.errors import BadImage, Cancelled, ConnectionLost, CoverGenreError, Refused
from covergenre.files import read_json, replace_bytes, replace_json
from covergenre.progress import SILENT, Monitor
from covergenre.web import Web

SIDE = 300
AT_ONCE = 2
"""Pictures that are fetched at a time when they are shown."""

_TRIES = 2
_PAUSE = 60.0  # seconds without requests after a lost connection
_SAME_PICTURE = 12  # bits of 64 that differ at most when a picture is saved again at another size
_USUAL_MB = 500
_EVICT_EVERY = 50
_noting = threading.Lock()
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublishedPicture:
    """A known cover and where its picture is published: content hash (32 hex digits), perceptual hash, address."""

    content_hash: str
    phash: str
    address: str


class ShownCover(Protocol):
    """A known cover as pages show it, such as a `collection.table.Neighbour`."""

    @property
    def content_hash(self) -> str: ...  # noqa: D102
    @property
    def image_url(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> Path | None: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Availability:
    """Of some covers: how many have a picture, how many may still get one, and why the others have none."""

    covers: int
    shown: int
    coming: int
    reasons: Mapping[str, int]


def published(covers: pd.DataFrame) -> list[PublishedPicture]:
    """The known addresses of the pictures of covers (columns as in `dataset.starter.COLUMNS`)."""
    names = read_names()
    found = []
    for row in covers.itertuples():
        name = names.get(row.id) if row.source == DISCOGS else None
        if address := row.image_url or (name.image_url if name else ""):
            found.append(PublishedPicture(row.content_hash, row.phash, address))
    return found


def picture_file(content_hash: str) -> Path | None:
    """The picture of a known cover, if it was fetched; marks it as used."""
    file = _folder() / f"{content_hash}.jpg"
    try:
        os.utime(file)
    except OSError:
        return None
    return file


def fetch_pictures(covers: Iterable[PublishedPicture], monitor: Monitor = SILENT) -> Counter:
    """Fetch the pictures that are missing and did not fail before; how many came ("") and failed, by reason.

    Raises ConnectionLost and Cancelled; pictures fetched before that are kept.
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
                    evict()
    finally:
        replace_json(_folder() / "failures.json", failures)
        evict()
    return came


def fetch_picture(web: Web, cover: PublishedPicture) -> str:
    """Fetch one picture; "" or why there is none. Raises ConnectionLost and Cancelled."""
    try:
        answer = web.get(cover.address, images.MAX_BYTES)
        if answer.status == 404:
            return "no picture at its address any more"
        image = images.decode(answer.body).image
    except (Refused, BadImage) as error:
        return str(error)
    if (int(images.perceptual_hash(image), 16) ^ int(cover.phash, 16)).bit_count() > _SAME_PICTURE:
        return "another picture is at its address now"
    _folder().mkdir(parents=True, exist_ok=True)
    replace_bytes(_path(cover), images.thumbnail(image, SIDE))
    return ""


def note_failure(content_hash: str, reason: str) -> None:
    """Record why a picture can't be fetched, so that it is not requested again."""
    with _noting:
        _folder().mkdir(parents=True, exist_ok=True)
        replace_json(_folder() / "failures.json", {**read_failures(), content_hash: reason})


def read_failures() -> dict[str, str]:
    """Why pictures could not be fetched, by content hash."""
    try:
        stored = read_json(_folder() / "failures.json")
        return {str(key): str(reason) for key, reason in stored.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def clear() -> int:
    """Delete all pictures and recorded failures; how many pictures there were."""
    files = list(_folder().glob("*.jpg"))
    for file in [*files, _folder() / "failures.json"]:
        file.unlink(missing_ok=True)
    return len(files)


def evict() -> None:
    """Delete the least recently used pictures until the rest fits."""
    used = []
    for file in _folder().glob("*.jpg"):
        with suppress(OSError):  # another process may have deleted it
            used.append((file.stat().st_mtime, file.stat().st_size, file))
    room = _room()
    for _, size, file in sorted(used, reverse=True):
        room -= size
        if room < 0:
            file.unlink(missing_ok=True)


class PictureFetcher:
    """Fetches pictures when they are shown: two at a time, and none for a while after a lost connection.

    Safe for any number of threads.
    """

    def __init__(self) -> None:
        self._webs: queue.SimpleQueue[Web | None] = queue.SimpleQueue()  # each is used by one thread at a time
        for _ in range(AT_ONCE):
            self._webs.put(None)  # opened by the first to use it
        self._lost, self._lost_until = "", 0.0
        self._fetched = 0

    @property
    def lost(self) -> str:
        """Why nothing is requested at present; "" otherwise."""
        return self._lost if time.monotonic() < self._lost_until else ""

    def picture(self, cover: PublishedPicture) -> Path | None:
        """The file of its picture, fetched if needed; None when it can't be fetched now."""
        if file := picture_file(cover.content_hash):
            return file
        if not cover.address or self.lost or cover.content_hash in read_failures():
            return None
        web = self._webs.get()
        try:
            if not self.lost and not picture_file(cover.content_hash):
                web = web or open_web(tries=_TRIES)
                self._fetch(web, cover)
        finally:
            self._webs.put(web)
        return picture_file(cover.content_hash)

    def availability(self, covers: Iterable[ShownCover]) -> Availability:
        """The availability of pictures of these covers."""
        shown = coming = 0
        reasons: Counter[str] = Counter()
        covers, failures = list(covers), read_failures()
        for cover in covers:
            if cover.path or picture_file(cover.content_hash):
                shown += 1
            elif not cover.image_url:
                reasons[f"no address known ({cover.source})"] += 1
            elif reason := failures.get(cover.content_hash) or self.lost:
                reasons[reason] += 1
            else:
                coming += 1
        return Availability(len(covers), shown, coming, dict(reasons.most_common()))

    def _fetch(self, web: Web, cover: PublishedPicture) -> None:
        try:
            if reason := fetch_picture(web, cover):
                note_failure(cover.content_hash, reason)
        except ConnectionLost as error:
            _log.info("no picture: %s", error)
            self._lost, self._lost_until = "no connection", time.monotonic() + _PAUSE
        except (CoverGenreError, Cancelled, OSError) as error:
            _log.warning("a picture could not be kept: %s", error)
            self._lost, self._lost_until = str(error), time.monotonic() + _PAUSE
        self._fetched += 1
        if self._fetched % _EVICT_EVERY == 0:
            evict()


def _room() -> int:
    text = os.environ.get("COVERGENRE_PICTURES_MB") or str(_USUAL_MB)
    if not text.isdigit():
        raise CoverGenreError(f"COVERGENRE_PICTURES_MB is {text!r}: give a whole number of megabytes")
    return int(text) * 2**20


def _path(cover: PublishedPicture) -> Path:
    return _folder() / f"{cover.content_hash}.jpg"


def _folder() -> Path:
    return home.home() / "pictures"


fetcher = PictureFetcher()
"""For all visitors of one server."""
