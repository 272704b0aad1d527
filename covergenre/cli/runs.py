"""runs: list, show, name, cancel, resume, finish, delete, use and combine runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.table import Table

from covergenre.cli.console import echo, print_json, print_result, table, with_interval
from covergenre.cli.options import AsJson, RunId, RunIds, argument, option
from covergenre.cli.train import evaluation_of, run_as_dict
from covergenre.formatting import duration
from covergenre.runs import default, launch
from covergenre.runs.notes import read_notes, rename, run_name, write_notes
from covergenre.runs.record import Run, list_runs

app = typer.Typer(name="runs", help="Runs: see, cancel, resume, delete and use them.")


@app.callback(invoke_without_command=True)
def runs(context: typer.Context, as_json: AsJson = False) -> None:
    """List all runs and their state, the newest first.

    Example: covergenre runs --json
    """
    if context.invoked_subcommand:
        return
    launch.ensure_worker()
    if as_json:
        for run in list_runs():
            print_json(run_as_dict(run))
    else:
        echo(*_lines(list_runs()))


@app.command()
def show(run: RunId, as_json: AsJson = False) -> None:
    """Show the settings, state and results of a run.

    Example: covergenre runs show 20261122-221434-knn-38fb
    """
    opened = Run.open(run)
    settings, error = _settings(opened), opened.status().error
    print_result(
        as_json,
        {**run_as_dict(opened), **settings, "error": error},
        *_lines([opened]),
        *(f"{name:11}{_text(value)}" for name, value in settings.items()),
        *([error] if error else []),
    )


@app.command()
def name(
    run: RunId,
    name: Annotated[str, argument("A name that no other run has.")],
    tag: Annotated[list[str] | None, option("A tag; give several, or none to leave them.")] = None,
    as_json: AsJson = False,
) -> None:
    """Name a run, and tag it.

    Example: covergenre runs name 20261122-221434-knn-38fb "All at 150 px" --tag talk
    """
    opened = Run.open(run)
    rename(opened, name)
    if tag:
        write_notes(opened, replace(read_notes(opened), tags=tuple(tag)))
    _print_state(run, f"is called {run_name(opened)}", as_json)


@app.command()
def cancel(
    run: RunId,
    now: Annotated[bool, option("End its process at once, without waiting for it.", "--now")] = False,
    as_json: AsJson = False,
) -> None:
    """Stop a run, or take it out of the queue.

    Example: covergenre runs cancel 20261122-221434-knn-38fb
    """
    launch.cancel(run, 0 if now else None)
    _print_state(run, "asked to stop", as_json)


@app.command()
def resume(run: RunId, as_json: AsJson = False) -> None:
    """Put a run that was cancelled, failed or lost back into the queue.

    Example: covergenre runs resume 20261122-221434-knn-38fb
    """
    launch.resume(run)
    _print_state(run, "waits in the queue", as_json)


@app.command()
def finish(run: RunId, as_json: AsJson = False) -> None:
    """End a long training early: the run is evaluated with what it has learned so far, and can be used.

    Example: covergenre runs finish 20261122-221434-finetune-38fb
    """
    launch.finish(run)
    _print_state(run, "finishes with what it has learned", as_json)


@app.command()
def delete(run: RunId, as_json: AsJson = False) -> None:
    """Delete a run for good.

    Example: covergenre runs delete 20261122-221434-knn-38fb
    """
    launch.delete(run)
    print_result(as_json, {"id": run, "state": "deleted"}, f"run {run}: deleted")


@app.command()
def use(run: Annotated[str, typer.Argument(metavar="ID", help="The id of a run, or the starter.")]) -> None:
    """Use a run by default: on the app's Predict page, and in predict and similar.

    Example: covergenre runs use 20261122-221434-knn-38fb
    """
    default.set_default_run(None if run == "starter" else run)
    echo(f"{run} is used from now on")


@app.command()
def combine(runs: RunIds, as_json: AsJson = False) -> None:
    """Combine finished runs into an ensemble: the calibrated average of their answers.

    Example: covergenre runs combine 20261122-221434-knn-38fb 20261122-222233-logistic-b8f6
    """
    from covergenre.training.combine import combine as combine_runs

    combined = combine_runs([Run.open(run) for run in runs])
    print_result(as_json, run_as_dict(combined), *_lines([combined]))


def _settings(run: Run) -> dict[str, Any]:
    spec = run.spec
    return {
        "parameters": dict(spec.parameters),
        "backbone": spec.recipe.backbone,
        "features": spec.recipe.feature_set,
        "limit": spec.recipe.limit,
        "variants": spec.variants,
        "split": spec.split,
        "seed": spec.seed,
        "created": spec.created.isoformat(timespec="seconds"),
    }


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}={each}" for name, each in value.items())
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _print_state(run_id: str, what: str, as_json: bool) -> None:
    print_result(as_json, run_as_dict(Run.open(run_id)), f"run {run_id}: {what}")


def _lines(runs: Sequence[Run]) -> Iterator[str | Table]:
    used = default.default_run()
    rows = []
    for run in runs:
        status, done = run.status(), evaluation_of(run)
        rows.append(
            (
                run.id + (" *" if run.id == used else ""),
                run_name(run),
                f"{status.done / status.total:.0%}" if status.state == "running" else status.state,
                run.spec.dataset,
                len(run.spec.genres),
                with_interval(done.accuracy) if done else "",
                with_interval(done.balanced_accuracy) if done else "",
                duration(status.seconds),
            )
        )
    yield table(("run", "name", "state", "data set", "genres", "accuracy", "balanced accuracy", "time"), rows)
    if used and any(run.id == used for run in runs):
        yield "* is used where no run is named"
