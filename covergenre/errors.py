"""The errors a user can cause and mend.

Every message says what was found, what was expected and what to do. A page shows it, the command line prints it on one
line; anything else that is raised is a defect of ours, or the system's word, such as that the disk is full.
"""

import errno
import os

from covergenre import home
from covergenre.files import NOT_ALLOWED, is_full


class CoverGenreError(Exception):
    """Anything that went wrong in a way its reader can do something about."""


class BadImage(CoverGenreError):
    """These bytes can't be used as a cover."""


class BadDataset(CoverGenreError):
    """A data set, its manifest or its split is missing, damaged or not fit for what was asked."""


class CoversMissing(BadDataset):
    """So many covers are gone that it is rather their disk that is away; nothing was changed."""


class BadRun(CoverGenreError):
    """A run folder (or the starter) is missing, damaged or unfinished."""


class NoWeights(CoverGenreError):
    """A backbone is unknown, or its pretrained weights can't be had here."""


class MissingPackage(CoverGenreError):
    """A package that only some of the work needs is not installed."""


class ConnectionLost(CoverGenreError):
    """A host of the web can't be reached now; the same work may go on later."""


class Refused(CoverGenreError):
    """What the web answered can't be used; the message is the reason."""


class Cancelled(CoverGenreError):
    """The work was stopped on request before it was done."""


def is_no_room(error: BaseException) -> bool:
    """Whether an error says that the disk is full.

    Some libraries say that in words of their own: with hardly any room left, any error of a library is taken to say it.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    ours = isinstance(error, (CoverGenreError, KeyboardInterrupt, SystemExit))
    return not ours and is_full(home.home())


def in_words(error: BaseException) -> str:
    """What went wrong, on one line: a message of ours as it is, the system's as somebody can act on it."""
    text = " ".join(str(error).split())
    if isinstance(error, CoverGenreError):
        return text
    if is_no_room(error):
        why = error.strerror if isinstance(error, OSError) else f"{os.strerror(errno.ENOSPC)}: {type(error).__name__}"
        return f"nothing more could be written ({why}): make room on the disk, then try again"
    if isinstance(error, OSError) and error.errno in NOT_ALLOWED:
        where = f" to {error.filename}" if error.filename else ""
        return f"nothing can be written{where} ({error.strerror}): allow it, or set COVERGENRE_HOME to another folder"
    return f"{type(error).__name__}: {text}"
