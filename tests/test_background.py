from threading import Timer

from filelock import FileLock

from covergenre import background
from covergenre.background import is_held


def test_a_lock_is_held_as_long_as_its_holder_works(tmp_path):
    with FileLock(tmp_path / ".lock"):
        assert is_held(tmp_path / ".lock")
    assert not is_held(tmp_path / ".lock")


def test_two_processes_that_look_at_once_do_not_take_each_other_for_the_one_at_work(tmp_path, monkeypatch):
    monkeypatch.setattr(background, "_LOOK_SECONDS", 60.0)
    looking = FileLock(tmp_path / ".lock", thread_local=False)
    looking.acquire()
    Timer(0.1, looking.release).start()
    assert not is_held(tmp_path / ".lock")


def test_looking_for_a_process_leaves_nothing_behind(tmp_path):
    assert not is_held(tmp_path / "nobody" / ".lock")
    assert not list(tmp_path.iterdir())
