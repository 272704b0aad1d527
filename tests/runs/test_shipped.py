import shutil

import pytest
from finished import answers, finished

from covergenre.dataset.starter import STARTER
from covergenre.errors import BadRun
from covergenre.runs.shipped import finished_runs, open_run

LABELS = [0, 1, 2] * 4


def test_a_users_runs_come_before_those_of_the_starter(starter):
    own = finished(LABELS, answers(LABELS))
    finished(LABELS, answers(LABELS), state="failed")
    assert [run.id for run in finished_runs()] == [own.id, "starter-ensemble", "starter-knn", "starter-logistic"]


def test_the_starter_is_the_run_whose_answer_counts(starter):
    assert open_run(STARTER).id == open_run("starter-ensemble").id == "starter-ensemble"
    assert open_run("starter-logistic").spec.method == "logistic"


@pytest.mark.parametrize("name", ["starter-", "starter-magic", "starter-../../runs", "starters", ""])
def test_a_run_that_there_is_not_is_refused(starter, name):
    with pytest.raises(BadRun):
        open_run(name)


def test_without_a_starter_there_are_the_users_runs_alone(starter):
    own = finished(LABELS, answers(LABELS))
    shutil.rmtree(starter / "runs" / "starter-knn")
    assert [run.id for run in finished_runs()] == [own.id]
