from dataclasses import replace

import numpy as np
import pytest

from covergenre.errors import BadRun, CoverGenreError
from covergenre.methods import TrainSpec, method
from covergenre.methods.ensemble import calibrate
from covergenre.predict import Predictor
from covergenre.runs import launch
from covergenre.runs.notes import method_title, read_notes, write_notes
from covergenre.runs.record import Run, list_runs, probability_columns
from covergenre.training.combine import combine
from covergenre.training.train import prepare, train


@pytest.fixture
def trained(dataset, recipe):
    """Trains a method in a moment."""
    return lambda name="knn", **more: train(dataset, TrainSpec(name, recipe=recipe, **more))


@pytest.fixture
def pair(trained) -> list[Run]:
    return [trained("knn"), trained("logistic")]


def of(run: Run, part: str) -> np.ndarray:
    predictions = run.predictions()
    return predictions.loc[predictions["part"] == part, probability_columns(run.spec.genres)].to_numpy()


def test_an_ensemble_is_one_more_run_that_is_done(pair):
    combined = combine(pair)
    assert combined.status().state == "done"
    assert combined.spec.parameters["members"].split() == [run.id for run in pair]
    assert combined.evaluation().covers == pair[0].evaluation().covers
    assert method_title(combined.spec.method) == "Ensemble"


def test_it_is_found_by_the_tags_that_all_its_members_have(pair):
    for run, own in zip(pair, ("a", "b"), strict=True):
        write_notes(run, replace(read_notes(run), tags=("talk", own)))
    assert read_notes(combine(pair)).tags == ("talk",)


def test_it_says_the_average_of_what_its_members_say_with_one_temperature(pair):
    combined = combine(pair)
    temperature = combined.load_model().choices["temperature"]
    powers = np.mean([of(run, "test") for run in pair], axis=0) ** (1 / temperature)
    np.testing.assert_allclose(of(combined, "test"), powers / powers.sum(axis=1, keepdims=True), atol=1e-6)


def test_the_temperature_is_chosen_on_validation_alone(pair):
    combined = combine(pair)
    predictions = combined.predictions()
    genres = predictions.loc[predictions["part"] == "validation", "genre"]
    labels = np.array([combined.spec.genres.index(genre) for genre in genres])
    settled = calibrate([of(run, "validation") for run in pair], [], labels)
    assert combined.load_model().choices["temperature"] == settled["temperature"]


def test_it_answers_for_new_covers_even_when_its_members_are_gone(pair, dataset):
    combined = combine(pair)
    path = combined.predictions()["path"].iloc[-1]
    for run in pair:
        launch.delete(run.id)
    said = Predictor.open(combined.id).predict(dataset.file(path).read_bytes())
    stored = combined.predictions().iloc[-1][probability_columns(combined.spec.genres)].to_numpy(float)
    np.testing.assert_allclose([said.probabilities[genre] for genre in combined.spec.genres], stored, atol=1e-2)


def test_runs_that_cannot_be_averaged_are_refused(trained, pair, dataset, recipe):
    others = [trained(genres=("jazz", "rap")), trained(seed=1), trained(split="reference")]
    for other in others:
        with pytest.raises(CoverGenreError, match="share"):
            combine([pair[0], other])
    with pytest.raises(CoverGenreError, match="two or more"):
        combine([pair[0], pair[0]])
    with pytest.raises(BadRun, match="is queued"):
        combine([pair[0], prepare(dataset, TrainSpec("knn", recipe=recipe))])
    assert not [run for run in list_runs() if run.spec.method == "ensemble"]


def test_without_a_validation_part_the_temperature_is_1(trained):
    combined = combine([trained("knn", split="reference"), trained("logistic", split="reference")])
    assert combined.load_model().choices["temperature"] == 1.0


def test_a_member_that_is_missing_or_a_list_that_is_damaged_is_named(pair):
    combined = combine(pair)
    model = combined.folder / "model"
    (model / "member-1" / "head.npz").unlink()
    with pytest.raises(BadRun):
        method("ensemble").load(model)
    (model / "choices.json").write_text('{"temperature": 1.0, "members": "knn"}')
    with pytest.raises(BadRun, match="fewer than two"):
        method("ensemble").load(model)


def test_an_ensemble_cannot_be_trained(dataset, recipe):
    with pytest.raises(CoverGenreError, match="can't be trained"):
        prepare(dataset, TrainSpec("ensemble", recipe=recipe))
