import pytest
from drawing import genre_folders
from tiny import tiny_weights

from covergenre.dataset.starter import open_starter
from covergenre.runs.record import Run


@pytest.fixture
def scanned(covergenre, tmp_path):
    """A data set "mine", and the options that train on it with the tiny backbone."""
    covergenre("scan", genre_folders(tmp_path / "covers", ("jazz", "rap", "disco"), 8), "--name", "mine")
    return ("--backbone", "timm:test_resnet", "--features", "pooled", "--weights", tiny_weights(tmp_path))


def test_train_makes_a_run_for_evaluate_and_predict(covergenre, scanned, tmp_path):
    settings = ("--method", "knn", "--genres", "jazz,rap", "--set", "k=3", "--set", "metric=cosine")
    (run,) = covergenre("train", "mine", *scanned, *settings, "--json").lines
    assert (run["state"], run["method"], run["dataset"], run["genres"]) == ("done", "knn", "mine", ["jazz", "rap"])
    assert set(run["metrics"]) == {"accuracy", "balanced_accuracy", "f1_weighted", "f1_macro"}
    assert set(run["metrics"]["accuracy"]) == {"value", "low", "high"}
    (evaluation,) = covergenre("evaluate", run["id"], "--json").lines
    assert evaluation["accuracy"] == run["metrics"]["accuracy"]
    cover = tmp_path / "covers" / "rap" / "001.jpg"
    (answer,) = covergenre("predict", cover, "--run", run["id"], "--json").lines
    assert set(answer["probabilities"]) == {"jazz", "rap"}


def test_the_named_network_is_fine_tuned(covergenre, scanned):
    settings = (
        "--method",
        "finetune",
        "--limit",
        "50",
        "--set",
        "side=64",
        "--set",
        "epochs=0",
        "--set",
        "base_lr=0.01",
    )
    (run,) = covergenre("train", "mine", *scanned, *settings, "--json").lines
    done = Run.open(run["id"])
    asked = done.spec.parameters
    assert (asked["backbone"], asked["weights"], asked["limit"]) == ("timm:test_resnet", str(scanned[-1]), 50)
    assert (done.load_model().choices["backbone"], done.load_model().choices["limit"]) == ("timm:test_resnet", 50)


def test_train_prints_metrics_as_a_table(covergenre, scanned):
    result = covergenre("train", "mine", *scanned, "--method", "logistic", "--set", "c=0.01")
    assert result.code == 0
    assert "balanced accuracy" in result.out
    assert "95 % intervals" in result.out


@pytest.mark.parametrize(
    "options",
    [
        ["--method", "oracle"],
        ["--genres", "jazz,polka"],
        ["--method", "knn", "--set", "k=-1"],
        ["--set", "colour=red"],
        ["--split", "lucky"],
        ["--variants", "upside down"],
    ],
)
def test_train_rejects_invalid_options_and_leaves_no_run(covergenre, scanned, own_home, options):
    result = covergenre("train", "mine", *scanned, *options)
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert not list((own_home / "runs").glob("*"))


def test_a_setting_without_a_value_is_a_usage_error(covergenre, scanned):
    assert covergenre("train", "mine", *scanned, "--set", "k").code == 2


def test_evaluate_prints_the_metrics_of_the_starter(covergenre, starter):
    (evaluation,) = covergenre("evaluate", "starter", "--json").lines
    assert evaluation["id"] == "starter"
    assert sum(map(sum, evaluation["confusion"])) == evaluation["covers"]
    assert "macro" in covergenre("evaluate").out


def test_evaluate_prints_the_metrics_of_a_method_of_the_starter(covergenre, starter):
    (evaluation,) = covergenre("evaluate", "starter-knn", "--json").lines
    (knn,) = (method for method in open_starter().card.methods if method.name == "knn")
    assert evaluation["accuracy"]["value"] == pytest.approx(knn.test.accuracy.value)
    (shown,) = covergenre("runs", "show", "starter-knn", "--json").lines
    assert shown["metrics"]["accuracy"] == evaluation["accuracy"]


@pytest.mark.parametrize("command", ["train", "embed", "index", "study"])
def test_the_starter_which_has_no_pictures_is_refused(covergenre, starter, own_home, command):
    said = covergenre(command, "starter")
    assert said.code == 1
    assert "ships without pictures" in said.err
    assert not list((own_home / "runs").glob("*"))
