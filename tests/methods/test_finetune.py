import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from drawing import cover
from tiny import TINY, tiny_weights

from covergenre.errors import BadDataset, BadRun, Cancelled, CoverGenreError, NoWeights
from covergenre.methods import Covers, method
from covergenre.methods.base import ENOUGH
from covergenre.methods.calibration import softmax
from covergenre.methods.finetune import FineTuned
from covergenre.methods.finetuning.parameters import PRESETS, Parameters
from covergenre.progress import Progress, never, silent

GENRES = ("jazz", "disco", "black metal")
SIDE = 64


def drawn(n: int, first: int = 0) -> Covers:
    """`n` drawn covers of the genres in turn, numbered from `first`."""
    labels = np.arange(n) % 3
    pictures = [partial(cover, GENRES[label], first + row, SIDE) for row, label in enumerate(labels)]
    return Covers(np.zeros((n, 0), np.float32), labels, tuple(f"{first + row:032x}" for row in range(n)), pictures)


TRAINING, VALIDATION, TEST = drawn(36), drawn(18, 1000), drawn(60, 2000)
NOBODY = drawn(0)


@pytest.fixture(scope="session")
def quick(tmp_path_factory) -> Parameters:
    """Parameters of a training that takes a moment."""
    weights = str(tiny_weights(tmp_path_factory.mktemp("weights")))
    return Parameters(TINY, weights, SIDE, frozen_epochs=1, epochs=3, base_lr=0.01, batch=8, augmentation=False)


def fit(parameters, training=TRAINING, validation=VALIDATION, report=silent, should_stop=never, folder=None, seed=42):
    return method("finetune").fit(training, validation, 3, parameters, seed, report, should_stop, folder)


@pytest.fixture(scope="session")
def told() -> list[Progress]:
    """What `fitted` reported."""
    return []


@pytest.fixture(scope="session")
def fitted(quick, told) -> FineTuned:
    return fit(quick, report=told.append)


def judged(told: Sequence[Progress]) -> list[Progress]:
    """The reports of whole epochs."""
    return [progress for progress in told if "validation log loss" in progress.metrics]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


# --- what it learns


def test_it_learns_genres_that_can_be_told_apart(fitted):
    assert (fitted.predict_proba(TEST).argmax(axis=1) == TEST.labels).mean() > 0.6


def test_probabilities_are_whole_and_none_is_0(fitted):
    probabilities = fitted.predict_proba(TEST)
    assert probabilities.dtype == np.float64
    assert probabilities.shape == (60, 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)
    assert (probabilities > 0).all()


def test_each_cover_has_its_own_row_whoever_else_is_asked_about(fitted):
    alone = replace(TEST, vectors=TEST.vectors[:1], labels=np.array([-1]), hashes=("",), pictures=TEST.pictures[7:8])
    np.testing.assert_array_equal(fitted.predict_proba(alone)[0], fitted.predict_proba(TEST)[7])
    assert fitted.predict_proba(NOBODY).shape == (0, 3)


def test_the_engine_says_what_the_network_in_torch_says(fitted, quick):
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


def test_another_seed_gives_another(quick, fitted):
    assert not np.allclose(fit(quick, seed=1).predict_proba(TEST), fitted.predict_proba(TEST))


def test_the_best_epoch_on_validation_is_kept(fitted, told):
    losses = [progress.metrics["validation log loss"] for progress in judged(told)]
    assert fitted.choices["epoch"] == 1 + np.argmin(losses)
    probabilities = fitted.predict_proba(VALIDATION)
    loss = -np.log(probabilities[np.arange(len(VALIDATION)), VALIDATION.labels]).mean()
    assert loss == pytest.approx(min(losses), abs=5e-3)


def test_an_early_epoch_is_kept_when_later_ones_do_worse(quick):
    """With genres that mean the opposite in validation, whatever is learned makes it worse."""
    turned = replace(VALIDATION, labels=(VALIDATION.labels + 1) % 3)
    heard = []
    fitted = fit(replace(quick, epochs=5, base_lr=0.02, patience=0), validation=turned, report=heard.append)
    losses = [progress.metrics["validation log loss"] for progress in judged(heard)]
    assert len(losses) == 6
    assert fitted.choices["epoch"] == 1 + np.argmin(losses) < 6


def test_it_ends_when_out_of_patience(quick):
    turned = replace(VALIDATION, labels=(VALIDATION.labels + 1) % 3)
    fitted = fit(replace(quick, epochs=12, base_lr=0.02, patience=1), validation=turned)
    assert fitted.choices["epochs"] == max(fitted.choices["epoch"], 1) + 1 < 13


def test_without_a_validation_part_the_last_epoch_counts(quick):
    fitted = fit(quick, validation=NOBODY)
    assert (fitted.choices["epoch"], fitted.choices["epochs"], fitted.choices["temperature"]) == (4, 4, 1.0)


@pytest.mark.parametrize(
    "options",
    [
        {"frozen_epochs": 0, "epochs": 1},
        {"frozen_epochs": 1, "epochs": 0},
        {"augmentation": True, "mixup": 0.4, "smoothing": 0.2, "progressive": True, "balance": 1.0, "epochs": 1},
        {"batch": 35, "epochs": 1},
    ],
)
def test_every_option_trains(quick, options):
    parameters = replace(quick, **options)
    fitted = fit(parameters)
    assert fitted.choices["epochs"] == parameters.frozen_epochs + parameters.epochs
    assert np.isfinite(fitted.predict_proba(TEST)).all()


def test_frozen_epochs_leave_the_weights_of_the_backbone_alone(quick):
    from safetensors.torch import load_file

    pretrained = load_file(quick.weights)["layer4.0.conv1.weight"].numpy()
    frozen = fit(replace(quick, epochs=0)).network()[0].layer4[0].conv1.weight.detach().numpy()
    trained = fit(replace(quick, frozen_epochs=0, epochs=1)).network()[0].layer4[0].conv1.weight.detach().numpy()
    np.testing.assert_array_equal(frozen, pretrained)
    assert not np.array_equal(trained, pretrained)


def test_progressive_pictures_grow_up_to_the_side():
    from covergenre.methods.finetuning.training import growing_side

    assert [growing_side(192, number, 5) for number in range(1, 6)] == [96, 128, 128, 160, 192]
    assert [growing_side(100, number, 2) for number in (1, 2)] == [64, 100]
    assert growing_side(192, 1, 1) == 192
    assert growing_side(32, 1, 3) == 32


def test_balance_says_how_often_a_rare_genre_is_named(quick):
    rows = [row for row in range(36) if row % 3 or row < 6]
    few = Covers(
        TRAINING.vectors[rows],
        TRAINING.labels[rows],
        tuple(TRAINING.hashes[row] for row in rows),
        [TRAINING.pictures[row] for row in rows],
    )
    shares = [
        fit(replace(quick, balance=balance, patience=0), few, NOBODY).predict_proba(TEST)[:, 0].mean()
        for balance in (0, 1)
    ]
    assert shares[0] < shares[1]


# --- the learning rate


def test_the_finder_suggests_a_learning_rate_and_tells_its_curve(quick):
    heard = []
    fitted = fit(replace(quick, base_lr=None, epochs=1), report=heard.append)
    points = [progress.metrics for progress in heard if "learning rate" in progress.metrics]
    rates = [point["learning rate"] for point in points]
    assert len(points) > 20
    assert rates == sorted(rates)
    assert all(np.isfinite(point["loss"]) for point in points)
    [suggested] = [
        progress.metrics["suggested learning rate"]
        for progress in heard
        if "suggested learning rate" in progress.metrics
    ]
    assert fitted.choices["base_lr"] == suggested
    assert rates[0] < suggested < rates[-1]


def test_a_given_learning_rate_is_kept(fitted, told):
    assert fitted.choices["base_lr"] == 0.01
    assert not any("learning rate" in progress.metrics for progress in told)


def test_the_finder_changes_nothing_but_the_rate(quick):
    found = fit(replace(quick, base_lr=None, epochs=1))
    given = fit(replace(quick, base_lr=found.choices["base_lr"], epochs=1))
    np.testing.assert_allclose(found.predict_proba(TEST), given.predict_proba(TEST), atol=1e-6)


def test_where_the_finder_finds_nothing_the_usual_rate_is_taken(quick, monkeypatch):
    from fastai.callback.schedule import Learner

    def find_nothing(self, *args, **kwargs):
        raise IndexError("list index out of range")

    monkeypatch.setattr(Learner, "lr_find", find_nothing)
    assert fit(replace(quick, base_lr=None, epochs=0)).choices["base_lr"] == 2e-3


def test_a_handful_of_covers_can_be_learned_from(quick):
    fitted = fit(replace(quick, base_lr=None, epochs=1), drawn(3), NOBODY)
    assert np.isfinite(fitted.predict_proba(TEST)).all()


# --- what it tells, and how it is stopped


def test_it_tells_of_every_batch_and_every_epoch(told):
    batches = [progress for progress in told if "training loss" in progress.metrics]
    assert len(batches) == 4 * (5 + 1)
    assert [progress.what for progress in judged(told)] == [
        "epoch 1 of 4, head only",
        "epoch 2 of 4",
        "epoch 3 of 4",
        "epoch 4 of 4",
    ]
    assert all(0 <= progress.metrics["training accuracy"] <= 1 for progress in batches)
    assert all(0 <= progress.metrics["validation accuracy"] <= 1 for progress in judged(told))
    assert [progress.done for progress in told] == sorted(progress.done for progress in told)
    assert told[-1].done == told[-1].total
    assert len({progress.total for progress in told}) == 1


def test_it_neither_prints_nor_leaves_anything_behind(quick, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fitted = fit(replace(quick, base_lr=None, epochs=1))
    del fitted
    assert names(tmp_path) == set()
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("finding", [True, False])
@pytest.mark.parametrize("allowed", [0, 3, 9])
def test_it_stops_before_the_next_batch(quick, finding, allowed):
    heard = []
    with pytest.raises(Cancelled, match=r"^stopped while fine-tuning"):
        fit(
            replace(quick, base_lr=None if finding else 0.01),
            report=heard.append,
            should_stop=lambda: len(heard) >= allowed,
        )
    assert len(heard) == allowed


def test_an_error_of_the_listener_passes_as_it_is(quick):
    def full(progress):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match=r"^\[Errno 28\] No space left on device$"):
        fit(quick, report=full)


# --- going on after a stop or a kill


@pytest.fixture
def stop_after(quick, tmp_path):
    """Trains until so many epochs are judged and one more batch is done, then stops; gives the checkpoint's folder."""

    def stop(epochs: int, parameters: Parameters = quick, folder: Path = tmp_path / "checkpoint") -> Path:
        heard = []

        def enough() -> bool:
            return len(judged(heard)) >= epochs and bool(heard) and "validation log loss" not in heard[-1].metrics

        with pytest.raises(Cancelled):
            fit(parameters, report=heard.append, should_stop=enough, folder=folder)
        return folder

    return stop


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_stopped_training_goes_on_and_ends_as_one_that_was_not(quick, fitted, stop_after, epochs):
    heard = []
    resumed = fit(quick, report=heard.append, folder=stop_after(epochs))
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
    fit(parameters, report=heard.append, folder=stop_after(1, parameters))
    assert not any("learning rate" in progress.metrics for progress in heard)


def test_what_the_finished_epochs_learned_is_kept_and_no_more(stop_after):
    folder = stop_after(2)
    assert len(json.loads((folder / "state.json").read_text())["epochs"]) == 2
    assert "epoch-2.safetensors" in names(folder)


def test_a_training_that_was_stopped_in_its_first_epoch_begins_again(quick, fitted, stop_after):
    np.testing.assert_allclose(
        fit(quick, folder=stop_after(0)).predict_proba(TEST), fitted.predict_proba(TEST), atol=1e-6
    )


def test_with_enough_it_makes_do_with_the_finished_epochs(quick, stop_after):
    folder = stop_after(2)
    (folder / ENOUGH).touch()
    heard = []
    fitted = fit(quick, report=heard.append, folder=folder)
    assert heard == []
    assert fitted.choices["epochs"] == 2


def test_when_told_that_it_is_enough_it_ends_before_the_next_batch(quick, tmp_path):
    heard = []

    def listen(progress: Progress) -> None:
        heard.append(progress)
        if progress.what == "epoch 2 of 4":
            (tmp_path / ENOUGH).touch()

    fitted = fit(quick, report=listen, folder=tmp_path)
    assert [progress.what for progress in heard].count("epoch 2 of 4") == 1
    assert (fitted.choices["epoch"], fitted.choices["epochs"]) == (1, 1)


def test_nothing_is_never_enough(quick, tmp_path):
    (tmp_path / ENOUGH).touch()
    assert fit(replace(quick, epochs=1), folder=tmp_path).choices["epochs"] == 1


def test_other_covers_do_not_go_on_from_it(quick, stop_after):
    heard = []
    fit(quick, drawn(36, 500), report=heard.append, folder=stop_after(2))
    assert len(judged(heard)) == 4


def test_a_finished_training_is_not_done_again(quick, fitted, tmp_path):
    heard = []
    fit(quick, folder=tmp_path)
    again = fit(quick, report=heard.append, folder=tmp_path)
    assert heard == []
    np.testing.assert_allclose(again.predict_proba(TEST), fitted.predict_proba(TEST), atol=1e-6)


# --- what can't be


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"side": 31}, "side is 31: give 32 to 512"),
        ({"side": 513}, "side is 513"),
        ({"frozen_epochs": -1}, "frozen_epochs is -1"),
        ({"frozen_epochs": 0, "epochs": 0}, "epochs is 0: give 1 or more"),
        ({"epochs": -1}, "epochs is -1"),
        ({"base_lr": 0.0}, "base_lr is 0.0: give above 0"),
        ({"base_lr": float("nan")}, "base_lr is nan"),
        ({"batch": 1}, "batch is 1: give 2 or more"),
        ({"mixup": -0.1}, "mixup is -0.1"),
        ({"smoothing": 1.0}, "smoothing is 1.0"),
        ({"balance": 1.1}, "balance is 1.1"),
        ({"patience": -1}, "patience is -1"),
    ],
)
def test_parameters_that_cannot_be_are_refused(wrong, message):
    with pytest.raises(CoverGenreError, match=message):
        Parameters(**wrong)


def test_an_unknown_backbone_is_refused_at_once():
    with pytest.raises(NoWeights, match="no backbone 'resnet51'"):
        Parameters("resnet51")


def test_the_reference_is_its_recipe():
    reference = PRESETS["reference"]
    assert (reference.epochs, reference.frozen_epochs, reference.base_lr, reference.side) == (5, 1, 0.02, 224)
    assert (reference.augmentation, reference.mixup, reference.smoothing, reference.balance) == (False, 0, 0, 0)
    assert reference.backbone.startswith("resnet50")


def test_the_parameters_are_fit_for_json():
    for parameters in (Parameters(), *PRESETS.values()):
        assert json.loads(json.dumps(vars(parameters))) == vars(parameters)


def test_covers_without_pictures_are_refused(quick, fitted):
    blind = replace(TRAINING, pictures=())
    with pytest.raises(CoverGenreError, match="these covers have none"):
        fit(quick, blind)
    with pytest.raises(CoverGenreError, match="these covers have none"):
        fit(quick, validation=blind)
    with pytest.raises(CoverGenreError, match="these covers have none"):
        fitted.predict_proba(blind)


def test_a_genre_without_training_cover_is_refused(quick):
    with pytest.raises(CoverGenreError, match="1 of 3 genres have no training cover"):
        fit(quick, replace(TRAINING, labels=TRAINING.labels % 2))


def test_a_picture_that_cannot_be_read_is_named(quick):
    def gone():
        raise BadDataset("jazz/1.jpg can't be read any more: scan again")

    with pytest.raises(BadDataset, match=r"^jazz/1\.jpg can't be read"):
        fit(quick, replace(TRAINING, pictures=[*TRAINING.pictures[:-1], gone]))


def test_a_training_that_loses_its_way_says_so(quick, tmp_path):
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(quick.weights)
    weights["conv1.0.weight"] = torch.full_like(weights["conv1.0.weight"], float("nan"))
    save_file(weights, tmp_path / "broken.safetensors")
    with pytest.raises(CoverGenreError, match=r"lost its way at a learning rate of 0.01"):
        fit(replace(quick, weights=str(tmp_path / "broken.safetensors")))


# --- kept and had back


def test_it_is_kept_and_had_back(fitted, tmp_path):
    fitted.save(tmp_path / "made" / "model")
    loaded = method("finetune").load(tmp_path / "made" / "model")
    loaded.save(tmp_path / "again")
    for one in (loaded, method("finetune").load(tmp_path / "again")):
        assert one.choices == fitted.choices
        np.testing.assert_array_equal(one.predict_proba(TEST), fitted.predict_proba(TEST))


def test_what_is_kept_is_of_kinds_that_execute_nothing(fitted, tmp_path):
    fitted.save(tmp_path)
    assert names(tmp_path) == {"network.xml", "network.bin", "weights.safetensors", "choices.json"}


def test_the_choices_are_fit_for_json(fitted):
    assert json.loads(json.dumps(fitted.choices)) == fitted.choices


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("weights.safetensors", None),
        *((name, content) for name in ("network.xml", "network.bin", "choices.json") for content in (None, b"", b"{}")),
    ],
)
def test_a_damaged_network_is_a_bad_run(fitted, tmp_path, name, content):
    fitted.save(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BadRun, match="missing or damaged"):
        method("finetune").load(tmp_path)


_PREDICT = """
import sys
from pathlib import Path
import numpy as np
from PIL import Image
from covergenre.methods import Covers, method
pictures = [lambda: Image.open(sys.argv[2]).convert("RGB")]
covers = Covers(np.zeros((1, 0), np.float32), np.array([-1]), ("",), pictures)
print(method("finetune").load(Path(sys.argv[1])).predict_proba(covers)[0].tolist())
heavy = {"torch", "fastai", "timm", "safetensors", "sklearn", "scipy", "pandas", "matplotlib"} & set(sys.modules)
sys.exit(f"predicting imported {sorted(heavy)}" if heavy else 0)
"""


def test_prediction_imports_no_heavy_library(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    TEST.pictures[0]().save(tmp_path / "cover.png")
    run = subprocess.run(
        [sys.executable, "-c", _PREDICT, str(tmp_path / "model"), str(tmp_path / "cover.png")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    np.testing.assert_allclose(json.loads(run.stdout), fitted.predict_proba(TEST)[0], atol=1e-6)
