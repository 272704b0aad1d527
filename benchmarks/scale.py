"""What grows with the number of covers: hashes, index, collection, and the work of a cluster; 10^4, 10^5, 10^6.

python -m benchmarks.scale hashes index collection answers pages
python -m benchmarks.scale learning --sizes 10000 100000
python -m benchmarks.scale cluster --covers ../shared/covers
python -m benchmarks.scale plot

Each part puts its figures into scale.json, from which `plot` draws docs/scale.png. Covers
are made up (`benchmarks/many.py`); hashes are the starter's with a few to 32 bits turned.
"""

import argparse
import io
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from benchmarks.many import embedded, made_up, phashes, recipe_of_starter, stored

if TYPE_CHECKING:
    from covergenre.cluster.inputs import Item

SIZES = (10_000, 100_000, 1_000_000)
_ASKED = 100
_FIGURES = Path(__file__).resolve().parent / "scale.json"
_PLOT = Path(__file__).resolve().parents[1] / "docs" / "scale.png"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", choices=[*_PARTS, "cluster", "plot"], metavar="PART")
    parser.add_argument("--covers", default="../shared/covers", help="a folder of covers, for cluster")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    options = parser.parse_args()
    for part in options.parts:
        if part == "plot":
            plot()
        elif part == "cluster":
            note(part, 0, cluster(options.covers))
        else:
            for n in options.sizes:
                note(part, n, _PARTS[part](n))


def hashes(n: int) -> dict[str, float]:
    """Near copies among n hashes."""
    from covergenre.dataset.groups import near_duplicates

    codes = phashes(n)
    seconds, pairs = timed(lambda: near_duplicates(codes))
    return {"near copies, s": seconds, "pairs": len(pairs), "memory, GB": peak()}


def index(n: int) -> dict[str, float]:
    """Neighbours of one of n vectors."""
    from covergenre import digests
    from covergenre.embedding.many import ManyIndex, build_index

    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        vectors = made_up(n, Path(folder))
        building, made = timed(lambda: build_index(vectors, Path(folder)))
        digests._digest.cache_clear()  # as a new process would read it
        opening, found = timed(lambda: ManyIndex.open(Path(folder)))
        rows = np.random.default_rng(1).integers(0, n, _ASKED)
        waits = [timed(lambda row=row: found.search(vectors[row][None], 12))[0] for row in rows]
        size = (Path(folder) / "index.faiss").stat().st_size
    return {
        "index made, s": building,
        "opened, s": opening,
        "neighbours, ms": 1000 * statistics.median(waits),
        "neighbours, worst of 100, ms": 1000 * max(waits),
        "recall@12": made.recall,
        "index, GB": size / 1e9,
    }


def collection(n: int) -> dict[str, float]:
    """A data set of n covers opened in a process of its own, and steps through it."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as home:
        stored(n, Path(home))
        return apart("steps()", home)


def steps() -> None:
    """Open the data set of this home and print what opening it and steps through it take.

    Memory "of its own" is what no file is mapped to, which the system takes back as it needs it.
    """
    import psutil

    from covergenre.collection.collection import TYPICAL, Collection
    from covergenre.collection.filters import Filters
    from covergenre.collection.sources import dataset_collection
    from covergenre.dataset.registry import open_dataset

    def opened() -> Collection:
        made = dataset_collection(open_dataset("many"))
        made.page(made.find(order=TYPICAL), 0, 24)
        return made

    before = time.process_time()
    seconds, covers = timed(opened)
    processor = time.process_time() - before
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
    took = {"collection opened, s": seconds, "collection opened, s of the processor": processor}
    print(json.dumps({**took, **told, "memory, GB": peak(), "of its own, GB": own}))


def learning(n: int) -> dict[str, float]:
    """An audit of n covers and heads learned from them, each in a process of its own; all vectors are there."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as home:
        embedded(n, Path(home))
        return {**apart("audited()", home), **apart("trained('logistic')", home), **apart("trained('knn')", home)}


def audited() -> None:
    """Audit the data set of this home; print how long that takes, and the most memory that no file was mapped to."""
    from covergenre.dataset.registry import open_dataset
    from covergenre.inspection.inspection import inspect_dataset

    dataset = open_dataset("many")
    with own_memory() as most:
        seconds, _ = timed(lambda: inspect_dataset(dataset))
    print(json.dumps({"audit, s": seconds, "audit, GB of its own": most()}))


def trained(name: str) -> None:
    """As `audited`, of a run by the method of this name."""
    from covergenre.dataset.registry import open_dataset
    from covergenre.methods import TrainSpec
    from covergenre.training.train import evaluate, train

    dataset, spec = open_dataset("many"), TrainSpec(name, recipe=recipe_of_starter())
    with own_memory() as most:
        seconds, run = timed(lambda: train(dataset, spec))
    right = evaluate(run).accuracy.value
    print(json.dumps({f"{name}, s": seconds, f"{name}, GB of its own": most(), f"{name}, accuracy": right}))


@dataclass(frozen=True)
class Clock:
    """When a cover was come to, s since 1970: a step beside those that are timed."""

    key: str = "clock"

    def __call__(self, cover: object) -> dict[str, float]:  # noqa: ARG002
        """See `Step`."""
        return {"when": time.time()}


def pages(n: int) -> dict[str, float]:
    """The app on n covers in a browser: seconds of the server's processor that each page takes, and its memory."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as home:
        stored(n, Path(home))
        return seen(Path(home))


def seen(home: Path) -> dict[str, float]:
    """As `pages`, of a home that `stored` filled."""
    import psutil

    from benchmarks.pages import arrive, browser, start
    from covergenre.dataset.table import read_manifest
    from covergenre.runs.record import Run

    covers = read_manifest(home / "datasets" / "many" / "manifest.csv")
    path, key = covers["path"].iloc[-7], covers["content_hash"].iloc[-7][:16]
    run = next((home / "runs").glob("2*")).name
    whose = quote(f"many, logistic regression, {Run.open(run).spec.created:%d %b %H:%M}")
    process, address = start(Path(__file__).resolve().parents[1], home)
    server, taken = psutil.Process(process.pid), {}

    def cpu() -> float:
        return sum(server.cpu_times()[:2])

    try:
        with browser() as chromium:
            for name, place in _PLACES.items():
                page = chromium.new_page(viewport={"width": 1280, "height": 900})
                before, began = cpu(), time.perf_counter()
                page.goto(address + place.format(path=path, key=key, run=run, whose=whose))
                arrive(page)
                if "map" in name:
                    page.locator(".js-plotly-plot").wait_for(timeout=120_000)
                page.screenshot(path=home / f"{name}.png")
                taken[f"{name}, s of the server"] = cpu() - before
                taken[f"{name}, s until it is at rest"] = time.perf_counter() - began
                page.close()
        memory = server.memory_full_info()
        return {**taken, "memory of the server, GB": memory.rss / 1e9, "of its own, GB": memory.uss / 1e9}
    finally:
        process.terminate()
        process.wait(20)


def cluster(folder: str) -> dict[str, float]:
    """Scan, vectors, measures and small pictures of covers a second: by one process with one thread, by two, and on
    Ray's nodes of one core. What two processes gain is what this machine's second core is worth."""
    os.environ |= {"OMP_NUM_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    from ray.cluster_utils import Cluster

    from covergenre.cluster.inputs import find_items

    found = find_items(folder)
    items = found[:: max(len(found) // 512, 1)][:512]
    figures = {"one process": rate(items)}
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        figures["two processes"] = sum(pool.map(rate, (items[::2], items[1::2])))
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    for where in ("Ray, one node", "Ray, two nodes"):
        if where == "Ray, two nodes":
            nodes.add_node(num_cpus=1)
        figures[where] = rate(items, f"ray:{nodes.address}")
    nodes.shutdown()
    one = figures["one process"]
    return {
        **{f"covers a second, {where}": value for where, value in figures.items()},
        "times as fast, two processes": figures["two processes"] / one,
        "times as fast, Ray with two nodes": figures["Ray, two nodes"] / one,
        "overhead of Ray": 1 - figures["Ray, one node"] / one,
    }


def rate(items: Sequence["Item"], on: str = "") -> float:
    """Covers a second while the middle half was done: what starts and ends once is left out."""
    from covergenre.cluster import job
    from covergenre.cluster.shards import Shards
    from covergenre.cluster.steps import Embed, Look, Measure, Shrink
    from covergenre.embedding.recipe import Recipe

    steps = [Clock(), Look(), Measure(), Shrink(), Embed(Recipe(limit=150))]
    with tempfile.TemporaryDirectory(dir=Path.home()) as out:
        job.run(items, steps, out, on)
        whens = [when for table in Shards(out, steps).tables(["when"]) for when in table["when"].to_pylist()]
    first, last = np.sort([when for when in whens if when])[[len(whens) // 4, 3 * len(whens) // 4]]
    return len(whens) / 2 / (last - first)


def timed(do: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    made = do()
    return time.perf_counter() - started, made


def answers(n: int) -> dict[str, float]:
    """Predict with a run whose data set has n covers."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as home:
        stored(n, Path(home))
        return apart("answered()", home)


def answered() -> None:
    """Open the predictor of this home's run and print what that and its answers take, of the processor too."""
    from covergenre import home
    from covergenre.dataset.starter import open_starter
    from covergenre.images import draw_signature
    from covergenre.predict import Predictor

    def taken(what: str, do: Callable[[], Any]) -> tuple[dict[str, float], Any]:
        before = time.process_time()
        seconds, made = timed(do)
        return {f"{what}, s": seconds, f"{what}, s of the processor": time.process_time() - before}, made

    pictures = []
    for signature in open_starter().covers["signature"][:21]:
        draw_signature(signature, 300).save(drawn := io.BytesIO(), "PNG")
        pictures.append(drawn.getvalue())
    opening, predictor = taken("predictor opened", lambda: Predictor.open(next(home.runs().glob("2*")).name))
    first, _ = taken("first answer", lambda: predictor.predict(pictures[0]))
    warm = [taken("warm answer", lambda one=one: predictor.predict(one))[0] for one in pictures[1:]]
    medians = {name: statistics.median(each[name] for each in warm) for name in warm[0]}
    print(json.dumps({**opening, **first, **medians, "memory, GB": peak()}))


def apart(call: str, home: str) -> dict[str, float]:
    """What a call of this module prints last, in a process that knows this home only."""
    command = (sys.executable, "-c", f"from benchmarks.scale import *; {call}")
    told = {**os.environ, "COVERGENRE_HOME": home}
    said = subprocess.run(command, env=told, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(said.stdout.splitlines()[-1])


@contextmanager
def own_memory() -> Iterator[Callable[[], float]]:
    """Tells, at its end, the most memory in GB that this process had meanwhile and that no file was mapped to."""
    import psutil

    process, ended, seen = psutil.Process(), threading.Event(), [0.0]

    def watch() -> None:
        while not ended.wait(0.02):
            now = process.memory_info()
            seen.append((now.rss - now.shared) / 1e9)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: max(seen)
    finally:
        ended.set()
        watcher.join()


def peak() -> float:
    """The most memory that this process has had, in GB; what it mapped from files counts where it was looked at."""
    status = Path("/proc/self/status").read_text()  # ru_maxrss begins with the peak of the process that began this one
    return int(re.search(r"VmHWM:\s*(\d+) kB", status)[1]) * 1024 / 1e9


def note(part: str, n: int, figures: dict[str, float]) -> None:
    known = json.loads(_FIGURES.read_text()) if _FIGURES.exists() else {}
    rounded = {name: float(f"{value:.3g}") for name, value in figures.items()}
    known.setdefault(part, {})[str(n)] = rounded
    _FIGURES.write_text(json.dumps(known, indent=1) + "\n")
    print(f"{part}, {n:,}:" if n else f"{part}:")
    for name, value in rounded.items():
        print(f"  {name:32}{value:>12,}")


def plot() -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    known = json.loads(_FIGURES.read_text())
    lines = (("hashes", "near copies, s"), ("index", "index made, s"), ("collection", "collection opened, s"))
    table = pd.DataFrame({name: {int(n): each[name] for n, each in known[part].items()} for part, name in lines})
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    table.sort_index().rename(columns=lambda name: name.removesuffix(", s")).plot(
        ax=axes, logx=True, logy=True, marker="o"
    )
    axes.plot(SIZES, [table.loc[SIZES[0]].median() * n / SIZES[0] for n in SIZES], "--", color="grey", label="linear")
    axes.set(xlabel="covers", ylabel="seconds", title="Cost as work grows")
    axes.legend()
    _PLOT.parent.mkdir(exist_ok=True)
    figure.savefig(_PLOT, dpi=110)


_PLACES = {
    "Explore": "/explore?data=many",
    "Explore, gallery": "/explore?data=many&see=Gallery",
    "Explore, a far page": "/explore?data=many&see=Gallery&sheet=9000",
    "Explore, a filter": "/explore?data=many&see=Gallery&from_genre=jazz",
    "Explore, a search": "/explore?data=many&see=Gallery&words=winter+river",
    "Explore, a cover": "/explore?data=many&see=Gallery&open={path}",
    "Explore, map": "/explore?data=many&see=Map",
    "Explore, map again": "/explore?data=many&see=Map",
    "Browse": "/browse?of={whose}",
    "Browse, a far page": "/browse?of={whose}&leaf=9000",
    "Browse, a filter": "/browse?of={whose}&genre=jazz",
    "Browse, a search": "/browse?of={whose}&find=winter+river",
    "Browse, a cover": "/browse?of={whose}&cover={key}",
    "Browse, map": "/browse?of={whose}&view=Map",
    "Compare": "/compare?run={run}",
    "Compare again": "/compare?run={run}",
}
_PARTS = {
    "hashes": hashes,
    "index": index,
    "collection": collection,
    "answers": answers,
    "learning": learning,
    "pages": pages,
}

if __name__ == "__main__":
    main()
