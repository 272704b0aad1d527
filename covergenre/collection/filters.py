"""Which covers of a collection to look among."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Filters:
    """What a cover has to be. An empty tuple lets all pass, but covers that were left out are found by `states` only.

    `years` (first, last): only covers of a known year. `issue`: only covers that the audit flagged for it. `picked`:
    only those of these paths. `named`: only covers of a known artist or album. `pictured`: only those with a picture,
    here or at a known address. `tags`: only covers that have one of them.
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


def first(values: np.ndarray, k: int) -> np.ndarray:
    """The positions of the `k` smallest of the values (n,), smallest first; of equal ones the first."""
    if k < len(values):
        few = np.flatnonzero(values <= np.partition(values, k)[k])
        return few[np.argsort(values[few], kind="stable")][:k]
    return np.argsort(values, kind="stable")
