import errno
from types import SimpleNamespace

import pytest
from workers import child_processes, wait_until

from benchmarks.fake_sources import albums
from covergenre.collecting import background, collect
from covergenre.collecting.background import read_status, start, unfinished, wait
from covergenre.collecting.record import Plan
from covergenre.errors import Cancelled, CoverGenreError
from covergenre.progress import Monitor

GENRES = ("jazz", "reggae")


@pytest.fixture
def plan(world):
    for genre in GENRES:
        world.albums[genre] = albums(genre, 30)
    return Plan("mine", GENRES, per_genre=3)


def test_it_is_collected_by_a_process_of_its_own_and_followed(plan):
    start(plan)
    seen = []
    dataset = wait(plan, Monitor(seen.append))
    assert len(dataset.manifest) == 6
    assert seen[-1].total == 6
    assert (read_status(plan).state, unfinished()) == ("done", ())


def test_a_stop_is_obeyed_and_it_can_go_on(world):
    for genre in GENRES:
        world.albums[genre] = albums(genre, 400)
    plan = Plan("mine", GENRES, per_genre=300)
    start(plan)
    wait_until(lambda: len(world.requests) > 3)
    with pytest.raises(CoverGenreError, match="works on mine"):
        start(plan)
    with pytest.raises(Cancelled, match="they are kept"):
        wait(plan, monitor=Monitor(should_stop=lambda: True))
    assert unfinished() == (plan,)
    less = Plan("mine", GENRES, per_genre=1)
    start(less)
    assert len(wait(less).manifest) >= 2


def long_collection(world, name: str) -> Plan:
    """A collection at work that would go on for minutes."""
    for genre in GENRES:
        world.albums[genre] = albums(genre, 400)
    plan = Plan(name, GENRES, per_genre=300)
    start(plan)
    wait_until(lambda: len(world.requests) > 3)
    return plan


def test_a_process_that_has_gone_is_said_to_be_lost(world):
    plan = long_collection(world, "killed")
    for process in child_processes("collect"):
        process.kill()
        process.wait()
    wait_until(lambda: not plan.is_running())
    assert read_status(plan).state == "lost"
    assert unfinished() == (plan,)


def test_a_process_that_is_told_to_end_has_stopped(world):
    plan = long_collection(world, "ended")
    for process in child_processes("collect"):
        process.terminate()
    with pytest.raises(Cancelled, match="they are kept"):
        wait(plan)
    assert unfinished() == (plan,)


def test_a_stop_is_heard_by_a_process_that_has_yet_to_begin(world, plan):
    plan.prepare()
    plan.request_stop()
    with pytest.raises(Cancelled):
        collect.carry_out(plan)
    assert read_status(plan).state == "stopped"
    assert len(collect.collect(plan).dataset.manifest) == 6


def test_what_is_collected_in_the_foreground_has_a_status_too(plan):
    collect.collect(plan)
    assert (read_status(plan).state, unfinished()) == ("done", ())


def test_a_full_disk_is_named_where_the_end_could_not_be_written(plan, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    plan.prepare()
    background._write(plan, background.Status("running"))
    monkeypatch.setattr(background, "_write", full)
    with pytest.raises(OSError, match="No space left"), background.recording(plan, Monitor()):
        pass
    monkeypatch.setattr("shutil.disk_usage", lambda folder: SimpleNamespace(free=0))
    assert read_status(plan).error.startswith("the disk is full: make room, then resume it")


def test_it_is_at_work_until_it_has_said_how_it_ended(plan, monkeypatch):
    plan.prepare()
    seen = []

    def looked_at(real):
        return lambda *given: (seen.append(read_status(plan).state), real(*given))[1]

    monkeypatch.setattr(collect, "register", looked_at(collect.register))
    monkeypatch.setattr(background, "_write", looked_at(background._write))
    collect.collect(plan)
    assert read_status(plan).state == "done"
    assert seen[0] == "lost"  # nothing is written yet
    assert set(seen[1:]) == {"running"}


def test_a_process_that_ends_well_between_two_looks_is_not_lost(plan, monkeypatch):
    plan.prepare()
    background._write(plan, background.Status("running"))

    def ends_meanwhile(plan):
        background._write(plan, background.Status("done"))
        return False

    monkeypatch.setattr(Plan, "is_running", ends_meanwhile)
    assert read_status(plan).state == "done"


def test_a_plan_that_was_never_begun_is_unfinished(plan):
    plan.prepare()
    assert (unfinished(), read_status(plan).state) == ((plan,), "lost")
