import pytest
from drawing import genre_folders
from finished_runs import finished_run, random_probabilities
from tiny import tiny_weights

from covergenre.runs import launch
from covergenre.runs.default import default_run
from covergenre.runs.record import Run


@pytest.fixture
def done():
    labels = [0, 1, 2] * 5
    return finished_run(labels, random_probabilities(labels))


@pytest.fixture
def evaluated(done):
    from covergenre.training.train import evaluate

    done.write_evaluation(evaluate(done))
    return done


@pytest.fixture
def cancelled():
    return finished_run([0, 1, 2], random_probabilities([0, 1, 2]), state="cancelled")


@pytest.fixture
def train(covergenre, tmp_path):
    """Trains in the background on drawn covers with the tiny backbone; nothing is waited for."""
    covergenre("scan", genre_folders(tmp_path / "covers", ("jazz", "rap"), 8), "--name", "mine")
    options = ("--backbone", "timm:test_resnet", "--features", "pooled", "--weights", tiny_weights(tmp_path))
    return lambda *more: covergenre("train", "mine", *options, *more, "--background", "--json")


@pytest.fixture
def no_worker(monkeypatch):
    monkeypatch.setattr(launch, "ensure_worker", lambda: None)


def test_a_run_of_the_starter_is_neither_named_nor_tagged(covergenre, starter):
    said = covergenre("runs", "name", "starter-knn", "Mine", "--tag", "talk")
    assert said.code == 1
    assert "comes with covergenre" in said.err
    assert not (Run.open("starter-knn").folder / "notes.json").exists()


def test_each_run_is_one_object_with_its_metrics(covergenre, evaluated, cancelled):
    runs = {run["id"]: run for run in covergenre("runs", "--json").lines}
    assert set(runs) == {evaluated.id, cancelled.id}
    assert runs[cancelled.id]["metrics"] == {}
    assert set(runs[evaluated.id]) == {
        "id",
        "name",
        "tags",
        "state",
        "method",
        "dataset",
        "genres",
        "seconds",
        "metrics",
    }
    for name in ("accuracy", "balanced_accuracy", "f1_weighted", "f1_macro"):
        assert set(runs[evaluated.id]["metrics"][name]) == {"value", "low", "high"}


def test_the_table_marks_the_run_in_use(covergenre, evaluated):
    covergenre("runs", "use", evaluated.id)
    result = covergenre("runs")
    assert f"{evaluated.id} *" in result.out
    assert "done" in result.out


def test_a_run_can_be_named_and_tagged(covergenre, evaluated):
    covergenre("runs", "name", evaluated.id, "At 150 px", "--tag", "talk")
    (named,) = (run for run in covergenre("runs", "--json").lines if run["id"] == evaluated.id)
    assert (named["name"], named["tags"]) == ("At 150 px", ["talk"])
    assert "At 150 px" in covergenre("runs").out


def test_a_damaged_evaluation_does_not_hide_other_runs(covergenre, done, evaluated, cancelled):
    (done.folder / "evaluation.json").write_text("{")
    assert len(covergenre("runs", "--json").lines) == 2
    assert cancelled.id in covergenre("runs").out


def test_show_prints_the_settings(covergenre, evaluated):
    (shown,) = covergenre("runs", "show", evaluated.id, "--json").lines
    assert (shown["id"], shown["backbone"], shown["seed"]) == (evaluated.id, "efficientnet_lite2", 42)
    told = covergenre("runs", "show", evaluated.id).out
    assert "backbone   efficientnet_lite2\n" in told
    assert f"parameters {' '.join(f'{name}={value}' for name, value in evaluated.spec.parameters.items())}\n" in told


def test_a_background_run_is_queued_and_can_be_cancelled_and_resumed(covergenre, train, no_worker):
    (queued,) = train("--method", "knn").lines
    assert queued["state"] == "queued"
    assert [run.id for run in launch.queued_runs()] == [queued["id"]]
    assert covergenre("runs", "cancel", queued["id"], "--json").lines[0]["state"] == "cancelled"
    assert covergenre("runs", "resume", queued["id"], "--json").lines[0]["state"] == "queued"


def test_a_run_can_be_finished_early_only_from_a_checkpoint(covergenre, cancelled, no_worker):
    result = covergenre("runs", "finish", cancelled.id)
    assert (result.code, result.err.count("\n")) == (1, 1)
    cancelled.checkpoint.mkdir()
    assert covergenre("runs", "finish", cancelled.id, "--json").lines[0]["state"] == "queued"


def test_settings_override_a_preset(train, no_worker):
    (run,) = train("--method", "boosting", "--preset", "reference", "--set", "depth=4").lines
    asked = Run.open(run["id"]).spec.parameters
    assert (asked["trees"], asked["learning_rate"], asked["depth"]) == (200, 0.3, 4)


def test_an_unknown_preset_is_reported(train, own_home):
    result = train("--method", "knn", "--preset", "best")
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert "reference" in result.err
    assert not list((own_home / "runs").glob("*-*"))


def test_a_run_is_deleted(covergenre, cancelled):
    assert covergenre("runs", "delete", cancelled.id, "--json").lines == [{"id": cancelled.id, "state": "deleted"}]
    assert not cancelled.folder.exists()
    assert covergenre("runs", "show", cancelled.id).code == 1


def test_use_sets_the_default_run(covergenre, evaluated, cancelled):
    assert covergenre("runs", "use", evaluated.id).code == 0
    assert default_run() == evaluated.id
    assert covergenre("runs", "use", cancelled.id).code == 1
    assert default_run() == evaluated.id
    covergenre("runs", "use", "starter")
    assert default_run() is None


def test_runs_are_combined_into_an_ensemble(covergenre, tmp_path):
    covergenre("scan", genre_folders(tmp_path / "covers", ("jazz", "rap"), 8), "--name", "mine")
    options = ("--backbone", "timm:test_resnet", "--features", "pooled", "--weights", tiny_weights(tmp_path), "--json")
    members = [covergenre("train", "mine", "--method", name, *options).lines[0]["id"] for name in ("knn", "logistic")]
    (combined,) = covergenre("runs", "combine", *members, "--json").lines
    assert (combined["method"], combined["state"]) == ("ensemble", "done")
    assert combined["metrics"]["accuracy"]["value"] <= 1
    assert covergenre("runs", "combine", members[0]).code == 1
