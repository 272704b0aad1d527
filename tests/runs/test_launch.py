import errno
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import pairwise

import psutil
import pytest
from workers import QUICK_PARAMETERS, TIMEOUT, child_processes, is_idle, state, wait_until

from covergenre import home, worker
from covergenre.dataset.registry import remove
from covergenre.errors import BadRun, Cancelled
from covergenre.methods import TrainSpec
from covergenre.progress import Monitor
from covergenre.runs import launch
from covergenre.runs.record import Run, list_runs
from covergenre.training.train import train

pytestmark = pytest.mark.usefixtures("kill_leftover_processes")


def never_two_at_once(runs: list[Run]) -> bool:
    spans = sorted((run.status().started, run.status().updated) for run in runs)
    return all(end <= start for (_, end), (start, _) in pairwise(spans))


# --- at work


def test_a_run_is_executed_in_a_process_of_its_own(prepare_quick_run):
    run = prepare_quick_run()
    launch.start(run)
    wait_until(lambda: state(run) == "done")
    assert run.status().pid != os.getpid()
    assert run.load_model().choices["k"] == 3
    wait_until(is_idle)


def test_what_waits_is_shown_moved_and_taken_out(prepare_quick_run, backbone_lock):
    runs = [prepare_quick_run() for _ in range(4)]
    for run in runs:
        launch.start(run)
    wait_until(lambda: state(runs[0]) == "running")
    assert launch.queued_runs() == tuple(runs[1:])
    launch.move(runs[3].id, 0)
    assert launch.queued_runs() == (runs[3], runs[1], runs[2])
    launch.cancel(runs[1].id)
    assert launch.queued_runs() == (runs[3], runs[2])
    backbone_lock.release()
    wait_until(is_idle)
    assert [state(run) for run in runs] == ["done", "cancelled", "done", "done"]
    assert runs[3].status().started < runs[2].status().started
    assert never_two_at_once([runs[0], runs[2], runs[3]])


def test_what_a_run_takes_is_known_while_it_is_at_work(prepare_quick_run, backbone_lock):
    run = prepare_quick_run()
    assert run.usage() is None
    launch.start(run)
    wait_until(lambda: state(run) == "running")
    assert run.usage().memory > 1_000_000
    assert run.usage().cores > 0
    backbone_lock.release()
    wait_until(is_idle)
    assert run.usage() is None


# --- cancelled


def test_a_run_that_hears_it_stops_by_itself(prepare_quick_run, backbone_lock):
    first, second = prepare_quick_run(), prepare_quick_run()
    launch.start(first)
    launch.start(second)
    wait_until(lambda: state(first) == "running")
    launch.cancel(first.id, grace=TIMEOUT)
    assert state(first) == "running"
    backbone_lock.release()
    wait_until(is_idle)
    assert state(first) == "cancelled"
    assert not list(first.folder.glob("model*"))
    assert state(second) == "done"


def test_a_run_that_does_not_hear_it_is_ended_when_grace_is_over(prepare_quick_run, backbone_lock):
    run = prepare_quick_run()
    launch.start(run)
    wait_until(lambda: state(run) == "running")
    launch.cancel(run.id, grace=0.1)
    wait_until(is_idle)
    assert state(run) == "cancelled"
    assert "busy when asked to stop" in run.status().error


def test_a_process_that_hears_nothing_at_all_is_killed(prepare_quick_run, backbone_lock):
    run = prepare_quick_run()
    launch.start(run)
    wait_until(lambda: state(run) == "running")
    run.process().suspend()
    launch.cancel(run.id, grace=0)
    assert state(run) == "cancelled"
    wait_until(is_idle)


def test_a_killed_process_that_the_system_is_slow_to_clear_away_is_not_waited_for(
    prepare_quick_run, backbone_lock, monkeypatch
):
    run = prepare_quick_run()
    launch.start(run)
    wait_until(lambda: state(run) == "running")
    process = run.process()
    monkeypatch.setattr(psutil.Process, "kill", lambda self: None)
    process.suspend()  # hears no signal but the one that is not sent
    launch.cancel(run.id, grace=0)
    assert state(run) == "cancelled"
    monkeypatch.undo()
    process.kill()
    wait_until(is_idle)
    assert state(run) == "cancelled"


def test_a_run_that_the_worker_records_as_lost_as_it_is_ended_is_cancelled(prepare_quick_run):
    run = prepare_quick_run()
    run.write_status(launch.Status("running"))
    with ThreadPoolExecutor(1) as pool, launch.queue_lock():
        seen = run.status()
        ended = pool.submit(launch.terminate, run)
        wait([ended], 0.2)
        run.write_status(replace(seen, error="Its process was ended by SIGTERM."))
    assert state(run) == "cancelled"


def test_a_run_cancelled_before_it_began_is_never_executed(prepare_quick_run):
    run = prepare_quick_run()
    with launch.turn_lock():
        launch.start(run)
        wait_until(lambda: child_processes(run.id))
        launch.cancel(run.id)
        assert state(run) == "cancelled"
    wait_until(is_idle)
    assert state(run) == "cancelled"
    assert run.status().started is None


def test_a_run_in_the_foreground_can_be_cancelled_from_elsewhere(dataset, recipe):
    def report(progress):
        if progress.what == "embedding covers" and not list_runs()[0].stop_requested():
            launch.cancel(list_runs()[0].id, grace=0)

    with pytest.raises(Cancelled):
        train(dataset, TrainSpec("knn", QUICK_PARAMETERS, recipe=recipe), monitor=Monitor(report))
    assert state(list_runs()[0]) == "cancelled"


@pytest.mark.parametrize("end", ["done", "cancelled"])
def test_a_run_that_has_ended_cannot_be_cancelled(prepare_quick_run, end):
    run = prepare_quick_run()
    run.write_status(launch.Status(end))
    with pytest.raises(BadRun, match=f"is {end}: there is nothing to cancel"):
        launch.cancel(run.id)


# --- killed


def test_a_run_whose_end_cannot_be_written_down_is_not_tried_again_and_again(prepare_quick_run, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    run, begun = prepare_quick_run(), []
    monkeypatch.setattr(launch, "ensure_worker", lambda: None)
    launch.start(run)
    monkeypatch.setattr(worker, "worker_command", lambda run_id: (begun.append(run_id), ["false"])[1])
    monkeypatch.setattr(Run, "write_status", full)
    worker.work()
    assert (begun, launch.queued_runs()) == ([run.id], (run,))


def test_a_killed_run_is_lost_the_queue_goes_on_and_it_can_be_resumed(prepare_quick_run, backbone_lock):
    first, second = prepare_quick_run(), prepare_quick_run()
    launch.start(first)
    launch.start(second)
    wait_until(lambda: state(first) == "running")
    first.process().kill()
    wait_until(lambda: state(second) == "running")
    assert state(first) == "lost"
    assert "SIGKILL" in first.status().error
    backbone_lock.release()
    launch.resume(first.id)
    wait_until(is_idle)
    assert [state(first), state(second)] == ["done", "done"]
    assert first.predictions().equals(second.predictions())


def test_a_process_that_ends_before_its_run_began_fails_the_run(prepare_quick_run):
    run = prepare_quick_run()
    with launch.turn_lock():
        launch.start(run)
        wait_until(lambda: child_processes(run.id))
        child_processes(run.id)[0].kill()
        wait_until(is_idle)
    assert state(run) == "failed"
    assert "SIGKILL" in run.status().error


def test_when_the_worker_is_killed_the_run_goes_on_and_the_next_waits_for_its_turn(prepare_quick_run, backbone_lock):
    first, second = prepare_quick_run(), prepare_quick_run()
    launch.start(first)
    launch.start(second)
    wait_until(lambda: state(first) == "running")
    parent = first.process().parent()
    parent.kill()
    parent.wait()
    launch.ensure_worker()
    wait_until(lambda: child_processes(second.id))
    assert [state(first), state(second)] == ["running", "queued"]
    backbone_lock.release()
    wait_until(lambda: [state(first), state(second)] == ["done", "done"])
    assert never_two_at_once([first, second])


SERVER = """
import sys, time
from covergenre.runs import launch
from covergenre.runs.record import Run

for run_id in sys.argv[1:]:
    launch.start(Run.open(run_id))
print("started", flush=True)
time.sleep(600)
"""


def server(*runs: Run) -> subprocess.Popen:
    """A process that starts these runs and stays, in a session of its own as a terminal's would be."""
    return subprocess.Popen(
        [sys.executable, "-c", SERVER, *(run.id for run in runs)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_runs_outlive_the_server_that_started_them(prepare_quick_run, backbone_lock):
    first, second = prepare_quick_run(), prepare_quick_run()
    started = server(first, second)
    assert started.stdout.readline() == "started\n"
    wait_until(lambda: state(first) == "running")
    os.killpg(started.pid, signal.SIGKILL)
    started.communicate()
    assert state(first) == "running"
    backbone_lock.release()
    wait_until(lambda: [state(first), state(second)] == ["done", "done"])


def test_two_servers_share_one_queue(prepare_quick_run):
    runs = [prepare_quick_run() for _ in range(4)]
    servers = [server(*runs[::2]), server(*runs[1::2])]
    for started in servers:
        assert started.stdout.readline() == "started\n"
    wait_until(lambda: {state(run) for run in runs} == {"done"})
    for started in servers:
        started.kill()
        started.communicate()
    assert never_two_at_once(runs)


# --- started, deleted


def test_only_a_queued_run_is_started(prepare_quick_run):
    run = prepare_quick_run()
    run.write_status(launch.Status("done"))
    with pytest.raises(BadRun, match="is done and can't be started"):
        launch.start(run)


def test_a_run_of_a_data_set_that_is_gone_fails_and_says_so(prepare_quick_run):
    run = prepare_quick_run()
    remove("drawn")
    launch.start(run)
    wait_until(is_idle)
    assert state(run) == "failed"
    assert "drawn" in run.status().error


def test_a_deleted_run_is_gone_and_waits_no_more(prepare_quick_run, backbone_lock):
    first, second = prepare_quick_run(), prepare_quick_run()
    launch.start(first)
    launch.start(second)
    wait_until(lambda: state(first) == "running")
    with pytest.raises(BadRun, match="is running: cancel it first"):
        launch.delete(first.id)
    launch.delete(second.id)
    assert launch.queued_runs() == ()
    backbone_lock.release()
    wait_until(is_idle)
    launch.delete(first.id)
    assert list_runs() == ()
    assert not [path for path in home.runs().iterdir() if path.is_dir()]


def test_what_a_killed_process_had_yet_to_delete_goes_with_the_next_run(prepare_quick_run):
    (home.runs() / ".deleted-before").mkdir(parents=True)
    launch.delete(prepare_quick_run().id)
    assert not list(home.runs().glob(".deleted-*"))


def test_a_damaged_run_can_be_deleted_too(prepare_quick_run):
    run = prepare_quick_run()
    (run.folder / "run.json").write_text("{")
    launch.delete(run.id)
    assert not run.folder.exists()


@pytest.mark.parametrize("change", [launch.cancel, launch.resume, launch.delete, lambda run_id: launch.move(run_id, 0)])
def test_a_run_that_is_not_there_is_named(change):
    with pytest.raises(BadRun, match="nobody"):
        change("nobody")


@pytest.mark.parametrize("content", ["", "{", "3", json.dumps([3, "nobody"])])
def test_a_damaged_queue_is_an_empty_one(prepare_quick_run, content, monkeypatch):
    monkeypatch.setattr(launch, "ensure_worker", lambda: None)
    home.runs().mkdir(exist_ok=True)
    (home.runs() / "queue.json").write_text(content)
    assert launch.queued_runs() == ()
    run = prepare_quick_run()
    launch.start(run)
    assert launch.queued_runs() == (run,)
