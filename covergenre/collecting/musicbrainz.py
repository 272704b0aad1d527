"""Albums by tag from MusicBrainz (https://musicbrainz.org/doc/MusicBrainz_API/Search), a page at a time."""

import json
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from pydantic import BaseModel, Field, ValidationError

from covergenre.collecting.genres import tags_of
from covergenre.collecting.sources import musicbrainz
from covergenre.errors import Refused
from covergenre.formatting import one_line
from covergenre.web import Web

PAGE = 100
"""Albums per page: the maximum."""

_MOST_BYTES = 8 * 2**20
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Album:
    """A release group. `artist_id` is "" and `year` None where unknown; `tags` in lower case."""

    id: str
    title: str
    artist: str
    artist_id: str
    year: int | None
    tags: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True)
class AlbumPage:
    """Albums in the order of the source, which has `total`; `skipped` had no usable id or title."""

    albums: tuple[Album, ...]
    total: int
    skipped: int


def find_albums(web: Web, genre: str, offset: int) -> AlbumPage:
    """The albums tagged as `genre`, from `offset` on.

    Raises Refused for a response in an unknown format, and what `Web.get` raises.
    """
    wanted = tags_of(genre)
    tags = " OR ".join(f'tag:"{tag}"' for tag in wanted.tags)
    query = f"({tags}) AND primarytype:album"
    if wanted.types:
        query += f' AND secondarytype:"{wanted.types[0].lower()}"'
    parameters = urlencode({"query": query, "fmt": "json", "limit": PAGE, "offset": offset})
    answer = web.get(f"{musicbrainz().base}/ws/2/release-group?{parameters}", _MOST_BYTES)
    if answer.status == 404:
        raise Refused("MusicBrainz knows no such search")
    try:
        page = _Page.model_validate(json.loads(answer.body))
    except (ValueError, ValidationError, RecursionError) as error:
        what = answer.media_type or "an unnamed kind"
        raise Refused(f"MusicBrainz answered with {what} that is no page of albums ({_first_line(error)})") from error
    albums = tuple(_album(group) for group in page.groups if _MBID.fullmatch(group.id) and group.title.strip())
    return AlbumPage(albums, page.count, len(page.groups) - len(albums))


class _Artist(BaseModel):
    id: str = ""


class _Credit(BaseModel):
    name: str = ""
    joinphrase: str = ""
    artist: _Artist = _Artist()


class _Tag(BaseModel):
    name: str
    count: int = 1


class _Group(BaseModel):
    id: str
    title: str = ""
    credits: list[_Credit] = Field(default=[], alias="artist-credit")
    date: str = Field(default="", alias="first-release-date")
    tags: list[_Tag] = []
    types: list[str] = Field(default=[], alias="secondary-types")


class _Page(BaseModel):
    count: int = Field(ge=0)
    groups: list[_Group] = Field(alias="release-groups")


def _album(group: _Group) -> Album:
    year = re.match(r"(\d{4})(-|$)", group.date)
    return Album(
        id=group.id,
        title=one_line(group.title),
        artist=one_line("".join(credit.name + credit.joinphrase for credit in group.credits)),
        artist_id=group.credits[0].artist.id if group.credits else "",
        year=int(year[1]) if year else None,
        tags=tuple(tag.name.strip().lower() for tag in group.tags if tag.count > 0),
        types=tuple(group.types),
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:120]
