import time

import pytest
from workers import is_idle, state, wait_until

from covergenre import worker
from covergenre.errors import BadRun
from covergenre.methods import TrainSpec
from covergenre.methods.base import FINISH_FILE
from covergenre.runs import launch
from covergenre.training.train import prepare

pytestmark = pytest.mark.usefixtures("kill_leftover_processes")


def test_a_run_that_is_done_is_not_resumed(prepare_quick_run):
    run = prepare_quick_run()
    run.write_status(launch.Status("done"))
    with pytest.raises(BadRun, match="is done"):
        launch.resume(run.id)


def test_a_resumed_run_starts_clean(prepare_quick_run):
    run = prepare_quick_run()
    run.write_status(launch.Status("failed", error="the disk was full"))
    run.request_stop(0)
    (run.folder / "events.jsonl").write_text("{}")
    with launch.turn_lock():
        launch.resume(run.id)
        kept = {path.name for path in run.folder.iterdir()}
        assert kept == {"background.json", "notes.json", "run.json", "status.json"}
        assert (state(run), run.status().error) == ("queued", "")
    wait_until(is_idle)
    assert state(run) == "done"


def test_a_killed_run_goes_on_from_its_checkpoint(dataset, recipe):
    run = prepare(dataset, TrainSpec("boosting", {"trees": 30_000, "learning_rate": 0.01}, recipe=recipe))
    launch.start(run)
    wait_until(lambda: (run.checkpoint / "snapshot").exists())
    run.process().kill()
    wait_until(lambda: state(run) == "lost" and is_idle())
    before = len(run.events())
    launch.resume(run.id)
    wait_until(lambda: any(event.what == "trees" for event in run.events()[before:]))
    assert next(event for event in run.events()[before:] if event.what == "trees").done > 1
    launch.cancel(run.id)
    wait_until(is_idle)
    assert state(run) == "cancelled"


def test_a_run_resumed_before_its_last_process_was_accounted_for_waits_on(prepare_quick_run):
    run = prepare_quick_run()
    run.write_status(launch.Status("queued"))
    worker._record_end(run, -9, time.time() - 10)
    assert state(run) == "queued"
    worker._record_end(run, -9, time.time() + 10)
    assert state(run) == "failed"


def test_a_run_makes_do_with_what_it_has_learned(dataset, recipe):
    run = prepare(dataset, TrainSpec("boosting", {"trees": 30_000, "learning_rate": 0.01}, recipe=recipe))
    launch.start(run)
    wait_until(lambda: (run.checkpoint / "snapshot").exists())
    launch.finish(run.id)
    wait_until(is_idle)
    assert state(run) == "done"
    assert 0 < run.load_model().choices["trees"] < 30_000


def test_a_cancelled_run_is_taken_up_again_to_make_do(prepare_quick_run):
    run = prepare_quick_run()
    run.checkpoint.mkdir()
    run.write_status(launch.Status("cancelled"))
    with launch.turn_lock():
        launch.finish(run.id)
        assert (state(run), (run.checkpoint / FINISH_FILE).exists()) == ("queued", True)
        launch.resume(run.id)
        assert not (run.checkpoint / FINISH_FILE).exists()
    wait_until(is_idle)


def test_a_run_that_has_learned_nothing_cannot_make_do(prepare_quick_run):
    run = prepare_quick_run()
    with pytest.raises(BadRun, match="queued and has learned nothing"):
        launch.finish(run.id)
    run.write_status(launch.Status("failed"))
    with pytest.raises(BadRun, match="failed and has learned nothing"):
        launch.finish(run.id)


def test_what_a_killed_process_needed_for_a_while_goes_with_the_next_try(prepare_quick_run, backbone_lock):
    run = prepare_quick_run()
    launch.start(run)
    wait_until(lambda: state(run) == "running")
    assert run.temporary.is_dir()
    run.process().kill()
    wait_until(lambda: state(run) == "lost" and is_idle())
    backbone_lock.release()
    launch.resume(run.id)
    wait_until(is_idle)
    assert state(run) == "done"
    assert not run.temporary.exists()
