"""A run on disk: one folder that says what was asked for, how far it is and what came of it.

    run.json             `RunSpec` and the number of this format, written once; see `schema` for all that is JSON
    status.json          `Status`, replaced whole at every step
    events.jsonl         `Event`, one line for every report that carries figures
    predictions.parquet  every validation and test cover with its probabilities
    left_out.parquet     training covers with their probabilities by a fit that knew nothing of their source, if any
    evaluation.json      the `Evaluation` of the test part
    digests.json         what the tables and the model were when it was done, see `dataset.digests`
    model/               what the method saved; called model.partial until all the rest is written
    checkpoint/          what the method has learned so far, until the run is done; a resumed run goes on from there
    log.txt              what the library logged meanwhile
    background.json      what was known of its covers when it was asked for, see `cautions`
    notes.json           what somebody says of it, see `notes`
    stop.json            there once the run was asked to stop: until when it has time to, in seconds since the epoch

One process writes a run while others read it, and any of them may be killed at any point. So a file takes its place
whole or not at all, whoever reads trusts nothing that is there, and a run that says it is running is asked for its
process.
"""

import logging
import re
import secrets
import shutil
import time
from collections.abc import Sequence
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
from covergenre.methods import Fitted, method
from covergenre.runs.schema import Event, RunSpec, Status, damaged, encode, encode_spec, read, read_event, read_spec

if TYPE_CHECKING:  # the lists of runs and the worker need no pandas, and it is most of what they would load
    import pandas as pd

logger = logging.getLogger(__name__)

PREDICTION_MS, EMBEDDING_S = "prediction ms", "embedding seconds"
"""The figures of a run's events that say how many milliseconds the method takes for a cover, its vector at hand, and
how many seconds were spent on making vectors."""

_NAMED = 5  # runs
_LEFT_OUT = "left_out.parquet"
_RUN_ID = re.compile(r"\d{8}-\d{6}-[a-z0-9_]+-[0-9a-f]{4}")
_SHIPPED_ID = re.compile(r"starter-[a-z0-9_]+")
_SAME_START = 2.0  # seconds; the start time of one process is read off two clocks that may drift apart


@dataclass(frozen=True)
class Run:
    """A folder under `home.runs()` and what was asked for in it; all else is read off the disk when asked."""

    folder: Path
    spec: RunSpec

    @classmethod
    def create(cls, spec: RunSpec) -> "Run":
        """A new queued run. Its folder appears whole, so nobody ever sees half a run."""
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
        """The run called `run_id`; "starter" is the one of those that ship whose answer counts.

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

    def status(self) -> Status:
        """How far it is now. Raises BadRun when the file is missing or damaged."""
        status = read(Status, self.folder / "status.json")
        if status.state != "running" or _process(status):
            return status
        status = read(Status, self.folder / "status.json")  # it may have ended well between the two looks
        if status.state != "running":
            return status
        why = "The disk is full: make room, then resume it." if is_full(self.folder) else ""
        error = f"Its process ({status.pid}) ended without a word. {why}".strip()
        return replace(status, state="lost", eta=None, error=error)

    def write_status(self, status: Status) -> None:
        """Replace the status."""
        replace_bytes(self.folder / "status.json", encode(status))

    def process(self) -> psutil.Process | None:
        """The process that works on it; None unless it is running. Raises BadRun as `status` does."""
        status = read(Status, self.folder / "status.json")
        return _process(status) if status.state == "running" else None

    def request_stop(self, grace: float) -> None:
        """Leave word that the run should stop, and has `grace` seconds to do so by itself."""
        replace_bytes(self.folder / "stop.json", encode(time.time() + grace))

    def stop_requested(self) -> bool:
        """Whether the run was asked to stop: whoever works on it looks here."""
        return (self.folder / "stop.json").exists()

    def grace_expired(self) -> bool:
        """Whether the run was asked to stop and has had the time to. Raises BadRun when the word left is damaged."""
        return self.stop_requested() and time.time() >= read(float, self.folder / "stop.json")

    def append_event(self, event: Event) -> None:
        """Add one event."""
        with (self.folder / "events.jsonl").open("ab") as file:
            file.write(encode(event, indent=None) + b"\n")

    def events(self) -> tuple[Event, ...]:
        """The events so far, in order. A line torn by a kill is passed over."""
        path = self.folder / "events.jsonl"
        lines = path.read_bytes().splitlines() if path.exists() else []
        return tuple(event for line in lines if (event := read_event(line)))

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
        """Training covers answered by a fit that had not seen their source: path, source, genre, group and
        probabilities; None where there are none. BadRun when they are damaged."""
        import pandas as pd

        path = self.folder / _LEFT_OUT
        if not path.exists():
            return None
        self._check_bytes(_LEFT_OUT)
        try:
            answers = pd.read_parquet(path)
            told = answers.drop(columns="source").assign(part="test")
            _checked(told[["path", "part", *[name for name in told if name not in ("path", "part")]]], self.spec.genres)
        except Exception as error:  # A damaged table brings any exception out of its reader.
            raise BadRun(f"{path} is damaged ({error}): train again") from error
        return answers

    def predictions(self) -> "pd.DataFrame":
        """Every validation and test cover: path, part, genre, group (of the split), and the `probability_columns`.

        Raises BadRun when the file is missing, damaged or not of this run.
        """
        import pandas as pd

        path = self.folder / "predictions.parquet"
        self._check_bytes(path.name)
        try:
            return _checked(pd.read_parquet(path), self.spec.genres)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise damaged(path, error) from error

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
        """An empty folder for the method to save into, that nothing loads from."""
        staged = self.folder / "model.partial"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        return staged

    def publish_model(self) -> None:
        """Put the staged model into its place, once every byte of it is on the disk."""
        staged = self.folder / "model.partial"
        publish_folder(staged, self.folder / "model")
        files = [*self.folder.glob("*.parquet"), *(self.folder / "model").rglob("*")]
        names = sorted(file.relative_to(self.folder).as_posix() for file in files if file.is_file())
        write_digests(self.folder, ["run.json", *names], self.folder / "run.json")

    def drop_model(self) -> None:
        """Remove what there is of a model, as a run that did not end well has none."""
        for name in ("model.partial", "model"):
            shutil.rmtree(self.folder / name, ignore_errors=True)

    @property
    def checkpoint(self) -> Path:
        """The folder where a method may leave what it has learned so far; there only once one did."""
        return self.folder / "checkpoint"

    def drop_checkpoint(self) -> None:
        """Remove the checkpoint, as a run that is done goes on from nowhere."""
        shutil.rmtree(self.checkpoint, ignore_errors=True)

    def load_model(self) -> Fitted:
        """What was trained. Raises BadRun unless the run is done."""
        state = self.status().state
        if state != "done":
            raise BadRun(f"The run {self.id} is {state} and has no model. Pick one that is done, or train again.")
        self._check_bytes("model/")
        return method(self.spec.method).load(self.folder / "model")

    def _check_bytes(self, begins: str) -> None:
        """BadRun when a file whose name begins so is not as it was when the run was done."""
        if changed := changed_files(self.folder, self.folder / "run.json", begins):
            raise BadRun(f"{', '.join(changed)} of the run {self.id} changed since it was made: train again")


def folder_of(run_id: str) -> Path:
    """The folder of the run called `run_id`, which may be damaged. Raises BadRun when there is none."""
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
    """The user's runs that stand on the data set of this name, and can't answer once it is removed; newest first."""
    known = id_of(dataset)
    return tuple(run for run in list_runs() if run.spec.dataset == dataset and run.spec.dataset_id in ("", known))


def dependents_note(dataset: str) -> str:
    """Which of the user's runs can't answer once this data set is removed, in a sentence; "" when there are none."""
    ids = [run.id for run in runs_on(dataset)]
    many = "1 run" if len(ids) == 1 else f"{len(ids)} runs"
    more = ", ..." if len(ids) > _NAMED else ""
    return f"{many} can't answer without {dataset}: {', '.join(ids[:_NAMED])}{more}." if ids else ""


def probability_columns(genres: Sequence[str]) -> list[str]:
    """The columns of the probabilities: prefixed, because a genre may well be called "path"."""
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


def _checked(predictions: "pd.DataFrame", genres: tuple[str, ...]) -> "pd.DataFrame":
    columns = probability_columns(genres)
    if list(predictions.columns) != ["path", "part", "genre", "group", *columns]:
        raise ValueError("its columns are not those of the run")
    probabilities = predictions[columns].to_numpy(np.float64)
    if not (np.isfinite(probabilities).all() and np.allclose(probabilities.sum(axis=1), 1.0, atol=1e-4)):
        raise ValueError("its probabilities do not add up to 1")
    if not (predictions["genre"].isin(genres).all() and predictions["part"].isin(["validation", "test"]).all()):
        raise ValueError("it holds a genre or a part that the run has not")
    return predictions
