"""Where the open sources are, how often each may be asked, and who we say we are.

COVERGENRE_CONTACT           an address or a page, told to every source as they ask for it
COVERGENRE_DISCOGS_TOKEN     the user's own token; without one Discogs is not asked
COVERGENRE_MUSICBRAINZ, COVERGENRE_COVERART, COVERGENRE_DISCOGS     other base addresses (a mirror)
"""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from covergenre import __version__
from covergenre.errors import CoverGenreError
from covergenre.progress import SILENT, Monitor
from covergenre.web import Web

SETTINGS = ("COVERGENRE_MUSICBRAINZ", "COVERGENRE_COVERART", "COVERGENRE_DISCOGS")


@dataclass(frozen=True)
class Source:
    """A base address and the least seconds between two requests to it."""

    base: str
    between: float

    @property
    def host(self) -> str:
        """The name of its host, and the port where it has one."""
        return urlsplit(self.base).netloc


def musicbrainz() -> Source:
    """Albums by tag. One request a second is their rule."""
    return _source("COVERGENRE_MUSICBRAINZ", "https://musicbrainz.org", 1.0)


def coverart() -> Source:
    """Front pictures. No rate is asked for; four a second is what one reader would do."""
    return _source("COVERGENRE_COVERART", "https://coverartarchive.org", 0.25)


def discogs() -> Source:
    """Names and pictures of releases, for whoever has a token. Sixty a minute are allowed."""
    return _source("COVERGENRE_DISCOGS", "https://api.discogs.com", 1.0)


def discogs_token() -> str:
    """The user's own token, or ""."""
    return os.environ.get("COVERGENRE_DISCOGS_TOKEN", "").strip()


def open_web(monitor: Monitor = SILENT, **options: int) -> Web:
    """A `Web` that keeps to the rates of all sources and says who asks; CoverGenreError for a broken setting.

    `options` are those of `Web`.
    """
    known = (musicbrainz(), coverart(), discogs())
    contact = os.environ.get("COVERGENRE_CONTACT", "").strip() or "no contact given"
    if not contact.isprintable() or not contact.isascii():
        raise CoverGenreError("COVERGENRE_CONTACT holds characters that can't be sent: give a plain address")
    # A host that a setting names may be a mirror on one's own network; those built in may not.
    trusted = [urlsplit(os.environ.get(setting, "")).hostname or "" for setting in SETTINGS]
    between: dict[str, float] = {}
    for source in known:
        between[source.host] = max(source.between, between.get(source.host, 0.0))
    return Web(f"covergenre/{__version__} ( {contact} )", between, trusted, monitor, **options)


def _source(setting: str, usual: str, between: float) -> Source:
    base = (os.environ.get(setting) or usual).rstrip("/")
    source = Source(base, between)
    if urlsplit(base).scheme not in ("http", "https") or not source.host:
        raise CoverGenreError(f"{setting} is {base!r}: give an address such as {usual}")
    return source
