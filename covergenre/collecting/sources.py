"""The addresses and rate limits of the open sources, and how requests identify the user.

COVERGENRE_CONTACT           an e-mail address or a page, part of the User-Agent as the sources ask for it
COVERGENRE_DISCOGS_TOKEN     the user's own token; without one Discogs is not used
COVERGENRE_MUSICBRAINZ, COVERGENRE_COVERART, COVERGENRE_DISCOGS     other base addresses (a mirror)
"""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

from covergenre import __version__
from covergenre.errors import CoverGenreError
from covergenre.progress import SILENT, Monitor
from covergenre.web import TRIES, Web

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
    """Albums by tag. The limit is one request a second."""
    return _source("COVERGENRE_MUSICBRAINZ", "https://musicbrainz.org", 1.0)


def coverart() -> Source:
    """Front covers. There is no stated limit; four requests a second are about what one reader would cause."""
    return _source("COVERGENRE_COVERART", "https://coverartarchive.org", 0.25)


def discogs() -> Source:
    """Names and pictures of releases, with a token. The limit is sixty requests a minute."""
    return _source("COVERGENRE_DISCOGS", "https://api.discogs.com", 1.0)


def discogs_token() -> str:
    """The user's own token, or ""."""
    return os.environ.get("COVERGENRE_DISCOGS_TOKEN", "").strip()


def open_web(monitor: Monitor = SILENT, tries: int = TRIES) -> Web:
    """A `Web` with the rate limits of all sources and the user's contact; CoverGenreError for an invalid setting."""
    contact = os.environ.get("COVERGENRE_CONTACT", "").strip() or "no contact given"
    if not contact.isprintable() or not contact.isascii():
        raise CoverGenreError("COVERGENRE_CONTACT holds characters that can't be sent: give a plain address")
    # A host that a setting names may be a mirror in a private network.
    trusted = [urlsplit(os.environ.get(setting, "")).hostname or "" for setting in SETTINGS]
    between: dict[str, float] = {}
    for source in (musicbrainz(), coverart(), discogs()):
        between[source.host] = max(source.between, between.get(source.host, 0.0))
    return Web(f"covergenre/{__version__} ( {contact} )", between, trusted, monitor, tries)


def _source(setting: str, usual: str, between: float) -> Source:
    base = (os.environ.get(setting) or usual).rstrip("/")
    source = Source(base, between)
    if urlsplit(base).scheme not in ("http", "https") or not source.host:
        raise CoverGenreError(f"{setting} is {base!r}: give an address such as {usual}")
    return source
