"""The demo: a data set of invented albums whose covers are drawn here, with defects planted among them.

It is there so that every page has pictures without a download, and so that an audit can be marked: `planted.csv` beside
the covers says what is wrong with which.
"""

import numpy as np
from PIL import Image

from covergenre.dataset.demo.albums import draw, release

# Genres, and the seeds of albums whose covers are typical of them.
_EXAMPLES = (("jazz", 2), ("black metal", 1), ("pop", 1), ("disco", 0), ("anime", 6), ("country", 10))


def example_tiles() -> tuple[tuple[str, Image.Image], ...]:
    """Six covers to try a method on, as (title of the album, RGB image of 300 x 300)."""
    albums = [release(genre, 1, np.random.default_rng(seed))[0] for genre, seed in _EXAMPLES]
    return tuple((album.title, draw(album)) for album in albums)
