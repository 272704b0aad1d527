"""Cautions: what speaks against the metrics of a training, by the audit of its data set, and what would mend it.

A run keeps the state of its data set at its start in background.json: the caveats of the audit and the active repairs.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from covergenre.audit.caveats import Caveats, read_caveats
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import load_split
from covergenre.errors import BadDataset, BadRun
from covergenre.files import read_json, replace_json
from covergenre.formatting import counted, listed
from covergenre.methods import TrainSpec, method
from covergenre.repair.history import active_repairs, read_history
from covergenre.runs.record import Run

SIDES = (224, 150, 96)
"""What covers can be shrunk to, in pixels."""

_OF_FILES = ("resolution", "size", "compression")  # cues that shrinking takes away
_COPIES = ("exact duplicates", "near duplicates")
_NAMED = 3  # genres


@dataclass(frozen=True)
class Caution:
    """One reason for caution. `summary`: in a few words, to stand beside a figure. `serious`: figures are too good.

    `changes`: the settings that mend it, by name ("limit", "split", "genres"); else `tab` is the part of Explore that
    does: "Review" or "Repair".
    """

    message: str
    summary: str
    serious: bool
    changes: Mapping[str, Any] = field(default_factory=dict)
    tab: Literal["", "Review", "Repair"] = ""


@dataclass(frozen=True)
class Background:
    """The state of a run's data set at its start; `repairs` in words, the oldest first."""

    facts: Caveats | None = None
    repairs: tuple[str, ...] = ()


def cautions(facts: Caveats, spec: TrainSpec) -> tuple[Caution, ...]:
    """What speaks against training by this spec, serious ones first."""
    found = (*_cues(facts, spec), *_sources(facts, spec), *_copies(facts, spec), *_labels(facts, spec))
    return tuple(sorted(found, key=lambda caution: not caution.serious))


def save_background(run: Run, dataset: Dataset) -> None:
    """Store the present state of the data set with a new run."""
    repairs = []
    with suppress(BadDataset):
        for repair in active_repairs(read_history(dataset.folder)):
            if repair.undoes is None:
                repairs.append(f"{repair.why}, {counted(len(repair.changes), 'cover')}")
    facts = read_caveats(dataset)
    replace_json(run.folder / "background.json", {"facts": asdict(facts) if facts else None, "repairs": repairs})


def read_background(run: Run) -> Background:
    """What `save_background` stored; empty where there is none or it can't be read."""
    try:
        stored = read_json(run.folder / "background.json")
        return Background(Caveats(**stored["facts"]) if stored["facts"] else None, tuple(map(str, stored["repairs"])))
    except (OSError, ValueError, LookupError, TypeError):
        return Background()


def run_cautions(run: Run, dataset: Dataset | None) -> tuple[Caution, ...]:
    """What speaks against the metrics of a run, by the audit before it, else by a later one of the same covers."""
    facts = read_background(run).facts or (read_caveats(dataset) if dataset else None)
    known = cautions(facts, run.spec) if facts and facts.dataset_hash == run.spec.dataset_hash else ()
    return (*_protocol(run, dataset), *known)


def count_leaks(run: Run, dataset: Dataset) -> tuple[int, int]:
    """How many of a run's test covers have a near copy or a cover of the same artist in training, and of how many.

    Raises BadDataset when its split is missing or damaged, BadRun when its answers can't be read.
    """
    split, answers = load_split(dataset, run.spec.split, run.spec.seed), run.predictions()
    test = answers.loc[answers["part"] == "test", "path"]
    learned = set(split.groups[split.parts == "train"])
    return int(test.map(split.groups).isin(learned).sum()), len(test)


def _protocol(run: Run, dataset: Dataset | None) -> Iterator[Caution]:
    """On the reference study's protocol, by the run's own covers."""
    if run.spec.split != "reference":
        return
    leaks = summary = ""
    with suppress(BadDataset, BadRun):
        if dataset:
            some, of = count_leaks(run, dataset)
            leaks = f"{some:,} of its {of:,} test covers have a near copy or a cover of the same artist in training. "
            summary = f": {some:,} of {of:,} test covers have one like them in training"
    yield Caution(
        f"Trained by the reference study's protocol. {leaks}It had no validation part to choose on.",
        f"reference protocol{summary}",
        serious=True,
    )


def _cues(facts: Caveats, spec: TrainSpec) -> Iterator[Caution]:
    limit: Any = spec.parameters.get("limit") if spec.method == "finetune" else spec.recipe.limit
    if method(spec.method).reads == "texts" or (limit and limit <= facts.side):
        return
    aucs: dict[str, float] = {}
    for genre in spec.genres:
        by_cue = {cue: auc for cue, auc in facts.cues.get(genre, {}).items() if cue in _OF_FILES}
        if by_cue:
            cue = max(by_cue, key=by_cue.__getitem__)
            aucs[f"{genre} by {cue} (AUC {by_cue[cue]:.2f})"] = by_cue[cue]
    if aucs:
        worst = sorted(aucs, key=aucs.__getitem__, reverse=True)
        side = next((side for side in SIDES if side <= facts.side), SIDES[-1])
        yield Caution(
            f"The file alone gives genres away: {_some(worst)}. A method learns that instead of the artwork, and fails "
            f"on covers from other sources. Shrunk to {side} px, they no longer do.",
            f"flattered: the file tells {worst[0].partition(' (')[0]}",
            serious=True,
            changes={"limit": side},
        )


def _sources(facts: Caveats, spec: TrainSpec) -> Iterator[Caution]:
    alone = [genre for genre in spec.genres if genre in facts.one_source]
    rest = tuple(genre for genre in spec.genres if genre not in alone)
    if alone:
        named = _some([f"{genre} from {facts.one_source[genre]}" for genre in alone])
        yield Caution(
            f"All covers of some genres come from one source: {named}. Whatever reveals the source reveals the genre.",
            f"flattered: {_some(alone)} from one source",
            serious=True,
            changes={"genres": rest} if len(rest) > 1 else {},
            tab="" if len(rest) > 1 else "Repair",
        )


def _copies(facts: Caveats, spec: TrainSpec) -> Iterator[Caution]:
    copies = sum(_flagged(facts, spec, issue) for issue in _COPIES)
    covers = counted(copies, "cover")
    if copies and spec.split != "honest":
        yield Caution(
            f"The audit found copies: {covers}. This split puts copies and artists on both sides, so that test covers "
            "were seen in training.",
            f"flattered: {covers} with copies on both sides",
            serious=True,
            changes={"split": "honest"},
        )
    elif copies:
        yield Caution(
            f"The audit found copies: {covers}. They stay on one side of the split, but count more than once.",
            f"{covers} with copies",
            serious=False,
            tab="Repair",
        )


def _labels(facts: Caveats, spec: TrainSpec) -> Iterator[Caution]:
    doubted = sum(_flagged(facts, spec, issue) for issue in ("wrong labels", "contradicting labels"))
    if doubted:
        yield Caution(
            f"The audit doubts {counted(doubted, 'label')}. Wrong labels mislead training, and make right answers "
            "count as wrong.",
            f"{counted(doubted, 'label')} doubted",
            serious=False,
            tab="Review",
        )


def _flagged(facts: Caveats, spec: TrainSpec, issue: str) -> int:
    return sum(facts.flagged.get(issue, {}).get(genre, 0) for genre in spec.genres)


def _some(items: list[str]) -> str:
    return listed(items) if len(items) <= _NAMED else f"{', '.join(items[:_NAMED])} and {len(items) - _NAMED} more"
