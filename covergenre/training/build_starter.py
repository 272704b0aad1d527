"""Building the starter, which ships with the project, from real covers.

Cues that aren't art are removed first: covers are shrunk to 150 px, because one source has small pictures only;
pictures with two genres and near copies are left out; covers of one artist stay in one part. The heads that ship are
those that were evaluated: nothing is trained again on held-out covers.
"""

import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from typing import cast

import numpy as np
import pandas as pd

from covergenre import __version__, home, images
from covergenre.augment import VIEWS
from covergenre.collection.collection import Projection
from covergenre.collection.map import draw_map
from covergenre.collection.novelty import NoveltyDetector
from covergenre.dataset.groups import group_covers
from covergenre.dataset.manifest import fingerprint, scan, usable
from covergenre.dataset.registry import Dataset
from covergenre.dataset.split import PARTS, Split, honest_split
from covergenre.dataset.starter import (
    COLUMNS,
    GENRES,
    STARTER,
    Card,
    Starter,
    by_hash,
    open_starter,
    run_folder,
    seal,
)
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.engine import engine_file, engine_for
from covergenre.embedding.recipe import EVEN, Recipe
from covergenre.errors import BadDataset
from covergenre.files import replace_json
from covergenre.methods import Context, TrainSpec, ensemble, method
from covergenre.methods.leave_one_source_out import combine_left_out, with_temperature
from covergenre.ocr.text import CoverText
from covergenre.progress import SILENT, Monitor
from covergenre.runs.record import PREDICTION_MS, Event, Run, RunSpec, Status, probability_columns
from covergenre.training.experiment import Result, fit_and_evaluate
from covergenre.training.parts import Parts, read_texts, to_covers
from covergenre.training.starter_card import make_card, method_card, words_figures

RECIPE = Recipe(limit=EVEN)
METHODS = ("knn", "logistic", "words")
"""Trained by the preset "starter" where a method has it, and combined. The best on sources left out is the default:
`benchmarks/ACCURACY.md`."""

_log = logging.getLogger(__name__)


def build_starter(
    root: Path,
    target: Path | None = None,
    seed: int = 42,
    recipe: Recipe = RECIPE,
    monitor: Monitor = SILENT,
    words: bool = True,
) -> Starter:
    """Build the starter in `target` (None: `home()/starter`) from a folder of genre folders; an older one is replaced.

    The same covers and seed give the same starter, but for its date. `words`: whether it reads words, too. Raises
    BadDataset for too few covers, MissingPackage without OCR, Cancelled when stopped; an older starter stays then.
    """
    target = target or home.home() / "starter"
    found = Dataset("starter", Path(root).resolve(), target, scan(root, None, monitor).manifest)
    chosen, left_out = choose_covers(found.manifest)
    dataset = replace(found, manifest=chosen)
    if len(dataset.genres) < 2:
        raise BadDataset(f"{root} holds covers of {len(dataset.genres)} of the ten genres: give folders of two or more")
    split = honest_split(chosen, seed)
    context = Context(monitor)
    vectors = _vectors(dataset, recipe, split, context)
    texts = read_texts(dataset, chosen, context) if words else []
    parts = _parts(chosen, split, vectors, texts, dataset.genres)
    asked = TrainSpec(ensemble.NAME, dataset=STARTER, genres=dataset.genres, recipe=recipe, seed=seed)
    members = [name for name in METHODS if words or method(name).reads != "texts"]
    specs = {name: replace(asked, method=name, parameters=method(name).presets.get(STARTER, {})) for name in members}
    specs |= {ensemble.NAME: asked}
    results = {name: fit_and_evaluate(parts, specs[name], context) for name in members}
    results |= {ensemble.NAME: _ensemble(results, parts, asked, context)}
    projected = cast(Projection, results["knn"].fitted).project(vectors).astype(np.float16)
    methods = tuple(method_card(specs[name], results[name], parts, chosen, split) for name in specs)
    card = make_card(chosen, split, left_out, methods, recipe)
    if words:
        card = replace(card, words=words_figures(results[ensemble.NAME], parts.test, texts, chosen, split))
    _log.info("%s is the best on new sources", card.default)
    with _replacing(target) as folder:
        _copy_network(recipe, folder)
        for name, spec in specs.items():
            _write_run(run_folder(folder, name), spec, results[name], card, chosen, split)
        np.save(folder / "vectors.npy", projected)
        monitor.report(0, 1, "drawing the map")
        draw_map(projected, folder / "map.npz")
        novelty = NoveltyDetector.learn(parts.train.vectors, parts.validation.vectors, engine_for(recipe).plain)
        novelty.save(folder / "familiarity.npz")
        _table(dataset, split).to_parquet(folder / "covers.parquet", index=False)
        replace_json(folder / "card.json", card.to_dict())
        seal(folder)
        open_starter(folder)
    return open_starter(target)


def choose_covers(manifest: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """The covers to use, and how many were left out by reason.

    Near copies (see `groups`) are searched among all covers, also of genres beyond the ten: a picture under both pop
    and rock says nothing of either.
    """
    covers = usable(manifest).reset_index(drop=True)
    pictures = group_covers(covers["phash"].tolist(), [""] * len(covers), covers["content_hash"].tolist())
    by_picture = covers["genre"].groupby(pictures)
    wrong_genre = ~covers["genre"].isin(GENRES)
    contradicting = ~wrong_genre & (by_picture.transform("nunique") > 1)
    copies = ~wrong_genre & ~contradicting & (by_picture.cumcount() > 0)
    left_out = {
        "can't be read": len(manifest) - len(covers),
        "of a genre beyond the ten": int(wrong_genre.sum()),
        "stands under two genres": int(contradicting.sum()),
        "near copy of another": int(copies.sum()),
    }
    return covers[~(wrong_genre | contradicting | copies)].reset_index(drop=True), left_out


def _vectors(dataset: Dataset, recipe: Recipe, split: Split, context: Context) -> np.ndarray:
    """The vectors of all covers, float32 (n, d); of those held out averaged over views, as when predicting."""
    vectors = embed_dataset(dataset, recipe, ("original",), context.monitor)["original"]
    held_out = (split.parts != "train").to_numpy()
    if held_out.any():
        asked = replace(dataset, manifest=dataset.manifest[held_out])
        views = embed_dataset(asked, recipe, VIEWS, context.monitor)
        vectors[held_out] = np.mean(list(views.values()), axis=0)
    return vectors


def _parts(
    manifest: pd.DataFrame, split: Split, vectors: np.ndarray, texts: Sequence[CoverText], genres: Sequence[str]
) -> Parts:
    labels = pd.Categorical(manifest["genre"], categories=genres).codes
    everyone = replace(to_covers(manifest.assign(label=labels), [vectors]), texts=texts)
    covers = {part: everyone.take((split.parts == part).to_numpy()) for part in PARTS}
    groups = [split.groups[split.parts == part].to_numpy() for part in ("test", "train")]
    return Parts(**covers, groups=groups[0], train_groups=groups[1])


def _ensemble(results: Mapping[str, Result], parts: Parts, spec: TrainSpec, context: Context) -> Result:
    """The ensemble of all methods, calibrated on sources left out, else on validation."""
    members = [(name, result.fitted) for name, result in results.items()]
    answers = [result.validation for result in results.values()]
    fitted = ensemble.FittedEnsemble.of(members, answers, parts.validation.labels)
    left_out = combine_left_out([result.left_out for result in results.values()], fitted.choices.get("weight", 0.0))
    result = fit_and_evaluate(parts, spec, context, lambda: with_temperature(fitted, left_out))
    return replace(result, left_out=left_out)


def _write_run(folder: Path, spec: TrainSpec, result: Result, card: Card, manifest: pd.DataFrame, split: Split) -> None:
    """A result as a finished run."""
    settled = {**vars(spec), "parameters": asdict(spec.parameters_as(method(spec.method).Parameters))}
    settled |= {
        "dataset_hash": fingerprint(by_hash(manifest)),
        "versions": {"covergenre": __version__, **card.versions},
    }
    run = Run.begin(folder, RunSpec(**settled))
    result.fitted.save(run.stage_model())
    run.publish_model()
    covers = by_hash(manifest).assign(part=split.parts.to_numpy(), group=split.groups.to_numpy())
    predictions = result.predictions(covers, spec.genres)
    run.write_predictions(predictions.astype(dict.fromkeys(probability_columns(spec.genres), np.float32)))
    if (left_out := result.left_out_predictions(covers, spec.genres)) is not None:
        run.write_left_out_predictions(left_out.astype(dict.fromkeys(probability_columns(spec.genres), np.float32)))
    run.append_event(Event("predicting", 1, 1, {PREDICTION_MS: 1000 * result.predicting / len(predictions)}))
    ended = result.began + result.fitting + result.predicting
    run.write_status(Status("done", 1, 1, started=result.began, updated=ended))


def _table(dataset: Dataset, split: Split) -> pd.DataFrame:
    """The covers as the starter has them: without paths, and with signatures instead of pictures."""
    manifest = dataset.manifest
    files = [dataset.file(path) for path in manifest["path"]]
    signatures = [images.signature(images.decode(images.read(file)).image) for file in files]
    ids = [_id(path) for path in manifest["path"]]
    known = {name: manifest.get(name, "") for name in COLUMNS}
    table = pd.DataFrame({**known, "id": ids, "part": split.parts.to_numpy(), "signature": signatures})
    return table[list(COLUMNS)]


def _id(path: str) -> str:
    """The id of a cover at its source, from its file's name: that of a Discogs file "R-1234-5.jpg" is 1234."""
    stem = PurePosixPath(path).stem
    return stem.split("-")[1] if re.match(r"R-\d+-", stem) else stem


def _copy_network(recipe: Recipe, folder: Path) -> None:
    engine_for(recipe)
    made = engine_file(recipe)
    for suffix in (".xml", ".bin"):
        shutil.copyfile(made.with_suffix(suffix), folder / f"network{suffix}")


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A folder to fill that takes the place of `target` once the block ends well."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".starter-") as beside:
        folder, old = Path(beside, "new"), Path(beside, "old")
        folder.mkdir()
        yield folder
        if target.exists():
            target.rename(old)
        folder.rename(target)
