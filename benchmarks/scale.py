"""Costs that grow with the number of covers, from 10^4 to 10^6: hashes, index, collection, pages, and a cluster.

python -m benchmarks.scale hashes index collection answers pages
python -m benchmarks.scale learning --sizes 10000 100000
python -m benchmarks.scale cluster --covers ../shared/covers
python -m benchmarks.scale plot

Each part puts its figures into scale.json, from which `plot` draws docs/scale.png. Covers are synthetic
(`benchmarks/synthetic.py`).
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pandas as pd

from benchmarks.common import command_line, peak_bytes, timed
from benchmarks.pages import arrive, browser, start
from benchmarks.synthetic import RECIPE, draw_hashes, draw_vectors, write_embedded, write_with_run
from covergenre import digests
from covergenre.cluster import job
from covergenre.cluster.inputs import Item, find_items
from covergenre.cluster.shards import Shards
from covergenre.cluster.steps import OpenedCover, Step, look, measures, thumbnails, vectors
from covergenre.dataset.groups import near_duplicates
from covergenre.dataset.table import read_manifest
from covergenre.embedding.index import IVFIndex, build_index
from covergenre.runs.record import Run

Figures = dict[str, float]

SIZES = (10_000, 100_000, 1_000_000)
_ASKED = 100
_FIGURES = Path(__file__).resolve().parent / "scale.json"
_PLOT = Path(__file__).resolve().parents[1] / "docs" / "scale.png"


def main() -> None:
    parser = command_line(__doc__)
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


def hashes(n: int) -> Figures:
    """Near copies among n hashes."""
    codes = draw_hashes(n)
    seconds, pairs = timed(lambda: near_duplicates(codes))
    return {"near copies, s": seconds, "pairs": len(pairs), "memory, GB": peak_bytes() / 1e9}


def index(n: int) -> Figures:
    """Neighbours of one of n vectors."""
    with _folder() as folder:
        vectors = draw_vectors(n, folder)
        building, made = timed(lambda: build_index(vectors, folder))
        digests._digest.cache_clear()  # as a new process would read it
        opening, found = timed(lambda: IVFIndex.open(folder))
        rows = np.random.default_rng(1).integers(0, n, _ASKED)
        waits = [timed(lambda row=row: found.search(vectors[row][None], 12))[0] for row in rows]
        size = (folder / "index.faiss").stat().st_size
    return {
        "index made, s": building,
        "opened, s": opening,
        "neighbours, ms": 1000 * statistics.median(waits),
        "neighbours, worst of 100, ms": 1000 * max(waits),
        "recall@12": made.recall,
        "index, GB": size / 1e9,
    }


def collection(n: int) -> Figures:
    """A data set of n covers opened, and steps through it."""
    with _folder() as home:
        write_with_run(n, home)
        return _apart(home, "steps")


def answers(n: int) -> Figures:
    """Predict with a run whose data set has n covers."""
    with _folder() as home:
        write_with_run(n, home)
        return _apart(home, "answered")


def learning(n: int) -> Figures:
    """An audit of n covers whose vectors are there, and heads learned from them, each in a process of its own."""
    with _folder() as home:
        write_embedded(n, home)
        return {**_apart(home, "audited"), **_apart(home, "trained", "logistic"), **_apart(home, "trained", "knn")}


def pages(n: int) -> Figures:
    """The app on n covers in a browser: seconds of the server's processor that each page takes, and its memory."""
    with _folder() as home:
        write_with_run(n, home)
        return _seen(home)


def _seen(home: Path) -> Figures:
    import psutil

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


def cluster(folder: str) -> Figures:
    """Scan, vectors, measures and small pictures of covers a second: by one process with one thread, by two, and on
    Ray's nodes of one core. What two processes gain is what this machine's second core is worth."""
    os.environ |= {"OMP_NUM_THREADS": "1", "RAY_USAGE_STATS_ENABLED": "0"}
    from ray.cluster_utils import Cluster

    found = find_items(folder)
    items = found[:: max(len(found) // 512, 1)][:512]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        figures = {"one process": pool.submit(rate, items).result()}
        figures["two processes"] = sum(pool.map(rate, (items[::2], items[1::2])))
    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    figures["Ray, one node"] = rate(items, f"ray:{nodes.address}")
    nodes.add_node(num_cpus=1)
    figures["Ray, two nodes"] = rate(items, f"ray:{nodes.address}")
    nodes.shutdown()
    one = figures["one process"]
    return {
        **{f"covers a second, {where}": value for where, value in figures.items()},
        "times as fast, two processes": figures["two processes"] / one,
        "times as fast, Ray with two nodes": figures["Ray, two nodes"] / one,
        "overhead of Ray": 1 - figures["Ray, one node"] / one,
    }


def rate(items: Sequence[Item], on: str = "") -> float:
    """Covers a second while the middle half was done: what starts and ends once is left out."""
    steps = [Step("clock", _clock), look(), measures(), thumbnails(), vectors(RECIPE)]
    with _folder() as out:
        job.run(items, steps, str(out), on)
        whens = [when for table in Shards(str(out), steps).tables(["when"]) for when in table["when"].to_pylist()]
    first, last = np.sort([when for when in whens if when])[[len(whens) // 4, 3 * len(whens) // 4]]
    return len(whens) / 2 / (last - first)


def _clock(cover: OpenedCover) -> Figures:  # noqa: ARG001
    """When a cover was started, s since 1970."""
    return {"when": time.time()}


def note(part: str, n: int, figures: Figures) -> None:
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


@contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder on the disk, which /tmp may not be."""
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        yield Path(folder)


def _apart(home: Path, *measure: str) -> Figures:
    """Figures of `benchmarks.scale_process`, in a process that knows this home only."""
    command = (sys.executable, "-m", "benchmarks.scale_process", *measure)
    environment = {**os.environ, "COVERGENRE_HOME": str(home)}
    said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(said.stdout.splitlines()[-1])


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
