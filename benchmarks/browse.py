"""How long a step through the covers takes: of the starter, and of 5,000 and 100,000 made up.

python -m benchmarks.browse

A step is what one click costs: the covers most like one, with a filter or of other genres only, a search, a
random cover, all as `Neighbour`s ready to show. Vectors are drawn at random, as wide as those of the starter; every
cover has an artist, an album and a year, and signatures are those of the starter.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from covergenre.collection.collection import TYPICAL, Collection
from covergenre.collection.filters import Filters
from covergenre.collection.map import quick_map
from covergenre.collection.portraits import portrait
from covergenre.dataset.starter import COLUMNS, GENRES, Starter, open_starter

_SHOWN = 24
_BUDGETS = {5_000: 0.4, 100_000: 1.0}
_WORDS = ("night", "blue", "road", "fire", "moon", "river", "gold", "heart", "black", "winter", "love", "ghost", "city")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=15, help="how often each step is taken (default 15)")
    times = parser.parse_args().times
    starter = open_starter()
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; ms, median and worst of {times}")
    _measure("the starter", lambda: Collection(starter.covers, starter.vectors), times, _BUDGETS[5_000])
    for n, budget in _BUDGETS.items():
        covers, vectors = _made_up(starter, n)
        _measure(f"{n:,} made up", lambda covers=covers, vectors=vectors: Collection(covers, vectors), times, budget)


def _measure(what: str, make: Callable[[], Collection], times: int, budget: float) -> None:
    started = time.perf_counter()
    collection = make()
    collection.typicality  # noqa: B018 (what is worked out once belongs to opening)
    opening = time.perf_counter() - started
    print(f"\n{what}: {len(collection):,} covers, opened in {opening:.2f} s; budget of a step {1000 * budget:.0f} ms")
    for name, step in _steps(collection).items():
        seconds = [_seconds(step) for _ in range(times)]
        verdict = "" if max(seconds) < budget or name.startswith("once") else "  OVER"
        print(f"  {name:44}{1000 * statistics.median(seconds):8.1f}{1000 * max(seconds):8.1f}{verdict}")


def _steps(collection: Collection) -> Mapping[str, Callable[[], object]]:
    rng = np.random.default_rng(0)
    narrow = Filters(genres=collection.genres[:2], sources=collection.sources[:1], years=(1970, 2000))

    def row() -> int:
        return collection.any(rng)

    def shown(near: list[tuple[int, float]]) -> list:
        return [collection.cover(row, similarity) for row, similarity in near]

    return {
        "the most similar": lambda: shown(collection.like(row(), _SHOWN)),
        "the least similar": lambda: shown(collection.like(row(), _SHOWN, most=False)),
        "of other genres only": lambda: shown(collection.like(row(), _SHOWN, among="other")),
        "with three filters": lambda: shown(collection.like(row(), _SHOWN, narrow)),
        "a search": lambda: shown([(row, 1.0) for row in collection.find(text="black moon", order=TYPICAL)[:_SHOWN]]),
        "a random cover": lambda: collection.cover(row()),
        "once a genre: its portrait": lambda: portrait(collection, collection.genres[0]),
        "once: the quick map": lambda: quick_map(collection.vectors),
    }


def _seconds(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def _made_up(starter: Starter, n: int) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(0)
    genres = rng.choice(GENRES, n)
    centres = rng.normal(size=(len(GENRES), starter.vectors.shape[1]))
    vectors = centres[np.searchsorted(GENRES, genres)] + 2 * rng.normal(size=(n, centres.shape[1]))
    names = [" ".join(rng.choice(_WORDS, 4)) for _ in range(n)]
    covers = pd.DataFrame(
        {
            "source": rng.choice(["discogs", "spotify"], n),
            "id": [str(row) for row in range(n)],
            "genre": genres,
            "part": rng.choice(["train", "validation", "test"], n),
            "artist": names,
            "album": names[::-1],
            "year": rng.integers(1950, 2026, n),
            "content_hash": [f"{row:016x}{0:016x}" for row in range(n)],
            "phash": [f"{number:016x}" for number in rng.integers(0, 2**63, n)],
            "signature": starter.covers["signature"].to_numpy()[rng.integers(0, len(starter.covers), n)],
        }
    )
    return covers.reindex(columns=list(COLUMNS), fill_value=""), vectors


if __name__ == "__main__":
    main()
