import pytest
from drawing import cover, encoded
from PIL import Image

from covergenre import images


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- drawn -->\n<SVG>', "an SVG drawing"),
        (encoded(cover(), "PDF"), "a PDF document"),
        (encoded(cover(), "ICO"), "an ICO icon"),
        (encoded(cover(), "JPEG2000"), "a JPEG 2000 picture"),
        (b"8BPS\0\1" + bytes(20), "a Photoshop document"),
        (b"\xff\x0a" + bytes(20), "a JPEG XL picture"),
        (b"PK\3\4" + bytes(20), "a ZIP archive"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_kinds_of_file_are_named_with_advice(data, name, refusal):
    assert refusal(data) == f"this file is {name}; covers can be {images.ACCEPTED}: export it as one of these"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\n<!DOCTYPE html><title>404</title>", "a web page"),
        (b"<html><body>not found</body></html>", "a web page"),
        (b"<!-- cached -->\n<HTML lang='en'>", "a web page"),
        (b"<body>Rate limited</body>", "a web page"),
        (b'<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', "an error message in XML"),
        (b"<Error><Code>NoSuchKey</Code></Error>", "an error message in XML"),
        (b'<?xml version="1.0"?><feed/>', "an XML document"),
        (b'{"error": "not found"}', "a message in JSON"),
    ],
)
def test_a_saved_error_message_is_named(data, name, refusal):
    assert refusal(data) == (
        f"this file is {name} that was saved under the name of a picture: fetch the cover itself again"
    )


def test_anything_else_is_not_a_picture(refusal):
    assert refusal(b"just text").startswith("this file is not a picture; covers can be JPEG, PNG")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "WebP"), ("AVIF", "AVIF")),
        *(("GIF", "GIF"), ("BMP", "BMP"), ("TIFF", "TIFF")),
    ],
)
def test_a_file_cut_short_is_named_damaged(kind, name, refusal):
    data = encoded(cover(), kind)

    assert refusal(data[: len(data) // 3]).startswith(f"this {name} is damaged, cut short or of a rare kind")


def test_a_heic_without_content_is_named_damaged(refusal):
    assert refusal(b"\0\0\0\x18ftypheic\0\0\0\0").startswith("this HEIC is damaged")


def test_no_message_shows_a_python_object(refusal):
    assert "object at 0x" not in refusal(b"\x89PNG\r\n\x1a\n and no more")


def test_the_extensions_are_those_of_the_formats():
    pi_heif = pytest.importorskip("pi_heif")
    pi_heif.register_heif_opener()
    Image.init()
    registered = Image.registered_extensions().items()

    assert {extension for extension, kind in registered if kind in images.FORMATS} == images.EXTENSIONS
