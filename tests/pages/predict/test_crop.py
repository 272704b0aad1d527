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


def test_the_selected_part_is_kept(sleeve):
    part = cut(sleeve, 0, (25, 75), (20, 80))
    assert part.size == (200, 180)
    assert redness(part) == 1


def test_a_tilted_sleeve_is_straightened(sleeve):
    askew = sleeve.rotate(8, fillcolor="gray")
    assert redness(cut(askew, 0, (27, 73), (22, 78))) < 0.99
    assert redness(cut(askew, 8, (27, 73), (22, 78))) > 0.99


@pytest.mark.parametrize("pair", [(0, 0), (100, 100), (50, 50)])
def test_a_crop_is_never_empty(sleeve, pair):
    assert min(cut(sleeve, 0, pair, pair).size) >= 30


def test_an_untouched_picture_is_unchanged(sleeve):
    assert cut(sleeve, 0, (0, 100), (0, 100)).tobytes() == sleeve.tobytes()
