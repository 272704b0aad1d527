import pytest
from PIL import Image

from covergenre import images
from covergenre.images.palette import Palette


def signature(colour: str, other: str | None = None) -> bytes:
    image = Image.new("RGB", (60, 60), colour)
    image.paste(other or colour, (30, 0, 60, 60))
    return images.signature(image)


def test_the_share_of_a_colour_is_its_share_of_the_area():
    covers = [signature("black"), signature("black"), signature("red"), signature("white")]
    swatches = Palette(covers).swatches(covers)
    assert [swatch.share for swatch in swatches] == pytest.approx([0.5, 0.25, 0.25])
    assert (swatches[0].colour, swatches[-1].colour) == ("#000000", "#ffffff")


def test_a_share_is_compared_with_the_usual_one():
    covers = [signature("black"), signature("black"), signature("black"), signature("white")]
    (white,) = Palette(covers).swatches(covers[3:])
    assert (white.share, white.usual) == pytest.approx((1.0, 0.25))


def test_several_colours_of_one_cover_are_distinguished():
    covers = [signature("black", "white")]
    assert [swatch.share for swatch in Palette(covers).swatches(covers)] == pytest.approx([0.5, 0.5])


def test_covers_without_a_signature_are_ignored():
    covers = [signature("black"), b""]
    assert [swatch.share for swatch in Palette(covers).swatches(covers)] == [1.0]
    assert Palette(covers).swatches([b""]) == ()
    assert Palette([b"", b""]).swatches(covers) == ()
