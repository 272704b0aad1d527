"""A run on disk: a folder with its settings, its status and its results.

    run.json             `RunSpec` and the number of this format, written once; see `schema` for all that is JSON
    status.json          `Status`, replaced whole at every step
    events.jsonl         `Event`, one line for every report that carries figures
    predictions.parquet  every validation and test cover with its probabilities
    left_out.parquet     training covers with their probabilities by a fit without their source, if any
    evaluation.json      the `Evaluation` of the test part
    digests.json         hashes of the tables and the model when it was done, see `digests`
    model/               the fitted method; called model.partial until everything else is written
    checkpoint/          the state of an unfinished training, from which a resumed run goes on
    cache/               what was learned to show its covers; may be deleted
    log.txt              the library's log of the run
    background.json      the state of its data set when it was made, see `cautions`
    notes.json           its name, tags and note, see `notes`
    stop.json            there once the run was asked to stop: its deadline, in seconds since the epoch

One process writes a run while others read it, and any of them may be killed at any point. So files are replaced
atomically, everything read is validated, and a run counts as running only if its process is alive.
"""

import logging
import re
import secrets
import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from covergenre import home
from covergenre.dataset.identity import id_of
from covergenre.digests import changed_files, write_digests
from covergenre.errors import BadRun, CoverGenreError
from covergenre.evaluation.metrics import Evaluation
from covergenre.files import is_full, publish_folder, replace_bytes, replacing
from covergenre.formatting import counted
from covergenre.methods import Fitted, method
from covergenre.methods.base import FINISH_FILE
from covergenre.runs.schema import Event, RunSpec, Status, damaged, encode, encode_spec, read, read_lines, read_spec

if TYPE_CHECKING:  # the lists of runs and the worker need no pandas, and it is most of what they would load
    import pandas as pd

logger = logging.getLogger(__name__)

PREDICTION_MS, EMBEDDING_S = "prediction ms", "embedding seconds"
"""Metrics in a run's events: milliseconds a prediction from a vector takes, and seconds spent on embedding."""

_NAMED = 5  # runs
_LEFT_OUT = "left_out.parquet"
_RUN_ID = re.compile(r"\d{8}-\d{6}-[a-z0-9_]+-[0-9a-f]{4}")
_SHIPPED_ID = re.compile(r"starter-[a-z0-9_]+")
_SAME_START = 2.0  # seconds; the start time of one process is read off two clocks that may drift apart


@dataclass(frozen=True)
class Usage:
    """Resources of a run's process: average processor cores since its start, and bytes of memory now."""

    cores: float
    memory: int


@dataclass(frozen=True)
class Run:
    """A folder under `home.runs()` and its spec; everything else is read from disk on demand."""

    folder: Path
    spec: RunSpec

    @classmethod
    def create(cls, spec: RunSpec) -> "Run":
        """A new queued run, whose folder appears atomically."""
        hidden = home.runs() / f".{secrets.token_hex(8)}"
        try:
            return cls(_publish(cls.begin(hidden, spec).folder, spec), spec)
        finally:
            shutil.rmtree(hidden, ignore_errors=True)

    @classmethod
    def begin(cls, folder: Path, spec: RunSpec) -> "Run":
        """A new queued run in a new folder, wherever that is."""
        folder.mkdir(parents=True)
        replace_bytes(folder / "run.json", encode_spec(spec))
        replace_bytes(folder / "status.json", encode(Status("queued")))
        return cls(folder, spec)

    @classmethod
    def open(cls, run_id: str) -> "Run":
        """The run of that id; "starter" is the default one of those that ship.

        Raises BadRun when there is none or it can't be read.
        """
        if run_id == "starter":
            from covergenre.dataset.starter import open_starter

            run_id = f"starter-{open_starter().card.default}"
        shipped = home.shipped_runs() / run_id
        return cls.at(shipped if _SHIPPED_ID.fullmatch(run_id) and shipped.is_dir() else folder_of(run_id))

    @classmethod
    def at(cls, folder: Path) -> "Run":
        """The run in `folder`, wherever that is. Raises BadRun when it can't be read, or is of a later format."""
        return cls(folder, read_spec(folder / "run.json"))

    @property
    def id(self) -> str:
        """The name of the folder: time of creation (UTC), method, four random digits. Sorts by time."""
        return self.folder.name

    @property
    def is_shipped(self) -> bool:
        """Whether it comes with the starter, and so can't be changed."""
        return self.folder.parent == home.shipped_runs()

    def status(self) -> Status:
        """The present status. Raises BadRun when the file is missing or damaged."""
        status = read(Status, self.folder / "status.json")
        if status.state != "running" or _process(status):
            return status
        status = read(Status, self.folder / "status.json")  # it may have ended well between the two looks
        if status.state != "running":
            return status
        why = "The disk is full: make room, then resume it." if is_full(self.folder) else ""
        error = f"Its process ({status.pid}) ended without a message. {why}".strip()
        return replace(status, state="lost", eta=None, error=error)

    def write_status(self, status: Status) -> None:
        """Replace the status."""
        replace_bytes(self.folder / "status.json", encode(status))

    def process(self) -> psutil.Process | None:
        """Its process; None unless it is running. Raises BadRun as `status` does."""
        status = read(Status, self.folder / "status.json")
        return _process(status) if status.state == "running" else None

    def usage(self) -> Usage | None:
        """The resources of its process; None unless it is running."""
        with suppress(psutil.Error):  # it may end meanwhile
            if process := self.process():
                spent, seconds = process.cpu_times(), time.time() - process.create_time()
                return Usage((spent.user + spent.system) / max(seconds, 0.1), process.memory_info().rss)
        return None

    def request_stop(self, grace: float) -> None:
        """Ask the run to stop within `grace` seconds."""
        replace_bytes(self.folder / "stop.json", encode(time.time() + grace))

    def stop_requested(self) -> bool:
        """Whether the run was asked to stop."""
        return (self.folder / "stop.json").exists()

    def grace_expired(self) -> bool:
        """Whether the deadline of a requested stop has passed. Raises BadRun when stop.json is damaged."""
        return self.stop_requested() and time.time() >= read(float, self.folder / "stop.json")

    def append_event(self, event: Event) -> None:
        """Add one event."""
        with (self.folder / "events.jsonl").open("ab") as file:
            file.write(encode(event, indent=None) + b"\n")

    def events(self) -> tuple[Event, ...]:
        """The events so far, in order. Incomplete lines are skipped."""
        return tuple(read_lines(Event, self.folder / "events.jsonl"))

    def write_predictions(self, predictions: "pd.DataFrame") -> None:
        """Store the predictions; see `predictions` for the columns."""
        with replacing(self.folder / "predictions.parquet") as beside:
            predictions.to_parquet(beside, index=False)

    def write_left_out_predictions(self, answers: "pd.DataFrame | None") -> None:
        """Store the predictions for covers whose source was left out, if any; see `left_out_predictions`."""
        if answers is not None:
            with replacing(self.folder / _LEFT_OUT) as beside:
                answers.to_parquet(beside, index=False)

    def left_out_predictions(self) -> "pd.DataFrame | None":
        """Predictions for training covers by a fit without their source: path, source, genre, group, probabilities.

        None where there are none. BadRun when they are damaged.
        """
        return self._read_table(_LEFT_OUT, "source") if (self.folder / _LEFT_OUT).exists() else None

    def predictions(self) -> "pd.DataFrame":
        """Every validation and test cover: path, part, genre, group (of the split), and the `probability_columns`.

        Raises BadRun when the file is missing, damaged or not of this run.
        """
        return self._read_table("predictions.parquet", "part")

    def write_evaluation(self, evaluation: Evaluation) -> None:
        """Store the evaluation of the test part."""
        replace_bytes(self.folder / "evaluation.json", encode(evaluation.to_dict()))

    def evaluation(self) -> Evaluation:
        """The evaluation of the test part. Raises BadRun when it is missing or damaged."""
        path = self.folder / "evaluation.json"
        data = read(dict[str, Any], path)
        try:
            return Evaluation.from_dict(data)
        except (ValueError, LookupError, TypeError, CoverGenreError) as error:
            raise damaged(path, error) from error

    def stage_model(self) -> Path:
        """An empty folder for the method to save into, which `publish_model` puts into place."""
        staged = self.folder / "model.partial"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        return staged

    def publish_model(self) -> None:
        """Put the staged model into place, once it is entirely on disk."""
        staged = self.folder / "model.partial"
        publish_folder(staged, self.folder / "model")
        files = [*self.folder.glob("*.parquet"), *(self.folder / "model").rglob("*")]
        names = sorted(file.relative_to(self.folder).as_posix() for file in files if file.is_file())
        write_digests(self.folder, ["run.json", *names], self.folder / "run.json")

    def drop_model(self) -> None:
        """Remove the model, staged or not."""
        for name in ("model.partial", "model"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    @property
    def checkpoint(self) -> Path:
        """The folder for a method's checkpoint, which may not exist."""
        return self.folder / "checkpoint"

    @property
    def finish_file(self) -> Path:
        """There once the run was asked to finish early."""
        return self.checkpoint / FINISH_FILE

    def is_finishing(self) -> bool:
        """Whether the run was asked to finish early."""
        return self.finish_file.exists()

    def can_finish(self) -> bool:
        """Whether the run has a checkpoint to finish with, and was not asked to yet."""
        return self.checkpoint.is_dir() and any(self.checkpoint.iterdir()) and not self.is_finishing()

    @property
    def cache(self) -> Path:
        """The folder for what can be computed again."""
        return self.folder / "cache"

    @property
    def temporary(self) -> Path:
        """The folder for its temporary files, which go when it ends or is deleted."""
        return self.folder / "temporary"

    def drop_checkpoint(self) -> None:
        """Remove the checkpoint."""
        shutil.rmtree(self.checkpoint, ignore_errors=True)

    def load_model(self) -> Fitted:
        """The fitted method. Raises BadRun unless the run is done."""
        state = self.status().state
        if state != "done":
            raise BadRun(f"The run {self.id} is {state} and has no model. Pick one that is done, or train again.")
        self._check_bytes("model/")
        return method(self.spec.method).load(self.folder / "model")

    def _read_table(self, name: str, second: str) -> "pd.DataFrame":
        """A table of predictions, whose `second` column is "part" or "source"; BadRun when it is not of this run."""
        import pandas as pd

        self._check_bytes(name)
        try:
            table = pd.read_parquet(self.folder / name)
            _check_predictions(table, ["path", second, "genre", "group"], self.spec.genres)
        except Exception as error:  # A damaged table brings any exception out of its reader.
            raise damaged(self.folder / name, error) from error
        return table

    def _check_bytes(self, begins: str) -> None:
        """BadRun when a file whose name begins so has changed since the run was done."""
        if changed := changed_files(self.folder, self.folder / "run.json", begins):
            raise BadRun(f"{', '.join(changed)} of the run {self.id} changed since it was made: train again")


def folder_of(run_id: str) -> Path:
    """The folder of the run of that id, which may be damaged. Raises BadRun when there is none."""
    folder = home.runs() / run_id
    if not _RUN_ID.fullmatch(run_id) or not folder.is_dir():
        shipped = ", ".join(run.id for run in _runs_in(home.shipped_runs(), _SHIPPED_ID))
        raise BadRun(
            f"There is no run {run_id!r}. `covergenre runs` lists yours; those that ship are {shipped or 'missing'}."
        )
    return folder


def list_runs() -> tuple[Run, ...]:
    """The user's runs, the newest first. Damaged ones are logged and left out."""
    runs = _runs_in(home.runs(), _RUN_ID)
    return tuple(sorted(runs, key=lambda run: (run.spec.created.timestamp(), run.id), reverse=True))


def finished_runs() -> tuple[Run, ...]:
    """The runs that are done: the user's, the newest first, then those that ship."""
    shipped = sorted(_runs_in(home.shipped_runs(), _SHIPPED_ID), key=lambda run: run.id)
    return tuple(run for run in (*list_runs(), *shipped) if run.status().state == "done")


def runs_on(dataset: str) -> tuple[Run, ...]:
    """The user's runs that need the data set of this name; newest first."""
    known = id_of(dataset)
    return tuple(run for run in list_runs() if run.spec.dataset == dataset and run.spec.dataset_id in ("", known))


def dependents_note(dataset: str) -> str:
    """A sentence on the runs that can't answer once this data set is removed; "" when there are none."""
    ids = [run.id for run in runs_on(dataset)]
    more = ", ..." if len(ids) > _NAMED else ""
    return f"{counted(len(ids), 'run')} can't answer without {dataset}: {', '.join(ids[:_NAMED])}{more}." if ids else ""


def probability_columns(genres: Sequence[str]) -> list[str]:
    """The columns of the probabilities, prefixed because a genre may be called "path"."""
    return [f"p:{genre}" for genre in genres]


def _publish(hidden: Path, spec: RunSpec) -> Path:
    stamp = f"{spec.created.astimezone(UTC):%Y%m%d-%H%M%S}"
    while True:
        folder = hidden.with_name(f"{stamp}-{spec.method}-{secrets.token_hex(2)}")
        try:
            return hidden.rename(folder)
        except OSError:  # a folder that isn't empty is never replaced
            if not folder.exists():
                raise


def _runs_in(folder: Path, named: re.Pattern) -> list[Run]:
    folders = folder.iterdir() if folder.is_dir() else ()
    return [run for each in folders if named.fullmatch(each.name) if (run := _sound(each))]


def _sound(folder: Path) -> Run | None:
    try:
        run = Run.at(folder)
        run.status()
    except BadRun as error:
        logger.warning("%s", error)
        return None
    return run


def _process(status: Status) -> psutil.Process | None:
    if status.pid is None or status.pid_started is None:
        return None
    try:
        process = psutil.Process(status.pid)
        same = abs(process.create_time() - status.pid_started) < _SAME_START
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, ValueError, OverflowError):
        return None


def _check_predictions(table: "pd.DataFrame", first: Sequence[str], genres: Sequence[str]) -> None:
    columns = probability_columns(genres)
    if list(table.columns) != [*first, *columns]:
        raise ValueError("its columns are not those of the run")
    probabilities = table[columns].to_numpy(np.float64)
    if not (np.isfinite(probabilities).all() and np.allclose(probabilities.sum(axis=1), 1.0, atol=1e-4)):
        raise ValueError("its probabilities do not add up to 1")
    if not table["genre"].isin(genres).all() or not set(table.get("part", ())) <= {"validation", "test"}:
        raise ValueError("it holds a genre or a part that the run has not")
