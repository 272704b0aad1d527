"""Pictures of known covers fetched as somebody looks at them: two at a time, and none for a while without a connection.

Whoever looks asks this machine alone; the sources see this machine, and not who looks at what.
"""

import logging
import queue
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from covergenre.collecting.pictures import (
    PublishedPicture,
    fetch_picture,
    make_room,
    note_failure,
    picture_file,
    read_failures,
)
from covergenre.collecting.sources import open_web
from covergenre.errors import Cancelled, ConnectionLost, CoverGenreError
from covergenre.web import Web

AT_ONCE = 2

_TRIES = 2
_REST = 60.0  # seconds without asking, once nothing could be reached
_ROOM_EVERY = 50
_log = logging.getLogger(__name__)


class ShownCover(Protocol):
    """A cover as pages show it."""

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
    """Of some covers: how many have a picture at hand, for how many one may still come, and why there are no others."""

    covers: int
    shown: int
    coming: int
    reasons: Mapping[str, int]


class PictureFetcher:
    """Any number of threads may ask."""

    def __init__(self) -> None:
        self._slots = threading.Semaphore(AT_ONCE)
        self._webs: queue.SimpleQueue[Web] = queue.SimpleQueue()
        self._lost, self._lost_until = "", 0.0
        self._fetched = 0

    @property
    def lost(self) -> str:
        """Why nothing is asked for at present; "" when something would be."""
        return self._lost if time.monotonic() < self._lost_until else ""

    def picture(self, cover: PublishedPicture) -> Path | None:
        """The file of its picture, fetched first where that is needed; None where it can't be had now."""
        if file := picture_file(cover.content_hash):
            return file
        if not cover.address or self.lost or cover.content_hash in read_failures():
            return None
        with self._slots:
            if not self.lost and not picture_file(cover.content_hash):
                self._fetch(cover)
        return picture_file(cover.content_hash)

    def availability(self, covers: Iterable[ShownCover]) -> Availability:
        """How it stands with the pictures of these covers."""
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

    def _fetch(self, cover: PublishedPicture) -> None:
        try:
            web = self._webs.get_nowait()
        except queue.Empty:
            web = open_web(tries=_TRIES)
        try:
            if reason := fetch_picture(web, cover):
                note_failure(cover.content_hash, reason)
        except ConnectionLost as error:
            _log.info("no picture: %s", error)
            self._lost, self._lost_until = "no connection", time.monotonic() + _REST
        except (CoverGenreError, Cancelled, OSError) as error:
            _log.warning("a picture could not be kept: %s", error)
            self._lost, self._lost_until = str(error), time.monotonic() + _REST
        finally:
            self._webs.put(web)
        self._fetched += 1
        if self._fetched % _ROOM_EVERY == 0:
            make_room()


fetcher = PictureFetcher()
"""For all visitors of one server."""
