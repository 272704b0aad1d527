"""Colours as a browser shows them."""

import struct
import zlib

import numpy as np
import pytest
from drawing import cover, encoded
from PIL import Image, ImageCms

from covergenre import images


def shown(data: bytes) -> np.ndarray:
    return np.asarray(images.decode(data).image).astype(int)


def with_primaries(swapped: bool = False) -> bytes:
    """An sRGB profile; `swapped` has the primaries of red and green exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ") if swapped else profile


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def grey_png(depth: int, values: list[int], clear: int) -> bytes:
    """A PNG of one row of greys of `depth` bits, one of them transparent."""
    bits = "".join(f"{value:0{depth}b}" for value in values)
    row = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", len(values), 1, depth, 0, 0, 0, 0))
    pixels = chunk(b"tRNS", struct.pack(">H", clear)) + chunk(b"IDAT", zlib.compress(b"\0" + row)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + pixels


class TestTransparentGreys:
    def test_sixteen_bits(self):
        assert shown(grey_png(16, [0, 300, 301, 65535], clear=300))[0, :, 0].tolist() == [0, 255, 1, 255]

    @pytest.mark.parametrize(
        ("depth", "values", "greys"),
        [(1, [0, 1], [255, 255]), (2, [0, 1, 2, 3], [255, 85, 170, 255]), (4, [0, 1, 15], [255, 17, 255])],
    )
    def test_few_bits(self, depth, values, greys):
        assert shown(grey_png(depth, values, clear=0))[0, :, 0].tolist() == greys

    def test_the_transparent_grey_is_compared_before_scaling(self):
        assert shown(grey_png(4, [0, 1, 15], clear=1))[0, :, 0].tolist() == [0, 255, 255]


def test_an_rgb_png_of_sixteen_bits_may_name_one_colour_transparent():
    row = struct.pack(">6H", 0x1234, 0x1234, 0x1234, 0x8000, 0, 0)

    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0))
    data += chunk(b"tRNS", struct.pack(">3H", 0x1234, 0x1234, 0x1234))
    data += chunk(b"IDAT", zlib.compress(b"\0" + row)) + chunk(b"IEND", b"")

    assert shown(data)[0].tolist() == [[255, 255, 255], [128, 0, 0]]


class TestWhiteIsZero:
    @pytest.mark.parametrize("compression", [None, "tiff_deflate"])
    def test_sixteen_bit_greys_are_not_shown_as_a_negative(self, compression):
        greys = Image.fromarray(np.array([[0, 257, 65535]], np.uint16))

        assert shown(encoded(greys, "TIFF", tiffinfo={262: 0}, compression=compression))[0, :, 0].tolist() == [
            255,
            254,
            0,
        ]


def test_a_tiff_of_twelve_bit_greys_reaches_white():
    greys = encoded(Image.fromarray(np.array([[0xFFFF, 0]], np.uint16)), "TIFF")
    raw = greys.replace(struct.pack("<HHI", 258, 3, 1) + b"\x10\0", struct.pack("<HHI", 258, 3, 1) + b"\x0c\0")

    assert shown(raw)[0, 0, 0] == 255


class TestProfiles:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
    def test_that_change_colours_are_applied(self, kind):
        image = Image.new("RGB", (16, 16), (200, 20, 20))

        data = encoded(image, kind, icc_profile=with_primaries(swapped=True))

        red, green, _ = shown(data)[8, 8]
        assert green > 150 > 60 > red

    def test_without_visible_effect_leave_every_pixel_unchanged(self):
        image = cover()

        assert np.array_equal(shown(encoded(image, "PNG", icc_profile=with_primaries())), np.asarray(image))

    @pytest.mark.parametrize("profile", [b"not a profile", with_primaries()[:200], bytes(900_000)])
    def test_that_are_invalid_are_ignored(self, profile):
        image = cover()

        assert np.array_equal(shown(encoded(image, "PNG", icc_profile=profile)), np.asarray(image))

    def test_of_another_colour_space_are_ignored(self):
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

        assert np.array_equal(shown(encoded(cover(), "PNG", icc_profile=lab)), np.asarray(cover()))

    def test_leave_transparent_pixels_white(self):
        image = Image.new("RGBA", (4, 4), (200, 20, 20, 0))

        assert shown(encoded(image, "PNG", icc_profile=with_primaries(swapped=True)))[0, 0].tolist() == [255, 255, 255]
