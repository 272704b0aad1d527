import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from finetuned import TEST, drawn, fit, judged

from covergenre.errors import Cancelled
from covergenre.methods.base import FINISH_FILE
from covergenre.methods.finetuning.parameters import Parameters
from covergenre.progress import Monitor, Progress


@pytest.fixture
def stop_after(quick, tmp_path):
    """Trains until so many epochs are judged and one more batch is done, then stops; gives the checkpoint's folder."""

    def stop(epochs: int, parameters: Parameters = quick, folder: Path = tmp_path / "checkpoint") -> Path:
        heard = []

        def enough() -> bool:
            return len(judged(heard)) >= epochs and bool(heard) and "validation log loss" not in heard[-1].metrics

        with pytest.raises(Cancelled):
            fit(parameters, monitor=Monitor(heard.append, enough), folder=folder)
        return folder

    return stop


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_stopped_training_goes_on_and_ends_as_one_that_was_not(quick, fitted, stop_after, epochs):
    heard = []
    resumed = fit(quick, monitor=Monitor(heard.append), folder=stop_after(epochs))
    assert [progress.what for progress in judged(heard)] == ["epoch 2 of 4", "epoch 3 of 4", "epoch 4 of 4"][
        epochs - 1 :
    ]
    assert heard[0].done > heard[0].total * epochs / 4
    assert resumed.choices == fitted.choices
    np.testing.assert_allclose(resumed.predict_proba(TEST), fitted.predict_proba(TEST), atol=1e-6)


def test_with_chance_in_every_picture_it_goes_on_likewise(quick, stop_after):
    parameters = replace(quick, augmentation=True, mixup=0.4, progressive=True)
    whole = fit(parameters).predict_proba(TEST)
    resumed = fit(parameters, folder=stop_after(2, parameters)).predict_proba(TEST)
    np.testing.assert_allclose(resumed, whole, atol=1e-6)


def test_a_learning_rate_is_not_looked_for_again(quick, stop_after):
    parameters = replace(quick, base_lr=None)
    heard = []
    fit(parameters, monitor=Monitor(heard.append), folder=stop_after(1, parameters))
    assert not any("learning rate" in progress.metrics for progress in heard)


def test_what_the_finished_epochs_learned_is_kept_and_no_more(stop_after):
    folder = stop_after(2)
    assert len(json.loads((folder / "state.json").read_text())["epochs"]) == 2
    assert (folder / "epoch-2.safetensors").is_file()


def test_a_training_that_was_stopped_in_its_first_epoch_begins_again(quick, fitted, stop_after):
    np.testing.assert_allclose(
        fit(quick, folder=stop_after(0)).predict_proba(TEST), fitted.predict_proba(TEST), atol=1e-6
    )


def test_with_enough_it_makes_do_with_the_finished_epochs(quick, stop_after):
    folder = stop_after(2)
    (folder / FINISH_FILE).touch()
    heard = []
    fitted = fit(quick, monitor=Monitor(heard.append), folder=folder)
    assert heard == []
    assert fitted.choices["epochs"] == 2


def test_when_told_that_it_is_enough_it_ends_before_the_next_batch(quick, tmp_path):
    heard = []

    def listen(progress: Progress) -> None:
        heard.append(progress)
        if progress.what == "epoch 2 of 4":
            (tmp_path / FINISH_FILE).touch()

    fitted = fit(quick, monitor=Monitor(listen), folder=tmp_path)
    assert [progress.what for progress in heard].count("epoch 2 of 4") == 1
    assert (fitted.choices["epoch"], fitted.choices["epochs"]) == (1, 1)


def test_nothing_is_never_enough(quick, tmp_path):
    (tmp_path / FINISH_FILE).touch()
    assert fit(replace(quick, epochs=1), folder=tmp_path).choices["epochs"] == 1


def test_other_covers_do_not_go_on_from_it(quick, stop_after):
    heard = []
    fit(quick, drawn(36, 500), monitor=Monitor(heard.append), folder=stop_after(2))
    assert len(judged(heard)) == 4


def test_a_finished_training_is_not_done_again(quick, fitted, tmp_path):
    heard = []
    fit(quick, folder=tmp_path)
    again = fit(quick, monitor=Monitor(heard.append), folder=tmp_path)
    assert heard == []
    np.testing.assert_allclose(again.predict_proba(TEST), fitted.predict_proba(TEST), atol=1e-6)
