"""What `benchmarks.scale` measures in processes of their own, on the data set or the run in COVERGENRE_HOME.

python -m benchmarks.scale_process steps|audited|answered|trained METHOD

Prints figures as JSON. Memory "of its own" is what no file is mapped to.
"""

import json
import statistics
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.common import encode, peak_bytes, timed

Figures = dict[str, float]


def steps() -> Figures:
    """Open the data set, and take steps through it."""
    import psutil

    from covergenre.collection.collection import TYPICAL, Collection
    from covergenre.collection.filters import Filters
    from covergenre.collection.sources import dataset_collection
    from covergenre.dataset.registry import open_dataset

    def opened() -> Collection:
        made = dataset_collection(open_dataset("many"))
        made.page(made.find(order=TYPICAL), 0, 24)
        return made

    opening, covers = _taken("collection opened", opened)
    chance = np.random.default_rng(2)
    narrow = Filters(genres=("jazz", "rap"), years=(1970, 2000))
    taken = {
        "first search": lambda: covers.page(covers.find(text="black moon", order=TYPICAL), 0, 24),
        "search": lambda: covers.page(covers.find(text="winter river", order=TYPICAL), 0, 24),
        "filter": lambda: covers.page(covers.find(narrow, order=TYPICAL), 0, 24),
        "page of the gallery": lambda: covers.page(
            covers.find(order=TYPICAL), int(chance.integers(0, len(covers))), 24
        ),
        "neighbours shown": lambda: covers.covers(covers.like(int(chance.integers(0, len(covers))), 24)),
        "neighbours with a filter": lambda: covers.covers(covers.like(5, 24, narrow)),
    }
    waits = {name: [timed(step)[0] for _ in range(1 if "first" in name else 9)] for name, step in taken.items()}
    told = {f"{name}, ms": 1000 * statistics.median(each) for name, each in waits.items()}
    own = psutil.Process().memory_full_info().uss / 1e9
    return {**opening, **told, "memory, GB": peak_bytes() / 1e9, "of its own, GB": own}


def audited() -> Figures:
    """Audit the data set."""
    from covergenre.dataset.registry import open_dataset
    from covergenre.inspection.inspection import inspect_dataset

    dataset = open_dataset("many")
    return _with_own_memory("audit", lambda: inspect_dataset(dataset))[0]


def trained(name: str) -> Figures:
    """Train the method of this name on the data set."""
    from covergenre.dataset.registry import open_dataset
    from covergenre.embedding.recipe import EVEN, Recipe
    from covergenre.methods import TrainSpec
    from covergenre.training.train import evaluate, train

    dataset, spec = open_dataset("many"), TrainSpec(name, recipe=Recipe(limit=EVEN))
    figures, run = _with_own_memory(name, lambda: train(dataset, spec))
    return {**figures, f"{name}, accuracy": evaluate(run).accuracy.value}


def answered() -> Figures:
    """Open the predictor of the run, and have it answer."""
    from covergenre import home
    from covergenre.dataset.starter import open_starter
    from covergenre.images import draw_signature
    from covergenre.predict import Predictor

    pictures = [encode(draw_signature(each, 300), "PNG") for each in open_starter().covers["signature"][:21]]
    opening, predictor = _taken("predictor opened", lambda: Predictor.open(next(home.runs().glob("2*")).name))
    first, _ = _taken("first answer", lambda: predictor.predict(pictures[0]))
    warm = [_taken("warm answer", lambda one=one: predictor.predict(one))[0] for one in pictures[1:]]
    medians = {name: statistics.median(each[name] for each in warm) for name in warm[0]}
    return {**opening, **first, **medians, "memory, GB": peak_bytes() / 1e9}


def _taken(what: str, work: Callable[[], Any]) -> tuple[Figures, Any]:
    """Seconds by the clock and of the processor; the result."""
    before = time.process_time()
    seconds, result = timed(work)
    return {f"{what}, s": seconds, f"{what}, s of the processor": time.process_time() - before}, result


def _with_own_memory(what: str, work: Callable[[], Any]) -> tuple[Figures, Any]:
    """Seconds, and the most memory meanwhile that no file was mapped to; the result."""
    import psutil

    process, ended, seen = psutil.Process(), threading.Event(), [0.0]

    def watch() -> None:
        while not ended.wait(0.02):
            now = process.memory_info()
            seen.append((now.rss - now.shared) / 1e9)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        seconds, result = timed(work)
    finally:
        ended.set()
        watcher.join()
    return {f"{what}, s": seconds, f"{what}, GB of its own": max(seen)}, result


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
