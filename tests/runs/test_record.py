import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import psutil
import pytest

from covergenre import home
from covergenre.errors import BadRun
from covergenre.evaluation.metrics import evaluate
from covergenre.runs.record import Event, Run, Status, list_runs, probability_columns


def mine(**fields) -> Status:
    process = psutil.Process()
    return Status("running", pid=process.pid, pid_started=process.create_time(), **fields)


def predictions(genres=("jazz", "path")) -> pd.DataFrame:
    covers = {"path": ["a.jpg", "b.jpg"], "part": ["validation", "test"], "genre": list(genres), "group": [0, 1]}
    chances = [[0.25, 0.75], [1.0, 0.0]]
    return pd.DataFrame(covers).join(pd.DataFrame(chances, columns=probability_columns(genres)))


# --- a run and what was asked for


def test_a_new_run_is_queued_and_opens_by_its_id(spec):
    run = Run.create(spec)
    opened = Run.open(run.id)
    assert opened == run
    assert opened.spec == spec
    assert opened.status().state == "queued"
    assert opened.status().seconds is None


def test_an_id_holds_the_time_in_utc_and_the_method(spec):
    run = Run.create(replace(spec, created=datetime(2026, 11, 22, 12, 15, 30, tzinfo=UTC)))
    assert run.id.startswith("20261122-121530-logistic-")


def test_ids_of_the_same_second_are_unique(spec):
    with ThreadPoolExecutor(8) as threads:
        runs = list(threads.map(lambda _: Run.create(spec), range(300)))
    assert len({run.id for run in runs}) == 300
    assert len(list_runs()) == 300


def test_runs_are_listed_newest_first(spec):
    days = [3, 1, 2]
    for day in days:
        Run.create(replace(spec, created=datetime(2026, 1, day, tzinfo=UTC)))
    assert [run.spec.created.day for run in list_runs()] == [3, 2, 1]


def test_without_any_run_the_list_is_empty():
    assert list_runs() == ()


def test_nothing_is_left_of_a_run_that_cannot_be_created(spec):
    with pytest.raises(ValueError, match="serialize"):
        Run.create(replace(spec, parameters={"c": object()}))
    assert list(home.runs().iterdir()) == []


@pytest.mark.parametrize(
    "run_id", ["", "..", "starters", "../datasets", "20261122-121530-knn-ab12", "/etc/passwd", "a\0b"]
)
def test_an_id_that_names_no_run_is_refused(run_id):
    with pytest.raises(BadRun, match="There is no run"):
        Run.open(run_id)


def test_runs_are_listed_without_loading_what_trains_them():
    code = (
        "import sys, covergenre.runs.launch, covergenre.runs.record as r; r.list_runs(); "
        "print({'pandas', 'torch', 'sklearn', 'scipy', 'openvino', 'catboost'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_damaged_runs_are_logged_and_left_out_of_the_list(new_run, caplog):
    good, torn, empty = new_run(), new_run(), new_run()
    (torn.folder / "status.json").write_text('{"state": "do')
    (empty.folder / "run.json").unlink()
    (home.runs() / "notes.txt").write_text("not a run")
    assert list_runs() == (good,)
    assert torn.id in caplog.text
    assert empty.id in caplog.text


# --- status


def test_a_write_leaves_nothing_beside(new_run):
    run = new_run()
    run.write_status(mine())
    assert {path.name for path in run.folder.iterdir()} == {"run.json", "status.json"}


def test_a_reader_never_finds_half_a_status(new_run):
    run = new_run()
    with ThreadPoolExecutor(1) as writer:
        writing = writer.submit(lambda: [run.write_status(mine(what="x" * (n * 997 % 50_000))) for n in range(200)])
        while not writing.done():
            assert run.status().state in ("queued", "running")
        writing.result()


def test_a_running_run_whose_process_lives_is_running(new_run):
    run = new_run()
    run.write_status(mine(started=100.0, updated=130.0))
    assert run.status().state == "running"
    assert run.status().seconds == 30.0


def test_a_running_run_whose_process_is_gone_is_lost(new_run):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    started = psutil.Process(gone.pid).create_time()
    gone.wait()
    run = new_run()
    run.write_status(Status("running", pid=gone.pid, pid_started=started, eta=5.0))
    assert run.status().state == "lost"
    assert run.status().eta is None
    assert str(gone.pid) in run.status().error


def test_of_a_run_that_was_lost_on_a_full_disk_that_is_said(new_run, monkeypatch):
    run = new_run()
    run.write_status(Status("running", pid=2**22 + 1, pid_started=1.0))
    assert "disk" not in run.status().error
    monkeypatch.setattr("covergenre.runs.record.is_full", lambda folder: folder == run.folder)
    assert "The disk is full: make room" in run.status().error


def test_a_running_run_whose_process_ended_but_was_not_waited_for_is_lost(new_run):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = psutil.Process(child.pid).create_time()
    run = new_run()
    run.write_status(Status("running", pid=child.pid, pid_started=started))
    assert run.status().state == "running"
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert run.status().state == "lost"
    child.communicate()


def test_another_process_of_the_same_number_is_not_the_run(new_run):
    run = new_run()
    run.write_status(replace(mine(), pid_started=time.time() - 86_400))
    assert run.status().state == "lost"


@pytest.mark.parametrize("pid", [None, -1, 0, 2**70])
def test_a_running_run_without_a_possible_process_is_lost(new_run, pid):
    run = new_run()
    run.write_status(Status("running", pid=pid, pid_started=0.0))
    assert run.status().state == "lost"


@pytest.mark.parametrize("state", ["queued", "done", "cancelled", "failed", "lost"])
def test_only_a_running_run_has_a_process(new_run, state):
    run = new_run()
    run.write_status(replace(mine(), state=state))
    assert run.process() is None
    run.write_status(mine())
    assert run.process() == psutil.Process()


def test_what_a_witness_wrote_of_a_lost_run_is_kept(new_run):
    run = new_run()
    run.write_status(Status("lost", error="it was killed"))
    assert run.status().error == "it was killed"


# --- the wish that it should stop


def test_nobody_asked_a_new_run_to_stop(new_run):
    run = new_run()
    assert not run.stop_requested()
    assert not run.grace_expired()


def test_a_run_that_should_stop_has_time_to(new_run):
    run = new_run()
    run.request_stop(grace=3600)
    assert run.stop_requested()
    assert not run.grace_expired()
    run.request_stop(grace=0)
    assert run.grace_expired()


def test_a_damaged_wish_still_stops_the_run(new_run):
    run = new_run()
    (run.folder / "stop.json").write_text("soon")
    assert run.stop_requested()
    with pytest.raises(BadRun, match=r"stop\.json"):
        run.grace_expired()


# --- events


def test_events_come_back_in_order(new_run):
    run = new_run()
    events = tuple(Event("fitting", n, 3, {"loss": 1 / (n + 1)}, time=float(n)) for n in range(3))
    for event in events:
        run.append_event(event)
    assert run.events() == events


def test_a_run_without_events_has_none(new_run):
    assert new_run().events() == ()


def test_a_torn_line_of_events_is_passed_over(new_run):
    run = new_run()
    run.append_event(Event("fitting", 1, 3, {"loss": 0.5}))
    run.append_event(Event("fitting", 2, 3, {"loss": 0.25}))
    path = run.folder / "events.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    assert [event.done for event in run.events()] == [1]


# --- predictions and evaluation


def test_predictions_read_back_as_written(new_run):
    run = new_run()
    run.write_predictions(predictions())
    pd.testing.assert_frame_equal(run.predictions(), predictions(), check_dtype=False)


def test_a_genre_may_be_called_like_a_column(new_run):
    run = new_run()
    run.write_predictions(predictions())
    assert run.predictions()["path"].tolist() == ["a.jpg", "b.jpg"]
    assert run.predictions()[probability_columns(["path"])].to_numpy().ravel().tolist() == [0.75, 0.0]


def unknown_genre(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(genre="polka")


def training_part(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(part="train")


def missing_column(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns="group")


def improbable(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{"p:jazz": 2.0})


def not_a_number(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(**{"p:jazz": np.nan})


@pytest.mark.parametrize("harm", [unknown_genre, training_part, missing_column, improbable, not_a_number])
def test_predictions_that_are_not_of_the_run_are_damage(new_run, harm):
    run = new_run()
    harm(predictions()).to_parquet(run.folder / "predictions.parquet")
    with pytest.raises(BadRun, match=r"predictions\.parquet"):
        run.predictions()


@pytest.mark.parametrize("content", [None, b"", b"PAR1", b"PAR1" + bytes(64) + b"PAR1"])
def test_predictions_that_are_no_table_are_damage(new_run, content):
    run = new_run()
    if content is not None:
        (run.folder / "predictions.parquet").write_bytes(content)
    with pytest.raises(BadRun, match=r"predictions\.parquet"):
        run.predictions()


def test_an_evaluation_reads_back_as_written(new_run):
    run = new_run()
    probabilities = np.tile([[0.9, 0.1], [0.4, 0.6]], (10, 1))
    evaluation = evaluate(np.tile([0, 1], 10), probabilities, run.spec.genres, resamples=20)
    run.write_evaluation(evaluation)
    assert run.evaluation().to_dict() == evaluation.to_dict()


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"accuracy": 1}'])
def test_a_damaged_evaluation_is_named(new_run, content):
    run = new_run()
    if content is not None:
        (run.folder / "evaluation.json").write_bytes(content)
    with pytest.raises(BadRun, match=r"evaluation\.json"):
        run.evaluation()


# --- the model


@pytest.mark.parametrize("state", ["queued", "running", "cancelled", "failed"])
def test_only_a_run_that_is_done_has_a_model(new_run, state):
    run = new_run()
    run.stage_model()
    run.publish_model()
    run.write_status(replace(mine(), state=state))
    with pytest.raises(BadRun, match=f"is {state} and has no model"):
        run.load_model()


def test_a_staged_model_starts_empty_and_takes_its_place_whole(new_run):
    run = new_run()
    (run.stage_model() / "left over.npz").write_text("of an earlier try")
    (run.stage_model() / "head.npz").write_text("weights")
    assert not (run.folder / "model").exists()
    run.publish_model()
    assert [path.name for path in (run.folder / "model").iterdir()] == ["head.npz"]
    assert not (run.folder / "model.partial").exists()
