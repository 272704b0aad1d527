import imagehash
import pytest
from drawing import cover, encoded
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from covergenre import images


class TestHashes:
    def test_the_same_pixels_in_other_files_have_one_content_hash(self):
        hashes = {images.content_hash(images.decode(encoded(cover(), kind)).image) for kind in ("PNG", "BMP", "TIFF")}

        assert len(hashes) == 1

    def test_one_changed_pixel_changes_the_content_hash(self):
        changed = cover()
        changed.putpixel((3, 3), (1, 2, 3))

        assert images.content_hash(changed) != images.content_hash(cover())

    def test_the_same_bytes_in_another_shape_have_another_content_hash(self):
        assert images.content_hash(Image.new("RGB", (2, 3))) != images.content_hash(Image.new("RGB", (3, 2)))

    def test_the_content_hash_never_changes_because_stored_vectors_depend_on_it(self):
        assert images.content_hash(Image.new("RGB", (2, 2), "red")) == "d3fad0d301cfe0c8fc77122c02792f1b"

    def test_a_smaller_compressed_copy_has_nearly_the_same_perceptual_hash(self):
        copy = images.decode(encoded(cover(side=200).resize((120, 120)), "JPEG", quality=60)).image

        assert distance(copy, cover(side=200)) <= 6

    def test_another_cover_has_a_far_perceptual_hash(self):
        assert distance(cover(number=1), cover(number=2)) > 10

    @pytest.mark.parametrize("picture", ["cover", "blank", "gradient"])
    def test_a_perceptual_hash_equals_imagehash(self, picture):
        image = {
            "cover": cover("jazz", 3, 200),
            "blank": Image.new("RGB", (50, 50), "navy"),
            "gradient": Image.linear_gradient("L").convert("RGB"),
        }[picture]
        assert images.perceptual_hash(image) == str(imagehash.phash(image))

    def test_a_perceptual_hash_is_16_hex_digits_even_of_a_blank_picture(self):
        assert len(images.perceptual_hash(Image.new("RGB", (5, 5)))) == 16


def distance(one: Image.Image, other: Image.Image) -> int:
    return (int(images.perceptual_hash(one), 16) ^ int(images.perceptual_hash(other), 16)).bit_count()


sides = st.integers(1, 400)


class TestSquare:
    @given(sides, sides)
    def test_the_result_is_square_and_at_least_as_wide_as_the_short_side(self, width, height):
        result = images.square(Image.new("RGB", (width, height)))

        assert result.width == result.height >= min(width, height)

    @pytest.mark.parametrize("size", [(40, 30), (30, 40), (31, 30)])
    def test_up_to_four_thirds_the_centre_is_cropped(self, size):
        image = Image.new("RGB", size, "red")
        image.paste("blue", (5, 5, size[0] - 5, size[1] - 5))

        result = images.square(image)

        assert result.size == (30, 30)
        assert result.getpixel((15, 15)) == (0, 0, 255)
        assert (255, 255, 255) not in {colour for _, colour in result.getcolors()}

    def test_beyond_four_thirds_all_is_kept_on_white(self):
        result = images.square(Image.new("RGB", (41, 30), "red"))

        assert result.size == (41, 41)
        assert {colour: count for count, colour in result.getcolors()} == {
            (255, 0, 0): 41 * 30,
            (255, 255, 255): 41 * 11,
        }

    def test_a_square_cover_stays_as_it_is(self):
        assert images.square(cover()) == cover()

    def test_a_strip_does_not_give_a_gigantic_square(self):
        assert images.square(Image.new("RGB", (1, 1_000_000))).size == (2048, 2048)


class TestShrink:
    @given(sides, sides, sides)
    def test_the_longest_side_fits_and_nothing_is_enlarged(self, width, height, limit):
        result = images.shrink(Image.new("RGB", (width, height)), limit)

        assert max(result.size) == min(limit, max(width, height))
        assert result.width <= width
        assert result.height <= height

    @given(sides, sides, sides)
    def test_proportions_are_kept_to_a_pixel(self, width, height, limit):
        result = images.shrink(Image.new("RGB", (width, height)), limit)

        scale = max(result.size) / max(width, height)
        assert result.size == pytest.approx((max(width * scale, 1), max(height * scale, 1)), abs=1)

    def test_the_cover_is_not_modified(self):
        image = cover()
        images.shrink(image, 10)

        assert image == cover()


class TestThumbnail:
    def test_is_a_small_picture_of_the_whole_cover(self):
        thumbnail = images.decode(images.thumbnail(cover(side=600).crop((0, 0, 600, 300)))).image

        assert thumbnail.size == (256, 128)

    def test_never_enlarges(self):
        assert images.decode(images.thumbnail(cover(side=50))).image.size == (50, 50)


@pytest.mark.covers
def test_a_page_of_48_thumbnails_of_real_covers_is_below_a_megabyte(covers):
    files = sorted(covers.rglob("*.jpg"))[::100][:48]

    assert sum(len(images.thumbnail(images.decode(images.read(file)).image)) for file in files) < 2**20
