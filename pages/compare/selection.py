"""What the Compare page is looking at, as its address has it: the address is all the page remembers.

?run=ID&run=ID...   the runs that are compared
&a=ID&b=ID          the two of them that are looked at closely
&of=ID&true=jazz&predicted=pop    a cell of a confusion matrix: whose, and which; a genre left out is any
&show=only-a        a gallery
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from covergenre.comparison.comparison import ComparedRun, ComparedRuns
from covergenre.runs.record import Run

MOST_RUNS = 6
_AT_FIRST = 4


@dataclass(frozen=True)
class Cell:
    """A cell of the confusion matrix of `of`; "" is any genre, so that a whole row or column is a cell too."""

    of: ComparedRun
    true: str
    predicted: str


def chosen_runs(addressed: Sequence[str], finished: Sequence[Run]) -> tuple[str, ...]:
    """The ids of the runs to compare: those of the address that are `finished` (the newest first), each once.

    Where it names none, the newest of each method among the newest runs that were trained on the same covers, split
    alike, to tell the same genres; where no two methods were, two runs that were; else the newest two.
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
    """The two runs that are looked at closely: two different ones, the first two unless the address says otherwise.

    Of a run alone, it is both.
    """
    runs = {run.id: run for run in compared.runs}
    a = runs.get(address.get("a", ""), compared.runs[0])
    b = runs.get(address.get("b", ""), compared.runs[min(1, len(runs) - 1)])
    if a is b and len(runs) > 1:
        b = next(run for run in compared.runs if run is not a)
    return a, b


def task(run: Run) -> tuple:
    """What runs have in common that can be compared on all their test covers."""
    return run.spec.dataset_hash, run.spec.split, run.spec.seed, run.spec.genres


def cell(address: Mapping[str, str], compared: ComparedRuns, a: ComparedRun, b: ComparedRun) -> Cell:
    """The cell of the address; of `a`, and of any genre, where it doesn't say."""
    of = b if address.get("of") == b.id else a
    true, predicted = (genre if genre in compared.genres else "" for genre in map(address.get, ("true", "predicted")))
    return Cell(of, true, predicted)


def _of_each_method(runs: Sequence[Run]) -> list[Run]:
    first: dict[str, Run] = {}
    for run in runs:
        first.setdefault(run.spec.method, run)
    return list(first.values())
