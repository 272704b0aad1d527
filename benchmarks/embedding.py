"""How fast covers become vectors, end to end from JPEG files: our engine against the plain way, with one backbone.

python -m benchmarks.embedding ../shared/covers --covers 300

The plain way is a loop over the covers with torch as it comes: eager, one image at a time, gradients on. Both ways take
the same covers in alternating chunks, so that whatever else the machine does slows both alike; each has a process of
its own, so that its peak memory is its own. Neither opening the backbone nor a first warm chunk is counted.

On a busy machine the whole is unfair to torch, whose threads wait for one another; the fastest chunk of each way tells
what an idle one would say.
"""

import argparse
import functools
import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from covergenre import images
from covergenre.dataset.registry import open_dataset, register
from covergenre.embedding.backbones import get_backbone
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.engine import Engine, engine_for
from covergenre.embedding.recipe import FEATURE_SETS, Recipe

Timed = tuple[float, np.ndarray]

_CHUNK = 25
_DATASET = "benchmark"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of genre folders, JPEG covers in them")
    parser.add_argument("--covers", type=int, default=300, help="how many to take, evenly spread (default 300)")
    parser.add_argument("--backbone", default=Recipe().backbone)
    parser.add_argument("--features", choices=FEATURE_SETS, default=Recipe().feature_set)
    parser.add_argument("--twice", action="store_true", help="also embed the whole folder as a data set, and again")
    options = parser.parse_args()
    recipe = Recipe(options.backbone, options.features)
    with tempfile.TemporaryDirectory() as home:
        os.environ["COVERGENRE_HOME"] = home
        with _process() as process:
            process.submit(_convert, recipe).result()
        _race(_spread(options.folder, options.covers), recipe)
        if options.twice:
            _embed_twice(options.folder, recipe)


class _Way:
    """One way to embed, at work in a process of its own."""

    def __init__(self, name: str, embed: Callable[[Sequence[Path], Recipe], Timed], process: ProcessPoolExecutor):
        self.name, self.seconds, self.vectors, self.fastest = name, [], [], 0.0
        self._embed, self._process = embed, process

    def take(self, files: Sequence[Path], recipe: Recipe) -> Timed:
        return self._process.submit(self._embed, files, recipe).result()

    def keep(self, timed: Timed) -> None:
        self.seconds.append(timed[0])
        self.vectors.extend(timed[1])
        self.fastest = max(self.fastest, len(timed[1]) / timed[0])

    @property
    def speed(self) -> float:
        """Covers a second."""
        return len(self.vectors) / sum(self.seconds)

    def __str__(self) -> str:
        peak = self._process.submit(_peak_megabytes).result()
        speeds = f"{self.speed:6.1f} covers/s (fastest chunk {self.fastest:.1f})"
        return f"{self.name:12} {speeds}   peak memory {peak:.0f} MB"


def _race(files: Sequence[Path], recipe: Recipe) -> None:
    with _process() as first, _process() as second:
        plain, ours = ways = _Way("plain torch", _plain, first), _Way("our engine", _ours, second)
        for way in ways:
            way.take(files[:_CHUNK], recipe)
        for start in range(0, len(files), _CHUNK):
            for way in ways:
                way.keep(way.take(files[start : start + _CHUNK], recipe))
        print(f"{len(files)} covers by {recipe.backbone}, {recipe.feature_set}; {_machine()}", plain, ours, sep="\n")
    print(f"{ours.speed / plain.speed:.1f} times as fast (by the fastest chunks {ours.fastest / plain.fastest:.1f})")
    print(f"largest cosine distance between the two {_distances(plain.vectors, ours.vectors).max():.1e}")


def _embed_twice(folder: Path, recipe: Recipe) -> None:
    with _process() as process:
        count = process.submit(_scan, folder).result()
    for time_of in ("first", "again, nothing changed"):
        with _process() as process:
            seconds = process.submit(_embed, recipe).result()
            peak = process.submit(_peak_megabytes).result()
        print(f"data set of {count}, {time_of}: {seconds:.2f} s, peak memory {peak:.0f} MB; {_machine()}")


def _plain(files: Sequence[Path], recipe: Recipe) -> Timed:
    network, preprocessing = _network(recipe), get_backbone(recipe.backbone).preprocessing
    import torch

    started = time.perf_counter()
    vectors = []
    for file in files:
        pixels = torch.from_numpy(preprocessing.apply(Image.open(file).convert("RGB")))
        vectors.append(network(pixels[None])[0].detach().numpy())
    return time.perf_counter() - started, np.stack(vectors)


def _ours(files: Sequence[Path], recipe: Recipe) -> Timed:
    engine = _engine(recipe)
    started = time.perf_counter()
    with ThreadPoolExecutor(engine.workers) as pool:
        vectors = list(pool.map(lambda file: engine.vector(images.decode(images.read(file)).image), files))
    return time.perf_counter() - started, np.stack(vectors)


@functools.cache
def _network(recipe: Recipe) -> Callable:
    from covergenre.embedding.networks import FeatureNet, load_network

    return FeatureNet(load_network(recipe.backbone), recipe.feature_set)


@functools.cache
def _engine(recipe: Recipe) -> Engine:
    return engine_for(recipe)


def _convert(recipe: Recipe) -> None:
    engine_for(recipe)


def _scan(folder: Path) -> int:
    return len(register(_DATASET, folder)[0].manifest)


def _embed(recipe: Recipe) -> float:
    dataset = open_dataset(_DATASET)
    started = time.perf_counter()
    embed_dataset(dataset, recipe)
    return time.perf_counter() - started


def _process() -> ProcessPoolExecutor:
    """A process that starts from nothing: it inherits neither modules nor memory."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


def _spread(folder: Path, count: int) -> list[Path]:
    files = sorted(folder.rglob("*.jpg"))
    return files[:: max(1, len(files) // count)][:count]


def _distances(first: Sequence[np.ndarray], second: Sequence[np.ndarray]) -> np.ndarray:
    one, other = (np.asarray(vectors, np.float64) for vectors in (first, second))
    return 1 - (one * other).sum(1) / (np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1))


def _machine() -> str:
    return f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
