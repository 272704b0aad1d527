"""The errors that a user can cause and fix.

Every message says what was found, what was expected and what to do. A page shows it, the command line prints it on one
line. Anything else that is raised is a bug, or an error of the system, such as a full disk.
"""

import errno
import os

from covergenre import home
from covergenre.files import NOT_ALLOWED, is_full


class CoverGenreError(Exception):
    """An error whose reader can do something about it."""


class BadImage(CoverGenreError):
    """These bytes can't be used as a cover."""


class BadDataset(CoverGenreError):
    """A data set, its manifest or its split is missing, damaged or unfit for the purpose."""


class CoversMissing(BadDataset):
    """So many covers are missing that their disk is probably not connected; nothing was changed."""


class BadRun(CoverGenreError):
    """A run folder (or the starter) is missing, damaged or unfinished."""


class NoWeights(CoverGenreError):
    """A backbone is unknown, or its pretrained weights are not available."""


class MissingPackage(CoverGenreError):
    """An optional package is not installed."""


class ConnectionLost(CoverGenreError):
    """A web host can't be reached now; the same work may be resumed later."""


class Refused(CoverGenreError):
    """A response from the web can't be used; the message is the reason."""


class Cancelled(CoverGenreError):
    """The work was stopped on request."""


def is_no_room(error: BaseException) -> bool:
    """Whether an error means that the disk is full.

    Libraries raise errors of their own for that: with hardly any room left, any of these is taken to mean it.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    ours = isinstance(error, (CoverGenreError, KeyboardInterrupt, SystemExit))
    return not ours and is_full(home.home())


def stop_behind(error: BaseException | None) -> BaseException | None:
    """The stop that an error is, or comes from: whatever it interrupts may raise an error of its own as it closes."""
    while error and not isinstance(error, (Cancelled, KeyboardInterrupt)):
        error = error.__context__
    return error


def in_words(error: BaseException) -> str:
    """The message of an error on one line; those of the system say what to do."""
    text = " ".join(str(error).split())
    if isinstance(error, (CoverGenreError, KeyboardInterrupt)):
        return text
    if is_no_room(error):
        why = error.strerror if isinstance(error, OSError) else f"{os.strerror(errno.ENOSPC)}: {type(error).__name__}"
        return f"nothing more could be written ({why}): make room on the disk, then try again"
    if isinstance(error, OSError) and error.errno in NOT_ALLOWED:
        where = f" to {error.filename}" if error.filename else ""
        return f"nothing can be written{where} ({error.strerror}): allow it, or set COVERGENRE_HOME to another folder"
    return f"{type(error).__name__}: {text}"
