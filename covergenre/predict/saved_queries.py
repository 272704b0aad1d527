"""Covers that a visitor asked about, stored for a while, so that the address of an answer outlives the server.

    answers/TOKEN.zip    answer.json {"run", "covers": [{"name", "drawn_as"}]}, and the bytes of each cover as 0, 1, ...
    answers/.salt        a secret of this machine

A token is a keyed hash of the covers and the run: the same query has one address, which can't be guessed from a cover.
Where space runs out, the least recently used queries are deleted.
"""

import hashlib
import json
import logging
import os
import re
import secrets
import zipfile
from dataclasses import dataclass
from pathlib import Path

from covergenre import home
from covergenre.files import make_room, replace_bytes

MOST_ANSWERS = 500
MOST_BYTES = 200 * 2**20

_TOKEN = re.compile(r"[0-9a-f]{32}")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cover:
    """An uploaded file: its name, bytes and their digest, and the genre it was drawn as if it is an example."""

    name: str
    data: bytes
    digest: str
    drawn_as: str = ""

    @classmethod
    def of(cls, name: str, data: bytes, drawn_as: str = "") -> "Cover":
        """The cover with its digest."""
        return cls(name, data, hashlib.blake2b(data, digest_size=16).hexdigest(), drawn_as)


@dataclass(frozen=True)
class Query:
    """Covers, and the run (or the starter) that predicts their genres."""

    covers: tuple[Cover, ...]
    run: str


def save_query(query: Query) -> tuple[str, bool]:
    """Store a query unless it is too large; returns its token and whether it is stored.

    OSError when it can't be written.
    """
    folder = home.answers()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    token = _token(query, folder)
    if sum(len(cover.data) for cover in query.covers) > MOST_BYTES // 2:
        return token, False
    file = folder / f"{token}.zip"
    if file.exists():
        os.utime(file)
    else:
        _write(file, query)
        make_room(file, MOST_ANSWERS, MOST_BYTES)
    return token, True


def load_query(token: str, only: int | None = None) -> Query | None:
    """The query of a token, with the cover of the number `only` or with all; None when it is not stored (any more).

    A number that doesn't exist gives no cover.
    """
    file = home.answers() / f"{token}.zip"
    if not _TOKEN.fullmatch(token) or not file.is_file():
        return None
    try:
        with zipfile.ZipFile(file) as packed:
            record = json.loads(packed.read("answer.json"))
            covers = tuple(
                Cover.of(str(each["name"]), packed.read(str(number)), str(each["drawn_as"]))
                for number, each in enumerate(record["covers"])
                if only in (None, number)
            )
            run = str(record["run"])
        os.utime(file)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        _log.warning("%s can't be read, so it is left out: %s", file, error)
        return None
    return Query(covers, run)


def delete_query(token: str) -> None:
    """Delete the query of a token, if it is stored."""
    if _TOKEN.fullmatch(token):
        (home.answers() / f"{token}.zip").unlink(missing_ok=True)


def _token(query: Query, folder: Path) -> str:
    salt = folder / ".salt"
    if not salt.exists():
        replace_bytes(salt, secrets.token_bytes(32))
        salt.chmod(0o600)
    parts = [query.run, *(part for cover in query.covers for part in (cover.name, cover.digest, cover.drawn_as))]
    key = salt.read_bytes()[:64]
    return hashlib.blake2b(json.dumps(parts).encode(), key=key, digest_size=16).hexdigest()


def _write(file: Path, query: Query) -> None:
    """Without waiting for the disk, as `replacing` would: the visitor waits, and a lost query is no harm."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    covers = [{"name": cover.name, "drawn_as": cover.drawn_as} for cover in query.covers]
    try:
        with zipfile.ZipFile(beside, "w") as packed:
            packed.writestr("answer.json", json.dumps({"run": query.run, "covers": covers}, ensure_ascii=False))
            for number, cover in enumerate(query.covers):
                packed.writestr(str(number), cover.data)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
