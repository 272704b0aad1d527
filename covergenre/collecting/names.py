"""Names of covers that are known by a number only: releases of Discogs, fetched with the user's own token.

    names/discogs.jsonl     a line for each release that was requested: its name, or why there is none

https://www.discogs.com/developers: a personal token, sixty requests a minute, a descriptive User-Agent.
"""

import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from covergenre import home
from covergenre.collecting.sources import discogs, discogs_token, open_web
from covergenre.errors import CoverGenreError, Refused
from covergenre.files import append_json, read_json_lines
from covergenre.formatting import one_line
from covergenre.progress import SILENT, Monitor
from covergenre.web import Web

SOURCE = "discogs"
_MOST_BYTES = 4 * 2**20
_NUMBERED = re.compile(r" \(\d+\)$")  # by which Discogs distinguishes artists of the same name
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Name:
    """The name of a release. `reason` is "" or why it is unknown; then the rest is empty."""

    id: str
    artist: str = ""
    album: str = ""
    year: int | None = None
    image_url: str = ""
    reason: str = ""


def read_names() -> Mapping[str, Name]:
    """The releases that were requested, by number."""
    names = {}
    for fields in read_json_lines(_file()):
        with suppress(TypeError):  # written by another version: it is requested again
            names[fields.get("id", "")] = Name(**fields)
    return names


def fetch_names(ids: Iterable[str], monitor: Monitor = SILENT) -> Counter:
    """Fetch the releases that were not requested before; how many came ("") and failed, by reason.

    Raises CoverGenreError without a token, ConnectionLost and Cancelled; names fetched before that are kept.
    """
    if not discogs_token():
        raise CoverGenreError(
            "Discogs asks for a token of your own: make one there and set COVERGENRE_DISCOGS_TOKEN to it"
        )
    known = read_names()
    missing = [number for number in dict.fromkeys(ids) if number.isdigit() and number not in known]
    came: Counter = Counter()
    _file().parent.mkdir(parents=True, exist_ok=True)
    with open_web(monitor) as web:
        for number in monitor.steps(missing, "names", "they are kept", "names"):
            name = _name(web, number)
            append_json(_file(), asdict(name))
            came[name.reason] += 1
    return came


def _file() -> Path:
    return home.home() / "names" / f"{SOURCE}.jsonl"


class _Artist(BaseModel):
    name: str = ""
    join: str = ""


class _Image(BaseModel):
    type: str = ""
    uri: str = ""


class _Release(BaseModel):
    title: str
    year: int = 0
    artists: list[_Artist] = []
    images: list[_Image] = []


def _name(web: Web, number: str) -> Name:
    try:
        answer = web.get(
            f"{discogs().base}/releases/{number}", _MOST_BYTES, {"Authorization": f"Discogs token={discogs_token()}"}
        )
        if answer.status == 404:
            return Name(number, reason="no such release")
        release = _Release.model_validate(json.loads(answer.body))
    except Refused as error:
        if "answers 401" in str(error):
            raise CoverGenreError("Discogs does not accept COVERGENRE_DISCOGS_TOKEN: make another token") from error
        return Name(number, reason=str(error))
    except (ValueError, ValidationError, RecursionError):
        return Name(number, reason=f"an answer of another shape ({answer.media_type or 'unnamed'})")
    pictures = sorted(release.images, key=lambda image: image.type != "primary")
    return Name(
        id=number,
        artist=one_line("".join(_joined(artist) for artist in release.artists).strip(" ,")),
        album=one_line(release.title),
        year=release.year if 1000 < release.year < 3000 else None,
        image_url=pictures[0].uri if pictures else "",
    )


def _joined(artist: _Artist) -> str:
    join = artist.join.strip()
    return _NUMBERED.sub("", artist.name) + (f"{join} " if join == "," else f" {join} " if join else "")
