"""Covers that a user labelled in Predict: copied into genre folders, and a data set like any other.

    corrections/GENRE/NAME-HASH.ext    a copy of the cover; HASH is of its bytes

The data set is called "mine", or "mine-2" and so on if that name is taken.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from covergenre import home, images
from covergenre.dataset import registry
from covergenre.errors import BadDataset
from covergenre.files import replace_bytes

NAME = "mine"

_GENRE = re.compile(r"[^\W_]([\w &'+-]{0,38}[\w])?")
_ENDINGS = {"jpeg": "jpg", "tiff": "tif"}


@dataclass(frozen=True)
class Correction:
    """The data set that a cover was saved in, and how many covers of each genre it has now."""

    dataset: str
    counts: Mapping[str, int]


def save(data: bytes, name: str, genre: str) -> Correction:
    """Save a cover (the bytes of its file, called `name`) under its genre, in place of an earlier one.

    Raises BadDataset for an invalid genre, BadImage when `data` is not a picture.
    """
    genre = " ".join(genre.lower().split())
    if not _GENRE.fullmatch(genre):
        raise BadDataset(f"{genre[:60]!r} can't be a genre: use up to 40 letters, digits, blanks and hyphens")
    images.decode_once(data)
    stem = re.sub(r"[^\w -]", "", PurePosixPath(name.replace("\\", "/")).stem)[:60].strip() or "cover"
    kind = images.detect_format(data).lower()
    file = home.corrections() / genre / f"{stem}-{_mark(data)}.{_ENDINGS.get(kind, kind)}"
    with registry.lock():
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_bytes(file, data)
        for other in _files(data):
            if other != file:
                other.unlink()
    return _scan()


def remove(data: bytes) -> None:
    """Remove a saved cover; the data set is removed with its last one."""
    with registry.lock():
        for file in _files(data):
            file.unlink()
    if any(home.corrections().glob("*/*")):
        _scan()
    elif name := _own_name():
        registry.remove(name)


def genre_of(data: bytes) -> str:
    """The genre that a cover was saved under; "" if it wasn't."""
    return next((file.parent.name for file in _files(data)), "")


def _files(data: bytes) -> list[Path]:
    return list(home.corrections().glob(f"*/*-{_mark(data)}.*"))


def _mark(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _scan() -> Correction:
    known = registry.names()
    free = (name for name in (NAME, *(f"{NAME}-{number}" for number in range(2, 1000))) if name not in known)
    root = home.corrections()
    dataset, _ = registry.register(_own_name() or next(free), root, genre_level=0, missing="forget")
    return Correction(dataset.name, dataset.manifest["genre"].value_counts().to_dict())


def _own_name() -> str:
    """The name of the data set of these covers; "" when there is none yet."""
    for name in registry.names():
        try:
            if registry.open_dataset(name).root == home.corrections():
                return name
        except BadDataset:
            continue
    return ""
