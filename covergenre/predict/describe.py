"""A prediction in one sentence: what the cover looks like, what it resembles, and the runner-up."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from covergenre import images
from covergenre.collection.table import Neighbour
from covergenre.predict.predictor import Prediction, Words

_SIDE = 64
_MAX_TRAITS = 3
_NEAREST = 6  # neighbours that are mentioned
_RUNNER_UP = 0.1  # the least probability of a genre that is mentioned
_COLOURED = 20 / 255  # the least chroma of a pixel whose colour one can name
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
_HUE_NAMES = ("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "red")
_HUE_EDGES = (15, 42, 70, 160, 195, 255, 290, 345)  # in degrees


@dataclass(frozen=True)
class _Trait:
    """The words for a low and a high value of a measure, and its quantiles among real covers."""

    low: str
    high: str
    quantiles: tuple[float, float, float, float]  # at 0.1, 0.25, 0.75, 0.9


# Measured on 2,538 real covers of eleven genres.
_TRAITS = {
    "brightness": _Trait("dark", "bright", (0.20, 0.30, 0.58, 0.71)),
    "contrast": _Trait("low contrast", "high contrast", (0.12, 0.16, 0.26, 0.31)),
    "colour": _Trait("muted", "colourful", (0.014, 0.031, 0.097, 0.147)),
    "detail": _Trait("plain", "full of detail", (0.035, 0.050, 0.088, 0.108)),
}
_GREY = 0.008  # mean chroma below which a cover is black and white


def traits(image: Image.Image) -> tuple[str, ...]:
    """What distinguishes an RGB cover from at least three covers in four: at most three traits, the most unusual first.

    Such as "dark", "high contrast", "black and white" or "mostly blue".
    """
    small = images.shrink(image, _SIDE)
    luma, blue, red = (np.asarray(band, np.float64) / 255 for band in small.convert("YCbCr").split())
    chroma = np.hypot(blue - 0.5, red - 0.5)
    measured = {
        "brightness": luma.mean(),
        "contrast": luma.std(),
        "colour": chroma.mean(),
        "detail": np.hypot(*np.gradient(luma)).mean() if min(luma.shape) > 1 else 0.0,
    }
    found = {name: _unusual(_TRAITS[name], value) for name, value in measured.items()}
    if measured["colour"] < _GREY:
        found["colour"] = (2, "black and white")
    elif hue := _main_hue(small, chroma):
        found["colour"] = (2, f"mostly {hue}")
    unusual = sorted(filter(None, found.values()), key=lambda one: -one[0])
    return tuple(word for _, word in unusual[:_MAX_TRAITS])


def sentence(prediction: Prediction, looks: Sequence[str], call: Callable[[str], str] = str) -> str:
    """Such as "Dark, high contrast, like Stormblast and two other black metal covers; jazz is the runner-up."

    `looks` are the cover's `traits`; `call` gives the name of a genre inside a sentence.
    """
    near = _near(prediction.genre, prediction.neighbours[:_NEAREST], call(prediction.genre))
    second, share = next(iter(list(prediction.probabilities.items())[1:2]), ("", 0.0))
    rest = f"{call(second)} is the runner-up" if share >= _RUNNER_UP else "no other genre comes near"
    text = "; ".join(filter(None, (", ".join(filter(None, (*looks, near))), rest)))
    return f"{text[:1].upper()}{text[1:]}."


def _near(genre: str, nearest: Sequence[Neighbour], called: str) -> str:
    """Which of the nearest covers are of its genre; `called` is the name of the genre."""
    if not nearest:
        return ""
    own = [cover.album or cover.artist for cover in nearest if cover.genre == genre]
    if not own:
        return f"none of the {_NUMBERS[len(nearest)]} nearest covers is {called}"
    name, more = next(filter(None, own), ""), len(own) - 1
    if not name:
        return f"like {_NUMBERS[len(own)]} {called} {'cover' if more == 0 else 'covers'}"
    if more == 0:
        return f"like {name}, also {called}"
    return f"like {name} and {_NUMBERS[more]} other {called} {'cover' if more == 1 else 'covers'}"


def _unusual(trait: _Trait, value: float) -> tuple[int, str] | None:
    """How unusual the value is (2: beyond nine covers in ten, 1: beyond three in four) and the word for it."""
    lowest, low, high, highest = trait.quantiles
    if value <= low:
        return 1 + (value <= lowest), trait.low
    if value >= high:
        return 1 + (value >= highest), trait.high
    return None


def _main_hue(small: Image.Image, chroma: np.ndarray) -> str:
    """The hue of more than half of the coloured area; "" when there is none, or little is coloured."""
    hues = np.asarray(small.convert("HSV"))[..., 0][chroma > _COLOURED]
    if len(hues) < 0.2 * chroma.size:
        return ""
    places = np.searchsorted(_HUE_EDGES, hues * (360 / 256), side="right")
    counts = Counter(np.array(_HUE_NAMES)[places].tolist())
    name, count = counts.most_common(1)[0]
    return name if count > len(hues) / 2 else ""


def words_in_a_line(words: Words) -> str:
    """What is written on a cover, and the genre it points to: "reads JOHNNY CASH: country"; "" when nothing is."""
    if not words.lines:
        return ""
    if not words.spoken:
        return f"reads {words.lines[0]}"
    line, genre, _ = words.spoken[0]
    return f"reads {line}: {genre}"
