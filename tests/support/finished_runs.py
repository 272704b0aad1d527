"""Finished runs, made without training: their predictions are random or given."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from drawing import genre_folders

from covergenre.dataset.manifest import fingerprint
from covergenre.dataset.registry import register
from covergenre.embedding.recipe import Recipe
from covergenre.runs.notes import create_named
from covergenre.runs.record import Run, RunSpec, Status, probability_columns

GENRES = ("country", "jazz", "rap")


def random_probabilities(labels: Sequence[int], n_genres: int = 3, skill: float = 1.0, seed: int = 0) -> np.ndarray:
    """Probabilities (n, g) that favour the true genre the more, the greater `skill` is."""
    chance = np.random.default_rng(seed)
    logits = chance.normal(size=(len(labels), n_genres)) + skill * np.eye(n_genres)[list(labels)]
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def confident_probabilities(predicted: Sequence[int], n_genres: int = 3, confidence: float = 0.8) -> np.ndarray:
    """Probabilities (n, g) that predict these genres, all with the same confidence."""
    rest = (1 - confidence) / (n_genres - 1)
    return np.eye(n_genres)[list(predicted)] * (confidence - rest) + rest


def finished_run(
    labels: Sequence[int],
    probabilities: np.ndarray,
    method: str = "logistic",
    genres: tuple[str, ...] = GENRES,
    paths: Sequence[str] | None = None,
    groups: Sequence[int] | None = None,
    temperature: float | None = 1.5,
    state: str = "done",
    created: datetime | None = None,
    **fields,
) -> Run:
    """A run with these covers as its test part, and one more cover in its validation part.

    `fields` replaces fields of the `RunSpec`.
    """
    spec = {
        "parameters": {},
        "dataset": "mine",
        "dataset_hash": "0123456789abcdef",
        "recipe": Recipe(),
        "variants": ("original",),
        "split": "honest",
        "seed": 42,
        "versions": {},
        "created": created or datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    }
    run = create_named(RunSpec(method=method, genres=genres, **{**spec, **fields}))
    paths = [f"{genres[label]}/{n:04}.jpg" for n, label in enumerate(labels)] if paths is None else list(paths)
    told = {
        "path": [*paths, "held/back.jpg"],
        "part": ["test"] * len(paths) + ["validation"],
        "genre": [*(genres[label] for label in labels), genres[0]],
        "group": [*(range(len(paths)) if groups is None else groups), 10**6],
    }
    columns = pd.DataFrame(
        np.vstack([probabilities, confident_probabilities([0], len(genres))]), columns=probability_columns(genres)
    )
    run.write_predictions(pd.DataFrame(told).join(columns))
    if temperature is not None:
        _write_choices(run.folder / "model", temperature)
    run.write_status(Status(state, 1000, 1000, started=1000.0, updated=1012.5))
    return run


def runs_on_drawn_covers(folder: Path, per_genre: int = 6) -> list[Run]:
    """A good and a poor run on drawn covers of `GENRES`, whose data set is "mine"."""
    dataset, _ = register("mine", genre_folders(folder, GENRES, per_genre))
    paths = dataset.manifest["path"]
    labels = [GENRES.index(path.split("/")[0]) for path in paths]
    given = {"paths": paths, "dataset_hash": fingerprint(dataset.manifest)}
    return [
        finished_run(labels, random_probabilities(labels, skill=4), **given),
        finished_run(labels, random_probabilities(labels, skill=0, seed=1), "knn", **given),
    ]


def _write_choices(model: Path, temperature: float) -> None:
    model.mkdir()
    (model / "choices.json").write_text(json.dumps({"temperature": temperature}))
