"""Runs of the method that reads pictures, from a data set to a prediction."""

import json
import subprocess
import sys

import numpy as np
import pytest

from covergenre.collection.sources import known_covers
from covergenre.dataset.manifest import usable
from covergenre.dataset.split import split_of
from covergenre.embedding import embed
from covergenre.embedding.embed import read_cover
from covergenre.errors import BadDataset, Cancelled
from covergenre.methods import Covers, TrainSpec
from covergenre.predict import Predictor
from covergenre.progress import Monitor
from covergenre.runs.record import Run, Status, list_runs, probability_columns
from covergenre.training.train import execute, prepare, train

VALIDATED = "validation log loss"


@pytest.fixture
def quick(recipe) -> dict:
    """Parameters of a training that takes a moment."""
    return {
        "backbone": recipe.backbone,
        "weights": recipe.weights,
        "side": 64,
        "epochs": 2,
        "base_lr": 0.01,
        "batch": 8,
        "augmentation": False,
    }


@pytest.fixture
def run(dataset, recipe, quick) -> Run:
    return train(dataset, TrainSpec("finetune", quick, recipe=recipe))


def epochs(run: Run) -> list[str]:
    """The epochs that the run's events tell of, in their order."""
    return [event.what for event in run.events() if VALIDATED in event.metrics]


def start_over(run: Run) -> None:
    """Queue the run again, as a resumed one is."""
    run.write_status(Status("queued"))
    (run.folder / "stop.json").unlink(missing_ok=True)


def test_a_run_is_trained_judged_and_kept(run):
    assert run.status().state == "done"
    assert epochs(run) == ["epoch 1 of 3, head only", "epoch 2 of 3", "epoch 3 of 3"]
    assert run.evaluation().covers == (run.predictions()["part"] == "test").sum()
    assert not run.checkpoint.exists()


def test_the_loaded_model_gives_the_stored_probabilities(dataset, run):
    predictions = run.predictions()
    hashes = usable(dataset.manifest).set_index("path")["content_hash"]
    paths = predictions["path"]
    pictures = [lambda path=path: read_cover(dataset, path, hashes[path]) for path in paths]
    n = len(paths)
    covers = Covers(np.zeros((n, 0), np.float32), np.full(n, -1), tuple(hashes[paths]), pictures)
    stored = predictions[probability_columns(run.spec.genres)].to_numpy()
    np.testing.assert_allclose(run.load_model().predict_proba(covers), stored, rtol=1e-6, atol=1e-9)


def test_a_cover_is_predicted_from_its_picture(dataset, run):
    row = run.predictions().iloc[0]
    prediction = Predictor.open(run.id).predict(dataset.file(row["path"]).read_bytes())
    for genre in run.spec.genres:
        assert prediction.probabilities[genre] == pytest.approx(row[f"p:{genre}"], abs=1e-6)
    assert list(prediction.answers) == ["Fine-tuned network"]
    assert prediction.neighbours


def test_nothing_is_left_to_do_when_it_is_first_asked(run, monkeypatch):
    monkeypatch.setattr(embed, "engine_for", lambda recipe: pytest.fail("a cover is embedded"))
    covers, _ = known_covers(run, run.load_model())
    assert len(covers) == len(covers.vectors) == 60


def test_variants_of_training_covers_are_trained_on_too(dataset, recipe, quick):
    once, twice = (
        train(dataset, TrainSpec("finetune", {**quick, "epochs": 0}, recipe=recipe, variants=variants))
        for variants in (["original"], ["original", "gray"])
    )
    batches = [sum("training loss" in event.metrics for event in run.events()) - 1 for run in (once, twice)]
    training = (split_of(dataset).parts == "train").sum()
    assert batches == [training // 8 + (training % 8 > 1), 2 * training // 8 + (2 * training % 8 > 1)]


def test_a_cover_that_changed_since_is_found_out(dataset, recipe, quick, tmp_path):
    import shutil
    from dataclasses import replace

    from drawing import cover

    root = shutil.copytree(dataset.root, tmp_path / "copy")
    path = split_of(dataset).parts.loc[lambda parts: parts == "train"].index[0]
    cover("metal", 7).save(root / path)
    run = prepare(dataset, TrainSpec("finetune", quick, recipe=recipe))
    with pytest.raises(BadDataset, match="no longer the picture"):
        execute(run, replace(dataset, root=root))
    assert run.status().state == "failed"


def test_a_cancelled_run_keeps_what_its_epochs_learned_and_goes_on_from_there(dataset, recipe, quick, run):
    heard = []
    with pytest.raises(Cancelled):
        train(
            dataset,
            TrainSpec("finetune", quick, recipe=recipe),
            monitor=Monitor(heard.append, lambda: any(VALIDATED in progress.metrics for progress in heard)),
        )
    cancelled = next(each for each in list_runs() if each != run)
    assert cancelled.status().state == "cancelled"
    assert not list(cancelled.folder.glob("model*"))
    assert len(json.loads((cancelled.checkpoint / "state.json").read_text())["epochs"]) == 1
    start_over(cancelled)
    execute(cancelled, dataset)
    assert epochs(cancelled) == epochs(run)
    assert not cancelled.checkpoint.exists()
    columns = probability_columns(run.spec.genres)
    np.testing.assert_allclose(cancelled.predictions()[columns], run.predictions()[columns], atol=1e-5)


VICTIM = """
import sys, time
from covergenre.progress import Monitor
from covergenre.runs.record import Run
from covergenre.training.train import execute

def report(progress):
    if "validation log loss" in progress.metrics:
        print("judged", flush=True)
    elif progress.what.startswith(sys.argv[2]):
        print("there", flush=True)
        time.sleep(600)

execute(Run.open(sys.argv[1]), monitor=Monitor(report))
"""


def test_a_killed_run_goes_on_from_its_last_epoch(dataset, recipe, quick):
    run = prepare(dataset, TrainSpec("finetune", quick, recipe=recipe))
    victim = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", VICTIM, run.id, "epoch 3"], stdout=subprocess.PIPE, text=True
    )
    assert [victim.stdout.readline() for _ in range(3)] == ["judged\n", "judged\n", "there\n"]
    victim.kill()
    victim.communicate()
    assert run.status().state == "lost"
    start_over(run)
    before = len(run.events())
    execute(run, dataset)
    assert [event.what for event in run.events()[before:] if VALIDATED in event.metrics] == ["epoch 3 of 3"]
    assert run.load_model().choices["epochs"] == 3
