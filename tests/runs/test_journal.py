import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covergenre.errors import BadDataset, Cancelled
from covergenre.progress import Monitor, Progress
from covergenre.runs.journal import STEPS, Meter, open_journal


class Clock:
    """A clock that goes on when the test says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def step(done: int, total: int = 10) -> Progress:
    return Progress(done, total, "working")


# --- one progress of many


def test_phases_join_into_one_progress():
    meter = Meter()
    meter.enter(0.6)
    meter.update(step(5))
    assert meter.fraction == pytest.approx(0.3)
    meter.update(step(10))
    meter.enter(1.0)
    meter.update(step(5))
    assert meter.fraction == pytest.approx(0.8)


@given(st.lists(st.tuples(st.integers(-3, 12), st.integers(-1, 10)) | st.floats(0, 1)))
def test_the_joined_progress_never_runs_backwards(reports):
    meter, seen = Meter(), [0.0]
    for report in reports:
        if isinstance(report, float):
            meter.enter(max(report, meter.fraction))
        else:
            meter.update(step(*report))
        seen.append(meter.fraction)
    assert seen == sorted(seen)
    assert seen[-1] <= 1.0


def test_the_time_left_follows_the_speed_of_the_phase():
    clock = Clock()
    meter = Meter(clock)
    meter.enter(0.5)
    meter.update(step(0))
    clock.now = 10.0
    meter.update(step(5))
    assert meter.seconds_left() == pytest.approx(30.0)


def test_what_was_done_before_says_nothing_about_speed():
    clock = Clock()
    meter = Meter(clock)
    meter.update(step(8))
    clock.now = 10.0
    meter.update(step(9))
    assert meter.seconds_left() == pytest.approx(10.0)


def test_the_time_left_is_unknown_at_the_start_of_a_phase():
    clock = Clock()
    meter = Meter(clock)
    assert meter.seconds_left() is None
    meter.update(step(1))
    clock.now = 5.0
    meter.update(step(2))
    assert meter.seconds_left() is not None
    meter.enter(1.0)
    assert meter.seconds_left() is None


# --- a run at work and its end


def test_while_it_works_the_status_is_running(new_run):
    run = new_run()
    with open_journal(run):
        assert run.status().state == "running"
        assert run.status().started is not None


def test_a_block_that_ends_well_is_done(new_run):
    run = new_run()
    with open_journal(run) as journal:
        journal.report(step(3))
    assert run.status().state == "done"
    assert (run.status().done, run.status().total) == (STEPS, STEPS)
    assert run.status().what == "working"


def test_reports_are_passed_on_joined(new_run):
    heard = []
    with open_journal(new_run(), Monitor(heard.append)) as journal:
        journal.enter(0.5)
        journal.report(step(10))
        journal.enter(1.0)
        journal.report(step(5))
    assert [(progress.done, progress.total) for progress in heard] == [(STEPS // 2, STEPS), (STEPS * 3 // 4, STEPS)]


def test_figures_become_events(new_run):
    run = new_run()
    with open_journal(run) as journal:
        journal.report(step(1))
        journal.report(Progress(2, 3, "fitting", {"loss": 0.5, "gain": float("nan")}))
    [event] = run.events()
    assert (event.what, event.done, event.total) == ("fitting", 2, 3)
    assert event.metrics == {"loss": 0.5, "gain": None}
    json.loads((run.folder / "events.jsonl").read_text(), parse_constant=pytest.fail)


@pytest.mark.parametrize("error", [Cancelled("stopped on request"), KeyboardInterrupt()])
def test_a_stop_is_cancelled_and_goes_on(new_run, error):
    run = new_run()
    with pytest.raises(type(error)), open_journal(run):
        raise error
    assert run.status().state == "cancelled"


@pytest.mark.parametrize("stop", [Cancelled("stopped on request"), KeyboardInterrupt("stopped on request")])
def test_an_error_that_a_stop_brings_about_is_that_stop(new_run, stop):
    def write():
        try:
            raise stop
        finally:
            raise ValueError("the file is still open, so it can't be closed")

    run = new_run()
    with pytest.raises(ValueError, match="still open"), open_journal(run):
        write()
    assert (run.status().state, run.status().error) == ("cancelled", "stopped on request")


def test_an_error_is_failed_with_one_line_and_the_log_has_the_rest(new_run):
    run = new_run()
    with pytest.raises(ZeroDivisionError), open_journal(run):
        _ = 1 / 0
    assert run.status().state == "failed"
    assert run.status().error == "ZeroDivisionError: division by zero"
    assert "Traceback" in (run.folder / "log.txt").read_text()


def test_an_error_for_the_user_is_told_as_it_is(new_run):
    run = new_run()
    with pytest.raises(BadDataset), open_journal(run):
        raise BadDataset("no covers\nat all")
    assert run.status().error == "no covers at all"


def test_a_block_that_ends_badly_leaves_no_model(new_run):
    run = new_run()

    def work():
        (run.stage_model() / "head.npz").write_text("half")
        _ = 1 / 0

    with pytest.raises(ZeroDivisionError), open_journal(run):
        work()
    assert not list(run.folder.glob("model*"))


def test_the_log_holds_what_the_library_said_meanwhile(new_run):
    run, library = new_run(), logging.getLogger("covergenre.methods")
    with open_journal(run):
        library.info("thirty covers")
    library.info("too late")
    log = (run.folder / "log.txt").read_text()
    assert "thirty covers" in log
    assert "too late" not in log


def test_the_log_is_let_go_at_the_end(new_run):
    before = logging.getLogger("covergenre").level, list(logging.getLogger("covergenre").handlers)
    with open_journal(new_run()):
        pass
    assert (logging.getLogger("covergenre").level, list(logging.getLogger("covergenre").handlers)) == before
