import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from covergenre import images
from covergenre.errors import BadImage


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


class TestSignature:
    def test_has_54_bytes_whatever_the_shape(self):
        assert [len(images.signature(Image.new("RGB", size))) for size in ((1, 1), (300, 300), (5, 900))] == [54] * 3

    @given(st.tuples(*[st.integers(0, 255)] * 3))
    def test_a_flat_colour_comes_back(self, colour):
        tile = images.draw_signature(images.signature(Image.new("RGB", (20, 20), colour)), 16)

        assert tile.getpixel((8, 8)) == pytest.approx(colour, abs=4)

    def test_colours_stay_where_they_were(self):
        image = Image.new("RGB", (60, 60), "navy")
        ImageDraw.Draw(image).rectangle((30, 0, 60, 60), fill="orange")

        tile = images.draw_signature(images.signature(image), 60)

        assert pixels(tile)[:, :15, 2].mean() > pixels(tile)[:, :15, 0].mean()
        assert pixels(tile)[:, 45:, 0].mean() > pixels(tile)[:, 45:, 2].mean()

    @given(st.binary(min_size=54, max_size=54), st.integers(1, 300))
    def test_any_54_bytes_can_be_drawn_at_any_size(self, signature, side):
        tile = images.draw_signature(signature, side)

        assert (tile.mode, tile.size) == ("RGB", (side, side))

    @pytest.mark.parametrize("length", [0, 53, 55])
    def test_another_length_is_refused(self, length):
        with pytest.raises(BadImage, match="54 bytes"):
            images.draw_signature(bytes(length), 32)
