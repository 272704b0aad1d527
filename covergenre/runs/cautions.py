"""What an audit says against a training: why its figures would mislead, and what would mend that.

A run keeps what was known when it was asked for, in a file `background.json`: the facts of the audit, and the repairs
that its covers had behind them.
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
_TOLD = 3  # genres


@dataclass(frozen=True)
class Caution:
    """One thing to know. `brief`: in a few words, to stand beside a figure. `grave`: figures come out too good by it.

    `changes`: the settings that mend it, by name ("limit", "split", "genres"); else `look` is the part of Explore that
    does: "Review" or "Repair".
    """

    words: str
    brief: str
    grave: bool
    changes: Mapping[str, Any] = field(default_factory=dict)
    look: Literal["", "Review", "Repair"] = ""


@dataclass(frozen=True)
class Background:
    """What was known of a run's covers when it was asked for; `repairs` in words, the oldest first."""

    facts: Caveats | None = None
    repairs: tuple[str, ...] = ()


def cautions(facts: Caveats, spec: TrainSpec) -> tuple[Caution, ...]:
    """What the facts say against training as `spec` asks for, the gravest first."""
    found = (*_cues(facts, spec), *_sources(facts, spec), *_copies(facts, spec), *_labels(facts, spec))
    return tuple(sorted(found, key=lambda caution: not caution.grave))


def save_background(run: Run, dataset: Dataset) -> None:
    """Keep with a new run what is known of its data set now."""
    try:
        made = active_repairs(read_history(dataset.folder))
        repairs = [f"{each.why}, {counted(len(each.changes), 'cover')}" for each in made if each.undoes is None]
    except BadDataset:
        repairs = []
    facts = read_caveats(dataset)
    told = {"facts": asdict(facts) if facts else None, "repairs": repairs}
    replace_json(run.folder / "background.json", told)


def read_background(run: Run) -> Background:
    """What was kept; nothing for a run from before that, or where it can't be read."""
    try:
        told = read_json(run.folder / "background.json")
        return Background(Caveats(**told["facts"]) if told["facts"] else None, tuple(map(str, told["repairs"])))
    except (OSError, ValueError, LookupError, TypeError):
        return Background()


def run_cautions(run: Run, dataset: Dataset | None = None) -> tuple[Caution, ...]:
    """What speaks against the figures of a run: by the audit before it, else by one of the same covers since."""
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
    """What there is to say of the reference study's protocol, by the run's own covers."""
    if run.spec.split != "reference":
        return
    told, brief = "", ""
    with suppress(BadDataset, BadRun):
        if dataset:
            some, of = count_leaks(run, dataset)
            told = f"{some:,} of its {of:,} test covers have a near copy or a cover of the same artist in training. "
            brief = f": {some:,} of {of:,} test covers have one like them in training"
    yield Caution(
        f"Trained by the reference study's protocol. {told}Nothing was held back to choose on.",
        f"reference protocol{brief}",
        grave=True,
    )


def _cues(facts: Caveats, spec: TrainSpec) -> Iterator[Caution]:
    limit: Any = spec.parameters.get("limit") if spec.method == "finetune" else spec.recipe.limit
    if method(spec.method).reads == "texts" or (limit and limit <= facts.side):
        return
    told: dict[str, float] = {}
    for genre in spec.genres:
        aucs = {cue: auc for cue, auc in facts.cues.get(genre, {}).items() if cue in _OF_FILES}
        if aucs:
            cue = max(aucs, key=aucs.__getitem__)
            told[f"{genre} by {cue} (AUC {aucs[cue]:.2f})"] = aucs[cue]
    if told:
        worst = sorted(told, key=told.__getitem__, reverse=True)
        side = next((side for side in SIDES if side <= facts.side), SIDES[-1])
        yield Caution(
            f"The file alone gives genres away: {_some(worst)}. A method learns that instead of the artwork, and fails "
            f"on covers from elsewhere. Shrunk to {side} px, covers don't tell it.",
            f"flattered: the file tells {worst[0].partition(' (')[0]}",
            grave=True,
            changes={"limit": side},
        )


def _sources(facts: Caveats, spec: TrainSpec) -> Iterator[Caution]:
    alone = [genre for genre in spec.genres if genre in facts.one_source]
    rest = tuple(genre for genre in spec.genres if genre not in alone)
    if alone:
        told = [f"{genre} from {facts.one_source[genre]}" for genre in alone]
        yield Caution(
            f"Of some genres all covers come from one source: {_some(told)}. What tells the source tells the genre.",
            f"flattered: {_some(alone)} from one source",
            grave=True,
            changes={"genres": rest} if len(rest) > 1 else {},
            look="" if len(rest) > 1 else "Repair",
        )


def _copies(facts: Caveats, spec: TrainSpec) -> Iterator[Caution]:
    copies = sum(_flagged(facts, spec, issue) for issue in _COPIES)
    if not copies:
        return
    if spec.split != "honest":
        yield Caution(
            f"The audit found copies: {counted(copies, 'cover')}. This split puts copies and artists on both sides: "
            "the test asks what training told.",
            f"flattered: {counted(copies, 'cover')} with copies on both sides",
            grave=True,
            changes={"split": "honest"},
        )
    else:
        yield Caution(
            f"The audit found copies: {counted(copies, 'cover')}. They stay on one side of the split, but count more "
            "than once.",
            f"{counted(copies, 'cover')} with copies",
            grave=False,
            look="Repair",
        )


def _labels(facts: Caveats, spec: TrainSpec) -> Iterator[Caution]:
    doubted = sum(_flagged(facts, spec, issue) for issue in ("wrong labels", "contradicting labels"))
    if doubted:
        yield Caution(
            f"The audit doubts {counted(doubted, 'label')}. Wrong ones teach what isn't there, and make right answers "
            "count as wrong.",
            f"{counted(doubted, 'label')} doubted",
            grave=False,
            look="Review",
        )


def _flagged(facts: Caveats, spec: TrainSpec, issue: str) -> int:
    return sum(facts.flagged.get(issue, {}).get(genre, 0) for genre in spec.genres)


def _some(told: list[str]) -> str:
    return listed(told) if len(told) <= _TOLD else f"{', '.join(told[:_TOLD])} and {len(told) - _TOLD} more"
