"""Studies on disk: what was asked of one, and what came of each of its points.

    studies/NAME-SPLIT-DIGEST/study.json      `Study`
    studies/NAME-SPLIT-DIGEST/outcomes.jsonl  `Outcome`, a line a point, as they come
    studies/NAME-SPLIT-DIGEST/table.csv       the same as a table to take away, beside what was published
    studies/NAME-SPLIT-DIGEST/.lock           held by the process that works on it
    studies/NAME-SPLIT-DIGEST/now.txt         what whoever works on it is busy with
    studies/NAME-SPLIT-DIGEST/stop            there once it was asked to stop

The digest is of what figures depend on (the covers, the seed, the recipe), so that a study asked for again goes on
where it was, and one of changed covers begins anew.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout

from covergenre import home
from covergenre.embedding.recipe import Recipe
from covergenre.errors import BadRun
from covergenre.evaluation.intervals import Interval
from covergenre.files import append_json, read_json, read_json_lines, replace_json, replace_text
from covergenre.studies.reference import reference_accuracy

_FIGURES = ("accuracy", "balanced_accuracy", "f1_weighted")
COLUMNS = (
    *("part", "method", "x", "what", "covers"),
    *(f"{name}{end}" for name in _FIGURES for end in ("", "_low", "_high")),
    *("published", "seconds", "run"),
)


@dataclass(frozen=True)
class Outcome:
    """What came of one point of a study.

    `part`: one of `study.EXPERIMENTS`. `x`: where it stands in its part (how many genres, k, how many variants, or 0).
    `key` tells it from every other; `what` says it in words. `covers`: of the test part. `run`: the id of the run that
    it is, "" for a point that leaves none.
    """

    key: str
    part: str
    method: str
    x: int
    what: str
    covers: int
    accuracy: Interval
    balanced_accuracy: Interval
    f1_weighted: Interval
    seconds: float
    run: str = ""

    @property
    def published(self) -> float | None:
        """The accuracy that the reference study published for it; None when there is none."""
        return reference_accuracy(self.part, self.method, self.x)

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Self:
        """The outcome of `dataclasses.asdict`; KeyError or TypeError when it isn't one."""
        return cls(**{**fields, **{name: Interval(**fields[name]) for name in _FIGURES}})

    def row(self) -> tuple[object, ...]:
        """What it has under `COLUMNS`."""
        shares = (getattr(self, name) for name in _FIGURES)
        figures = (part for share in shares for part in (share.value, share.low, share.high))
        said = (self.part, self.method, self.x, self.what, self.covers)
        return *said, *figures, "" if self.published is None else self.published, self.seconds, self.run


@dataclass(frozen=True)
class Study:
    """What a study is about; `genres` in the order of its ladders, `points` the keys that were asked for last."""

    dataset: str
    dataset_hash: str
    split: str
    seed: int
    genres: tuple[str, ...]
    recipe: Recipe
    points: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        told = f"{self.dataset_hash} {self.seed} {' '.join(self.genres)} {self.recipe.key}"
        return home.home() / "studies" / f"{self.dataset}-{self.split}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"

    @property
    def lock(self) -> FileLock:
        """Held by the process that works on it."""
        return FileLock(self.folder / ".lock")

    def save(self) -> None:
        """Write what is asked for, and forget that it was asked to stop."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "stop").unlink(missing_ok=True)
        replace_json(self.folder / "study.json", asdict(self))

    def add(self, outcome: Outcome) -> None:
        """Keep one outcome, and bring the table up to date."""
        append_json(self.folder / "outcomes.jsonl", asdict(outcome))
        replace_text(self.folder / "table.csv", to_csv(self.current_outcomes()))

    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes so far, each point once. A line torn by a kill is passed over."""
        lines = read_json_lines(self.folder / "outcomes.jsonl")
        found = [outcome for line in lines if (outcome := _outcome(line))]
        return tuple({outcome.key: outcome for outcome in found}.values())

    def current_outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes that belong together: of the parts that were asked for last their points, of others all."""
        outcomes = self.outcomes()
        asked = {key.partition("/")[0] for key in self.points}
        return tuple(each for each in outcomes if each.part not in asked or each.key in self.points)

    def is_running(self) -> bool:
        """Whether a process works on it."""
        try:
            with self.lock.acquire(blocking=False):
                return False
        except Timeout:
            return True

    def tell(self, what: str) -> None:
        """Leave word of what is being done."""
        replace_text(self.folder / "now.txt", what)

    def now(self) -> str:
        """What whoever works on it is busy with; "" when that isn't known."""
        try:
            return (self.folder / "now.txt").read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def request_stop(self) -> None:
        """Have whoever works on it stop: within a second or two as a rule, at the next point at the latest."""
        (self.folder / "stop").touch()

    def stop_requested(self) -> bool:
        """Whether it was asked to stop."""
        return (self.folder / "stop").exists()


def open_study(name: str) -> Study:
    """The study in the folder of that name; BadRun when there is none or it can't be read."""
    if not (study := _study(home.home() / "studies" / name / "study.json")):
        raise BadRun(f"the study {name} is missing or damaged: begin it again")
    return study


def list_studies() -> tuple[Study, ...]:
    """The studies there are, the one that was asked for last first. Damaged ones are left out."""
    files = sorted((home.home() / "studies").glob("*/study.json"), key=lambda file: -file.stat().st_mtime)
    return tuple(study for file in files if (study := _study(file)))


def to_csv(outcomes: Iterable[Outcome]) -> str:
    """The outcomes as a table of `COLUMNS`; shares are 0 to 1, `reference_accuracy` is an accuracy."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([COLUMNS, *(outcome.row() for outcome in outcomes)])
    return buffer.getvalue()


def by_method(outcomes: Sequence[Outcome], part: str) -> dict[str, list[Outcome]]:
    """The outcomes of a part by method, each list by where they stand."""
    found: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.x):
        if outcome.part == part:
            found.setdefault(outcome.method, []).append(outcome)
    return found


def _outcome(fields: Mapping[str, Any]) -> Outcome | None:
    try:
        return Outcome.from_dict(fields)
    except (ValueError, KeyError, TypeError):
        return None


def _study(file: Path) -> Study | None:
    try:
        fields = read_json(file)
        tuples = {name: tuple(fields[name]) for name in ("genres", "points")}
        return Study(**{**fields, **tuples, "recipe": Recipe.from_dict(fields["recipe"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None
