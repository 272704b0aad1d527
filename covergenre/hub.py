"""Files of pretrained networks from the Hugging Face hub: downloaded once, checked against their digest, and kept.

HF_ENDPOINT is the base address of a mirror, as for the hub's own tools.
"""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock

from covergenre import __version__
from covergenre.errors import ConnectionLost, NoWeights, Refused
from covergenre.progress import SILENT, Monitor
from covergenre.web import Response, Web, too_long

_HUB = "https://huggingface.co"
_MOST_BYTES = 4 * 2**30
_TRIES = 3
_DIGEST = re.compile(r'(?:W/)?"?([0-9a-f]{40}(?:[0-9a-f]{24})?)"?')  # SHA-256, or git's own for a small file


def fetch(repo: str, name: str, file: Path, monitor: Monitor = SILENT) -> None:
    """Download the file `name` of a repository to `file`, unless it is there; reports megabytes.

    Continues where a stop, a kill or a lost connection left it. One process downloads while others wait. Raises
    NoWeights, saying what to do, when it can't be downloaded; Cancelled when stopped.
    """
    base = (os.environ.get("HF_ENDPOINT") or _HUB).rstrip("/")
    trusted = [urlsplit(base).hostname or ""] if "HF_ENDPOINT" in os.environ else []
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(f".{file.name}.lock")):
        if file.is_file():
            return
        what = f"fetching {name} of {repo}, MB"
        try:
            with Web(f"covergenre/{__version__}", trusted=trusted, monitor=monitor, tries=_TRIES) as web:
                _download(web, f"{base}/{repo}/resolve/main/{name}", file, what, monitor)
        except (ConnectionLost, Refused) as error:
            raise NoWeights(
                f"{name} of {repo} can't be downloaded ({error}): connect this machine to the internet, "
                f"or bring that file from another one as {file}"
            ) from error


def _download(web: Web, address: str, file: Path, what: str, monitor: Monitor) -> None:
    """Download to FILE.part, which stays when it is interrupted, and rename that once its digest is right."""
    part = file.with_name(f"{file.name}.part")

    def ask() -> str:
        size = _size(part)
        with web.open(address, {"Range": f"bytes={size}-"} if size else {}, large=True) as response:
            if response.status in (200, 206):
                _append(response, part, what, monitor)
            elif response.status != 416:  # of which there is no rest: all of it is here, or it is another file
                missing = response.status == 404
                raise Refused("there is no such file" if missing else f"the host answers {response.status}")
            return _announced(response)

    while True:
        size = _size(part)
        try:
            digest = web.retry(ask)
            break
        except ConnectionLost:
            if _size(part) <= size:
                raise
    if not digest or _digest(part, digest) != digest:
        part.unlink()
        raise Refused("a file with another digest than its host tells" if digest else "a file without a digest")
    part.replace(file)


def _append(response: Response, part: Path, what: str, monitor: Monitor) -> None:
    size = _size(part) if response.status == 206 else 0
    length = response.headers.get("content-length", "")
    total = size + (int(length) if length.isdigit() else 0)
    if total > _MOST_BYTES:
        raise too_long(_MOST_BYTES)
    with part.open("r+b" if size else "wb") as file:
        file.seek(size)
        for chunk in response.chunks:
            monitor.check(f"stopped after {_mb(size)} of {_mb(total)} MB; they are kept, and it can be resumed")
            size += file.write(chunk)
            if size > _MOST_BYTES:
                raise too_long(_MOST_BYTES)
            monitor.report(_mb(size), max(_mb(total), 1), what)


def _announced(response: Response) -> str:
    """The digest in the first headers that have one: the hub's, which redirects to where the file is stored."""
    for headers in (*response.redirects, response.headers):
        if found := _DIGEST.fullmatch(headers.get("x-linked-etag") or headers.get("etag", "")):
            return found[1]
    return ""


def _digest(file: Path, like: str) -> str:
    """The SHA-256 of a file, or the digest that git has for it where the other one is as long as that."""
    blob = f"blob {_size(file)}\0".encode()
    digest = hashlib.sha256() if len(like) == 64 else hashlib.sha1(blob, usedforsecurity=False)
    with file.open("rb") as stream:
        while block := stream.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _mb(count: int) -> int:
    return round(count / 1e6)
