"""Covers as batches of tensors. Imports torch as it loads: import it inside functions."""

from dataclasses import replace

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import v2

from covergenre import images
from covergenre.embedding.preprocessing import Preprocessing
from covergenre.methods.base import Covers


class Pictures(Dataset):
    """Covers as input of a network, at a side that may change between epochs."""

    def __init__(self, covers: Covers, preprocessing: Preprocessing, augmented: bool, limit: int | None = None) -> None:
        """`augmented`: whether covers are varied randomly; `limit`: the side in pixels they are shrunk to first."""
        self._covers, self._preprocessing = covers, preprocessing
        self._augmented, self._limit = augmented, limit

    def __len__(self) -> int:
        return len(self._covers)

    def __getitem__(self, row: int) -> tuple[Tensor, int]:
        """Float32 of shape (3, side, side), and the label."""
        image = self._covers.pictures[row]()
        if self._limit is not None:
            image = images.shrink(image, self._limit)
        if self._augmented:
            image = _augmentation(self._preprocessing.side)(images.square(image))
        return torch.from_numpy(self._preprocessing.apply(image)), int(self._covers.labels[row])

    def resize(self, side: int) -> None:
        """Read covers at `side` pixels from now on."""
        self._preprocessing = replace(self._preprocessing, side=side)


def batches(pictures: Pictures, size: int, shuffled: bool) -> DataLoader:
    """The pictures in batches of `size`, at least 2.

    Of shuffled ones, which are trained on, a last batch of one picture is dropped, as it can't be normalised. Pictures
    are read in this process, because a forked one may hang after faiss was used.
    """
    return DataLoader(pictures, size, shuffle=shuffled, drop_last=shuffled and len(pictures) % size == 1)


def _augmentation(side: int) -> v2.Transform:
    """Random flips, crops and light: mild, since the colours of a cover say much about its genre."""
    return v2.Compose(
        [
            v2.RandomHorizontalFlip(),
            v2.RandomResizedCrop(side, scale=(0.5, 1.0), ratio=(0.85, 1.18), antialias=True),
            v2.ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2),
        ]
    )
