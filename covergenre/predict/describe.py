"""An answer in one plain sentence: what the cover looks like, whose neighbour it is, and what else it could be."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from covergenre import images
from covergenre.collection.table import Neighbour
from covergenre.predict.predictor import Prediction, Words

_SIDE = 64
_MOST_TRAITS = 3
_NEAREST = 6  # neighbours that a reader takes in at a glance
_COMPETES = 0.1
_COLOURED = 20 / 255  # chroma from which a pixel has a colour that one can name
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six")
_HUE_NAMES = ("red", "orange", "yellow", "green", "turquoise", "blue", "purple", "pink", "red")
_HUE_EDGES = (15, 42, 70, 160, 195, 255, 290, 345)  # in degrees


@dataclass(frozen=True)
class _Trait:
    """What to call a cover whose measure is low or high among real covers, and what that is."""

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
    """What an RGB cover looks like beside others: at most three words or pairs of words, the most unusual first.

    "dark", "high contrast", "black and white", "mostly blue": what sets it apart from at least three covers in four.
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
    ordered = sorted(filter(None, found.values()), key=lambda one: -one[0])
    return tuple(word for _, word in ordered[:_MOST_TRAITS])


def sentence(prediction: Prediction, looks: Sequence[str], call: Callable[[str], str] = str) -> str:
    """The answer in a sentence of plain text: "Dark, high contrast, like Stormblast and two other black metal covers;
    jazz is the runner-up."

    `looks` are the cover's `traits`; `call` makes of a genre what it is called inside a sentence.
    """
    said = ", ".join(looks)
    near = _near(prediction.genre, prediction.neighbours[:_NEAREST], call(prediction.genre))
    second, share = next(iter(list(prediction.probabilities.items())[1:2]), ("", 0.0))
    rest = f"{call(second)} is the runner-up" if share >= _COMPETES else "no other genre comes near"
    text = "; ".join(part for part in (", ".join(part for part in (said, near) if part), rest) if part)
    return f"{text[:1].upper()}{text[1:]}."


def _near(genre: str, nearest: Sequence[Neighbour], called: str) -> str:
    """Which of its genre it is like, among the nearest; `called` is what the genre is called."""
    if not nearest:
        return ""
    own = [cover for cover in nearest if cover.genre == genre]
    if not own:
        return f"none of the {_NUMBERS[len(nearest)]} nearest covers is {called}"
    named = next((cover for cover in own if cover.album or cover.artist), None)
    more = len(own) - 1
    if named is None:
        return f"like {_NUMBERS[len(own)]} {called} {'cover' if more == 0 else 'covers'}"
    name = named.album or named.artist
    if more == 0:
        return f"like {name}, also {called}"
    return f"like {name} and {_NUMBERS[more]} other {called} {'cover' if more == 1 else 'covers'}"


def _unusual(trait: _Trait, value: float) -> tuple[int, str] | None:
    """How unusual the value is (2: beyond nine covers in ten, 1: beyond three in four) and what to call it."""
    lowest, low, high, highest = trait.quantiles
    if value <= low:
        return 1 + (value <= lowest), trait.low
    if value >= high:
        return 1 + (value >= highest), trait.high
    return None


def _main_hue(small: Image.Image, chroma: np.ndarray) -> str:
    """The hue that more than half of the coloured area has; "" when there is none, or little is coloured."""
    hues = np.asarray(small.convert("HSV"))[..., 0][chroma > _COLOURED]
    if len(hues) < 0.2 * chroma.size:
        return ""
    places = np.searchsorted(_HUE_EDGES, hues * (360 / 256), side="right")
    counts = Counter(np.array(_HUE_NAMES)[places].tolist())
    name, count = counts.most_common(1)[0]
    return name if count > len(hues) / 2 else ""


def words_in_a_line(words: Words) -> str:
    """What was read, and what it speaks for: "reads JOHNNY CASH: country"; "" when nothing was."""
    if not words.lines:
        return ""
    if not words.spoken:
        return f"reads {words.lines[0]}"
    line, genre, _ = words.spoken[0]
    return f"reads {line}: {genre}"
