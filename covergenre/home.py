"""Where artifacts live: the one place that knows the layout of `artifacts/`."""

import os
from pathlib import Path

_SHIPPED = Path(__file__).resolve().parent.parent / "artifacts"


def home() -> Path:
    """The folder for everything made by use: `COVERGENRE_HOME`, else `artifacts/` beside the package."""
    return Path(os.environ.get("COVERGENRE_HOME") or _SHIPPED).expanduser().resolve()


def datasets() -> Path:
    """One folder a registered data set."""
    return home() / "datasets"


def vectors() -> Path:
    """The cache of vectors."""
    return home() / "vectors"


def engines() -> Path:
    """Backbones converted for inference."""
    return home() / "engines"


def runs() -> Path:
    """One folder a run."""
    return home() / "runs"


def shipped_runs() -> Path:
    """One folder a run that ships with the project."""
    return starter() / "runs"


def uploads() -> Path:
    """Covers unpacked from archives, one folder a data set."""
    return home() / "uploads"


def thumbnails() -> Path:
    """Small pictures, by content hash."""
    return home() / "thumbnails"


def maps() -> Path:
    """Drawn maps of covers, by what they were drawn from."""
    return home() / "maps"


def starter() -> Path:
    """The starter: the one in `home()` if there is one, else the one that ships with the project."""
    own = home() / "starter"
    return own if own.is_dir() else _SHIPPED / "starter"
