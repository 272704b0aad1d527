"""The demo: a data set of invented albums whose covers are drawn here, with defects planted among them.

It is there so that every page has pictures without a download, and so that an audit can be marked: `planted.csv` beside
the covers says what is wrong with which.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from covergenre.demo.albums import draw, release
from covergenre.progress import SILENT, Monitor

if TYPE_CHECKING:
    from covergenre.dataset.registry import Dataset

# Genres, and the seeds of albums typical of them, as benchmarks/examples.py chooses them: the last is mistaken.
EXAMPLES = (("edm", 1), ("classical", 1), ("jazz", 14), ("black metal", 9), ("rap", 3), ("anime", 13))


def build_demo(monitor: Monitor = SILENT) -> "Dataset":
    """The data set "demo": drawn into `demo` of the home folder on first use (half a minute), later only rescanned.

    Raises Cancelled when stopped, and then keeps nothing; BadDataset when another data set has that name.
    """
    from covergenre.demo.build import build  # it needs pandas, which example_tiles does not

    return build(monitor)


def example_tiles() -> tuple[tuple[str, str, Image.Image], ...]:
    """Six covers to try a method on, as (title of the album, genre it is drawn as, RGB image of 300 x 300)."""
    return tuple(example(genre, seed) for genre, seed in EXAMPLES)


def example(genre: str, seed: int) -> tuple[str, str, Image.Image]:
    """The title, the genre and the cover of an album that is typical of a genre."""
    (album, *_) = release(genre, 1, np.random.default_rng(seed))
    return album.title, genre, draw(replace(album, lender=""))
