import numpy as np
import pytest
from drawing import cover
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from covergenre.augment import VARIANTS, VIEWS, apply
from covergenre.errors import CoverGenreError


def colour_after(variant: str, colour: tuple[int, int, int]) -> tuple[int, int, int]:
    return apply(Image.new("RGB", (2, 2), colour), variant).getpixel((0, 0))


def test_the_variants_are_those_of_the_reference_in_its_order():
    assert VARIANTS == ("original", "flip", "bri_2", "bri_0.5", "color", "gray")


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_keeps_size_and_mode(variant):
    image = apply(cover().crop((0, 0, 30, 50)), variant)

    assert (image.mode, image.size) == ("RGB", (30, 50))


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_leaves_the_cover_as_it_was(variant):
    image = cover()
    apply(image, variant)

    assert image == cover()


def test_original_is_the_cover_itself():
    assert apply(cover(), "original") == cover()


def test_flip_swaps_left_and_right():
    assert np.array_equal(np.asarray(apply(cover(), "flip")), np.asarray(cover())[:, ::-1])


@given(st.integers(0, 50), st.integers(2, 40), st.integers(2, 40))
def test_flipping_twice_gives_the_cover_back(number, width, height):
    image = cover(number=number).crop((0, 0, width, height))

    assert apply(apply(image, "flip"), "flip") == image


def test_bri_2_doubles_the_brightness_up_to_white():
    assert colour_after("bri_2", (10, 60, 200)) == (20, 120, 255)


def test_bri_half_halves_the_brightness():
    assert colour_after("bri_0.5", (10, 60, 200)) == (5, 30, 100)


def test_color_scales_saturation_by_two_and_a_half():
    grey = Image.new("RGB", (1, 1), (100, 120, 110)).convert("L").getpixel((0, 0))

    expected = [grey + 2.5 * (value - grey) for value in (100, 120, 110)]

    assert colour_after("color", (100, 120, 110)) == pytest.approx(expected, abs=1)


def test_gray_leaves_only_luma():
    luma = Image.new("RGB", (1, 1), (10, 60, 200)).convert("L").getpixel((0, 0))

    assert colour_after("gray", (10, 60, 200)) == (luma,) * 3


def test_an_unknown_variant_error_lists_the_known_ones():
    with pytest.raises(CoverGenreError, match=r"'sepia'.*original, flip"):
        apply(cover(), "sepia")


def test_a_cover_is_seen_whole_cropped_and_with_a_border():
    sizes = {view: apply(Image.new("RGB", (200, 100)), view).size for view in VIEWS}
    assert sizes == {"original": (200, 100), "cropped": (188, 94), "bordered": (212, 112)}
