"""Where things are stored: the app, the starter that ships, and everything made by use.

This is the one place that knows the layout of `artifacts/`.
"""

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_app"


def project() -> Path:
    """The folder that holds streamlit_app.py, pages/ and artifacts/starter/.

    In a checkout it is the checkout; pip puts the same things inside the installed package.
    """
    return _INSTALLED if is_installed() else _PACKAGE.parent


def is_installed() -> bool:
    """Whether this package was installed by pip, rather than run from a checkout."""
    return _INSTALLED.is_dir()


def home() -> Path:
    """The folder for everything made by use.

    `COVERGENRE_HOME`; else `artifacts/` in a checkout; else the user's data folder, as this system has it.
    """
    chosen = os.environ.get("COVERGENRE_HOME")
    if not chosen and is_installed():
        from platformdirs import user_data_path

        return user_data_path("covergenre", appauthor=False).resolve()
    return Path(os.path.expanduser(chosen or _PACKAGE.parent / "artifacts")).resolve()  # noqa: PTH111 (it never raises)


def child_command(module: str, *arguments: str) -> list[str]:
    """The command line of one of our modules. With -P, no file in the current folder can replace a module."""
    return [sys.executable, "-P", "-m", module, *arguments]


def child_environment() -> dict[str, str]:
    """The environment in which a child process finds this package and this home."""
    paths = filter(None, (str(_PACKAGE.parent), os.environ.get("PYTHONPATH")))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "COVERGENRE_HOME": str(home())}


def datasets() -> Path:
    """A folder for each registered data set."""
    return home() / "datasets"


def vectors() -> Path:
    """The cache of vectors."""
    return home() / "vectors"


def shards() -> Path:
    """Results of a cluster, until their data set has them."""
    return home() / "shards"


def texts() -> Path:
    """The cache of texts on covers."""
    return home() / "texts"


def engines() -> Path:
    """Backbones converted for inference."""
    return home() / "engines"


def networks() -> Path:
    """Weights of stronger networks, fetched or put there by hand."""
    return home() / "networks"


def runs() -> Path:
    """A folder for each run."""
    return home() / "runs"


def shipped_runs() -> Path:
    """A folder for each run that ships with the project."""
    return starter() / "runs"


def uploads() -> Path:
    """Covers unpacked from archives, a folder for each data set."""
    return home() / "uploads"


def answers() -> Path:
    """Covers that were asked about in Predict, stored for a while."""
    return home() / "answers"


def selections() -> Path:
    """Covers that were selected on a page, stored for a while."""
    return home() / "selections"


def corrections() -> Path:
    """Covers whose genre a user has corrected, in genre folders."""
    return home() / "corrections"


def thumbnails() -> Path:
    """Small pictures, by content hash."""
    return home() / "thumbnails"


def maps() -> Path:
    """Maps of covers, by a hash of their vectors."""
    return home() / "maps"


def starter() -> Path:
    """The starter: the one in `home()` if there is one, else the one that ships with the project."""
    own = home() / "starter"
    return own if own.is_dir() else shipped_starter()


def shipped_starter() -> Path:
    """The starter that ships with the project."""
    return project() / "artifacts" / "starter"
