"""Studies on disk: the design of each, and the outcomes of its points.

    studies/NAME-SPLIT-DIGEST/study.json      `Study`
    studies/NAME-SPLIT-DIGEST/outcomes.jsonl  `Outcome`, a line a point
    studies/NAME-SPLIT-DIGEST/table.csv       the same as a table, with the published accuracies
    studies/NAME-SPLIT-DIGEST/now.txt         its present activity

and the files of a `Workplace`. The digest is of the covers, the seed and the recipe, so that a repeated study goes on
where it was, and one of changed covers starts anew.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from covergenre import home
from covergenre.background import Workplace
from covergenre.embedding.recipe import Recipe
from covergenre.errors import BadRun
from covergenre.evaluation.intervals import Interval
from covergenre.files import append_json, replace_json, replace_text
from covergenre.runs.schema import read, read_lines
from covergenre.studies.reference import reference_accuracy

_FIGURES = ("accuracy", "balanced_accuracy", "f1_weighted")
COLUMNS = (
    *("part", "method", "x", "what", "covers"),
    *(f"{name}{end}" for name in _FIGURES for end in ("", "_low", "_high")),
    *("published", "seconds", "run"),
)


@dataclass(frozen=True)
class Outcome:
    """The outcome of one point of a study.

    `part`: one of `study.EXPERIMENTS`. `x`: its place there (how many genres, k, how many variants, or 0). `key` is
    unique; `what` describes the point. `covers`: of the test part. `run`: the id of its run, "" if it has none.
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
        """The accuracy that the reference study published; None when there is none."""
        return reference_accuracy(self.part, self.method, self.x)

    def row(self) -> tuple[object, ...]:
        """Its values for `COLUMNS`."""
        shares = (self.accuracy, self.balanced_accuracy, self.f1_weighted)
        figures = (figure for share in shares for figure in (share.value, share.low, share.high))
        published = "" if self.published is None else self.published
        return self.part, self.method, self.x, self.what, self.covers, *figures, published, self.seconds, self.run


@dataclass(frozen=True)
class Study(Workplace):
    """The design of a study; `genres` in the order of its ladders, `points` the keys requested last."""

    kind = "study"
    dataset: str
    dataset_hash: str
    split: str
    seed: int
    genres: tuple[str, ...]
    recipe: Recipe
    points: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where it is stored."""
        content = f"{self.dataset_hash} {self.seed} {' '.join(self.genres)} {self.recipe.key}"
        digest = hashlib.sha256(content.encode()).hexdigest()[:8]
        return home.home() / "studies" / f"{self.dataset}-{self.split}-{digest}"

    def save(self) -> None:
        """Write the design, and the table of the outcomes that it asks for."""
        replace_json(self.folder / "study.json", asdict(self))
        self._write_table()

    def add(self, outcome: Outcome) -> None:
        """Store an outcome and update the table."""
        append_json(self.folder / "outcomes.jsonl", asdict(outcome))
        self._write_table()

    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes so far, the latest of each point. Incomplete lines are skipped."""
        outcomes = read_lines(Outcome, self.folder / "outcomes.jsonl")
        return tuple({outcome.key: outcome for outcome in outcomes}.values())

    def current_outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes of the points requested last, and of the parts that were not."""
        outcomes = self.outcomes()
        asked = {key.partition("/")[0] for key in self.points}
        return tuple(each for each in outcomes if each.part not in asked or each.key in self.points)

    def write_activity(self, what: str) -> None:
        """Store what is being done."""
        replace_text(self.folder / "now.txt", what)

    def activity(self) -> str:
        """What is being done; "" when unknown."""
        try:
            return (self.folder / "now.txt").read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def _write_table(self) -> None:
        replace_text(self.folder / "table.csv", to_csv(self.current_outcomes()))


def open_study(name: str) -> Study:
    """The study in the folder of that name; BadRun when there is none or it can't be read."""
    try:
        return read(Study, home.home() / "studies" / name / "study.json")
    except BadRun as error:
        raise BadRun(f"the study {name} is missing or damaged: start it again") from error


def list_studies() -> tuple[Study, ...]:
    """All studies, the one requested last first. Damaged ones are left out."""
    studies = []
    for file in sorted((home.home() / "studies").glob("*/study.json"), key=lambda file: -file.stat().st_mtime):
        with suppress(BadRun):
            studies.append(open_study(file.parent.name))
    return tuple(studies)


def to_csv(outcomes: Iterable[Outcome]) -> str:
    """The outcomes as a table of `COLUMNS`; shares are 0 to 1, `reference_accuracy` is an accuracy."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([COLUMNS, *(outcome.row() for outcome in outcomes)])
    return buffer.getvalue()


def by_method(outcomes: Sequence[Outcome], part: str) -> dict[str, list[Outcome]]:
    """The outcomes of a part by method, each list by x."""
    methods: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda outcome: outcome.x):
        if outcome.part == part:
            methods.setdefault(outcome.method, []).append(outcome)
    return methods
