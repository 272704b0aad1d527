"""Covers that somebody asked about, kept for a while: so that an answer has an address which outlives the server.

    answers/TOKEN.zip    answer.json {"run", "covers": [{"name", "drawn_as"}]}, and the bytes of each cover as 0, 1, ...
    answers/.salt        what only this machine knows

A token is made of the covers, of who answers and of the salt: the same question has one address, and nobody can guess
it from a cover. There is no list of them. What was not looked at for longest goes first.
"""

import hashlib
import json
import logging
import os
import re
import secrets
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from covergenre import home
from covergenre.files import replace_bytes

MOST_ANSWERS = 500
MOST_BYTES = 200 * 2**20

_TOKEN = re.compile(r"[0-9a-f]{32}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cover:
    """A file as it came: its name, its bytes, their digest, and the genre it was drawn as if it is an example."""

    name: str
    data: bytes
    digest: str
    drawn_as: str = ""

    @classmethod
    def of(cls, name: str, data: bytes, drawn_as: str = "") -> "Cover":
        """The cover with its digest computed."""
        return cls(name, data, hashlib.blake2b(data, digest_size=16).hexdigest(), drawn_as)


@dataclass(frozen=True)
class Query:
    """The covers that were asked about, in their order, and the run (or the starter) that answers."""

    covers: tuple[Cover, ...]
    run: str


def save_query(asked: Query) -> tuple[str, bool]:
    """The token of these covers, and whether they were kept; they aren't when they alone take more than there may be.

    OSError when they can't be written.
    """
    folder = _folder()
    token = _token(asked, folder)
    if sum(len(cover.data) for cover in asked.covers) > MOST_BYTES // 2:
        return token, False
    file = folder / f"{token}.zip"
    if file.exists():
        os.utime(file)
    else:
        _write(file, asked)
        _make_room(folder, file)
    return token, True


def load_query(token: str, only: int | None = None) -> Query | None:
    """What was kept under a token, of its covers `only` that of this number; None when it has gone, or never was there.

    A number that there is not gives no cover.
    """
    file = home.answers() / f"{token}.zip"
    if not _TOKEN.fullmatch(token) or not file.is_file():
        return None
    try:
        with zipfile.ZipFile(file) as packed:
            told = json.loads(packed.read("answer.json"))
            covers = tuple(
                Cover.of(str(each["name"]), packed.read(str(number)), str(each["drawn_as"]))
                for number, each in enumerate(told["covers"])
                if only in (None, number)
            )
            run = str(told["run"])
        os.utime(file)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        _log.warning("%s can't be read, so it is left out: %s", file, error)
        return None
    return Query(covers, run)


def delete_query(token: str) -> None:
    """Delete what was kept under a token, if anything was."""
    if _TOKEN.fullmatch(token):
        (home.answers() / f"{token}.zip").unlink(missing_ok=True)


def _folder() -> Path:
    folder = home.answers()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _token(asked: Query, folder: Path) -> str:
    digest = hashlib.blake2b(key=_salt(folder), digest_size=16)
    told = [asked.run, *(part for cover in asked.covers for part in (cover.name, cover.digest, cover.drawn_as))]
    digest.update(json.dumps(told).encode())
    return digest.hexdigest()


def _salt(folder: Path) -> bytes:
    file = folder / ".salt"
    if not file.exists():
        replace_bytes(file, secrets.token_bytes(32))
        file.chmod(0o600)
    return file.read_bytes()[:64]


def _write(file: Path, asked: Query) -> None:
    """Pack the covers, as they are, into a file that takes its place whole."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    covers = [{"name": cover.name, "drawn_as": cover.drawn_as} for cover in asked.covers]
    try:
        with zipfile.ZipFile(beside, "w") as packed:
            packed.writestr("answer.json", json.dumps({"run": asked.run, "covers": covers}, ensure_ascii=False))
            for number, cover in enumerate(asked.covers):
                packed.writestr(str(number), cover.data)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def _make_room(folder: Path, newest: Path) -> None:
    """Delete what was not looked at for longest, until the rest is within the limits."""
    files = sorted(_stats(folder.glob("*.zip")), key=lambda each: each[1].st_mtime_ns)
    count, size = len(files), sum(stat.st_size for _, stat in files)
    for file, stat in files:
        if count <= MOST_ANSWERS and size <= MOST_BYTES:
            return
        if file != newest:
            file.unlink(missing_ok=True)
            count, size = count - 1, size - stat.st_size


def _stats(files: Iterable[Path]) -> list[tuple[Path, os.stat_result]]:
    found = []
    for file in files:
        try:
            found.append((file, file.stat()))
        except FileNotFoundError:
            continue  # another visitor has just forgotten it
    return found
