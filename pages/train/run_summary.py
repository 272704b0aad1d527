"""The runs there are, as a table to look at, and one of them in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from covergenre.errors import BadRun
from covergenre.evaluation.intervals import Interval
from covergenre.evaluation.metrics import Evaluation
from covergenre.formatting import duration, listed, percent, span
from covergenre.report.sections import FIGURES
from covergenre.runs.notes import Notes, method_title, read_notes, run_name
from covergenre.runs.record import Run, Status
from pages.compare.selection import task
from pages.train.fields import VARIANT_WORDS, in_words
from pages.widgets.figures import figure, table
from pages.widgets.genres import display
from pages.widgets.safe_text import plain, tidy

COLUMNS = (
    "name",
    "data set",
    "tags",
    "genres",
    "accuracy",
    "balanced accuracy",
    "macro F1",
    "took",
    "state",
    "begun",
    "note",
)
_STATES = {
    "queued": "Waits",
    "running": "Running",
    "done": "Done",
    "cancelled": "Cancelled",
    "failed": "Failed",
    "lost": "Lost",
}


@dataclass(frozen=True)
class RunSummary:
    """A run with its status and its figures, None unless it is done and they can be read."""

    run: Run
    status: Status
    evaluation: Evaluation | None
    notes: Notes

    @classmethod
    def of(cls, run: Run) -> "RunSummary":
        """The run as it is now. Raises BadRun when its status can't be read."""
        status = run.status()
        try:
            evaluation = run.evaluation() if status.state == "done" else None
        except BadRun:
            evaluation = None
        return cls(run, status, evaluation, read_notes(run))


GROUPS: Mapping[str, Callable[[RunSummary], str]] = {
    "method": lambda told: method_title(told.run.spec.method),
    "data set": lambda told: told.run.spec.dataset,
    "tags": lambda told: ", ".join(told.notes.tags),
}
"""What runs can be grouped by; a study's runs share a tag, as those do that were begun together."""


def frame(
    summaries: Sequence[RunSummary],
    used: str | None = None,
    baseline: RunSummary | None = None,
    columns: Sequence[str] = (),
    group: str = "",
) -> pd.DataFrame:
    """One row a run with `COLUMNS`; the run `used` for predictions is marked.

    With a `baseline`, by how much each run of the same test covers is more accurate; with `columns`, these `settings`;
    with a `group`, one of `GROUPS`, that first, said once where runs stand together (see `group_runs`). Tags and notes
    have a column once there are any.
    """
    table = pd.DataFrame([_row(each, used) for each in summaries], columns=list(COLUMNS))
    table = table.drop(columns=[name for name in ("tags", "note") if not table[name].any()])
    if baseline:
        place = table.columns.get_loc("accuracy") + 1
        table.insert(place, f"against {run_name(baseline.run)}", [_against(each, baseline) for each in summaries])
    for name in columns:
        told = [settings(each.run).get(name, "") for each in summaries]
        table.insert(table.columns.get_loc("accuracy"), name, told)
    if group:
        table = table.drop(columns=group, errors="ignore")
        groups = pd.Series([tidy(GROUPS[group](each)) or "none" for each in summaries])
        table.insert(0, group, groups.where(groups != groups.shift(), ""))
    return table


def group_runs(summaries: Sequence[RunSummary], group: str) -> list[RunSummary]:
    """The runs with those of a group together, one of `GROUPS` ("": as they are), the group of the newest run first."""
    if not group:
        return list(summaries)
    groups = list(dict.fromkeys(map(GROUPS[group], summaries)))
    return sorted(summaries, key=lambda each: groups.index(GROUPS[group](each)))


def search(summaries: Sequence[RunSummary], words: str, hidden: bool) -> list[RunSummary]:
    """The runs whose name, data set, tags, state, note or settings ("seed 42") hold all these words.

    `hidden`: those that are hidden, too.
    """
    wanted = words.casefold().split()
    return [
        each for each in summaries if (hidden or not each.notes.hidden) and all(word in _words(each) for word in wanted)
    ]


def state_word(status: Status) -> str:
    """What state a run is in."""
    return _STATES[status.state]


def title(run: Run) -> str:
    """The run as a heading has it, harmless in Markdown."""
    return f"{plain(run_name(run))} on {plain(run.spec.dataset)}"


def figures(evaluation: Evaluation) -> str:
    """The figures of a run as HTML."""
    rows = (
        [f"{name}<small>{meaning}</small>", figure(getattr(evaluation, key))]
        for key, name, meaning in FIGURES
        if key not in ("log_loss", "calibration_error")
    )
    return table((f"On {evaluation.covers:,} test covers", ""), rows)


def settings_table(run: Run) -> str:
    """What a run was asked for as HTML."""
    return table(("Asked for", ""), ([plain(name), plain(value, 300)] for name, value in settings(run).items()))


def settings(run: Run) -> dict[str, str]:
    """What a run was asked for, in words: only what has a bearing on its method."""
    spec, recipe = run.spec, run.spec.recipe
    told = [("Method", method_title(spec.method)), ("Data set", tidy(spec.dataset))]
    told += [("Genres", listed([display(tidy(genre, 24)) for genre in spec.genres]))]
    told += in_words(spec.method, spec.parameters)
    if spec.method != "finetune":
        told += [("Vectors", f"{recipe.backbone}, {recipe.feature_set}")]
        told += [("Covers shrunk to", f"{recipe.limit} px")] if recipe.limit else []
    forms = listed([VARIANT_WORDS.get(variant, variant) for variant in spec.variants])
    return dict([*told, ("Forms of a cover", forms), ("Split", spec.split), ("Seed", str(spec.seed))])


def log_tail(run: Run, lines: int = 12) -> str:
    """The last lines of its log; "" when there is none."""
    return tail(run.folder / "log.txt", lines)


def tail(log: Path, lines: int) -> str:
    """The last lines of a file; "" when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - 200 * lines))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def _words(told: RunSummary) -> str:
    said = (run_name(told.run), told.run.spec.method, state_word(told.status), *told.notes.tags, told.notes.note)
    return " ".join((*said, *chain.from_iterable(settings(told.run).items()))).casefold()


def _against(told: RunSummary, baseline: RunSummary) -> str:
    """By how many points a run is more accurate; "" where it was tested on other covers."""
    if (
        not (told.evaluation and baseline.evaluation)
        or told.run == baseline.run
        or task(told.run) != task(baseline.run)
    ):
        return ""
    return f"{100 * (told.evaluation.accuracy.value - baseline.evaluation.accuracy.value):+.1f}".replace("-", "−")


def _row(told: RunSummary, used: str | None) -> tuple[Any, ...]:
    spec, status, found = told.run.spec, told.status, told.evaluation
    begun: datetime = spec.created.astimezone()
    return (
        tidy(run_name(told.run))
        + (" · in use" if told.run.id == used else "")
        + (" · reference protocol" if spec.split == "reference" else ""),
        tidy(spec.dataset),
        ", ".join(map(tidy, told.notes.tags)),
        len(spec.genres),
        *(_figure(getattr(found, key)) if found else "" for key in ("accuracy", "balanced_accuracy", "f1_macro")),
        duration(status.seconds) if status.seconds and status.state != "running" else "",
        state_word(status),
        f"{begun:%d %b %H:%M}",
        tidy(told.notes.note),
    )


def _figure(interval: Interval) -> str:
    return f"{percent(interval.value, 1)} ({span(interval)})"
