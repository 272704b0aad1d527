import pytest
from PIL import Image

from covergenre import images
from covergenre.images.palette import Palette


def signature(colour: str, other: str | None = None) -> bytes:
    image = Image.new("RGB", (60, 60), colour)
    image.paste(other or colour, (30, 0, 60, 60))
    return images.signature(image)


def test_a_colour_has_the_share_of_the_area_that_is_of_it():
    covers = [signature("black"), signature("black"), signature("red"), signature("white")]
    swatches = Palette(covers).swatches(covers)
    assert [swatch.share for swatch in swatches] == pytest.approx([0.5, 0.25, 0.25])
    assert (swatches[0].colour, swatches[-1].colour) == ("#000000", "#ffffff")


def test_a_group_is_told_beside_what_is_usual():
    covers = [signature("black"), signature("black"), signature("black"), signature("white")]
    (white,) = Palette(covers).swatches(covers[3:])
    assert (white.share, white.usual) == pytest.approx((1.0, 0.25))


def test_colours_inside_one_cover_are_told_apart():
    covers = [signature("black", "white")]
    assert [swatch.share for swatch in Palette(covers).swatches(covers)] == pytest.approx([0.5, 0.5])


def test_covers_without_a_signature_count_for_nothing():
    covers = [signature("black"), b""]
    assert [swatch.share for swatch in Palette(covers).swatches(covers)] == [1.0]
    assert Palette(covers).swatches([b""]) == ()
    assert Palette([b"", b""]).swatches(covers) == ()
