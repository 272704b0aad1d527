"""Pictures that are small as files and costly to decode."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from drawing import cover, encoded
from PIL import Image

from covergenre import images
from covergenre.errors import BadImage
from covergenre.images import limits


def many_scans(side: int, scans: int) -> bytes:
    """A progressive JPEG whose last scan is there over and over."""
    data = encoded(Image.new("RGB", (side, side), "navy"), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * scans + b"\xff\xd9"


@pytest.mark.parametrize("size", [(30_001, 1), (1, 30_001), (500, 70_000)])
def test_too_long_a_side_is_refused(size, refusal):
    assert "at most 30,000 a side" in refusal(encoded(Image.new("1", size), "PNG"))


def test_the_longest_side_allowed_is_read():
    assert images.decode(encoded(Image.new("L", (images.MAX_SIDE, 1)), "PNG")).image.size == (images.MAX_SIDE, 1)


def test_a_webp_has_a_lower_limit_as_its_decoder_needs_more_memory(refusal):
    assert "more than the 25,000,000 pixels" in refusal(encoded(Image.new("L", (5001, 5000)), "WEBP", method=0))


class TestScans:
    def test_more_than_a_hundred_are_refused_whatever_the_size(self, refusal):
        assert "too costly to read" in refusal(many_scans(16, 100))

    def test_the_limit_depends_on_the_number_of_pixels(self):
        limits.check_scans(many_scans(16, 40), 1_000_000)
        with pytest.raises(BadImage, match="times over its pixels"):
            limits.check_scans(many_scans(16, 40), 50_000_000)

    def test_those_of_a_usual_progressive_jpeg_are_read_at_the_largest_size(self):
        limits.check_scans(encoded(cover(), "JPEG", progressive=True), images.MAX_PIXELS)

    def test_those_of_a_preview_inside_the_file_do_not_count(self):
        data = encoded(cover(), "JPEG")
        preview = many_scans(16, 90)
        comment = b"\xff\xfe" + struct.pack(">H", len(preview) + 2) + preview

        limits.check_scans(data[:2] + comment + data[2:], images.MAX_PIXELS)

    def test_thousands_of_empty_segments_are_refused(self, refusal):
        data = encoded(cover(), "JPEG")

        assert "segments, too many" in refusal(data[:2] + b"\xff\xfe\0\2" * 6000 + data[2:])

    def test_a_tiff_of_progressive_jpegs_is_refused(self, refusal):
        data = encoded(cover(), "TIFF", compression="jpeg")

        assert "progressive" in refusal(data.replace(b"\xff\xc0", b"\xff\xc2"))


def test_decoding_has_a_time_limit(monkeypatch, refusal):
    monkeypatch.setattr(limits, "MAX_SECONDS", -1.0)

    assert "takes more than" in refusal(encoded(cover(), "JPEG"))


class TestLargePictures:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG"])
    def test_are_decoded_at_half_their_scale(self, kind):
        image = Image.new("RGB", (4100, 4000), "white")
        image.paste("navy", (0, 0, 2050, 4000))

        decoded = images.decode(encoded(image, kind))

        assert (decoded.width, decoded.height, decoded.image.size) == (4100, 4000, (2050, 2000))
        assert decoded.image.getpixel((100, 1000)) == pytest.approx((0, 0, 128), abs=2)
        assert decoded.image.getpixel((2000, 1999)) == pytest.approx((255, 255, 255), abs=2)

    def test_of_up_to_sixteen_million_pixels_are_decoded_at_full_scale(self):
        assert images.decode(encoded(Image.new("L", (4000, 4000)), "PNG")).image.size == (4000, 4000)

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
    @pytest.mark.parametrize(("kind", "mode", "options"), [("TIFF", "F", "tiff_deflate"), ("PNG", "RGBA", None)])
    def test_fifty_million_pixels_take_less_than_600_mb(self, tmp_path, kind, mode, options):
        file = tmp_path / "large"
        extra = {"compression": options} if options else {"compress_level": 1}
        Image.new(mode, (7071, 7071)).save(file, kind, **extra)
        code = (
            "import re, sys\nfrom pathlib import Path\nfrom covergenre import images\n"
            "image = images.decode(Path(sys.argv[1]).read_bytes()).image\n"
            "images.content_hash(image); images.perceptual_hash(image); images.thumbnail(image)\n"
            "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, file], capture_output=True, text=True, check=True, env=os.environ
        )

        assert int(done.stdout) * 1024 < 600e6
