"""The demo: a data set of invented albums with drawn covers and planted defects.

It fills every page without a download, and `planted.csv` beside the covers lists the defects, so that an audit can be
scored.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from covergenre.demo.albums import draw, release
from covergenre.progress import SILENT, Monitor

if TYPE_CHECKING:
    from covergenre.dataset.registry import Dataset

# (genre, seed of an album), as chosen by benchmarks/examples.py: the starter answers the last one wrongly.
EXAMPLES = (("edm", 1), ("classical", 1), ("jazz", 14), ("black metal", 9), ("rap", 3), ("anime", 13))


def build_demo(monitor: Monitor = SILENT) -> "Dataset":
    """The data set "demo": drawn into `demo` of the home folder at first (half a minute), later only rescanned.

    Raises Cancelled when stopped, and then keeps nothing; BadDataset when another data set has that name.
    """
    from covergenre.demo.build import build  # imports pandas, which example_tiles does without

    return build(monitor)


def example_tiles() -> tuple[tuple[str, str, Image.Image], ...]:
    """Six covers to try a method on, each as (title, genre, RGB image of 300 x 300)."""
    return tuple(example(genre, seed) for genre, seed in EXAMPLES)


def example(genre: str, seed: int) -> tuple[str, str, Image.Image]:
    """The title, genre and cover of an album, in its own genre's palette."""
    (album, *_) = release(genre, 1, np.random.default_rng(seed))
    return album.title, genre, draw(replace(album, lender=""))
