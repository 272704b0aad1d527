"""The composition of a data set: genres, files, brightness and colours, as figures to draw."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from covergenre import images
from covergenre.dataset.manifest import STATES, states, usable
from covergenre.images.palette import Palette, Swatch

KINDS = ("sizes", "formats", "modes")
"""Properties of files: size in pixels, format, and colour mode."""

_GREYEST = 128  # the distance from grey that is full colour, in units of Cb and Cr


@dataclass(frozen=True)
class GenreLook:
    """How the covers of a genre look: quartiles (low, middle, high) of brightness and colour, 0-1; its palette."""

    genre: str
    brightness: tuple[float, float, float]
    colour: tuple[float, float, float]
    palette: tuple[Swatch, ...]


@dataclass(frozen=True, eq=False)
class Overview:
    """`genres`: covers by genre (index) and `STATES` (columns), the largest genre first. `imbalance`: how many times
    as many usable covers the largest genre has as the smallest. `sizes`, `formats`, `modes`: usable covers by what
    their files are, the most common first; sizes are "300 x 300". `looks`: empty until the covers were looked at.
    """

    covers: int
    genres: pd.DataFrame
    imbalance: float
    sizes: Mapping[str, int]
    formats: Mapping[str, int]
    modes: Mapping[str, int]
    bytes: int
    looks: tuple[GenreLook, ...]


def overview(manifest: pd.DataFrame, looks: pd.DataFrame | None) -> Overview:
    """The overview of a manifest; `looks`: the signatures of its usable covers (see `thumbnails`), if known."""
    covers = usable(manifest[["genre", "width", "height", "ext", "mode", "problem", "excluded"]])
    counts, kinds = covers["genre"].value_counts(), kinds_of(covers)
    return Overview(
        covers=len(manifest),
        genres=_by_genre(manifest),
        imbalance=float(counts.iloc[0] / counts.iloc[-1]) if len(counts) else 1.0,
        **{name: kinds[name].value_counts().to_dict() for name in KINDS},
        bytes=int(manifest["bytes"].sum()),
        looks=() if looks is None else _looks(covers, looks),
    )


def kinds_of(covers: pd.DataFrame) -> pd.DataFrame:
    """`KINDS` of the covers of a manifest as text columns."""
    sides = covers["width"].astype("str") + " x " + covers["height"].astype("str")
    formats = covers["ext"].str.removeprefix(".").str.upper().replace("JPG", "JPEG")
    return pd.DataFrame({"sizes": sides, "formats": formats, "modes": covers["mode"]})


def lightness(signatures: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """The brightness and the colour of covers by their signatures: float64 (n,) each, 0-1.

    Brightness is the mean of luma; colour is the mean distance of the nine soft colours from grey.
    """
    luma, blue, red = (band.astype(np.float64) for band in images.read_signatures(signatures))
    away = np.hypot(blue - 128, red - 128).mean(axis=(1, 2)) / _GREYEST
    return luma.mean(axis=(1, 2)) / 255, np.minimum(away, 1)


def _by_genre(manifest: pd.DataFrame) -> pd.DataFrame:
    table = pd.crosstab(manifest["genre"], states(manifest)).reindex(columns=list(STATES), fill_value=0)
    order = np.lexsort([table.index.to_numpy(str), -table["usable"].to_numpy()])
    return table.iloc[order]


def _looks(covers: pd.DataFrame, looks: pd.DataFrame) -> tuple[GenreLook, ...]:
    signatures = looks["signature"].tolist()
    palette = Palette(signatures)
    genres = covers["genre"].to_numpy(str)
    found = []
    for genre in sorted(set(genres)):
        own = [signatures[row] for row in np.flatnonzero(genres == genre)]
        known = [signature for signature in own if len(signature) == images.SIGNATURE_LENGTH]
        if known:
            brightness, colour = (tuple(np.percentile(values, (25, 50, 75)).tolist()) for values in lightness(known))
            found.append(GenreLook(genre, brightness, colour, palette.swatches(known)))
    return tuple(found)
