"""Which folders the browser may have scanned: those the owner of the machine allows, and nothing beside them."""

import os
from pathlib import Path

from covergenre import home
from covergenre.errors import BadDataset

VARIABLE = "COVERGENRE_ROOTS"


def allowed_roots() -> tuple[Path, ...]:
    """The folders below which a folder may be scanned.

    Those that the environment variable `COVERGENRE_ROOTS` lists, parted as in `PATH`; else the folder that the process
    was started in and the one around it, unless that is the whole disk; started there, the owner's own folder.
    """
    listed = [Path(part).expanduser() for part in os.environ.get(VARIABLE, "").split(os.pathsep) if part]
    here = Path.cwd()
    if here == Path(here.anchor):
        here, around = _own_folder(), []
    else:
        around = [here.parent] if here.parent != Path(here.anchor) else []
    return tuple(dict.fromkeys(root.resolve() for root in (listed or [here, *around])))


def _own_folder() -> Path:
    """The home folder of who started the process; where that is the whole disk, too, the folder of artifacts."""
    own = Path.home()
    return own if own != Path(own.anchor) else home.home()


def allowed_folder(text: str) -> Path:
    """The folder that a visitor named, absolute or relative to the first of `allowed_roots`; links are followed first.

    Raises BadDataset when nothing is named, it lies below none of them, or is no folder. Whether something is there is
    told only below.
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
