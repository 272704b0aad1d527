"""What the Compare page shows. Its address holds all of it:

?run=ID&run=ID...                 the runs that are compared
&a=ID&b=ID                        the pair of them whose confusion matrices and covers are shown
&of=ID&true=jazz&predicted=pop    a cell of the confusion matrix of a run; without a genre, of any genre
&show=only-a                      a gallery
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.runs.record import Run
from pages.widgets.address import bind

MOST_RUNS = 6
_AT_FIRST = 4


@dataclass(frozen=True)
class Cell:
    """A cell of the confusion matrix of `of`; "" is any genre, so a whole row or column is a cell, too."""

    of: ComparedRun
    true: str
    predicted: str


def chosen_runs(addressed: Sequence[str], finished: Sequence[Run]) -> tuple[str, ...]:
    """The ids of the runs to compare: those of the address that are `finished` (the newest first), each once.

    Without any in the address, the newest run of each method among the newest runs of one `task`; without two methods
    of a task, several runs of one; else the newest two.
    """
    if addressed:
        ids = [run.id for run in finished]
        return tuple(run for run in dict.fromkeys(addressed) if run in ids)[:MOST_RUNS]
    alike: dict[tuple, list[Run]] = {}
    for run in finished:
        alike.setdefault(task(run), []).append(run)
    several = (runs for runs in (*map(_of_each_method, alike.values()), *alike.values()) if len(runs) > 1)
    return tuple(run.id for run in next(several, finished[:2])[:_AT_FIRST])


def pair(address: Mapping[str, str], compared: ComparedRuns) -> tuple[ComparedRun, ComparedRun]:
    """The two runs of the pair: different ones, the first two unless the address says otherwise; one run is both."""
    runs = {run.id: run for run in compared.runs}
    a = runs.get(address.get("a", ""), compared.runs[0])
    b = runs.get(address.get("b", ""), compared.runs[min(1, len(runs) - 1)])
    if a is b and len(runs) > 1:
        b = next(run for run in compared.runs if run is not a)
    return a, b


def task(run: Run) -> tuple:
    """What two runs must have in common to be compared on all their test covers."""
    return run.spec.dataset_hash, run.spec.split, run.spec.seed, run.spec.genres


def cell(address: Mapping[str, str], compared: ComparedRuns, a: ComparedRun, b: ComparedRun) -> Cell:
    """The cell in the address; by default that of `a` and of any genre."""
    of = b if address.get("of") == b.id else a
    true, predicted = (genre if genre in compared.genres else "" for genre in map(address.get, ("true", "predicted")))
    return Cell(of, true, predicted)


def choose_pair(compared: ComparedRuns) -> tuple[ComparedRun, ComparedRun]:
    """The pair of runs; draws the choice if there are more than two."""
    a, b = pair(st.query_params, compared)
    if len(compared.runs) > 2:
        names = {run.id: run.name for run in compared.runs}
        with st.container(horizontal=True, gap="medium"):
            for name, label, run, other in (("a", "Run", a, b), ("b", "Compared with", b, a)):
                options = [each for each in names if each != other.id]
                st.selectbox(label, options, format_func=names.get, width=320, **bind(name, run.id))
    return a, b


def _of_each_method(runs: Sequence[Run]) -> list[Run]:
    first: dict[str, Run] = {}
    for run in runs:
        first.setdefault(run.spec.method, run)
    return list(first.values())
