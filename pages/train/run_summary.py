"""Runs as rows of a table, and one run in detail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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
    "started",
    "data set",
    "tags",
    "genres",
    "accuracy",
    "balanced accuracy",
    "macro F1",
    "duration",
    "state",
    "note",
)
_STATES = {
    "queued": "Queued",
    "running": "Running",
    "done": "Done",
    "cancelled": "Cancelled",
    "failed": "Failed",
    "lost": "Lost",
}


@dataclass(frozen=True)
class RunSummary:
    """A run with its status, notes and figures; no figures unless it is done and they can be read."""

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
    "method": lambda each: method_title(each.run.spec.method),
    "data set": lambda each: each.run.spec.dataset,
    "tags": lambda each: ", ".join(each.notes.tags),
}
"""What runs can be grouped by. The runs of a study share a tag, and so do those started together."""


def frame(
    summaries: Sequence[RunSummary],
    used: str | None = None,
    baseline: RunSummary | None = None,
    columns: Sequence[str] = (),
    group: str = "",
) -> pd.DataFrame:
    """One row a run with `COLUMNS`; the run `used` for predictions is marked.

    `baseline` adds the difference in accuracy to each run with the same test covers, `columns` these `settings`, and
    `group`, one of `GROUPS`, a first column that names each group once (see `group_runs`). Tags and notes have columns
    if there are any.
    """
    table = pd.DataFrame([_row(each, used) for each in summaries], columns=list(COLUMNS))
    table = table.drop(columns=[name for name in ("tags", "note") if not table[name].any()])
    if baseline:
        place = table.columns.get_loc("accuracy") + 1
        table.insert(place, f"against {run_name(baseline.run)}", [_against(each, baseline) for each in summaries])
    for name in columns:
        values = [settings(each.run).get(name, "") for each in summaries]
        table.insert(table.columns.get_loc("accuracy"), name, values)
    if group:
        table = table.drop(columns=group, errors="ignore")
        groups = pd.Series([tidy(GROUPS[group](each)) or "none" for each in summaries])
        table.insert(0, group, groups.where(groups != groups.shift(), ""))
    return table


def group_runs(summaries: Sequence[RunSummary], group: str) -> list[RunSummary]:
    """The runs by group, one of `GROUPS` or "" for none, the group of the newest run first."""
    if not group:
        return list(summaries)
    groups = list(dict.fromkeys(map(GROUPS[group], summaries)))
    return sorted(summaries, key=lambda each: groups.index(GROUPS[group](each)))


def search(summaries: Sequence[RunSummary], words: str, hidden: bool) -> list[RunSummary]:
    """The runs whose name, data set, tags, state, note or settings ("seed 42") contain all these words.

    `hidden`: include hidden runs.
    """
    wanted = words.casefold().split()
    return [
        each for each in summaries if (hidden or not each.notes.hidden) and all(word in _words(each) for word in wanted)
    ]


def state_word(status: Status) -> str:
    """The state of a run in a word."""
    return _STATES[status.state]


def title(run: Run) -> str:
    """The run as a heading, safe in Markdown."""
    return f"{plain(run_name(run))} on {plain(run.spec.dataset)}"


def outcome(each: RunSummary) -> str:
    """How a run has ended, as a sentence in Markdown."""
    right = f": {percent(each.evaluation.accuracy.value, 1)} of the test covers right" if each.evaluation else ""
    return f"**{title(each.run)}** is {state_word(each.status).lower()}{right}."


def figures(evaluation: Evaluation) -> str:
    """The figures of a run as HTML."""
    rows = (
        [f"{name}<small>{meaning}</small>", figure(getattr(evaluation, key))]
        for key, name, meaning in FIGURES
        if key not in ("log_loss", "calibration_error")
    )
    return table((f"On {evaluation.covers:,} test covers", ""), rows)


def settings_table(run: Run) -> str:
    """The settings of a run as HTML."""
    return table(("Settings", ""), ([plain(name), plain(value, 300)] for name, value in settings(run).items()))


def settings(run: Run) -> dict[str, str]:
    """The settings of a run with their labels: those that matter for its method."""
    spec, recipe = run.spec, run.spec.recipe
    known = [("Method", method_title(spec.method)), ("Data set", tidy(spec.dataset))]
    known += [("Genres", listed([display(tidy(genre, 24)) for genre in spec.genres]))]
    known += in_words(spec.method, spec.parameters)
    if spec.method != "finetune":
        known += [("Vectors", f"{recipe.backbone}, {recipe.feature_set}")]
        known += [("Covers shrunk to", f"{recipe.limit} px")] if recipe.limit else []
    forms = listed([VARIANT_WORDS.get(variant, variant) for variant in spec.variants])
    return dict([*known, ("Variants", forms), ("Split", spec.split), ("Seed", str(spec.seed))])


def tail(log: Path, lines: int) -> str:
    """The last lines of a file; "" if there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - 200 * lines))
            return "\n".join(file.read().decode("utf-8", "replace").splitlines()[-lines:])
    except OSError:
        return ""


def _words(each: RunSummary) -> str:
    texts = (run_name(each.run), each.run.spec.method, state_word(each.status), *each.notes.tags, each.notes.note)
    return " ".join((*texts, *chain.from_iterable(settings(each.run).items()))).casefold()


def _against(each: RunSummary, baseline: RunSummary) -> str:
    """By how many points a run is more accurate; "" if it was tested on other covers."""
    if (
        not (each.evaluation and baseline.evaluation)
        or each.run == baseline.run
        or task(each.run) != task(baseline.run)
    ):
        return ""
    return f"{100 * (each.evaluation.accuracy.value - baseline.evaluation.accuracy.value):+.1f}".replace("-", "−")


def _row(each: RunSummary, used: str | None) -> tuple[Any, ...]:
    spec, status, evaluation = each.run.spec, each.status, each.evaluation
    figures = ("accuracy", "balanced_accuracy", "f1_macro")
    return (
        tidy(run_name(each.run))
        + (" · in use" if each.run.id == used else "")
        + (" · reference protocol" if spec.split == "reference" else ""),
        f"{spec.created.astimezone():%d %b %H:%M}",
        tidy(spec.dataset),
        ", ".join(map(tidy, each.notes.tags)),
        len(spec.genres),
        *(_figure(getattr(evaluation, name)) if evaluation else "" for name in figures),
        duration(status.seconds) if status.seconds and status.state != "running" else "",
        state_word(status),
        tidy(each.notes.note),
    )


def _figure(interval: Interval) -> str:
    return f"{percent(interval.value, 1)} ({span(interval)})"
