import numpy as np
import pytest
from drawing import genre_folders
from finished_runs import confident_probabilities, finished_run

from covergenre.collection.predictions import PredictionFilter, Predictions
from covergenre.collection.sources import dataset_collection
from covergenre.dataset.registry import register

PATHS = ["country/000.jpg", "jazz/000.jpg", "rap/000.jpg"]


@pytest.fixture
def covers(tmp_path):
    return dataset_collection(register("mine", genre_folders(tmp_path / "covers", ("country", "jazz", "rap"), 2))[0])


@pytest.fixture
def predictions(covers):
    """A run that takes all three for jazz, at 80 %."""
    return Predictions(finished_run([0, 1, 2], confident_probabilities([1, 1, 1]), paths=PATHS), covers)


def paths(covers, passing):
    return [covers.paths[row] for row in np.flatnonzero(passing)]


def test_only_test_covers_have_a_prediction(covers, predictions):
    assert paths(covers, predictions.genre_of == "jazz") == PATHS
    assert np.isnan(predictions.certainty[covers.row_of("jazz/001.jpg")])


def test_predictions_are_filtered_by_correctness(covers, predictions):
    assert paths(covers, predictions.passing(PredictionFilter(right=True))) == ["jazz/000.jpg"]
    assert paths(covers, predictions.passing(PredictionFilter(right=False))) == ["country/000.jpg", "rap/000.jpg"]


def test_predictions_are_filtered_by_genre_and_certainty(covers, predictions):
    assert paths(covers, predictions.passing(PredictionFilter(genres=("jazz",), certainty=(0.7, 0.9)))) == PATHS
    assert not predictions.passing(PredictionFilter(genres=("rap",))).any()
    assert not predictions.passing(PredictionFilter(certainty=(0.9, 1.0))).any()
