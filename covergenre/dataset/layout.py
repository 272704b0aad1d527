"""Detecting which folder names the genre, in the usual ways to store covers.

    jazz/0001.jpg, spotify/jazz/0001.jpg       covers by genre: the folder that holds the file
    Jazz/Miles Davis/Kind of Blue/cover.jpg    a music library: a folder far above it, one front an album
    Music/Jazz/Miles Davis - Kind of Blue (1959)/folder.jpg

The layout is detected from the names and places of the files, reported, and can be set: `genre_level` 1 is the first
folder below the root, 0 the folder that holds the file.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

FRONT, BACK, OTHER = 0, 2, 1

_FRONT = re.compile(r"cover|front|folder|albumart|artwork|album|thumb|pochette|frontal|capa")
_BACK = re.compile(
    r"back|rear|booklet|inlay|inside|inner|tray|spine|obi|matrix|label|disc|disk|cd ?\d*$|insert|sticker|gatefold"
    r"|artist|band|scan ?\d+|page ?\d+|side ?[ab]$|small"
)
_PART_FOLDER = re.compile(
    r"(cd|disc|disk|vol|volume|side|lp) ?[0-9a-d]{1,2}|scans?|artworks?|covers?|booklet|images?|art"
)
_YEAR = re.compile(r"\(((?:19|20)\d\d)\)|\[((?:19|20)\d\d)\]|^((?:19|20)\d\d)\s+-\s+")
_GENRE_NAMES = """
alternative ambient anime black blackmetal bluegrass blues bossanova brazilian celtic chanson
chillout classic classical country dance deathmetal disco doom downtempo drumandbass dub dubstep edm
electro electronic electronica emo enka experimental fado flamenco folk funk fusion garage gospel
gothic grime grunge hardcore hardrock heavymetal hiphop house indie industrial jazz jpop klassik
kpop latin lounge metal motown musica musical newage newwave opera pop postpunk postrock prog
progressive psychedelic punk rap reggae reggaeton rnb rock rocksteady salsa samba schlager shoegaze
singersongwriter ska soul soundtrack soundtracks swing synthpop techno trance triphop vocal world
"""
_GENRES = frozenset(_GENRE_NAMES.split())
_LEAST_ALBUMS = 4
_MOST_PICTURES = 3  # of one album, in the middle


@dataclass(frozen=True)
class Layout:
    """`genre_level`: which folder names the genre, 1 being the first below the root, 0 the one that holds the file.

    `albums`: whether each folder is an album, of which one front is taken.
    """

    genre_level: int = 0
    albums: bool = False

    def __str__(self) -> str:
        if not self.genre_level:
            return "GENRE/cover.jpg"
        above = "".join(f"FOLDER{level}/" for level in range(1, self.genre_level))
        return f"{above}GENRE/{'.../ALBUM/' if self.albums else '.../'}cover.jpg"

    def facts(self, path: str) -> dict[str, object]:
        """Genre and source of a cover by its folders; in a music library also artist, album and year."""
        folders = PurePosixPath(path).parts[:-1]
        at = min(self.genre_level or len(folders), len(folders)) - 1
        facts: dict[str, object] = {"genre": tidy_genre(folders[at]), "source": "/".join(folders[:at])}
        return {**facts, **_album(folders[at + 1 :])} if self.albums else facts


BY_GENRE = Layout()


def detect_layout(paths: Sequence[str], genre_level: int | None = None) -> Layout:
    """The layout of the covers at these paths (POSIX, relative to the root); `genre_level`: the one to take."""
    folders = [PurePosixPath(path).parts[:-1] for path in paths]
    deepest = max(map(len, folders), default=0)
    albums = deepest > 1 and _are_albums(paths)
    if genre_level is not None:
        return Layout(genre_level, albums and 0 < genre_level < deepest)
    known_at = Counter(at for each in folders for at, name in enumerate(each) if normalized_name(name) in _GENRES)
    known = [known_at[at] / len(folders) for at in range(deepest)]  # the share of covers with a genre's name there
    parents = sum(normalized_name(each[-1]) in _GENRES for each in folders) / max(len(folders), 1)
    best = max(range(deepest), key=lambda at: known[at], default=0)
    if deepest > 1 and known[best] > 0.5 and parents < known[best] / 2:
        return Layout(best + 1, albums)
    if albums and parents < 0.5:
        return Layout(2 if len({each[0] for each in folders}) == 1 and deepest > 2 else 1, albums=True)
    usual = Counter(map(len, folders)).most_common(1)[0][0] if folders else 0
    deeper, holding = [each for each in folders if len(each) > usual], set(folders)
    # A folder inside one that holds covers of its own is a part of that genre, and no genre.
    return Layout(usual if deeper and all(each[:usual] in holding for each in deeper) else 0)


def front_covers(paths: Iterable[str]) -> set[str]:
    """The most likely front of each album, whose discs and scans may have folders of their own."""
    albums: Mapping[tuple[str, ...], list[str]] = defaultdict(list)
    for path in paths:
        albums[_without_parts(PurePosixPath(path).parts[:-1])].append(path)
    return {min(pictures, key=lambda path: (_side(path), path.count("/"), path)) for pictures in albums.values()}


def tidy_genre(name: str) -> str:
    """The name of a genre in composed letters (NFC), with single blanks."""
    return " ".join(unicodedata.normalize("NFC", name).split()) or name


def _are_albums(paths: Sequence[str]) -> bool:
    """Whether most folders look like one album each: few pictures, one of them called cover, front, folder, ..."""
    folders: Mapping[tuple[str, ...], list[str]] = defaultdict(list)
    for path in paths:
        folders[_without_parts(PurePosixPath(path).parts[:-1])].append(path)
    fronted = sum(any(_side(path) == FRONT for path in pictures) for pictures in folders.values())
    middle = sorted(map(len, folders.values()))[len(folders) // 2]
    if len(folders) < _LEAST_ALBUMS or middle > _MOST_PICTURES:
        return False
    names = len({folder[-1] for folder in folders})
    alone = middle == 1 and len(folders) >= 5 * _LEAST_ALBUMS and 2 * names > len(folders)
    return 2 * fronted > len(folders) or alone


def _side(path: str) -> int:
    stem = re.sub(r"[\W_]+", " ", PurePosixPath(path).stem.casefold()).strip()
    if _BACK.search(stem):
        return BACK
    return FRONT if _FRONT.search(stem) else OTHER


def _without_parts(folders: tuple[str, ...]) -> tuple[str, ...]:
    """The folders of an album without those of its discs and scans."""
    while len(folders) > 1 and _PART_FOLDER.fullmatch(re.sub(r"[\W_]+", " ", folders[-1].casefold()).strip()):
        folders = folders[:-1]
    return folders


def _album(below: Sequence[str]) -> dict[str, object]:
    """Artist, album and year by the folders between genre and file."""
    names = _without_parts(tuple(below))
    if not names:
        return {}
    album = unicodedata.normalize("NFC", names[-1])
    found = _YEAR.search(album)
    year = int(next(filter(None, found.groups()))) if found else None
    album = (album[: found.start()] + album[found.end() :]).strip() if found else album
    artist = unicodedata.normalize("NFC", names[-2]) if len(names) > 1 else ""
    if not artist:
        first, dash, rest = re.sub(r"\s[–—]\s", " - ", album).partition(" - ")
        artist, album = (first.strip(), rest.strip()) if dash else ("", album)
    return {"artist": artist, "album": album, "year": year}


def normalized_name(name: str) -> str:
    """A name without case, accents, blanks and dashes, and with "and" for "&"."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    return "".join(letter for letter in letters if unicodedata.category(letter)[0] in "LN") or name


def similar_names(genres: Iterable[str]) -> list[list[str]]:
    """Groups of genres with the same `normalized_name`, the most frequent first."""
    counts = Counter(genres)
    groups: Mapping[str, list[str]] = defaultdict(list)
    for genre, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        groups[normalized_name(genre)].append(genre)
    return [group for group in groups.values() if len(group) > 1]
