"""Which covers of a collection to look among."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Filters:
    """What a cover has to be; an empty tuple lets all pass, except that only `states` finds covers that were left out.

    `years` (first, last): only covers of a known year. `issue`: only covers that the audit flagged for it. `picked`:
    only those of these paths. `named`: only covers with an artist or album. `pictured`: only those with a picture, here
    or at a known address. `tags`: only covers that have one of them.
    """

    genres: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    states: tuple[str, ...] = ()
    issue: str = ""
    picked: frozenset[str] | None = None
    named: bool = False
    pictured: bool = False
    tags: tuple[str, ...] = ()


EVERYTHING = Filters()
