"""A collection on disk, so that it can continue where it was stopped.

    collected/NAME/plan.json              the `Plan`
    collected/NAME/.journal.jsonl         a line for each page of albums, and for the outcome of each picture
    collected/NAME/musicbrainz/GENRE/ID.jpg
    collected/NAME/manifest.csv           artist, album, year and provenance, by path; a scan reads it

and the files of a `Workplace`. A picture is written before its line. One whose line was lost with its process is found
by its file, so it is not fetched again.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from covergenre import home
from covergenre.background import Workplace
from covergenre.collecting.genres import tags_of
from covergenre.collecting.musicbrainz import Album
from covergenre.dataset.registry import check_name
from covergenre.errors import BadDataset, CoverGenreError
from covergenre.files import append_json, read_json, read_json_lines, replace_json

SIZES = (250, 500)
SOURCE = "musicbrainz"


@dataclass(frozen=True)
class Plan(Workplace):
    """What to collect: `per_genre` covers of each genre, at most `per_artist` of one artist, `size` px wide.

    Raises CoverGenreError for an invalid name, genre or number.
    """

    kind = "collect"
    name: str
    genres: tuple[str, ...]
    per_genre: int = 200
    per_artist: int = 3
    size: int = 250

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(set(self.genres)) < 2:
            raise CoverGenreError(f"found {len(set(self.genres))} genres to collect: choose at least two")
        for genre in self.genres:
            tags_of(genre)
        if not 1 <= self.per_genre <= 10_000:
            raise CoverGenreError(f"{self.per_genre} covers of each genre: give a number from 1 to 10,000")
        if self.per_artist < 1:
            raise CoverGenreError(f"{self.per_artist} covers of each artist: give 1 or more")
        if self.size not in SIZES:
            raise CoverGenreError(f"pictures of {self.size} px are not available: choose {SIZES[0]} or {SIZES[1]}")

    @property
    def folder(self) -> Path:
        """The folder of the collection."""
        return home.home() / "collected" / self.name

    @property
    def total(self) -> int:
        """How many covers it wants."""
        return self.per_genre * len(self.genres)

    def save(self) -> None:
        """Write it to its folder."""
        replace_json(self.folder / "plan.json", asdict(self))


@dataclass(frozen=True)
class Attempt:
    """The outcome of fetching a picture. `reason`: "" or why there is none; `collected`: ISO date."""

    genre: str
    id: str
    reason: str = ""
    collected: str = ""


class Journal:
    """The albums and attempts of a plan, read once and appended to by the one process that is `at_work`."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.albums: dict[str, list[Album]] = {genre: [] for genre in plan.genres}
        self.offsets: dict[str, int] = dict.fromkeys(plan.genres, 0)
        self.totals: dict[str, int | None] = dict.fromkeys(plan.genres)
        self.tried: dict[str, Attempt] = {}
        for line in read_json_lines(self._file):
            self._take(line)

    def add_page(self, genre: str, albums: Sequence[Album], offset: int, total: int) -> None:
        """Record a page of albums; the next one starts at `offset` of `total`."""
        self._write({"genre": genre, "asked": offset, "total": total, "albums": [asdict(album) for album in albums]})

    def add(self, tried: Attempt) -> None:
        """Record the outcome of a picture."""
        self._write({"tried": asdict(tried)})

    def picture(self, genre: str, album_id: str) -> Path:
        """The file for the picture of an album."""
        return self._plan.folder / SOURCE / genre / f"{album_id}.jpg"

    def kept(self, genre: str) -> list[Album]:
        """The albums of a genre that have a picture."""
        return [album for album in self.albums[genre] if (one := self.tried.get(album.id)) and not one.reason]

    def failures(self) -> tuple[Attempt, ...]:
        """The pictures that could not be fetched, in the order of the requests."""
        return tuple(tried for tried in self.tried.values() if tried.reason)

    @property
    def _file(self) -> Path:
        return self._plan.folder / ".journal.jsonl"

    def _write(self, line: dict[str, Any]) -> None:
        append_json(self._file, line)
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        try:
            if "tried" in line:
                tried = Attempt(**line["tried"])
                self.tried[tried.id] = tried
            elif line["genre"] in self.albums:
                known = {album.id for albums in self.albums.values() for album in albums}
                albums = [_album(fields) for fields in line["albums"] if fields["id"] not in known]
                self.albums[line["genre"]] += albums
                self.offsets[line["genre"]], self.totals[line["genre"]] = int(line["asked"]), int(line["total"])
        except (KeyError, TypeError, ValueError) as error:
            raise BadDataset(f"{self._file} is damaged ({error}): delete it to begin anew; the covers stay") from error


def open_plan(name: str) -> Plan:
    """The plan of a collection; BadDataset when there is none or it is damaged."""
    check_name(name)
    file = home.home() / "collected" / name / "plan.json"
    try:
        fields = read_json(file)
        return Plan(**{**fields, "genres": tuple(fields["genres"])})
    except FileNotFoundError as error:
        raise BadDataset(f"nothing was collected as {name!r}: say which genres") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise BadDataset(f"{file} is damaged ({error}): collect again and say which genres") from error


def _album(fields: dict[str, Any]) -> Album:
    album = Album(**{**fields, "tags": tuple(fields["tags"]), "types": tuple(fields["types"])})
    if not re.fullmatch(r"[0-9a-f-]{36}", album.id):
        raise ValueError(f"{album.id!r} is the id of no album")
    return album
