"""The folders that may be scanned from the browser: only those that the owner of the machine allows."""

import os
from pathlib import Path

from covergenre import home
from covergenre.errors import BadDataset

VARIABLE = "COVERGENRE_ROOTS"


def allowed_roots() -> tuple[Path, ...]:
    """The folders below which folders may be scanned.

    Those listed in the environment variable `COVERGENRE_ROOTS`, separated as in `PATH`; by default the working folder
    and its parent, unless that is the whole disk; started at the root of the disk, the user's home folder.
    """
    listed = [Path(part).expanduser() for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    here = Path.cwd()
    if here == Path(here.anchor):
        own = Path.home()
        here, around = own if own != Path(own.anchor) else home.home(), []
    else:
        around = [here.parent] if here.parent != Path(here.anchor) else []
    return tuple(dict.fromkeys(root.resolve() for root in (listed or [here, *around])))


def allowed_folder(text: str) -> Path:
    """The folder that a visitor named, absolute or relative to the first of `allowed_roots`; links are resolved first.

    Raises BadDataset when nothing is named, it is outside of all roots, or no folder. Outside of them nothing is said
    about whether it exists.
    """
    if not text.strip():
        raise BadDataset("no folder was named: name the folder that holds the genre folders")
    roots = allowed_roots()
    try:
        folder = Path(os.path.realpath(roots[0] / Path(text.strip()).expanduser()))
        is_folder = folder.is_dir()
    except (OSError, ValueError, RuntimeError) as error:
        raise BadDataset(
            f"{text[:80]!r} can't be the path of a folder: name the folder of the genre folders"
        ) from error
    if not any(folder.is_relative_to(root) for root in roots):
        below = " or ".join(map(str, roots))
        raise BadDataset(f"{folder} can't be scanned from here: name a folder below {below}, or set {VARIABLE}")
    if not is_folder:
        raise BadDataset(f"{folder} is not a folder: name the folder that holds the genre folders")
    return folder
