import numpy as np
import pytest
from PIL import Image, ImageDraw

from pages.predict.crop import cut


@pytest.fixture
def sleeve() -> Image.Image:
    """A red sleeve on a grey table."""
    photo = Image.new("RGB", (400, 300), "gray")
    ImageDraw.Draw(photo).rectangle((100, 60, 299, 239), fill="red")
    return photo


def redness(image: Image.Image) -> float:
    """The share of the picture that is red."""
    pixels = np.asarray(image).astype(int)
    return float(((pixels[..., 0] > 200) & (pixels[..., 1] < 60)).mean())


def test_the_part_between_the_places_is_left(sleeve):
    part = cut(sleeve, 0, (25, 75), (20, 80))
    assert part.size == (200, 180)
    assert redness(part) == 1


def test_a_sleeve_that_lies_askew_is_put_straight(sleeve):
    askew = sleeve.rotate(8, fillcolor="gray")
    assert redness(cut(askew, 0, (27, 73), (22, 78))) < 0.99
    assert redness(cut(askew, 8, (27, 73), (22, 78))) > 0.99


@pytest.mark.parametrize("pair", [(0, 0), (100, 100), (50, 50)])
def test_something_is_left_whatever_the_places_are(sleeve, pair):
    assert min(cut(sleeve, 0, pair, pair).size) >= 30


def test_a_picture_left_as_it_is_stays_so(sleeve):
    assert cut(sleeve, 0, (0, 100), (0, 100)).tobytes() == sleeve.tobytes()
