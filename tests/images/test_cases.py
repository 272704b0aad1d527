"""The inputs that once failed, where they are at hand; the other tests draw their like."""

from pathlib import Path

import numpy as np
import pytest

from covergenre import images
from covergenre.errors import BadImage
from covergenre.images.decoding import CUT_SHORT

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not here")


@pytest.mark.parametrize(
    ("name", "size", "note"),
    [
        ("01-no-eoi.jpg", (400, 400), CUT_SHORT),
        ("01-progressive-tail-gone.jpg", (400, 400), CUT_SHORT),
        ("04-icc-prophoto.jpg", (400, 400), ""),
        ("06-l16-trns.png", (400, 400), ""),
        ("07-xmp6-only.jpg", (400, 300), ""),
        ("08-grey16-miniswhite.tif", (400, 400), ""),
        ("10-cover.avif", (400, 400), ""),
        ("17_tiff_7071_float.tif", (3536, 3536), ""),
    ],
)
def test_a_valid_case_is_read(name, size, note):
    decoded = images.decode(images.read(CASES / name))

    assert (decoded.image.size, decoded.note) == (size, note)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("10-html.jpg", "a web page"),
        ("10-xml-accessdenied.jpg", "an error message in XML"),
        ("05_png_50000000x1.png", "at most 30,000 a side"),
        ("long_70000x500.png", "at most 30,000 a side"),
        ("21_webp_7071_lossless.webp", "more than the 25,000,000 pixels"),
        ("27_jpeg_7071_400scans.jpg", "too costly"),
    ],
)
def test_an_invalid_case_is_refused(name, why):
    with pytest.raises(BadImage, match=why):
        images.decode(images.read(CASES / name))


def test_profiles_and_formats_show_one_picture():
    """The same drawing in ProPhoto, as AVIF and cut short looks the same."""
    plain, *others = (
        np.asarray(images.decode(images.read(CASES / name)).image, float)
        for name in ("01-no-eoi.jpg", "04-icc-prophoto.jpg", "10-cover.avif")
    )

    assert [float(np.abs(plain - other).mean()) < 5 for other in others] == [True, True]
