"""audit: find and repair the defects of a data set."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from covergenre.audit import THRESHOLDS, Audit, audit_dataset, read_thresholds
from covergenre.cli.console import echo, print_result, progress, table, writing
from covergenre.cli.options import AsJson, DatasetName, option
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.errors import CoverGenreError
from covergenre.files import read_json, replace_json
from covergenre.inspection.inspection import inspect_dataset, split_if_possible
from covergenre.inspection.suggest import suggest
from covergenre.progress import Monitor
from covergenre.repair.repair import Plan, apply, merge_plans

SuggestTo = Annotated[
    Path | None, option("Write the suggested repairs to this file (JSON).", "--suggest", metavar="FILE")
]
ApplyFrom = Annotated[Path | None, option("First carry out the repairs in this file.", "--apply", metavar="FILE")]
Vectors = Annotated[bool, option("Compute the covers' vectors, once, for near copies, wrong labels and outliers.")]
_EDITED = ["genre", "excluded", "tags"]

app = typer.Typer()


@app.command(name="audit")
def audit(
    name: DatasetName,
    suggest_to: SuggestTo = None,
    apply_from: ApplyFrom = None,
    vectors: Vectors = True,
    as_json: AsJson = False,
) -> None:
    """What is wrong with a data set: copies, contradictions, leaks, odd pictures and files, wrong labels, cues.

    Repairs change what is stored of the data set, never a file of a cover. `--suggest` writes those that the audit
    suggests, to be read and mended; `--apply` carries such a file out.

    Example: covergenre audit mine --suggest repairs.json
    """
    dataset = open_dataset(name)
    if not dataset.writable and (suggest_to or apply_from):
        raise CoverGenreError(f"the data set {name} can't be repaired: it ships as it is, and so do the figures for it")
    if apply_from:
        plan = _read_plan(apply_from)
        before, dataset = dataset.manifest, apply(dataset, plan)
        if not as_json:
            changed = (before[_EDITED] != dataset.manifest[_EDITED]).any(axis=1).sum()
            echo(f"{changed} covers repaired: {plan.why}")
    with progress() as monitor:
        found = _look(dataset, vectors, monitor)
    if suggest_to:
        plans = suggest(dataset.manifest, found)
        with writing(suggest_to):
            replace_json(suggest_to, merge_plans(plans.values(), "the suggested repairs").to_dict())
    print_result(as_json, found.to_dict(), *_lines(found))


def _look(dataset: Dataset, vectors: bool, monitor: Monitor) -> Audit:
    if vectors or not dataset.has_pictures:
        return inspect_dataset(dataset, monitor).audit
    return audit_dataset(dataset, split_if_possible(dataset), None, monitor, thresholds=read_thresholds(dataset))


def _lines(found: Audit) -> Iterator[str | Table]:
    rows = [(row.issue, row.count, f"{row.share:.1%}") for row in found.summary.itertuples(index=False)]
    yield table(("issue", "covers", "share"), rows)
    for why in dict.fromkeys(found.skipped.values()):
        issues = ", ".join(issue for issue, reason in found.skipped.items() if reason == why)
        yield f"not judged, {issues}: {why}"
    for issue, threshold in found.thresholds.items():
        if threshold != (usual := THRESHOLDS[issue]):
            yield f"{issue}: flagged from {threshold:.2f} on, usually from {usual:.2f}"
    for cue in found.cues.sort_values("balanced_accuracy", ascending=False).itertuples(index=False):
        yield f"{cue.cue} alone names the genre of {cue.balanced_accuracy:.1%} (chance {cue.chance:.1%})"
    yield f"{found.dataset}: {found.covers} covers"


def _read_plan(file: Path) -> Plan:
    try:
        return Plan.from_dict(read_json(file))
    except (OSError, ValueError) as error:
        raise CoverGenreError(f"{file} can't be read as repairs ({error}): name a file that --suggest wrote") from error
