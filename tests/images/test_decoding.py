import base64
import io

import numpy as np
import pytest
from drawing import cover, encoded
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from covergenre import images
from covergenre.errors import BadImage

# Pillow warns of what it then refuses or forgives; a reader of covers only sees the outcome.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def in_mode(mode: str) -> Image.Image:
    """A drawn cover stored the way `mode` says, with nothing of it transparent."""
    image = cover(side=40)
    if mode == "LAB":
        srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
        return ImageCms.profileToProfile(image, srgb, lab, outputMode="LAB")
    if mode == "I;16":
        return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    return image.convert(mode)


LOSSLESS = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "WEBP": ("1", "L", "LA", "P", "RGB", "RGBA"),
    "GIF": ("1", "L", "LA", "P", "RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"),
}
LOSSY = {
    "JPEG": ("1", "L", "RGB", "CMYK", "YCbCr"),
    "WEBP": ("RGB", "RGBA", "CMYK"),
    "AVIF": ("RGB", "L"),
    "TIFF": ("YCbCr", "LAB"),
}


def pairs(table: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(kind, mode) for kind, modes in table.items() for mode in modes]


class TestDecodeFormatsAndModes:
    @pytest.mark.parametrize(("kind", "mode"), pairs(LOSSLESS))
    def test_lossless_files_give_their_exact_pixels(self, kind, mode):
        stored = in_mode(mode)
        shown = in_mode("L") if mode == "I;16" else stored

        decoded = images.decode(encoded(stored, kind, lossless=True))

        assert (decoded.format, decoded.image.mode) == (kind, "RGB")
        assert np.array_equal(pixels(decoded.image), pixels(shown.convert("RGB")))

    @pytest.mark.parametrize(("kind", "mode"), pairs(LOSSY))
    def test_lossy_files_give_similar_pixels(self, kind, mode):
        stored = in_mode(mode)
        shown = cover(side=40) if mode == "LAB" else stored.convert("RGB")

        decoded = images.decode(encoded(stored, kind))

        assert (decoded.format, decoded.image.mode, decoded.image.size) == (kind, "RGB", (40, 40))
        assert np.abs(pixels(decoded.image) - pixels(shown)).mean() < 12

    def test_size_mode_and_format_of_the_file_are_kept(self):
        decoded = images.decode(encoded(Image.new("P", (7, 5)), "PNG"))

        assert (decoded.width, decoded.height, decoded.mode, decoded.format) == (7, 5, "P", "PNG")

    def test_a_jpeg_is_decoded_at_full_scale(self):
        data = encoded(cover(side=64), "JPEG")

        with Image.open(io.BytesIO(data)) as plain:
            assert np.array_equal(pixels(images.decode(data).image), pixels(plain))

    @pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1)])
    @pytest.mark.parametrize("kind", [kind for kind in images.FORMATS if kind != "HEIF"])
    def test_lines_and_single_pixels_are_decoded(self, kind, size):
        assert images.decode(encoded(Image.new("RGB", size), kind)).image.size == size

    def test_cyan_ink_is_cyan(self):
        decoded = images.decode(encoded(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), "JPEG"))

        assert decoded.image.getpixel((4, 4)) == pytest.approx((0, 255, 255), abs=3)

    @pytest.mark.parametrize("order", ["<u2", ">u2"])
    @pytest.mark.parametrize("kind", ["PNG", "TIFF"])
    def test_sixteen_bit_greys_are_scaled_not_clipped(self, kind, order):
        ramp = Image.fromarray(np.array([[0, 257, 25699, 65535]], order))

        decoded = images.decode(encoded(ramp, kind))

        assert pixels(decoded.image)[0, :, 0].tolist() == [0, 1, 99, 255]

    @pytest.mark.parametrize("values", [np.array([[-5, 0, 5]], np.int32), np.array([[0, 0.5, 1]], np.float32)])
    def test_greys_without_an_agreed_white_are_stretched(self, values):
        decoded = images.decode(encoded(Image.fromarray(values), "TIFF"))

        assert pixels(decoded.image)[0, :, 1].tolist() == [0, 127, 255]

    def test_nan_and_infinity_count_as_zero(self):
        values = np.array([[np.nan, np.inf, -np.inf, 2]], np.float32)

        decoded = images.decode(encoded(Image.fromarray(values), "TIFF"))

        assert pixels(decoded.image)[0, :, 2].tolist() == [0, 0, 0, 255]

    @pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
    def test_the_first_of_several_frames_is_the_cover(self, kind):
        frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]

        decoded = images.decode(encoded(frames[0], kind, save_all=True, append_images=frames[1:]))

        assert decoded.image.getpixel((8, 8)) == pytest.approx((255, 0, 0), abs=3)

    def test_a_jpeg_with_further_pictures_is_a_jpeg(self):
        data = encoded(cover(), "MPO", save_all=True, append_images=[cover(number=1)])

        assert images.decode(data).format == "JPEG"


class TestDecodeTransparency:
    @pytest.mark.parametrize("kind", ["PNG", "TIFF", "GIF", "WEBP"])
    def test_transparent_pixels_become_white(self, kind):
        image = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
        image.paste((0, 0, 200, 255), (0, 0, 8, 16))

        decoded = images.decode(encoded(image, kind, lossless=True))

        assert decoded.image.getpixel((2, 2)) == (0, 0, 200)
        assert decoded.image.getpixel((12, 2)) == (255, 255, 255)

    def test_half_transparent_black_becomes_grey(self):
        decoded = images.decode(encoded(Image.new("LA", (4, 4), (0, 128)), "PNG"))

        assert decoded.image.getpixel((0, 0)) == (127, 127, 127)

    @pytest.mark.parametrize("transparency", [1, bytes([255, 0])], ids=["one colour", "alpha of each colour"])
    def test_a_palette_may_hold_transparent_colours(self, transparency):
        image = Image.new("P", (2, 1))
        image.putpalette([10, 20, 30, 0, 0, 0])
        image.putpixel((1, 0), 1)

        decoded = images.decode(encoded(image, "PNG", transparency=transparency))

        assert [decoded.image.getpixel((x, 0)) for x in (0, 1)] == [(10, 20, 30), (255, 255, 255)]

    def test_an_rgb_file_may_name_one_colour_transparent(self):
        decoded = images.decode(encoded(Image.new("RGB", (2, 2), "black"), "PNG", transparency=(0, 0, 0)))

        assert decoded.image.getpixel((0, 0)) == (255, 255, 255)


class TestDecodeOrientation:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
    @pytest.mark.parametrize(
        ("orientation", "size", "corner"),
        [
            (1, (60, 30), (3, 3)),
            (2, (60, 30), (56, 3)),
            (3, (60, 30), (56, 26)),
            (4, (60, 30), (3, 26)),
            (5, (30, 60), (3, 3)),
            (6, (30, 60), (26, 3)),
            (7, (30, 60), (26, 56)),
            (8, (30, 60), (3, 56)),
        ],
    )
    def test_the_picture_stands_upright(self, kind, orientation, size, corner):
        stored = Image.new("RGB", (60, 30), "white")
        stored.paste("red", (0, 0, 8, 8))
        exif = Image.Exif()
        exif[0x0112] = orientation

        image = images.decode(encoded(stored, kind, exif=exif)).image

        assert image.size == size
        assert image.getpixel(corner) == pytest.approx((255, 0, 0), abs=40)

    def test_an_orientation_in_xmp_is_ignored(self):
        xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'

        assert images.decode(encoded(Image.new("RGB", (60, 30)), "JPEG", xmp=xmp)).image.size == (60, 30)

    @pytest.mark.parametrize(
        "exif",
        [
            b"Exif\0\0 not at all",
            b"Exif\0\0II*\0\xff\xff\xff\xff",
            b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x02\0\xff\xff\xff\x7f\0\0\0\0",
            b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x63\0\0\0",
        ],
        ids=["no header", "offset into nothing", "endless value", "orientation 99"],
    )
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_damaged_exif_does_not_spoil_a_good_picture(self, kind, exif):
        assert images.decode(encoded(cover(), kind, exif=exif)).image.size == (96, 96)


HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERA"
    "AAEAAQAAAAABegABAAAAAAAAACgAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3aXBjbwAA"
    "AHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq"
    "SSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAABBwaXhpAAAAAAMICAgA"
    "AAAXaXBtYQAAAAAAAAABAAEEgQIDBAAAADBtZGF0AAAAJCgBr1j5DpJf//o6VyPsh//v9okt/YkVP/AR9eMlEcScfypx4A=="
)  # 64 x 64, its left half navy, its right half white


def test_heic_is_read_where_its_reader_is_installed():
    pytest.importorskip("pi_heif")

    decoded = images.decode(HEIC)

    assert (decoded.format, decoded.image.size) == ("HEIF", (64, 64))
    assert decoded.image.getpixel((10, 30)) == pytest.approx((0, 0, 128), abs=12)
    assert decoded.image.getpixel((55, 30)) == pytest.approx((255, 255, 255), abs=12)


def test_the_same_bytes_are_decoded_once():
    data = encoded(cover(), "PNG")

    assert images.decode_once(data).image is images.decode_once(bytes(bytearray(data))).image


def test_the_cache_of_pictures_is_bounded(monkeypatch):
    monkeypatch.setattr("covergenre.images.decoding._MAX_RECENT", 4 * 96 * 96)
    one, other = (encoded(cover(number=number), "PNG") for number in (1, 2))
    first = images.decode_once(one)
    images.decode_once(other)

    assert images.decode_once(one) is not first


SAMPLES = tuple(encoded(in_mode(mode), kind) for kind, mode in pairs(LOSSLESS) + pairs(LOSSY)) + tuple(
    encoded(cover(side=40), kind, save_all=True, append_images=[cover(number=1, side=40)])
    for kind in ("GIF", "WEBP", "PNG", "TIFF", "MPO")
)
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"")


def decodes_or_is_refused(data: bytes) -> None:
    try:
        image = images.decode(data).image
    except BadImage:
        return
    assert image.mode == "RGB"
    assert min(image.size) > 0


class TestDecodeHostileBytes:
    @given(st.sampled_from(MAGIC), st.binary(max_size=300))
    def test_arbitrary_bytes(self, magic, data):
        decodes_or_is_refused(magic + data)

    @given(st.data())
    def test_files_cut_anywhere(self, data):
        sample = data.draw(st.sampled_from(SAMPLES))
        decodes_or_is_refused(sample[: data.draw(st.integers(0, len(sample)))])

    @given(st.data())
    def test_files_with_flipped_bits(self, data):
        sample = bytearray(data.draw(st.sampled_from(SAMPLES)))
        for bit in data.draw(st.lists(st.integers(0, 8 * len(sample) - 1), min_size=1, max_size=8)):
            sample[bit // 8] ^= 1 << bit % 8
        decodes_or_is_refused(bytes(sample))

    @given(st.data())
    def test_files_with_damaged_headers(self, data):
        sample = bytearray(data.draw(st.sampled_from(SAMPLES)))
        place = data.draw(st.integers(0, 120))
        sample[place : place + 4] = data.draw(st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"]))
        decodes_or_is_refused(bytes(sample))

    @given(st.data())
    def test_files_with_a_piece_repeated(self, data):
        sample = data.draw(st.sampled_from(SAMPLES))
        start, place = (data.draw(st.integers(0, len(sample))) for _ in range(2))
        piece = sample[start : start + data.draw(st.integers(1, 64))]
        decodes_or_is_refused(sample[:place] + piece + sample[place:])


@pytest.mark.covers
def test_real_covers_decode(covers):
    for file in sorted(covers.rglob("*.jpg"))[::100]:
        decoded = images.decode(images.read(file))

        assert decoded.format == "JPEG"
        assert decoded.image.size == (decoded.width, decoded.height)
