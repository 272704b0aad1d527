import gc
import os
import threading
import time
import weakref

import pytest

from covergenre.collection import run_cache
from covergenre.collection.run_cache import RunCache
from covergenre.errors import BadRun
from covergenre.methods import TrainSpec
from covergenre.predict import Predictor, open_predictor
from covergenre.training.train import prepare


def test_a_run_is_opened_once(starter):
    opened = []
    cache = RunCache(lambda run: opened.append(run) or object())
    assert cache() is cache("starter")
    assert opened == ["starter"]


def test_concurrent_callers_get_the_same_object(starter):
    cache, found = RunCache(lambda run: time.sleep(0.05) or object()), []
    threads = [threading.Thread(target=lambda: found.append(cache())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, found))) == 1


def test_a_rebuilt_starter_is_opened_again(starter):
    cache = RunCache(lambda run: object())
    before = cache()
    os.utime(starter / "card.json", ns=(1, 1))
    assert cache() is not before


def test_a_run_whose_data_set_has_changed_is_opened_again(dataset, recipe):
    run, cache = prepare(dataset, TrainSpec("knn", recipe=recipe)), RunCache(lambda run: object())
    before = cache(run.id)
    assert cache(run.id) is before
    os.utime(dataset.folder / "manifest.csv", ns=(1, 1))
    assert cache(run.id) is not before


def test_the_least_recently_used_is_dropped():
    cache = RunCache(lambda run: object(), size=2)
    first = cache("a")
    cache("b")
    assert cache("a") is first
    cache("c")
    assert cache("a") is first
    b = cache("b")
    assert cache("b") is b


def test_a_failure_is_not_cached():
    cache = RunCache(Predictor.open)
    for _ in "ab":
        with pytest.raises(BadRun):
            cache("20260101-000000-knn-0000")


def test_the_predictor_is_shared(starter):
    assert open_predictor() is open_predictor()


def test_open_objects_are_excluded_from_garbage_collection_until_dropped(monkeypatch):
    monkeypatch.setattr(run_cache, "gc", gc)  # which other tests do without

    class Thing:
        def __init__(self):
            self.itself = self  # only a collection can free it

    cache = RunCache(lambda run: Thing(), size=1)
    first = weakref.ref(cache("a"))
    assert not any(found is first() for found in gc.get_objects())
    cache("b")
    cache("c")
    assert first() is None
