import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from specs import train_spec

from covergenre.errors import BadRun, Cancelled, CoverGenreError
from covergenre.methods import Context, Covers, boosting, method
from covergenre.methods.base import FINISH_FILE
from covergenre.methods.boosting import MOST_TREES, PATIENCE, PRESETS, Parameters
from covergenre.progress import SILENT, Monitor

FEW = Parameters(trees=20)


def fit(
    training, validation, parameters=FEW, n_genres=3, seed=42, monitor=SILENT, checkpoint=None
) -> boosting.FittedBoosting:
    spec = train_spec("boosting", n_genres, parameters, seed)
    return method("boosting").fit(training, validation, spec, Context(monitor, checkpoint))


def accuracy(fitted, covers: Covers) -> float:
    return (fitted.predict_proba(covers).argmax(axis=1) == covers.labels).mean()


@pytest.fixture
def parts(clouds) -> tuple[Covers, Covers, Covers]:
    return clouds(90, seed=1), clouds(45, seed=2, first=1000), clouds(300, seed=3, first=2000)


@pytest.fixture
def nobody(clouds) -> Covers:
    return clouds(0)


# --- what it learns


def test_probabilities_are_those_of_catboost_at_the_temperature(parts):
    fitted = fit(*parts[:2])
    powers = fitted.model.predict_proba(parts[2].vectors) ** (1 / fitted.choices["temperature"])
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(fitted.predict_proba(parts[2]), expected, rtol=1e-6)


def test_the_same_covers_and_seed_give_the_same_trees(parts):
    first, second, other = (fit(*parts[:2], Parameters(20, features=4), seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.predict_proba(parts[2]), second.predict_proba(parts[2]))
    assert not np.array_equal(first.predict_proba(parts[2]), other.predict_proba(parts[2]))


def test_balance_favours_rare_genres(clouds):
    training, validation, test = (clouds(300, 2, apart=0.3, seed=seed, first=1000 * seed) for seed in (1, 2, 3))
    rows = np.flatnonzero((training.labels == 0) | (np.arange(300) % 10 == 1))
    few = Covers(training.vectors[rows], training.labels[rows], tuple(training.hashes[row] for row in rows))
    shares = [
        fit(few, validation, Parameters(20, balance=balance), n_genres=2).predict_proba(test).argmax(axis=1).mean()
        for balance in (0, 1)
    ]
    assert shares[0] < shares[1]


# --- what is chosen on validation


def test_the_number_of_trees_has_the_lowest_validation_log_loss(clouds):
    training, validation = clouds(150, apart=0.4, seed=1), clouds(100, apart=0.4, seed=2, first=1000)
    reports = []
    fitted = fit(training, validation, Parameters(), monitor=Monitor(reports.append))
    losses = [progress.metrics["validation log loss"] for progress in reports]
    assert fitted.choices["trees"] == np.argmin(losses) + 1
    assert [progress.done for progress in reports] == list(range(1, len(reports) + 1))
    assert {progress.total for progress in reports} == {MOST_TREES}
    assert len(reports) <= fitted.choices["trees"] + PATIENCE


def test_a_given_number_of_trees_is_grown(parts):
    assert fit(*parts[:2], Parameters(trees=7)).choices["trees"] == 7


def test_without_a_validation_part_400_trees_are_grown(parts, nobody):
    reports = []
    fitted = fit(parts[0], nobody, Parameters(), monitor=Monitor(reports.append))
    assert fitted.choices == {"trees": 400, "temperature": 1.0}
    assert accuracy(fitted, parts[2]) > 0.9
    assert not any(progress.metrics for progress in reports)


def test_the_reference_is_a_preset(parts):
    preset = PRESETS["reference"]
    assert (preset.trees, preset.depth, preset.learning_rate) == (200, 6, 0.3)
    assert fit(*parts[:2], preset).choices["trees"] == 200


# --- what is refused


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"trees": 0}, "trees is 0"),
        ({"depth": 0}, "depth is 0"),
        ({"depth": 11}, "depth is 11"),
        ({"learning_rate": 0}, "learning_rate is 0"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"features": 0}, "features is 0"),
        ({"borders": 256}, "borders is 256"),
        ({"penalty": -1}, "penalty is -1"),
        ({"balance": 1.5}, "balance is 1.5"),
    ],
)
def test_invalid_parameters_are_refused(fields, message):
    with pytest.raises(CoverGenreError, match=f"{message}: give"):
        Parameters(**fields)


def test_identical_vectors_are_refused(parts):
    alike = replace(parts[0], vectors=np.ones_like(parts[0].vectors))
    with pytest.raises(CoverGenreError, match="no trees can be grown"):
        fit(alike, parts[1])


# --- stopped, and gone on with


def test_training_can_be_stopped_before_it_begins(parts):
    reports = []
    with pytest.raises(Cancelled, match="stopped"):
        fit(*parts[:2], monitor=Monitor(reports.append, lambda: True))
    assert reports == []


def test_training_stops_after_the_current_tree(parts):
    reports = []
    with pytest.raises(Cancelled, match="stopped"):
        fit(*parts[:2], monitor=Monitor(reports.append, lambda: len(reports) == 5))
    assert len(reports) == 5


def test_an_error_in_the_monitor_is_not_wrapped(parts):
    def full(progress):
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match=r"^\[Errno 28\] No space left on device$"):
        fit(*parts[:2], monitor=Monitor(full))


def test_a_keyboard_interrupt_is_not_wrapped(parts):
    def interrupt(progress):
        raise KeyboardInterrupt("told to stop")

    with pytest.raises(KeyboardInterrupt, match="told to stop"):
        fit(*parts[:2], monitor=Monitor(interrupt))


@pytest.mark.parametrize("trees", [0, 3])
def test_training_ends_before_the_disk_is_full(parts, tmp_path, monkeypatch, trees):
    reports = []
    monkeypatch.setattr(boosting, "is_full", lambda folder: folder == tmp_path and len(reports) == trees)
    with pytest.raises(OSError, match="No space left on device"):
        fit(*parts[:2], checkpoint=tmp_path, monitor=Monitor(reports.append))
    assert len(reports) == trees


def test_an_unwritable_checkpoint_is_reported_as_such(parts, tmp_path):
    (tmp_path / "snapshot").mkdir()
    with pytest.raises(CoverGenreError, match=r"could not be written \(.*\): make room on the disk"):
        fit(*parts[:2], checkpoint=tmp_path)


def test_a_resumed_training_gives_the_same_trees(parts, tmp_path):
    reports, again, checkpoint = [], [], tmp_path / "run" / "checkpoint"
    whole = fit(*parts[:2])
    with pytest.raises(Cancelled):
        fit(*parts[:2], monitor=Monitor(reports.append, lambda: len(reports) == 12), checkpoint=checkpoint)
    resumed = fit(*parts[:2], monitor=Monitor(again.append), checkpoint=checkpoint)
    assert [progress.done for progress in again] == list(range(13, 21))
    np.testing.assert_array_equal(resumed.predict_proba(parts[2]), whole.predict_proba(parts[2]))


def test_a_request_to_finish_uses_the_trees_so_far(parts, tmp_path):
    reports = []
    with pytest.raises(Cancelled):
        fit(*parts[:2], monitor=Monitor(reports.append, lambda: len(reports) == 12), checkpoint=tmp_path)
    (tmp_path / FINISH_FILE).touch()
    assert fit(*parts[:2], checkpoint=tmp_path).choices["trees"] == 13


@pytest.mark.parametrize("kept", [0.0, 0.5])
def test_a_damaged_checkpoint_makes_training_start_over(parts, tmp_path, kept):
    reports, again = [], []
    with pytest.raises(Cancelled):
        fit(*parts[:2], monitor=Monitor(reports.append, lambda: len(reports) == 12), checkpoint=tmp_path)
    snapshot = tmp_path / "snapshot"
    snapshot.write_bytes(snapshot.read_bytes()[: int(kept * snapshot.stat().st_size)])
    fit(*parts[:2], monitor=Monitor(again.append), checkpoint=tmp_path)
    assert [progress.done for progress in again] == list(range(1, 21))


# --- what is written


def test_training_writes_nowhere_else_and_prints_nothing(parts, tmp_path, monkeypatch, capfd):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    fit(*parts[:2])
    fit(*parts[:2], checkpoint=tmp_path / "checkpoint")
    assert list(Path().iterdir()) == []
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def saved(parts, tmp_path) -> Path:
    fit(*parts[:2]).save(tmp_path / "model")
    return tmp_path / "model"


def test_a_model_is_two_files(saved):
    assert {file.name for file in saved.iterdir()} == {"choices.json", "trees.cbm"}


@pytest.mark.parametrize("position", [0, 8, 200, -9])
def test_damaged_trees_are_a_bad_run(saved, position):
    trees = bytearray((saved / "trees.cbm").read_bytes())
    trees[position] ^= 255
    (saved / "trees.cbm").write_bytes(trees)
    with pytest.raises(BadRun, match=r"trees\.cbm is not as it was saved"):
        method("boosting").load(saved)


@pytest.mark.parametrize("name", ["trees.cbm", "choices.json"])
def test_a_missing_file_is_a_bad_run(saved, name):
    (saved / name).unlink()
    with pytest.raises(BadRun, match="missing or damaged"):
        method("boosting").load(saved)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"digest": "", "choices": 3}', '{"digest": 3, "choices": {"temperature": 1.0}}']
)
def test_damaged_choices_are_a_bad_run(saved, content):
    (saved / "choices.json").write_text(content)
    with pytest.raises(BadRun, match="missing or damaged"):
        method("boosting").load(saved)


@pytest.mark.parametrize("temperature", [0, -1, None, "1", float("nan")])
def test_an_invalid_temperature_is_a_bad_run(saved, temperature):
    stored = json.loads((saved / "choices.json").read_text())
    stored["choices"]["temperature"] = temperature
    (saved / "choices.json").write_text(json.dumps(stored))
    with pytest.raises(BadRun, match="missing or damaged"):
        method("boosting").load(saved)
