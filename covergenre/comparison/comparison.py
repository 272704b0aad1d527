"""Finished runs compared on the test covers that they share.

Covers are matched by path where all runs have the same data set, else by the hash of their pixels. A cover in the test
part of every run is one that none of them was trained on.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd

from covergenre.collection.collection import Collection
from covergenre.collection.sources import TABLE, dataset_table
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.errors import BadDataset, BadRun, CoverGenreError
from covergenre.evaluation.compare import Comparison, compare
from covergenre.evaluation.metrics import Evaluation, absent_genres_note
from covergenre.files import read_json
from covergenre.runs.cautions import Caution, run_cautions
from covergenre.runs.notes import run_names
from covergenre.runs.record import PREDICTION_MS, Run, probability_columns


@dataclass(frozen=True, eq=False)
class ComparedRun:
    """One run of a comparison. `name` is unique among them. `probabilities`: float64 (n, g), of the shared covers.

    `cautions`: what speaks against its metrics. None where unknown: the `temperature` of its calibration, `seconds` of
    training, `model_bytes` on the disk, `prediction_ms` (see `record.PREDICTION_MS`).
    """

    run: Run
    name: str
    probabilities: np.ndarray
    evaluation: Evaluation
    temperature: float | None
    seconds: float | None
    model_bytes: int | None
    prediction_ms: float | None
    cautions: tuple[Caution, ...] = ()

    @property
    def id(self) -> str:
        """The id of the run."""
        return self.run.id


@dataclass(frozen=True, eq=False)
class ComparedRuns:
    """Several runs on the n covers that all of them were tested on.

    `covers`: their metadata, from the first run's data set that is there, preferably one with pictures. `labels`: their
    true genres, int64 (n,), as positions in `genres`. `left_out`: what was excluded to make the runs comparable, in
    sentences. `comparison` names runs by `ComparedRun.name`.
    """

    runs: tuple[ComparedRun, ...]
    genres: tuple[str, ...]
    covers: Collection
    labels: np.ndarray
    left_out: tuple[str, ...]
    comparison: Comparison

    @property
    def dataset(self) -> Dataset | None:
        """The data set of the covers; None when it has gone."""
        return self.covers.dataset

    def of(self, run_id: str) -> ComparedRun:
        """The run of that id; KeyError when it is not compared."""
        return {run.id: run for run in self.runs}[run_id]


def compare_runs(runs: Sequence[Run], resamples: int = 1000) -> ComparedRuns:
    """Compare finished runs, or evaluate one alone; `resamples` as for `evaluate`.

    Where their genres differ, only the shared ones count, and the probabilities of these are normalised.

    Raises BadRun when a run is damaged or not done, BadDataset when its data set is needed to match the covers and is
    gone, CoverGenreError without runs, for a run named twice, or when they share fewer than two genres or no cover.
    """
    _check(runs)
    genres = _shared_genres(runs)
    opened = {named: _dataset(*named) for named in {(run.spec.dataset, run.spec.dataset_id) for run in runs}}
    datasets = [opened[run.spec.dataset, run.spec.dataset_id] for run in runs]
    tests = [_part(run, "test", genres) for run in runs]
    same = len({run.spec.dataset_hash for run in runs}) == 1
    keyed = [_keyed(run, test, dataset, same) for run, test, dataset in zip(runs, tests, datasets, strict=True)]
    shared, relabelled = _shared_covers(keyed)
    names = run_names(runs)
    left_out = (*_genres_left_out(runs, genres), *_covers_left_out(names, tests, len(shared), relabelled))
    probabilities = {
        name: _probabilities(test.loc[shared], genres, run.spec.genres)
        for name, run, test in zip(names, runs, keyed, strict=True)
    }
    known = [position for position, dataset in enumerate(datasets) if dataset]
    at = min(known, key=lambda position: not datasets[position].has_pictures, default=0)  # type: ignore[union-attr]
    test = keyed[at].loc[shared]
    labels = _labels(test, genres)
    groups = test["group"].to_numpy(np.int64)
    comparison = compare(probabilities, labels, genres, groups, runs[0].spec.seed, resamples)
    compared = tuple(
        _compared(run, name, probabilities[name], comparison.evaluations[name], dataset)
        for run, name, dataset in zip(runs, names, datasets, strict=True)
    )
    covers = _covers(test, datasets[at])
    if absent := compared[0].evaluation.absent:
        left_out = (*left_out, absent_genres_note(absent))
    return ComparedRuns(compared, genres, covers, labels, left_out, comparison)


def validation_predictions(run: Run, genres: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Labels int64 (n,) and probabilities float64 (n, g) of a run's validation covers of these genres.

    Empty where its split has no validation part. BadRun when its predictions can't be read.
    """
    answers = _part(run, "validation", genres)
    return _labels(answers, genres), _probabilities(answers, genres, run.spec.genres)


def _check(runs: Sequence[Run]) -> None:
    ids = [run.id for run in runs]
    if len(set(ids)) < len(ids):
        raise CoverGenreError(f"{max(ids, key=ids.count)} is named twice: name each run once")
    if not runs:
        raise CoverGenreError("found no run to look at: name one that is done, or several")
    for run in runs:
        if (state := run.status().state) != "done":
            raise BadRun(f"the run {run.id} is {state}: compare only runs that are done")


def _shared_genres(runs: Sequence[Run]) -> tuple[str, ...]:
    shared = set.intersection(*(set(run.spec.genres) for run in runs))
    if len(shared) < 2:
        raise CoverGenreError(f"the runs share {len(shared)} genres: choose runs that share at least two genres")
    return tuple(genre for genre in runs[0].spec.genres if genre in shared)


def _dataset(name: str, dataset_id: str) -> Dataset | None:
    try:
        return open_dataset(name, dataset_id)
    except BadDataset:
        return None


def _part(run: Run, part: str, genres: Sequence[str]) -> pd.DataFrame:
    predictions = run.predictions()
    return predictions[(predictions["part"] == part) & predictions["genre"].isin(genres)]


def _labels(answers: pd.DataFrame, genres: Sequence[str]) -> np.ndarray:
    return pd.Categorical(answers["genre"], categories=list(genres)).codes.astype(np.int64)


def _keyed(run: Run, test: pd.DataFrame, dataset: Dataset | None, by_path: bool) -> pd.DataFrame:
    """The covers of a test part, indexed by path or content hash; each once."""
    if by_path:
        return test.set_index("path", drop=False)
    if dataset is None:
        raise BadDataset(
            f"the data set {run.spec.dataset} of the run {run.id} is gone, so its covers can't be found among those of "
            "the other runs: scan its folder again under that name, or leave the run out"
        )
    hashes = test["path"].map(dataset.manifest.set_index("path")["content_hash"])
    known = test.set_index(hashes.rename("key"))[(hashes.notna() & (hashes != "")).to_numpy()]
    return known[~known.index.duplicated()]


def _shared_covers(keyed: Sequence[pd.DataFrame]) -> tuple[pd.Index, int]:
    """The covers in all test parts, in the first one's order, and how many more have different genres there."""
    shared = keyed[0].index
    for other in keyed[1:]:
        shared = shared[shared.isin(other.index)]
    same = np.ones(len(shared), dtype=bool)
    for one, other in pairwise(keyed):
        same &= (one.loc[shared, "genre"] == other.loc[shared, "genre"]).to_numpy()
    if not same.any():
        raise CoverGenreError(
            "the runs were not tested on any cover in common: train them on the same data set with the same split and "
            "seed, then compare"
        )
    return shared[same], int((~same).sum())


def _genres_left_out(runs: Sequence[Run], genres: Sequence[str]) -> Iterator[str]:
    known = set().union(*(run.spec.genres for run in runs))
    if others := sorted(known - set(genres)):
        yield (
            f"The runs know different genres. They are compared on the {len(genres)} that all of them know, as if no "
            f"other could be answered; left out: {', '.join(others)}."
        )


def _covers_left_out(
    names: Sequence[str], tests: Sequence[pd.DataFrame], shared: int, relabelled: int
) -> Iterator[str]:
    if relabelled:
        covers = "1 cover is" if relabelled == 1 else f"{relabelled:,} covers are"
        yield f"{covers} left out that stand under another genre in one run than in the others."
    rest = [(name, len(test) - shared - relabelled) for name, test in zip(names, tests, strict=True)]
    if any(count for _, count in rest):
        more = ", ".join(f"{count:,} of {name}" for name, count in rest if count)
        yield (
            f"The runs were not all tested on the same covers. They are compared on the {shared:,} that they share; "
            f"left out: {more}."
        )


def _probabilities(test: pd.DataFrame, genres: Sequence[str], known: Sequence[str]) -> np.ndarray:
    """Normalised over `genres`, some of those `known` to the run; uniform where all of them have probability 0."""
    chances = test[probability_columns(genres)].to_numpy(np.float64)
    if len(genres) == len(known):
        return chances
    sums = chances.sum(axis=1, keepdims=True)
    return np.where(sums > 0, chances / np.where(sums > 0, sums, 1), 1 / len(genres))


def _covers(test: pd.DataFrame, dataset: Dataset | None) -> Collection:
    """The covers with the metadata of their data set, where it is still there."""
    known = dataset_table(dataset) if dataset else pd.DataFrame({"path": []})
    covers = known.set_index("path").reindex(index=test["path"], columns=list(TABLE))
    unknown = {**dict.fromkeys(TABLE, ""), "year": pd.NA, "signature": b""}
    covers = covers.astype(object).where(covers.notna(), pd.Series(unknown), axis=1).reset_index()
    nameless = covers["name"] == ""
    covers.loc[nameless, "name"] = covers.loc[nameless, "path"].map(lambda path: PurePosixPath(path).name)
    return Collection(covers.assign(genre=test["genre"].to_numpy(), part="test"), dataset=dataset)


def _compared(
    run: Run, name: str, probabilities: np.ndarray, evaluation: Evaluation, dataset: Dataset | None
) -> ComparedRun:
    model = run.folder / "model"
    sizes = [file.stat().st_size for file in model.rglob("*") if file.is_file()]
    timings = [event.metrics[PREDICTION_MS] for event in run.events() if PREDICTION_MS in event.metrics]
    return ComparedRun(
        run=run,
        name=name,
        probabilities=probabilities,
        evaluation=evaluation,
        temperature=_temperature(model),
        seconds=run.status().seconds,
        model_bytes=sum(sizes) or None,
        prediction_ms=timings[-1] if timings else None,
        cautions=run_cautions(run, dataset),
    )


def _temperature(model: Path) -> float | None:
    try:
        choices = read_json(model / "choices.json")
        temperature = None if "spread" in choices else choices["temperature"]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return temperature if isinstance(temperature, float) and 0 < temperature < math.inf else None
