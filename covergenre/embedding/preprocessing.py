"""How a cover is prepared for a backbone, as data that is stored with the backbone."""

import dataclasses
import json
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from PIL import Image

from covergenre import images

Colour = tuple[float, float, float]

IMAGENET_MEAN: Colour = (0.485, 0.456, 0.406)
IMAGENET_STD: Colour = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Preprocessing:
    """Brings any cover to `side` x `side` pixels, normalised as the backbone was trained.

    Every cover is made square first (`images.square`). Then `fit` says how it is resized: "square": straight to `side`;
    "thumbnail": the same by Pillow's two-step reduction, as `Image.thumbnail` does (the reference study's way); "crop":
    to `side / crop_ratio`, then cropped to the centre (the way of torchvision and timm).
    `interpolation` is the lower-case name of a Pillow resampling filter; `mean` and `std` are per RGB channel, for
    values in [0, 1].
    """

    side: int
    interpolation: str
    mean: Colour
    std: Colour
    fit: Literal["square", "thumbnail", "crop"] = "square"
    crop_ratio: float = 1.0

    def apply(self, image: Image.Image) -> np.ndarray:
        """An RGB image as a contiguous float32 array of shape (3, side, side)."""
        pixels = np.asarray(self._resized(images.square(image))).transpose(2, 0, 1)
        mean, std = (np.asarray(colour, np.float32).reshape(3, 1, 1) for colour in (self.mean, self.std))
        normalised = np.ascontiguousarray(pixels) * (1 / (255 * std))  # Laid out as bytes first: half the time.
        normalised -= mean / std
        return normalised

    def to_json(self) -> str:
        """One line of JSON that `from_json` reads back; equal for equal preprocessings."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The preprocessing that `to_json` wrote; ValueError, TypeError or KeyError for anything else."""
        fields = json.loads(text)
        return cls(**{**fields, "mean": tuple(fields["mean"]), "std": tuple(fields["std"])})

    def _resized(self, image: Image.Image) -> Image.Image:
        side = int(self.side / self.crop_ratio) if self.fit == "crop" else self.side
        gap = 2.0 if self.fit == "thumbnail" else None
        resized = image.resize((side, side), Image.Resampling[self.interpolation.upper()], reducing_gap=gap)
        start = round((side - self.side) / 2)
        return resized.crop((start, start, start + self.side, start + self.side))
