import shutil

import pytest
from finished_runs import finished_run, random_probabilities

from covergenre.errors import BadRun
from covergenre.runs import launch
from covergenre.runs.record import Run, finished_runs

LABELS = [0, 1, 2] * 4


def test_a_users_runs_come_before_those_that_ship(starter):
    own = finished_run(LABELS, random_probabilities(LABELS))
    finished_run(LABELS, random_probabilities(LABELS), state="failed")
    assert [run.id for run in finished_runs()] == [own.id, "starter-ensemble", "starter-knn", "starter-logistic"]


def test_the_starter_is_the_run_whose_answer_counts(starter):
    assert Run.open("starter").id == Run.open("starter-ensemble").id == "starter-ensemble"
    assert Run.open("starter-logistic").spec.method == "logistic"


@pytest.mark.parametrize("name", ["starter-", "starter-magic", "starter-../../runs", "starters", ""])
def test_a_run_that_there_is_not_is_refused(starter, name):
    with pytest.raises(BadRun, match="There is no run"):
        Run.open(name)


def test_a_run_that_ships_can_not_be_deleted(starter):
    with pytest.raises(BadRun):
        launch.delete("starter-knn")
    assert Run.open("starter-knn").status().state == "done"


def test_a_damaged_run_that_ships_is_left_out(starter):
    shutil.rmtree(starter / "runs" / "starter-knn")
    (starter / "runs" / "starter-logistic" / "run.json").write_text("{")
    assert [run.id for run in finished_runs()] == ["starter-ensemble"]
