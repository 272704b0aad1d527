"""Which tags of MusicBrainz mean which genre, as `genres.json` has it.

`tags` name the genre; albums with one of the `never` tags are not meant; `types` are secondary types that are required,
although such albums are no studio albums (an anime's music is a soundtrack). Edit the file for other genres.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from covergenre.errors import CoverGenreError

_STUDIO_ONLY = ("Compilation", "Live", "Remix", "DJ-mix", "Mixtape/Street", "Interview", "Audiobook", "Spokenword")


@dataclass(frozen=True)
class GenreTags:
    """How a genre is recognised; see the module."""

    genre: str
    tags: tuple[str, ...]
    never: tuple[str, ...]
    types: tuple[str, ...]


@cache
def genre_tags() -> Mapping[str, GenreTags]:
    """The genres that can be collected, by name, in alphabetical order."""
    stored = json.loads(resources.files(__package__).joinpath("genres.json").read_text(encoding="utf-8"))
    return {
        genre: GenreTags(genre, tuple(entry["tags"]), tuple(entry["never"]), tuple(entry["types"]))
        for genre, entry in sorted(stored.items())
    }


def tags_of(genre: str) -> GenreTags:
    """The tags of a genre; CoverGenreError when it can't be collected."""
    if genre not in genre_tags():
        raise CoverGenreError(f"{genre!r} can't be collected: choose from {', '.join(genre_tags())}")
    return genre_tags()[genre]


def rejection_reason(genre: str, tags: Collection[str], types: Collection[str]) -> str:
    """Why an album with these tags and secondary types is not taken as one of `genre`; "" when it is."""
    wanted = tags_of(genre)
    if unfit := sorted(set(types) & set(_STUDIO_ONLY) - set(wanted.types)):
        return f"no studio album ({unfit[0].lower()})"
    if wanted.types and not set(types) & set(wanted.types):
        return f"no {wanted.types[0].lower()}"
    if unfit := sorted(set(tags) & set(wanted.never)):
        return f"also tagged {unfit[0]}"
    others = [other.genre for other in genre_tags().values() if other.genre != genre and set(tags) & set(other.tags)]
    return f"also tagged {others[0]}" if others else ""
