from dataclasses import replace

import numpy as np
import pytest
from finetuned import NO_COVERS, TEST, TRAINING, VALIDATION, drawn, epoch_reports, fit
from PIL.Image import Resampling

from covergenre.errors import Cancelled
from covergenre.methods import Covers
from covergenre.methods.calibration import softmax
from covergenre.progress import Monitor

# --- what it learns


def test_it_learns_separable_genres(fitted):
    assert (fitted.predict_proba(TEST).argmax(axis=1) == TEST.labels).mean() > 0.45  # by chance: 0.33 +- 0.06


def test_probabilities_are_positive_and_sum_to_1(fitted):
    probabilities = fitted.predict_proba(TEST)
    assert probabilities.dtype == np.float64
    assert probabilities.shape == (60, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)
    assert (probabilities > 0).all()


def test_a_prediction_does_not_depend_on_the_batch(fitted):
    alone = replace(TEST, vectors=TEST.vectors[:1], labels=np.array([-1]), hashes=("",), pictures=TEST.pictures[7:8])
    np.testing.assert_array_equal(fitted.predict_proba(alone)[0], fitted.predict_proba(TEST)[7])
    assert fitted.predict_proba(NO_COVERS).shape == (0, 3)


def test_the_engine_agrees_with_the_network_in_torch(fitted, quick):
    import torch

    pixels = torch.from_numpy(np.stack([quick.preprocessing.apply(picture()) for picture in TEST.pictures]))
    with torch.no_grad():
        logits = fitted.network()(pixels).numpy()
    np.testing.assert_allclose(softmax(logits / fitted.choices["temperature"]), fitted.predict_proba(TEST), atol=5e-3)


def test_the_same_covers_and_seed_give_the_same_network(quick, fitted):
    import torch

    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    again = fit(quick)
    assert torch.equal(torch.rand(3), expected), "the caller's random numbers were used up"
    assert again.choices == fitted.choices
    np.testing.assert_array_equal(again.predict_proba(TEST), fitted.predict_proba(TEST))


def test_another_seed_gives_another_network(quick, fitted):
    assert not np.allclose(fit(quick, seed=1).predict_proba(TEST), fitted.predict_proba(TEST))


def test_the_best_epoch_on_validation_is_kept(fitted, reports):
    losses = [progress.metrics["validation log loss"] for progress in epoch_reports(reports)]
    assert fitted.choices["epoch"] == 1 + np.argmin(losses)
    probabilities = fitted.predict_proba(VALIDATION)
    loss = -np.log(probabilities[np.arange(len(VALIDATION)), VALIDATION.labels]).mean()
    assert loss == pytest.approx(min(losses), abs=5e-3)


def test_an_early_epoch_is_kept_when_later_ones_do_worse(quick):
    """With genres that mean the opposite in validation, whatever is learned makes it worse."""
    turned = replace(VALIDATION, labels=(VALIDATION.labels + 1) % 3)
    reports = []
    fitted = fit(replace(quick, epochs=3, base_lr=0.02, patience=0), validation=turned, monitor=Monitor(reports.append))
    losses = [progress.metrics["validation log loss"] for progress in epoch_reports(reports)]
    assert len(losses) == 4
    assert fitted.choices["epoch"] == 1 + np.argmin(losses) < 4


def test_training_ends_when_patience_runs_out(quick):
    turned = replace(VALIDATION, labels=(VALIDATION.labels + 1) % 3)
    fitted = fit(replace(quick, epochs=12, base_lr=0.02, patience=1), validation=turned)
    assert fitted.choices["epochs"] == max(fitted.choices["epoch"], 1) + 1 < 13


def test_without_a_validation_part_the_last_epoch_is_kept(quick):
    fitted = fit(replace(quick, epochs=1), validation=NO_COVERS)
    assert (fitted.choices["epoch"], fitted.choices["epochs"], fitted.choices["temperature"]) == (2, 2, 1.0)


@pytest.mark.parametrize(
    "options",
    [
        {"augmentation": True, "mixup": 0.4, "smoothing": 0.2, "progressive": True, "balance": 1.0, "epochs": 1},
        {"batch": 35, "epochs": 1},
    ],
)
def test_every_option_can_be_trained(quick, options):
    parameters = replace(quick, **options)
    fitted = fit(parameters)
    assert fitted.choices["epochs"] == parameters.frozen_epochs + parameters.epochs
    assert np.isfinite(fitted.predict_proba(TEST)).all()


def test_frozen_epochs_do_not_change_the_backbone(quick):
    from safetensors.torch import load_file

    pretrained = load_file(quick.weights)["layer4.0.conv1.weight"].numpy()
    frozen, trained = (fit(replace(quick, frozen_epochs=1 - epochs, epochs=epochs)) for epochs in (0, 1))
    np.testing.assert_array_equal(frozen.network()[0].layer4[0].conv1.weight.detach().numpy(), pretrained)
    assert not np.array_equal(trained.network()[0].layer4[0].conv1.weight.detach().numpy(), pretrained)
    for fitted in (frozen, trained):
        assert fitted.choices["epochs"] == 1
        assert np.isfinite(fitted.predict_proba(TEST)).all()


def test_with_a_limit_the_size_of_covers_does_not_matter(quick):
    enlarged = [lambda read=read: read().resize((160, 160)) for read in TEST.pictures]
    small = replace(TEST, pictures=[lambda read=read: read().resize((32, 32), Resampling.LANCZOS) for read in enlarged])
    fitted = fit(replace(quick, limit=32, epochs=1))
    assert fitted.choices["limit"] == 32
    large = fitted.predict_proba(replace(TEST, pictures=enlarged))
    np.testing.assert_allclose(large, fitted.predict_proba(small), atol=0.05)


def test_progressive_pictures_grow_up_to_the_side():
    from covergenre.methods.finetuning.training import growing_side

    assert [growing_side(192, number, 5) for number in range(1, 6)] == [96, 128, 128, 160, 192]
    assert [growing_side(100, number, 2) for number in (1, 2)] == [64, 100]
    assert growing_side(192, 1, 1) == 192
    assert growing_side(32, 1, 3) == 32


def test_balance_favours_rare_genres(quick):
    rows = [row for row in range(36) if row % 3 or row < 6]
    few = Covers(
        TRAINING.vectors[rows],
        TRAINING.labels[rows],
        tuple(TRAINING.hashes[row] for row in rows),
        [TRAINING.pictures[row] for row in rows],
    )
    shares = [
        fit(replace(quick, balance=balance, patience=0), few, NO_COVERS).predict_proba(TEST)[:, 0].mean()
        for balance in (0, 1)
    ]
    assert shares[0] < shares[1]


# --- the learning rate


def test_the_finder_suggests_a_learning_rate_reports_its_curve_and_changes_nothing_else(quick):
    reports = []
    fitted = fit(replace(quick, base_lr=None, epochs=1), monitor=Monitor(reports.append))
    given = fit(replace(quick, base_lr=fitted.choices["base_lr"], epochs=1))
    np.testing.assert_allclose(fitted.predict_proba(TEST), given.predict_proba(TEST), atol=1e-6)
    points = [progress.metrics for progress in reports if "learning rate" in progress.metrics]
    rates = [point["learning rate"] for point in points]
    assert len(points) > 20
    assert rates == sorted(rates)
    assert all(np.isfinite(point["loss"]) for point in points)
    [suggested] = [
        progress.metrics["suggested learning rate"]
        for progress in reports
        if "suggested learning rate" in progress.metrics
    ]
    assert fitted.choices["base_lr"] == suggested
    assert rates[0] < suggested < rates[-1]


def test_a_given_learning_rate_is_kept(fitted, reports):
    assert fitted.choices["base_lr"] == 0.01
    assert not any("learning rate" in progress.metrics for progress in reports)


def test_where_the_finder_finds_nothing_the_default_rate_is_used(quick, monkeypatch):
    from fastai.callback.schedule import Learner

    def find_nothing(self, *args, **kwargs):
        raise IndexError("list index out of range")

    monkeypatch.setattr(Learner, "lr_find", find_nothing)
    assert fit(replace(quick, base_lr=None, epochs=0)).choices["base_lr"] == 2e-3


def test_a_handful_of_covers_can_be_learned_from(quick):
    reports = []
    fitted = fit(replace(quick, base_lr=None, epochs=12), drawn(3), NO_COVERS, monitor=Monitor(reports.append))
    losses = [progress.metrics["training loss"] for progress in reports if "training loss" in progress.metrics]
    assert losses[-1] < 0.6 * losses[0]
    assert np.isfinite(fitted.predict_proba(TEST)).all()


# --- what it tells, and how it is stopped


def test_every_batch_and_every_epoch_is_reported(reports):
    batches = [progress for progress in reports if "training loss" in progress.metrics]
    assert len(batches) == 4 * (5 + 1)
    assert [progress.what for progress in epoch_reports(reports)] == [
        "epoch 1 of 4, head only",
        "epoch 2 of 4",
        "epoch 3 of 4",
        "epoch 4 of 4",
    ]
    assert all(0 <= progress.metrics["training accuracy"] <= 1 for progress in batches)
    assert all(0 <= progress.metrics["validation accuracy"] <= 1 for progress in epoch_reports(reports))
    assert [progress.done for progress in reports] == sorted(progress.done for progress in reports)
    assert reports[-1].done == reports[-1].total
    assert len({progress.total for progress in reports}) == 1


def test_training_neither_prints_nor_leaves_files(quick, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fitted = fit(replace(quick, base_lr=None, epochs=1))
    del fitted
    assert not list(tmp_path.iterdir())
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("finding", [True, False])
@pytest.mark.parametrize("allowed", [0, 3, 9])
def test_training_stops_before_the_next_batch(quick, finding, allowed):
    reports = []
    with pytest.raises(Cancelled, match=r"^stopped while fine-tuning"):
        fit(
            replace(quick, base_lr=None if finding else 0.01),
            monitor=Monitor(reports.append, lambda: len(reports) >= allowed),
        )
    assert len(reports) == allowed


def test_an_error_in_the_monitor_is_not_wrapped(quick):
    def full(progress):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match=r"^\[Errno 28\] No space left on device$"):
        fit(quick, monitor=Monitor(full))
