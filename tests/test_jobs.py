import json
import subprocess
import sys
import threading
from pathlib import Path

from drawing import genre_folders
from tiny import tiny_recipe
from workers import TIMEOUT

from covergenre.errors import BadDataset, Cancelled
from covergenre.jobs import Jobs

ROOT = Path(__file__).parents[1]


def wait_for(job):
    job.wait()
    return job


def test_a_job_runs_in_the_background_and_returns_its_result():
    job = wait_for(Jobs().start("a", "Counting", lambda monitor: 42))
    assert (job.state, job.result, job.running) == ("done", 42, False)


def test_a_job_reports_progress():
    def work(monitor):
        monitor.report(3, 12, "covers")

    job = wait_for(Jobs().start("a", "Counting", work))
    assert job.share == 0.25
    assert job.words.startswith("Counting: covers, 3 of 12. About")


def test_a_job_can_be_stopped():
    under_way = threading.Event()

    def work(monitor):
        under_way.set()
        while not monitor.should_stop():
            pass
        raise Cancelled("stopped")

    job = Jobs().start("a", "Counting", work)
    assert under_way.wait(TIMEOUT)
    assert job.running
    job.stop()
    assert wait_for(job).state == "stopped"


def test_user_errors_are_shown_and_internal_errors_are_not_shown_raw():
    def mendable(monitor):
        raise BadDataset("the folder is empty: add covers")

    def defect(monitor):
        raise ZeroDivisionError("1 / 0")

    assert wait_for(Jobs().start("a", "Counting", mendable)).error == "the folder is empty: add covers"
    job = wait_for(Jobs().start("a", "Counting", defect))
    assert job.state == "failed"
    assert "1 / 0" not in job.error


def test_a_full_disk_says_what_to_do():
    def work(monitor):
        raise OSError(28, "No space left on device")

    assert "make room on the disk" in wait_for(Jobs().start("a", "Drawing", work)).error


def test_one_job_per_name_runs_and_a_different_subject_replaces_it():
    jobs, let_go = Jobs(), threading.Event()
    stopped = []

    def work(monitor):
        let_go.wait(TIMEOUT)
        stopped.append(monitor.should_stop())

    first = jobs.start("a", "Counting", work, about=1)
    assert jobs.start("a", "Counting", work, about=1) is first
    second = jobs.start("a", "Counting", work, about=2)
    assert jobs.get("a", 1) is None
    assert jobs.get("a", 2) is second
    let_go.set()
    wait_for(first)
    wait_for(second)
    assert sorted(stopped) == [False, True]


def test_a_forgotten_job_is_stopped_and_removed():
    jobs = Jobs()

    def work(monitor):
        while not monitor.should_stop():
            pass

    job = jobs.start("a", "Counting", work)
    jobs.forget("a")
    assert jobs.get("a") is None
    assert not wait_for(job).running


_AUDIT = """
import json
import sys
from pathlib import Path

from covergenre.dataset.registry import register
from covergenre.embedding.recipe import Recipe
from covergenre.inspection import inspection
from pages.explore.workspace import current_job, open_workspace, start_inspection

inspection.RECIPES = (Recipe.from_dict(json.loads(sys.argv[1])),)
register("mine", Path(sys.argv[2]))
start_inspection(open_workspace("mine"), with_audit=True)
job = current_job(open_workspace("mine"))
job.wait(600)
opened = open_workspace("mine")
print([job.state, job.error, len(opened.covers.vectors), sorted({"torch", "fastai", "timm"} & set(sys.modules))])
"""


def test_an_audit_does_not_import_torch_in_the_server(tmp_path, monkeypatch):
    monkeypatch.setenv("COVERGENRE_HOME", str(tmp_path / "home"))  # where no engine is yet
    root = genre_folders(tmp_path / "covers", ("jazz", "rap"), 15)
    recipe = json.dumps(tiny_recipe(tmp_path).to_dict())
    ran = subprocess.run(
        [sys.executable, "-c", _AUDIT, recipe, str(root)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert ran.stdout.strip().endswith("['done', '', 30, []]")
