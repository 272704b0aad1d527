"""Pictures of known covers, fetched when they are shown: two at a time, and none for a while after a lost connection.

Browsers get them from this machine, so that the sources don't see who looks at what.
"""

import logging
import queue
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from covergenre.collecting.pictures import (
    PublishedPicture,
    evict,
    fetch_picture,
    note_failure,
    picture_file,
    read_failures,
)
from covergenre.collecting.sources import open_web
from covergenre.errors import Cancelled, ConnectionLost, CoverGenreError
from covergenre.web import Web

AT_ONCE = 2

_TRIES = 2
_PAUSE = 60.0  # seconds without requests after a lost connection
_EVICT_EVERY = 50
_log = logging.getLogger(__name__)


class ShownCover(Protocol):
    """A cover on a page."""

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


class PictureFetcher:
    """Safe for any number of threads."""

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
        """The file of its picture, fetched if needed; None when it can't be had now."""
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


fetcher = PictureFetcher()
"""For all visitors of one server."""
