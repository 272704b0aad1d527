"""File formats, recognised by the first bytes of a file."""

import re
from functools import cache

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF", "GIF", "BMP", "TIFF")
_OWN_FORMATS = tuple(name for name in FORMATS if name != "HEIF")
EXTENSIONS = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".avif", ".avifs", ".gif", ".bmp"),
        *(".tif", ".tiff", ".heic", ".heics", ".heif", ".heifs", ".hif"),
    }
)
ACCEPTED = "JPEG, PNG, WebP, AVIF, HEIC, GIF, BMP or TIFF"

_READABLE = (
    (rb"\xff\xd8\xff", "JPEG"),
    (rb"\x89PNG\r\n\x1a\n", "PNG"),
    (rb"RIFF....WEBP", "WebP"),
    (rb"....ftypavi[fs]", "AVIF"),
    (rb"....ftyp(hei|hev|mif|msf)", "HEIC"),
    (rb"GIF8[79]a", "GIF"),
    (rb"BM", "BMP"),
    (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "TIFF"),
)
_PAGES = (
    (rb"(?i)(\W|<!--.{0,1000}?-->)*<(!doctype html|html|head|body|script|title|meta)\b", "a web page"),
    (rb"(?i)\W*<(\?xml.{0,300}<)?(error|code|message)\b", "an error message in XML"),
    (rb"\W*<\?xml", "an XML document"),
    (rb'\s*[{\[]\s*["{\[]', "a message in JSON"),
)
_OTHER = (
    (rb"%PDF", "a PDF document"),
    (rb"8BPS", "a Photoshop document"),
    (rb"\0\0\x01\0", "an ICO icon"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (rb"PK\x03\x04", "a ZIP archive"),
)
_DRAWING = ((rb"(?i)\W*<.{0,1000}<?svg\b", "an SVG drawing"),)


def detect_format(data: bytes) -> str:
    """The name of the supported format that these bytes begin with; "" for none."""
    return _first(data, _READABLE)


def readable_formats(data: bytes) -> tuple[str, ...]:
    """Pillow's names of the formats to try for these bytes; its HEIC plugin is registered on first use."""
    return ("HEIF",) if detect_format(data) == "HEIC" and _has_heif() else _OWN_FORMATS


def why_unreadable(data: bytes, reason: str) -> str:
    """Why these bytes can't be read as a cover, and what to do; `reason` is the decoder's message."""
    kind = detect_format(data)
    if kind == "HEIC" and not _has_heif():
        return "reading HEIC pictures needs the package pi-heif: install it, or export the picture as JPEG or PNG"
    if kind:
        return f"this {kind} is damaged, cut short or of a rare kind ({reason}): export it again as JPEG or PNG"
    drawing = _first(data, _DRAWING)
    if not drawing and (page := _first(data, _PAGES)):
        return f"this file is {page} that was saved under the name of a picture: fetch the cover itself again"
    if other := drawing or _first(data, _OTHER):
        return f"this file is {other}; covers can be {ACCEPTED}: export it as one of these"
    return f"this file is not a picture; covers can be {ACCEPTED}"


@cache
def _has_heif() -> bool:
    """Whether Pillow can read HEIC here."""
    try:
        import pi_heif
    except ImportError:
        return False
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    return True


def _first(data: bytes, kinds: tuple[tuple[bytes, str], ...]) -> str:
    return next((name for pattern, name in kinds if re.match(pattern, data[:2048], re.DOTALL)), "")
