"""Embedding speed from JPEG files to vectors: the project's engine against plain torch, with the same backbone.

python -m benchmarks.embedding ../shared/covers --covers 300

The plain way is a loop over the covers with torch as it comes: eager, one image at a time, gradients on. Both ways take
the same covers in alternating chunks, so that whatever else the machine does slows both alike; each has a process of
its own, so that its peak memory is its own. Neither opening the backbone nor a first warm chunk is counted.

On a busy machine the whole is unfair to torch, whose threads wait for one another; the fastest chunk of each way tells
what an idle one would say.
"""

import functools
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.common import command_line, empty_home, machine, peak_bytes, read_image, spread, timed
from covergenre.dataset.registry import open_dataset, register
from covergenre.embedding.backbones import get_backbone
from covergenre.embedding.embed import embed_dataset
from covergenre.embedding.engine import Engine, engine_for
from covergenre.embedding.recipe import FEATURE_SETS, Recipe

_CHUNK = 25
_DATASET = "benchmark"


def main() -> None:
    parser = command_line(__doc__, "a folder of genre folders, JPEG covers in them")
    parser.add_argument("--covers", type=int, default=300, help="how many to take, evenly spread (default 300)")
    parser.add_argument("--backbone", default=Recipe().backbone)
    parser.add_argument("--features", choices=FEATURE_SETS, default=Recipe().feature_set)
    parser.add_argument("--twice", action="store_true", help="also embed the whole folder as a data set, and again")
    options = parser.parse_args()
    recipe, files = Recipe(options.backbone, options.features), spread(options.folder, options.covers)
    with empty_home():
        with _process() as process:
            process.submit(_ours, files[:1], recipe).result()  # converts the backbone
        _race(files, recipe)
        if options.twice:
            _embed_twice(options.folder, recipe)


def _race(files: Sequence[Path], recipe: Recipe) -> None:
    chunks = [files[start : start + _CHUNK] for start in range(0, len(files), _CHUNK)]
    print(f"{len(files)} covers by {recipe.backbone}, {recipe.feature_set}; {machine()}")
    with _process() as first, _process() as second:
        ways = {"plain torch": (first, _plain), "our engine": (second, _ours)}

        def embed(way: str, chunk: Sequence[Path]) -> tuple[float, np.ndarray]:
            process, work = ways[way]
            return process.submit(work, chunk, recipe).result()

        for way in ways:
            embed(way, chunks[0])
        results = [[embed(way, chunk) for way in ways] for chunk in chunks]
        speeds, fastest = [], []
        for (way, (process, _)), taken in zip(ways.items(), zip(*results, strict=True), strict=True):
            speeds.append(len(files) / sum(seconds for seconds, _ in taken))
            fastest.append(max(len(vectors) / seconds for seconds, vectors in taken))
            peak = process.submit(peak_bytes).result() / 2**20
            print(f"{way:12} {speeds[-1]:6.1f} covers/s (fastest chunk {fastest[-1]:.1f})   peak memory {peak:.0f} MB")
    print(f"{speeds[1] / speeds[0]:.1f} times as fast (by the fastest chunks {fastest[1] / fastest[0]:.1f})")
    furthest = max(_distances(plain, ours).max() for (_, plain), (_, ours) in results)
    print(f"largest cosine distance between the two {furthest:.1e}")


def _embed_twice(folder: Path, recipe: Recipe) -> None:
    count = len(register(_DATASET, folder)[0].manifest)
    for time_of in ("first", "again, nothing changed"):
        with _process() as process:
            seconds = process.submit(_embed, recipe).result()
            peak = process.submit(peak_bytes).result() / 2**20
        print(f"data set of {count}, {time_of}: {seconds:.2f} s, peak memory {peak:.0f} MB; {machine()}")


def _plain(files: Sequence[Path], recipe: Recipe) -> tuple[float, np.ndarray]:
    """Seconds and the vectors, one cover after another in torch."""
    import torch

    network, preprocessing = _network(recipe), get_backbone(recipe.backbone).preprocessing

    def vector(file: Path) -> np.ndarray:
        pixels = torch.from_numpy(preprocessing.apply(Image.open(file).convert("RGB")))
        return network(pixels[None])[0].detach().numpy()

    return timed(lambda: np.stack([vector(file) for file in files]))


def _ours(files: Sequence[Path], recipe: Recipe) -> tuple[float, np.ndarray]:
    """Seconds and the vectors, as `embed_dataset` computes them."""
    engine = _engine(recipe)
    with ThreadPoolExecutor(engine.workers) as pool:
        return timed(lambda: np.stack(list(pool.map(lambda file: engine.vector(read_image(file)), files))))


@functools.cache
def _network(recipe: Recipe) -> Callable:
    from covergenre.embedding.networks import FeatureNet, load_network

    return FeatureNet(load_network(recipe.backbone), recipe.feature_set)


@functools.cache
def _engine(recipe: Recipe) -> Engine:
    return engine_for(recipe)


def _embed(recipe: Recipe) -> float:
    dataset = open_dataset(_DATASET)
    return timed(lambda: embed_dataset(dataset, recipe))[0]


def _process() -> ProcessPoolExecutor:
    """A process that starts from nothing: it inherits neither modules nor memory."""
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))


def _distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Cosine distances, row by row."""
    one, other = (vectors.astype(np.float64) for vectors in (first, second))
    return 1 - (one * other).sum(1) / (np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1))


if __name__ == "__main__":
    main()
