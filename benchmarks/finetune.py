"""How fast fine-tuning goes, in covers a second from JPEG files: our method against a bare loop in torch.

python -m benchmarks.finetune ../shared/covers --covers 320

The bare loop does what can't be left out: read, resize, forward, backward, step, with the same network, layout in
memory, batch and side. After every batch of ours it does one of its own, so that whatever else the machine does slows
both alike; the time on the processors is told too, which says more where much else goes on. Neither the first batches
nor what comes before and after the training is counted. The method's own defaults also augment (--augmentation), which
the bare loop never does.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset

from covergenre import images
from covergenre.methods import Context, Covers, TrainSpec
from covergenre.methods.finetuning.network import new_network
from covergenre.methods.finetuning.parameters import Parameters
from covergenre.methods.finetuning.training import fine_tune
from covergenre.progress import Progress

_WARM = 2  # batches of each that are not counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="a folder of genre folders, JPEG covers in them")
    parser.add_argument("--covers", type=int, default=320, help="how many to take, evenly spread (default 320)")
    parser.add_argument("--backbone", default=Parameters.backbone)
    parser.add_argument("--side", type=int, default=Parameters.side)
    parser.add_argument("--batch", type=int, default=Parameters.batch)
    parser.add_argument("--augmentation", action="store_true", help="augment covers in our method")
    options = parser.parse_args()
    files = _spread(options.folder, options.covers)
    genres = sorted({file.parent.name for file in files})
    labels = np.array([genres.index(file.parent.name) for file in files])
    parameters = Parameters(
        options.backbone,
        side=options.side,
        frozen_epochs=0,
        epochs=1,
        base_lr=1e-3,
        batch=options.batch,
        augmentation=options.augmentation,
    )
    bare = _bare_loop(files, labels, len(genres), parameters)
    _print(*_race(files, labels, len(genres), parameters, bare), parameters.batch)


def _race(
    files: Sequence[Path], labels: np.ndarray, n_genres: int, parameters: Parameters, bare: Iterator[None]
) -> tuple[np.ndarray, np.ndarray]:
    """The seconds of each batch of ours, and of each of the bare loop's: by the clock and on the processors."""
    ours, theirs = [], []
    began = _now()

    def after_batch(progress: Progress) -> None:
        nonlocal began
        if progress.done > 3 * len(ours):  # the epoch's own report comes after that of its last batch
            ours.append(_now() - began)
            started = _now()
            next(bare)
            theirs.append(_now() - started)
        began = _now()

    hashes = [images.content_hash(_cover(file)) for file in files]
    pictures = [partial(_checked_cover, file, key) for file, key in zip(files, hashes, strict=True)]
    covers = Covers(np.zeros((len(files), 0), np.float32), labels, tuple(hashes), pictures)
    nobody = Covers(np.zeros((0, 0), np.float32), np.zeros(0, np.int64), ())
    spec = TrainSpec(method="finetune", parameters=parameters, genres=tuple(map(str, range(n_genres))))
    with tempfile.TemporaryDirectory() as folder:
        fine_tune(covers, nobody, spec, Context(after_batch, checkpoint=Path(folder)))
    return np.array(ours[_WARM:]), np.array(theirs[_WARM:])


def _now() -> np.ndarray:
    """Seconds by the clock and on the processors."""
    return np.array([time.perf_counter(), time.process_time()])


def _bare_loop(files: Sequence[Path], labels: np.ndarray, n_genres: int, parameters: Parameters) -> Iterator[None]:
    """A batch each time it is asked."""
    network = new_network(parameters.backbone, None, n_genres, parameters.side).train()
    network = network.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    while True:
        loader = DataLoader(_Plain(files, labels, parameters.side), parameters.batch, shuffle=True, drop_last=True)
        for pixels, truth in loader:
            nn.functional.cross_entropy(network(pixels), truth).backward()
            optimiser.step()
            optimiser.zero_grad()
            yield


class _Plain(Dataset):
    """Covers as the bare loop reads them."""

    def __init__(self, files: Sequence[Path], labels: np.ndarray, side: int) -> None:
        self._files, self._labels, self._side = files, labels, side

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, row: int) -> tuple[torch.Tensor, int]:
        image = Image.open(self._files[row]).convert("RGB").resize((self._side, self._side), Image.Resampling.BICUBIC)
        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).float()
        return pixels / 127.5 - 1, int(self._labels[row])


def _cover(file: Path) -> Image.Image:
    return images.decode(images.read(file)).image


def _checked_cover(file: Path, key: str) -> Image.Image:
    """A cover as a run reads it, which makes sure that it is still the one that was scanned."""
    image = _cover(file)
    assert images.content_hash(image) == key
    return image


def _spread(folder: Path, count: int) -> list[Path]:
    files = sorted(folder.rglob("*.jpg"))
    return [files[row * len(files) // count] for row in range(min(count, len(files)))]


def _print(ours: np.ndarray, theirs: np.ndarray, batch: int) -> None:
    for name, seconds in (("bare torch", theirs), ("finetune", ours)):
        clock, processors = batch * len(seconds) / seconds.sum(axis=0)
        print(
            f"{name:11}{clock:6.2f} covers/s {processors:6.2f} a processor second ({len(seconds)} batches of {batch})"
        )
    for name, share in zip(("by the clock", "on the processors"), theirs.sum(axis=0) / ours.sum(axis=0), strict=True):
        print(f"finetune has {share:.2f} of the bare loop's speed {name}")


if __name__ == "__main__":
    main()
