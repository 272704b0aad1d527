"""Files of pretrained networks from the Hugging Face hub: fetched once, checked against the digest it tells, and kept.

HF_ENDPOINT is the base address of a mirror, as the hub's own tools have it.
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock

from covergenre import __version__
from covergenre.errors import ConnectionLost, NoWeights, Refused
from covergenre.progress import SILENT, Monitor
from covergenre.web import Web

_HUB = "https://huggingface.co"
_MOST_BYTES = 4 * 2**30
_TRIES = 3


def fetch(repo: str, name: str, file: Path, monitor: Monitor = SILENT) -> None:
    """Bring the file `name` of a repository to `file`, unless it is there; reports megabytes.

    What came before a stop, a kill or a lost connection is gone on with. One process fetches while others wait. Raises
    NoWeights, saying what to do, when it can't be had; Cancelled when stopped.
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
                web.download(f"{base}/{repo}/resolve/main/{name}", file, _MOST_BYTES, what)
        except (ConnectionLost, Refused) as error:
            raise NoWeights(
                f"{name} of {repo} can't be had ({error}): connect this machine to the internet, "
                f"or bring that file from another one as {file}"
            ) from error
