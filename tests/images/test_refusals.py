import os
import struct
import zlib

import numpy as np
import pytest
from drawing import cover, encoded
from PIL import Image

from covergenre import images
from covergenre.errors import BadImage
from covergenre.images.decoding import CUT_SHORT

# Pillow warns of what it then refuses or forgives; a reader of covers only sees the outcome.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::RuntimeWarning")


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width: int, height: int) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + png_chunk(b"IDAT", zlib.compress(b"\0" * 9))


class TestRead:
    def test_gives_the_bytes_of_a_file(self, tmp_path):
        (tmp_path / "cover.png").write_bytes(b"some bytes")

        assert images.read(tmp_path / "cover.png") == b"some bytes"

    def test_names_a_file_that_is_missing(self, tmp_path):
        with pytest.raises(BadImage, match=r"there is no file .*missing\.jpg"):
            images.read(tmp_path / "missing.jpg")

    def test_refuses_a_folder(self, tmp_path):
        with pytest.raises(BadImage, match="is not a file"):
            images.read(tmp_path)

    def test_refuses_a_pipe_instead_of_waiting_for_it(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.jpg")

        with pytest.raises(BadImage, match="is not a file"):
            images.read(tmp_path / "pipe.jpg")

    def test_refuses_an_empty_file(self, tmp_path):
        (tmp_path / "cover.jpg").touch()

        with pytest.raises(BadImage, match="is empty"):
            images.read(tmp_path / "cover.jpg")

    def test_refuses_a_file_over_the_limit(self, tmp_path):
        with (tmp_path / "cover.jpg").open("wb") as file:
            file.truncate(images.MAX_BYTES + 1)

        with pytest.raises(BadImage, match="at most 20 MB"):
            images.read(tmp_path / "cover.jpg")

    def test_refuses_a_name_that_no_file_can_have(self, tmp_path):
        with pytest.raises(BadImage, match="can't be read"):
            images.read(tmp_path / "\0.jpg")


class TestDecodeLimits:
    def test_no_bytes_are_no_picture(self, refusal):
        assert "is empty" in refusal(b"")

    def test_bytes_over_the_limit_are_refused(self, refusal):
        assert "at most 20 MB" in refusal(bytes(images.MAX_BYTES + 1))

    @pytest.mark.parametrize("side", [7072, 10_000, 30_000], ids=["just over", "Pillow warns", "Pillow refuses"])
    def test_too_many_pixels_are_refused_on_the_header_alone(self, side, refusal):
        assert "more than the 50,000,000 pixels" in refusal(png_claiming(side, side))

    @pytest.mark.parametrize(
        ("kind", "place", "size"),
        [
            ("GIF", 6, struct.pack("<HH", 60_000, 60_000)),
            ("BMP", 18, struct.pack("<ii", 60_000, 60_000)),
        ],
    )
    def test_the_size_in_other_headers_is_checked_too(self, kind, place, size, refusal):
        data = bytearray(encoded(Image.new("RGB", (8, 8)), kind))
        data[place : place + len(size)] = size

        assert "more than the 50,000,000 pixels" in refusal(bytes(data))

    def test_a_jpeg_of_gigantic_size_is_refused(self, refusal):
        data = encoded(Image.new("RGB", (8, 8)), "JPEG")
        lying = data.replace(struct.pack(">BHH", 8, 8, 8), struct.pack(">BHH", 8, 65_000, 65_000))

        assert "more than the 50,000,000 pixels" in refusal(lying)

    def test_a_png_without_the_pixels_it_declares_is_damaged(self, refusal):
        assert refusal(png_claiming(5000, 5000)).startswith("this PNG is damaged")

    def test_a_tiff_without_the_pixels_it_declares_is_damaged(self, refusal):
        data = encoded(Image.new("L", (8, 9)), "TIFF")
        lying = data.replace(struct.pack("<HHII", 256, 4, 1, 8), struct.pack("<HHII", 256, 4, 1, 4000))

        assert refusal(lying).startswith("this TIFF is damaged")

    @pytest.mark.parametrize(
        "chunk",
        [
            png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2**26))),
            png_chunk(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(2**26))),
            png_chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(2**26))),
        ],
        ids=["zTXt", "iTXt", "iCCP"],
    )
    def test_text_that_unpacks_to_gigantic_size_is_refused(self, chunk, refusal):
        data = encoded(cover(), "PNG")
        header_end = 33

        assert refusal(data[:header_end] + chunk + data[header_end:]).startswith("this PNG is damaged")


class TestCutShort:
    """A JPEG without its end is shown as far as it goes, as browsers do."""

    @pytest.mark.parametrize("progressive", [False, True])
    def test_the_end_may_be_missing(self, progressive):
        whole = encoded(cover(side=200), "JPEG", progressive=progressive)

        decoded = images.decode(whole[:-2])

        assert decoded.note == CUT_SHORT
        assert np.array_equal(pixels(decoded.image), pixels(images.decode(whole).image))

    @pytest.mark.parametrize("progressive", [False, True])
    def test_a_tenth_may_be_missing(self, progressive):
        whole = encoded(cover(side=200), "JPEG", progressive=progressive)

        image = images.decode(whole[: len(whole) * 9 // 10]).image

        assert np.abs(pixels(image) - pixels(images.decode(whole).image))[:100].mean() < 3

    def test_a_picture_of_which_less_than_half_is_there_is_refused(self, refusal):
        whole = encoded(cover(side=200), "JPEG")

        assert "less than half" in refusal(whole[: len(whole) * 2 // 5])

    def test_a_whole_file_has_no_note(self):
        assert images.decode(encoded(cover(), "JPEG")).note == ""
