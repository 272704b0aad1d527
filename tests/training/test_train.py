import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from covergenre import home, images
from covergenre.augment import VARIANTS
from covergenre.dataset.manifest import usable, write_manifest
from covergenre.dataset.registry import Dataset, open_dataset
from covergenre.dataset.split import split_of
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.embedding.store import VectorStore
from covergenre.errors import BadDataset, BadRun, Cancelled, CoverGenreError, MissingPackage, NoWeights
from covergenre.methods import METHODS, Covers, TrainSpec, logistic, method
from covergenre.progress import Monitor, Progress
from covergenre.runs.journal import STEPS
from covergenre.runs.record import EMBEDDING_S, PREDICTION_MS, Run, list_runs, probability_columns
from covergenre.training.train import evaluate, execute, prepare, train

VECTOR_METHODS = [name for name in METHODS if method(name).reads == "vectors"]
FEW = {"boosting": {"trees": 20}}


def edited(dataset: Dataset, manifest: pd.DataFrame) -> Dataset:
    """The data set with its stored table edited by hand."""
    write_manifest(manifest, dataset.folder / "manifest.csv")
    return open_dataset(dataset.name)


def hashes(dataset: Dataset, *parts: str) -> set[str]:
    """The content hashes of the covers of these parts."""
    covers = usable(dataset.manifest).set_index("path")["content_hash"]
    return set(covers[split_of(dataset).parts.isin(parts)])


def held_out(dataset: Dataset, recipe: Recipe, run: Run) -> Covers:
    """The covers that the run has predictions of, in their order, as a method sees them."""
    covers = usable(dataset.manifest)
    vectors = embed_dataset(dataset, recipe)["original"]
    rows = pd.Index(covers["path"]).get_indexer(run.predictions()["path"])
    return Covers(vectors[rows], np.full(len(rows), -1), tuple(covers["content_hash"].iloc[rows]))


@dataclass
class StopAt:
    """Asks to stop once work of a name that begins with `what` was reported ("": from the start)."""

    what: str
    reached: bool = False

    def report(self, progress: Progress) -> None:
        self.reached = self.reached or progress.what.startswith(self.what)

    def should_stop(self) -> bool:
        return self.reached or not self.what


# --- a run that is done


def test_a_run_tells_how_long_it_takes_to_predict_a_cover(dataset, recipe):
    events = train(dataset, TrainSpec("knn", recipe=recipe)).events()
    (milliseconds,) = (event.metrics[PREDICTION_MS] for event in events if PREDICTION_MS in event.metrics)
    assert milliseconds > 0


@pytest.mark.parametrize("name", VECTOR_METHODS)
def test_a_trained_run_reads_back_whole(dataset, recipe, name):
    run = Run.open(train(dataset, TrainSpec(name, FEW.get(name, {}), recipe=recipe)).id)
    assert run.status().state == "done"
    assert (run.spec.method, run.spec.dataset, run.spec.recipe) == (name, "drawn", recipe)
    assert run.spec.genres == ("disco", "jazz", "rap")
    assert run.spec.versions.keys() >= {"python", "covergenre", "numpy"}
    assert run.evaluation() == evaluate(run)
    assert [new.id for new in list_runs()] == [run.id]


@pytest.mark.parametrize("name", VECTOR_METHODS)
def test_the_loaded_model_gives_the_stored_probabilities(dataset, recipe, name):
    run = train(dataset, TrainSpec(name, FEW.get(name, {}), recipe=recipe))
    again = run.load_model().predict_proba(held_out(dataset, recipe, run))
    stored = run.predictions()[probability_columns(run.spec.genres)].to_numpy()
    np.testing.assert_allclose(again, stored, rtol=1e-5, atol=1e-9)  # 32 bits, in other batches


def test_predictions_are_of_all_validation_and_test_covers_and_of_no_other(dataset, recipe):
    predictions = train(dataset, TrainSpec("logistic", recipe=recipe)).predictions().set_index("path")
    split = split_of(dataset)
    expected = split.parts[split.parts != "train"]
    pd.testing.assert_series_equal(predictions["part"].sort_index(), expected.sort_index(), check_dtype=False)
    pd.testing.assert_series_equal(predictions["group"], split.groups[predictions.index], check_dtype=False)
    genres = dataset.manifest.set_index("path")["genre"]
    pd.testing.assert_series_equal(predictions["genre"], genres[predictions.index], check_dtype=False)


def test_genres_with_a_look_of_their_own_are_learned(dataset, recipe):
    evaluation = train(dataset, TrainSpec("logistic", recipe=recipe)).evaluation()
    assert evaluation.accuracy.value > 0.6
    assert evaluation.covers == len(hashes(dataset, "test"))


def test_the_same_seed_gives_the_same_figures(dataset, recipe):
    first, second = (train(dataset, TrainSpec("logistic", recipe=recipe, variants=["flip"])) for _ in range(2))
    pd.testing.assert_frame_equal(first.predictions(), second.predictions())
    assert first.evaluation() == second.evaluation()


def test_another_seed_gives_another_split(dataset, recipe):
    first, second = (train(dataset, TrainSpec("logistic", {"c": 0.01}, recipe=recipe, seed=seed)) for seed in (1, 2))
    assert set(first.predictions()["path"]) != set(second.predictions()["path"])


def test_progress_goes_from_start_to_end_and_figures_become_events(dataset, recipe):
    heard = []
    run = train(dataset, TrainSpec("logistic", recipe=recipe, variants=["flip"]), monitor=Monitor(heard.append))
    assert {progress.total for progress in heard} == {STEPS}
    assert [progress.done for progress in heard] == sorted(progress.done for progress in heard)
    assert {"embedding covers", "predicting"} <= {progress.what for progress in heard}
    embedding, *fitting, judging = run.events()
    assert set(embedding.metrics) == {EMBEDDING_S}
    assert all("validation log loss" in event.metrics for event in fitting)
    assert set(judging.metrics) == {PREDICTION_MS}
    assert fitting


def test_a_run_of_some_genres_knows_no_other(dataset, recipe):
    run = train(dataset, TrainSpec("logistic", genres=["rap", "disco", "rap"], recipe=recipe))
    assert run.spec.genres == ("disco", "rap")
    assert set(run.predictions()["genre"]) == {"disco", "rap"}
    assert run.evaluation().genres == ("disco", "rap")


def test_fewer_genres_are_split_as_all_are(dataset, recipe):
    some = (
        train(dataset, TrainSpec("logistic", genres=["rap", "disco"], recipe=recipe))
        .predictions()
        .set_index("path")["part"]
    )
    every = train(dataset, TrainSpec("logistic", recipe=recipe)).predictions().set_index("path")["part"]
    assert some.equals(every[some.index])


def test_without_a_validation_part_parameters_fall_back(dataset, recipe):
    run = train(dataset, TrainSpec("logistic", recipe=recipe, split="reference"))
    assert set(run.predictions()["part"]) == {"test"}
    assert run.load_model().choices["temperature"] == 1


def test_given_parameters_are_used(dataset, recipe):
    by_name = train(dataset, TrainSpec("logistic", {"c": 0.03}, recipe=recipe))
    whole = train(dataset, TrainSpec("logistic", logistic.Parameters(c=0.03), recipe=recipe))
    assert by_name.spec.parameters == whole.spec.parameters == {"c": 0.03, "balance": 0.5}
    assert by_name.load_model().choices["c"] == 0.03


def test_what_can_be_read_as_the_type_of_a_parameter_is(dataset, recipe):
    assert prepare(dataset, TrainSpec("knn", {"k": "7", "balance": 1}, recipe=recipe)).spec.parameters["k"] == 7


# --- nothing leaks


def test_variants_are_made_of_training_covers_only(dataset, recipe):
    train(dataset, TrainSpec("knn", recipe=recipe, variants=VARIANTS))
    others = list(hashes(dataset, "validation", "test"))
    training = list(hashes(dataset, "train"))
    for variant in VARIANTS[1:]:
        store = VectorStore(home.vectors() / recipe.key / variant)
        assert store.get(training)[0].all()
        assert not store.get(others)[0].any()


def test_every_training_cover_is_learned_once_a_variant_and_no_other_is(dataset, recipe):
    model = train(dataset, TrainSpec("knn", recipe=recipe, variants=["gray", "flip"])).load_model()
    learned = Counter(model.hashes.tolist())
    assert learned.keys() == hashes(dataset, "train")
    assert set(learned.values()) == {3}


def test_variants_keep_the_genre_of_their_cover(dataset, recipe):
    model = train(dataset, TrainSpec("knn", {"k": 1}, recipe=recipe, variants=["flip"])).load_model()
    covers = usable(dataset.manifest)
    genres = dict(zip(covers["content_hash"], covers["genre"], strict=True))
    assert [genres[name] for name in model.hashes.tolist()] == [("disco", "jazz", "rap")[n] for n in model.labels]


@pytest.mark.parametrize("name", VECTOR_METHODS)
def test_the_genres_of_test_covers_play_no_part_in_what_is_learned(dataset, recipe, name):
    honest = train(dataset, TrainSpec(name, FEW.get(name, {}), recipe=recipe))
    manifest = dataset.manifest.copy()
    tests = manifest["path"].map(split_of(dataset).parts) == "test"
    manifest.loc[tests, "genre"] = manifest.loc[tests, "genre"].map({"disco": "jazz", "jazz": "rap", "rap": "disco"})
    mislabelled = train(edited(dataset, manifest), TrainSpec(name, FEW.get(name, {}), recipe=recipe))
    columns = ["path", *probability_columns(honest.spec.genres)]
    pd.testing.assert_frame_equal(honest.predictions()[columns], mislabelled.predictions()[columns])
    assert mislabelled.evaluation().accuracy.value < honest.evaluation().accuracy.value


# --- what can't be asked for


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"genres": ["jazz", "polka"]}, BadDataset, "no usable cover of 'polka': choose from disco, jazz, rap"),
        ({"genres": ["jazz"]}, BadDataset, "two"),
        ({"method": "oracle"}, CoverGenreError, "no method 'oracle'"),
        ({"parameters": {"k": 3}}, CoverGenreError, "logistic has no parameter 'k': it has c, balance"),
        ({"parameters": {"c": "strong"}}, CoverGenreError, "parameter c of logistic can't be 'strong'"),
        ({"parameters": {"c": -1}}, CoverGenreError, "c is -1"),
        ({"variants": ["sepia"]}, CoverGenreError, "no variant 'sepia': choose from original, flip"),
        ({"split": "lucky"}, BadDataset, "no split 'lucky'"),
        ({"recipe": Recipe("resnet51")}, NoWeights, "no backbone 'resnet51'"),
        ({"recipe": Recipe(weights="nowhere.safetensors")}, NoWeights, "nowhere"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_run(dataset, recipe, wrong, error, message):
    asked = {"method": "logistic", "recipe": recipe, **wrong}
    with pytest.raises(error, match=message):
        prepare(dataset, TrainSpec(**asked))
    assert list_runs() == ()


@pytest.mark.parametrize(
    ("method_name", "packages"), [("boosting", ["catboost"]), ("finetune", ["fastai"]), ("knn", ["torch", "timm"])]
)
def test_a_package_that_is_missing_is_named_before_anything_is_done(
    dataset, own_home, hide_packages, method_name, packages
):
    (own_home / "engines").unlink()  # nothing was converted here before
    hide_packages(*packages)
    with pytest.raises(MissingPackage, match=f"pip install {' '.join(packages)}"):
        prepare(dataset, TrainSpec(method_name, recipe=Recipe(feature_set="stages")))
    assert list_runs() == ()


def test_a_run_whose_preparation_is_interrupted_is_not_left_waiting_in_no_queue(dataset, recipe, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("covergenre.training.train.save_background", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare(dataset, TrainSpec("knn", recipe=recipe))
    assert list_runs() == ()


def test_a_genre_that_is_never_trained_on_is_refused(dataset, recipe):
    manifest = dataset.manifest.copy()
    tests = manifest["path"].map(split_of(dataset).parts) == "test"
    manifest.loc[np.flatnonzero(tests)[:1], "genre"] = "polka"
    with pytest.raises(BadDataset, match="no cover of 'polka' is in the training part"):
        prepare(edited(dataset, manifest), TrainSpec("logistic", recipe=recipe))


def test_genres_without_a_test_cover_are_refused(dataset, recipe):
    manifest = dataset.manifest.copy()
    training = np.flatnonzero(manifest["path"].map(split_of(dataset).parts) == "train")
    manifest.loc[training[:4], "genre"] = ["polka", "polka", "waltz", "waltz"]
    with pytest.raises(BadDataset, match="no cover of polka, waltz is in the test part"):
        prepare(edited(dataset, manifest), TrainSpec("logistic", genres=["polka", "waltz"], recipe=recipe))


def test_a_data_set_that_changed_since_is_refused(dataset, recipe):
    run = prepare(dataset, TrainSpec("logistic", recipe=recipe))
    manifest = dataset.manifest.copy()
    manifest.loc[0, "genre"] = "rap"
    with pytest.raises(BadDataset, match="not as it was"):
        execute(run, edited(dataset, manifest))
    assert run.status().state == "failed"
    assert "not as it was" in run.status().error


def test_another_data_set_of_equal_covers_is_refused(dataset, recipe):
    run = prepare(dataset, TrainSpec("logistic", recipe=recipe))
    with pytest.raises(BadDataset, match="made for drawn"):
        execute(run, replace(dataset, name="copy", id="0123456789abcdef"))


def test_only_a_queued_run_is_executed(dataset, recipe):
    run = train(dataset, TrainSpec("logistic", {"c": 0.01}, recipe=recipe))
    with pytest.raises(BadRun, match="is done"):
        execute(run, dataset)
    assert run.load_model().choices["c"] == 0.01


# --- work that is cut short


@pytest.mark.parametrize("what", ["", "opening", "embedding", "C = ", "predicting", "evaluating"])
def test_a_stop_leaves_a_cancelled_run_without_a_model(dataset, recipe, what):
    stop = StopAt(what)
    with pytest.raises(Cancelled):
        train(dataset, TrainSpec("logistic", recipe=recipe), monitor=Monitor(stop.report, stop.should_stop))
    [run] = list_runs()
    assert run.status().state == "cancelled"
    assert not list(run.folder.glob("model*"))
    with pytest.raises(BadRun, match="is cancelled and has no model"):
        run.load_model()


def test_an_error_leaves_a_failed_run_without_a_model(dataset, recipe, monkeypatch):
    def full(self, folder):
        (folder / "head.npz").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(logistic.FittedLogistic, "save", full)
    with pytest.raises(OSError, match="No space"):
        train(dataset, TrainSpec("logistic", recipe=recipe))
    [run] = list_runs()
    assert run.status().state == "failed"
    assert "No space left on device" in run.status().error
    assert not list(run.folder.glob("model*"))


VICTIM = """
import json, sys, time
from covergenre.dataset.registry import open_dataset
from covergenre.embedding.recipe import Recipe
from covergenre.methods import TrainSpec
from covergenre.methods.logistic import FittedLogistic
from covergenre.progress import Monitor
from covergenre.training import train

def wait_for_death(*_):
    print("there", flush=True)
    time.sleep(600)

def report(progress):
    if progress.what.startswith(sys.argv[1]):
        wait_for_death()

if sys.argv[1] == "saving":
    save = FittedLogistic.save
    FittedLogistic.save = lambda *given: wait_for_death(save(*given))
spec = TrainSpec("logistic", recipe=Recipe(**json.loads(sys.argv[2])))
train.train(open_dataset("drawn"), spec, monitor=Monitor(report))
"""


@pytest.mark.parametrize("what", ["embedding", "C = ", "evaluating", "saving"])
def test_a_killed_run_reads_as_lost_and_has_no_model(dataset, recipe, what):
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, what, json.dumps(recipe.to_dict())], stdout=subprocess.PIPE, text=True
    )
    assert victim.stdout.readline() == "there\n"
    [run] = list_runs()
    assert run.status().state == "running"
    victim.kill()
    victim.communicate()
    assert run.status().state == "lost"
    with pytest.raises(BadRun, match="is lost and has no model"):
        run.load_model()


# --- damage


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 and no more"])
def test_a_damaged_model_is_named(dataset, recipe, content):
    run = train(dataset, TrainSpec("logistic", {"c": 0.01}, recipe=recipe))
    head = run.folder / "model" / "head.npz"
    head.unlink()
    if content is not None:
        head.write_bytes(content)
    with pytest.raises(BadRun, match=run.id):
        run.load_model()


def test_damaged_predictions_are_named_when_evaluated(dataset, recipe):
    run = train(dataset, TrainSpec("logistic", {"c": 0.01}, recipe=recipe))
    path = run.folder / "predictions.parquet"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(BadRun, match=r"predictions\.parquet"):
        evaluate(run)


def test_a_method_that_reads_words_learns_from_each_cover_s_and_reads_each_once(dataset, recipe, monkeypatch):
    from covergenre.ocr import reader as reading
    from covergenre.ocr.text import CoverText, Line

    read = []

    class Scribe:
        def read(self, image):
            read.append(images.content_hash(image))
            return CoverText((Line("loud" if image.getpixel((0, 0))[0] > 127 else "quiet", 0.9),))

    monkeypatch.setattr(reading, "open_reader", Scribe)
    run = train(dataset, TrainSpec(method="words", recipe=recipe))
    assert sorted(read) == sorted(set(usable(dataset.manifest)["content_hash"]))
    assert run.status().state == "done"
    assert set(run.load_model().choices) == {"c", "temperature"}
