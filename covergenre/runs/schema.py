"""The JSON files of a run: what they hold, and how they are written, read and validated."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from covergenre.dataset.identity import id_of, name_of
from covergenre.digests import FILE as DIGESTS
from covergenre.errors import BadRun, CoverGenreError
from covergenre.files import replace_bytes, where_allowed
from covergenre.methods import TrainSpec

State = Literal["queued", "running", "done", "cancelled", "failed", "lost"]
T = TypeVar("T")

FORMAT = 1
"""The format of a run's folder. Folders written before it was noted down are of format 1."""


@dataclass(frozen=True, kw_only=True)
class RunSpec(TrainSpec):
    """The settings of a run with the versions of data set and libraries, enough to repeat it.

    `dataset_id` identifies the data set ("" in runs older than ids); `dataset` is its name, the present one when read
    from disk.
    """

    dataset_hash: str
    dataset_id: str = ""
    versions: Mapping[str, str]
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class _Header:
    """The part of run.json that every version can read."""

    format: int = 1


@dataclass(frozen=True)
class Status:
    """The progress of a run: `done` of `total` steps of `what`, about `eta` seconds left (None: unknown).

    Times are seconds since the epoch: `started` (None while queued), `updated`, and `pid_started`, which tells the
    process `pid` from a later one of the same number. `error` is one line or empty. A "running" run whose process is
    gone reads as "lost".
    """

    state: State
    done: int = 0
    total: int = 1
    what: str = ""
    eta: float | None = None
    pid: int | None = None
    pid_started: float | None = None
    error: str = ""
    started: float | None = None
    updated: float = field(default_factory=time.time)

    @property
    def seconds(self) -> float | None:
        """How long it ran up to the last update; None while queued."""
        return None if self.started is None else self.updated - self.started


@dataclass(frozen=True)
class Event:
    """Metrics at step `done` of `total` of `what`; None stands for one that is not finite."""

    what: str
    done: int
    total: int
    metrics: Mapping[str, float | None]
    time: float = field(default_factory=time.time)


def encode_spec(spec: RunSpec) -> bytes:
    """The content of run.json."""
    return encode({"format": FORMAT, **_adapter(RunSpec).dump_python(spec, mode="json")})


def read_spec(path: Path) -> RunSpec:
    """The spec in run.json; BadRun when it can't be read or is of a later format.

    A change to its fields raises `FORMAT`; older formats are translated here.
    """
    written = read(_Header, path).format
    if written > FORMAT:
        raise BadRun(
            f"The run {path.parent.name} is of format {written}, and this version of covergenre reads formats up to "
            f"{FORMAT}. Install a newer version to open it."
        )
    spec = read(RunSpec, path)
    # Runs older than ids get the id of the data set of that name, once.
    if not spec.dataset_id and not (path.parent / DIGESTS).exists() and (known := id_of(spec.dataset)):
        spec = replace(spec, dataset_id=known)
        with where_allowed():
            replace_bytes(path, encode_spec(spec))
    return replace(spec, dataset=name_of(spec.dataset_id, spec.dataset))


def encode(value: Any, indent: int | None = 2) -> bytes:
    """A value as JSON."""
    return _adapter(type(value)).dump_json(value, indent=indent)


def read(kind: type[T], path: Path) -> T:
    """A value of this type from a file of a run; BadRun, naming file and run, when it is missing or damaged."""
    try:
        return _adapter(kind).validate_json(path.read_bytes(), strict=True)
    except (OSError, ValueError, CoverGenreError) as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> BadRun:
    """The exception for a file of a run that can't be read because of `error`."""
    found = (
        "is missing" if isinstance(error, FileNotFoundError) else f"is damaged ({' '.join(str(error).split())[:200]})"
    )
    return BadRun(
        f"{path.name} of the run {path.parent.name} {found}. Delete the folder {path.parent} and train again."
    )


def read_lines(kind: type[T], path: Path) -> list[T]:
    """The values of this type in a file of JSON lines, if it is there; incomplete lines are skipped."""
    values = []
    for line in path.read_bytes().splitlines() if path.exists() else ():
        with suppress(ValueError):
            values.append(_adapter(kind).validate_json(line, strict=True))
    return values


def _new_adapter(kind: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


_adapter: Callable[[Any], Any] = cache(_new_adapter)
