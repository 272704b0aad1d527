"""Limits on the size of a picture and the cost of decoding it, mostly checked on its header.

Limited are the number of pixels (and so memory, by format), the length of a side, the scans of a progressive JPEG, each
of which runs over all pixels, and processor time.
"""

import io
import re
import threading
import time

from covergenre.errors import BadImage

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000
MAX_SIDE = 30_000
MAX_SECONDS = 10.0
FULL_SCALE = 16_000_000
"""Pictures of more pixels are decoded at half or a third of their scale, which limits memory."""

_PIXELS = {"WEBP": 25_000_000, "AVIF": 25_000_000, "HEIF": 25_000_000}  # their decoders take 16 bytes a pixel or more
_MAX_SCAN_PIXELS = 600_000_000  # 12 scans of the largest picture: 3 s; usual are 1 (baseline) to 11 (progressive)
_MAX_SCANS = 100
_MAX_SEGMENTS = 5000
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01

ONE_LARGE = threading.Lock()
"""Held while a picture of more than `FULL_SCALE` pixels is decoded, which may take hundreds of megabytes."""


def check_length(length: int) -> None:
    """Raise BadImage for a file that is empty or has more than `MAX_BYTES`."""
    if length == 0:
        raise BadImage("this file is empty: fetch or export it again")
    if length > MAX_BYTES:
        raise BadImage(
            f"this file has {length / 2**20:.1f} MB; at most {MAX_BYTES // 2**20} MB are read: save it smaller"
        )


def check_size(kind: str, width: int, height: int) -> None:
    """Raise BadImage for a picture of Pillow's format `kind` with too long a side or too many pixels."""
    if max(width, height) > MAX_SIDE:
        raise BadImage(
            f"this picture is {width:,} x {height:,} pixels; at most {MAX_SIDE:,} a side are read: save it smaller"
        )
    if width * height > (most := _PIXELS.get(kind, MAX_PIXELS)):
        raise too_many_pixels(most, kind)


def too_many_pixels(most: int = MAX_PIXELS, kind: str = "") -> BadImage:
    """The error for more than so many pixels."""
    named = kind if kind in _PIXELS else "picture"
    return BadImage(f"this {named} declares more than the {most:,} pixels that are read: save it smaller")


def check_scans(data: bytes, pixels: int) -> None:
    """Raise BadImage for a JPEG whose scans, each over all its pixels, would take too long."""
    scans = _scans(data)
    if scans > _MAX_SCANS or scans * pixels > max(_MAX_SCAN_PIXELS, 2 * pixels):
        raise BadImage(f"this JPEG runs {scans} times over its pixels, too costly to read: export it again")


def _scans(data: bytes) -> int:
    """How many scans the first picture in a JPEG has."""
    scans = segments = 0
    at = 2
    while marker := _MARKER.search(data, at):
        code, at = marker[1][0], marker.end()
        if code == _EOI:
            break
        if code in (_SOI, _TEM):
            continue
        segments += 1
        scans += code == _SOS
        if segments > _MAX_SEGMENTS:
            raise BadImage(f"this JPEG has more than {_MAX_SEGMENTS:,} segments, too many to read: export it again")
        at += int.from_bytes(data[at : at + 2], "big")
    return scans


class Source(io.BytesIO):
    """The bytes of a picture, readable until this thread has spent `MAX_SECONDS` of processor time."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._end = time.thread_time() + MAX_SECONDS

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; BadImage when the time is up."""
        if time.thread_time() > self._end:
            raise BadImage(f"this picture takes more than {MAX_SECONDS:.0f} s to read: export it again")
        return super().read(size)
