import numpy as np
import pytest
from PIL import Image

from covergenre.collection.table import Neighbour
from covergenre.predict import Prediction, Words
from covergenre.predict.describe import sentence, traits, words_in_a_line


def near(genre: str, album: str = "", artist: str = "") -> Neighbour:
    return Neighbour("discogs", "1", genre, "train", artist, album, None, 0.8, None, "", "", b"")


def prediction(shares: dict[str, float], neighbours=()) -> Prediction:
    return Prediction("cover.jpg", next(iter(shares)), shares, {}, tuple(neighbours), None, 0.3, 0.1)


def noise(low: int, high: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(low, high, (64, 64, 3), np.uint8))


def stripes() -> Image.Image:
    return Image.fromarray(np.tile(np.repeat([0, 255], 2), (64, 16)).astype(np.uint8)).convert("RGB")


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (Image.new("RGB", (50, 50), (10, 10, 10)), {"dark", "black and white", "low contrast"}),
        (Image.new("RGB", (50, 50), (250, 250, 250)), {"bright", "black and white", "low contrast"}),
        (stripes(), {"high contrast", "black and white", "full of detail"}),
        (Image.new("RGB", (50, 50), (20, 60, 220)), {"mostly blue"}),
        (Image.new("RGB", (50, 50), (220, 30, 20)), {"mostly red"}),
        (Image.new("RGB", (50, 50), (220, 20, 60)), {"mostly red"}),
        (noise(0, 256), {"full of detail", "colourful"}),
    ],
)
def test_traits_are_what_is_striking_about_a_cover(image, words):
    assert words <= set(traits(image))
    assert len(traits(image)) <= 3


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (3, 2)])
def test_any_size_can_be_described(size):
    assert "dark" in traits(Image.new("RGB", size))


def test_the_sentence_names_looks_neighbours_and_the_runner_up():
    nearest = [near("black metal"), near("black metal", "Stormblast"), near("jazz"), near("black metal")]
    text = sentence(prediction({"black metal": 0.7, "jazz": 0.2, "pop": 0.1}, nearest), ["dark", "high contrast"])
    assert text == ("Dark, high contrast, like Stormblast and two other black metal covers; jazz is the runner-up.")


@pytest.mark.parametrize(
    ("nearest", "text"),
    [
        ([near("jazz", "Blue Hours")], "Like Blue Hours, also jazz; no other genre comes near."),
        ([near("jazz", artist="Ada"), near("jazz")], "Like Ada and one other jazz cover; no other genre comes near."),
        ([near("jazz")], "Like one jazz cover; no other genre comes near."),
        ([near("jazz"), near("jazz")], "Like two jazz covers; no other genre comes near."),
        ([near("pop"), near("rap")], "None of the two nearest covers is jazz; no other genre comes near."),
        ([], "No other genre comes near."),
    ],
)
def test_the_sentence_leaves_out_what_is_missing(nearest, text):
    assert sentence(prediction({"jazz": 0.95, "pop": 0.05}, nearest), []) == text


def test_only_the_six_nearest_count():
    nearest = [near("pop")] * 6 + [near("jazz", "Blue Hours")]
    assert "none of the six" in sentence(prediction({"jazz": 0.9, "pop": 0.1}, nearest), ["dark"])


def test_genres_are_titled_as_on_the_page():
    text = sentence(prediction({"edm": 0.6, "rap": 0.4}, [near("edm")]), [], str.upper)
    assert text == "Like one EDM cover; RAP is the runner-up."


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (Words(("AT FOLSOM", "JOHNNY CASH"), (("JOHNNY CASH", "country", 4.2),), ""), "reads JOHNNY CASH: country"),
        (Words(("live",), (), ""), "reads live"),
        (Words((), (), ""), ""),
    ],
)
def test_words_are_summarised_in_a_line(words, line):
    assert words_in_a_line(words) == line
