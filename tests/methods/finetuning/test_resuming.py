import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from finetuned import TEST, drawn, epoch_reports, fit

from covergenre.errors import Cancelled
from covergenre.methods.base import FINISH_FILE
from covergenre.methods.finetuning.parameters import Parameters
from covergenre.progress import Monitor, Progress


@pytest.fixture
def stop_after(quick, tmp_path):
    """Trains until so many epochs are judged and one more batch is done, then stops; gives the checkpoint's folder."""

    def stop(epochs: int, parameters: Parameters = quick, folder: Path = tmp_path / "checkpoint") -> Path:
        reports = []

        def enough() -> bool:
            return (
                len(epoch_reports(reports)) >= epochs
                and bool(reports)
                and "validation log loss" not in reports[-1].metrics
            )

        with pytest.raises(Cancelled):
            fit(parameters, monitor=Monitor(reports.append, enough), folder=folder)
        return folder

    return stop


@pytest.mark.parametrize("epochs", [0, 1, 3])
def test_a_resumed_training_equals_an_uninterrupted_one(quick, fitted, stop_after, epochs):
    reports = []
    resumed = fit(quick, monitor=Monitor(reports.append), folder=stop_after(epochs))
    all_epochs = ["epoch 1 of 4, head only", "epoch 2 of 4", "epoch 3 of 4", "epoch 4 of 4"]
    assert [progress.what for progress in epoch_reports(reports)] == all_epochs[epochs:]
    assert reports[0].done > reports[0].total * epochs / 4
    assert resumed.choices == fitted.choices
    np.testing.assert_allclose(resumed.predict_proba(TEST), fitted.predict_proba(TEST), atol=1e-6)


def test_a_resumed_training_with_augmentation_equals_an_uninterrupted_one(quick, stop_after):
    parameters = replace(quick, augmentation=True, mixup=0.4, progressive=True)
    whole = fit(parameters).predict_proba(TEST)
    resumed = fit(parameters, folder=stop_after(2, parameters)).predict_proba(TEST)
    np.testing.assert_allclose(resumed, whole, atol=1e-6)


def test_the_learning_rate_is_not_searched_again(quick, stop_after):
    parameters = replace(quick, base_lr=None, epochs=1)
    reports = []
    fit(parameters, monitor=Monitor(reports.append), folder=stop_after(1, parameters))
    assert not any("learning rate" in progress.metrics for progress in reports)


def test_only_finished_epochs_are_stored_and_a_request_to_finish_uses_them(quick, stop_after):
    folder = stop_after(2)
    assert len(json.loads((folder / "state.json").read_text())["epochs"]) == 2
    assert (folder / "epoch-2.safetensors").is_file()
    (folder / FINISH_FILE).touch()
    reports = []
    fitted = fit(quick, monitor=Monitor(reports.append), folder=folder)
    assert reports == []
    assert fitted.choices["epochs"] == 2


def test_a_request_to_finish_ends_training_before_the_next_batch(quick, tmp_path):
    reports = []

    def listen(progress: Progress) -> None:
        reports.append(progress)
        if progress.what == "epoch 2 of 4":
            (tmp_path / FINISH_FILE).touch()

    fitted = fit(quick, monitor=Monitor(listen), folder=tmp_path)
    assert [progress.what for progress in reports].count("epoch 2 of 4") == 1
    assert (fitted.choices["epoch"], fitted.choices["epochs"]) == (1, 1)


def test_a_request_to_finish_waits_for_the_first_epoch(quick, tmp_path):
    (tmp_path / FINISH_FILE).touch()
    assert fit(replace(quick, epochs=1), folder=tmp_path).choices["epochs"] == 1


def test_a_training_on_other_covers_starts_over(quick, stop_after):
    reports = []
    parameters = replace(quick, epochs=1)
    fit(parameters, drawn(36, 500), monitor=Monitor(reports.append), folder=stop_after(1, parameters))
    assert len(epoch_reports(reports)) == 2


def test_a_finished_training_is_not_repeated(quick, tmp_path):
    reports, parameters = [], replace(quick, epochs=1)
    finished = fit(parameters, folder=tmp_path)
    again = fit(parameters, monitor=Monitor(reports.append), folder=tmp_path)
    assert reports == []
    np.testing.assert_allclose(again.predict_proba(TEST), finished.predict_proba(TEST), atol=1e-6)
