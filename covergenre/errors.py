"""The errors a user can cause and mend.

Every message says what was found, what was expected and what to do. A page shows it, the command line prints it on one
line; anything else that is raised is a defect of ours.
"""


class CoverGenreError(Exception):
    """Anything that went wrong in a way its reader can do something about."""


class BadImage(CoverGenreError):
    """These bytes can't be used as a cover."""


class BadDataset(CoverGenreError):
    """A data set, its manifest or its split is missing, damaged or not fit for what was asked."""


class BadRun(CoverGenreError):
    """A run folder (or the starter) is missing, damaged or unfinished."""


class NoWeights(CoverGenreError):
    """A backbone is unknown, or its pretrained weights can't be had here."""


class Cancelled(CoverGenreError):
    """The work was stopped on request before it was done."""
