import pytest
from finished_runs import finished_run, random_probabilities

from covergenre import home
from covergenre.errors import BadRun
from covergenre.runs import launch
from covergenre.runs.default import default_run, set_default_run


@pytest.fixture
def run():
    return finished_run([0, 1, 2], random_probabilities([0, 1, 2]))


def test_the_starter_answers_until_a_run_is_used(run):
    assert default_run() is None
    set_default_run(run.id)
    assert default_run() == run.id
    set_default_run(None)
    assert default_run() is None


def test_a_run_that_is_not_done_cannot_answer():
    with pytest.raises(BadRun, match="is failed"):
        set_default_run(finished_run([0, 1, 2], random_probabilities([0, 1, 2]), state="failed").id)
    assert default_run() is None


def test_the_starter_answers_again_when_the_run_is_deleted(run):
    set_default_run(run.id)
    launch.delete(run.id)
    assert default_run() is None


def test_a_damaged_file_is_passed_over(run):
    set_default_run(run.id)
    (home.home() / "default_run").write_bytes(b"\xff../..")
    assert default_run() is None
