import gc
import os
import threading
import time
import weakref

import pytest

from covergenre import sharing
from covergenre.errors import BadRun
from covergenre.predict import Predictor, open_predictor
from covergenre.sharing import Shared


def test_one_thing_is_opened_for_all(starter):
    opened = []
    shared = Shared(lambda run: opened.append(run) or object())
    assert shared() is shared("starter")
    assert opened == ["starter"]


def test_two_who_ask_at_once_get_the_same(starter):
    shared, found = Shared(lambda run: time.sleep(0.05) or object()), []
    threads = [threading.Thread(target=lambda: found.append(shared())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1


def test_a_starter_that_was_built_again_is_opened_again(starter):
    shared = Shared(lambda run: object())
    before = shared()
    os.utime(starter / "card.json", ns=(1, 1))
    assert shared() is not before


def test_only_those_asked_for_last_are_kept():
    shared = Shared(lambda run: object(), most=2)
    first = shared("a")
    shared("b")
    assert shared("a") is first
    shared("c")
    assert shared("a") is first
    b = shared("b")
    assert shared("b") is b


def test_what_cannot_be_opened_is_tried_again():
    shared = Shared(Predictor.open)
    for _ in "ab":
        with pytest.raises(BadRun):
            shared("20260101-000000-knn-0000")


def test_the_predictor_is_shared(starter):
    assert open_predictor() is open_predictor()


def test_what_is_open_is_left_out_of_garbage_collections_until_it_is_no_longer_kept(monkeypatch):
    monkeypatch.setattr(sharing, "gc", gc)  # which other tests do without

    class Thing:
        def __init__(self):
            self.itself = self  # only a collection can free it

    shared = Shared(lambda run: Thing(), most=1)
    first = weakref.ref(shared("a"))
    assert not any(found is first() for found in gc.get_objects())
    shared("b")
    shared("c")
    assert first() is None
