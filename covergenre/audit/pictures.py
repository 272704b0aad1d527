"""Issues of single pictures and their files."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from PIL import Image

from covergenre.audit.findings import findings

NAMES = ("blank", "dark", "light", "low information", "blurry", "grayscale")

_SPREAD = 32  # the standard deviation of luma from which a bright cover is not blank at all
_DARKEST = 0.25  # the brightness below which noise is not taken for contrast
_MOST_BITS = 10  # of entropy, from which a cover is as full as can be
_COLOUR = 64  # the difference between bands from which a cover is not grey at all
_FENCE = 3.0
_NEAREST_FENCE = 0.25


def picture_scores(values: pd.DataFrame) -> dict[str, np.ndarray]:
    """By issue, scores float64 (n,) from the measures of n covers, 1 the worst; NaN for a cover without measures.

    Dark, light and low information are CleanVision's scores, reversed. Blank is relative to the brightest parts: a very
    dark picture has little contrast, too, but shows something.
    """
    brightest = values["brightness_perc_99"].to_numpy(np.float64)
    spread = values["spread"].to_numpy() / np.maximum(brightest, _DARKEST)
    return {
        "blank": 1 - np.minimum(spread / _SPREAD, 1),
        "dark": 1 - brightest,
        "light": values["brightness_perc_5"].to_numpy(np.float64),
        "low information": 1 - np.minimum(values["entropy"].to_numpy(np.float64) / _MOST_BITS, 1),
        "blurry": values["blur"].to_numpy(),
        "grayscale": 1 - np.minimum(values["colour"].to_numpy() / _COLOUR, 1),
    }


def find_poor_pictures(
    covers: pd.DataFrame, values: pd.DataFrame, scores: Mapping[str, np.ndarray], limits: Mapping[str, float]
) -> list[pd.DataFrame]:
    """Blank, dark, light, blurry, grey and low-information covers by their `picture_scores`, if they have measures."""
    measured = values["spread"].notna().to_numpy()
    covers, values = covers[measured], values[measured]
    sentences = {
        "blank": "its luma strays by {spread:.1f} of 255",
        "dark": "its brightest hundredth begins at {brightness_perc_99:.0%} of white",
        "light": "its darkest twentieth ends at {brightness_perc_5:.0%} of white",
        "low information": "{entropy:.1f} bits of entropy",
        "blurry": "a blur effect of {blur:.2f}",
        "grayscale": "its bands differ by {colour:.0f} of 255",
    }
    found = []
    for issue in NAMES:
        own = scores[issue][measured]
        flagged = own >= limits[issue]
        details = [sentences[issue].format(**row) for row in values[flagged].to_dict("records")]
        found.append(findings(issue, covers["path"], own, flagged, details))
    return found


def find_odd_files(covers: pd.DataFrame, limits: Mapping[str, float]) -> list[pd.DataFrame]:
    """Covers with a file unlike most: in size, aspect ratio, colour mode or format."""
    width, height = (covers[side].to_numpy(np.float64) for side in ("width", "height"))
    sides = [f"{row.width} x {row.height} px" for row in covers.itertuples()]
    median = np.median(np.sqrt(width * height)) if len(covers) else 0
    extensions = Image.registered_extensions()
    formats = covers["ext"].map(lambda ext: extensions.get(ext, ext))
    scored = {
        "odd size": (
            _size_scores(np.sqrt(width * height)),
            [f"{side}; the middle is {median:.0f} px" for side in sides],
        ),
        "odd aspect": (1 - np.minimum(width / height, height / width), sides),
        "colour mode": _unlike_most(covers["mode"]),
        "mixed formats": _unlike_most(formats),
    }
    found = []
    for issue, (scores, details) in scored.items():
        flagged = scores >= limits[issue]
        told = [detail for detail, flag in zip(details, flagged, strict=True) if flag]
        found.append(findings(issue, covers["path"], scores, flagged, told))
    return found


def _size_scores(sides: np.ndarray) -> np.ndarray:
    """0.5 at Tukey's fences, three quartile distances out, 1 at twice as far: CleanVision's rule for odd sizes.

    But a fence is never nearer than a quarter of the median: where most covers have one size, CleanVision flags each
    that is a pixel off.
    """
    if not len(sides):
        return sides
    low, middle, high = np.percentile(sides, (25, 50, 75))
    reach = np.maximum(_FENCE * (high - low), _NEAREST_FENCE * middle)
    centre, half = (low + high) / 2, (high - low) / 2 + reach
    return np.clip(np.abs(sides - centre) / (2 * half), 0, 1)


def _unlike_most(kinds: pd.Series) -> tuple[np.ndarray, list[str]]:
    """One minus the share of each cover's kind, and what to say of it."""
    shares = kinds.value_counts(normalize=True)
    common = shares.index[0] if len(shares) else ""
    return 1 - kinds.map(shares).to_numpy(np.float64), [f"{kind}; most are {common}" for kind in kinds]
