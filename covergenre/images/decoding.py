"""From the bytes of a file to an upright RGB image.

A decoded cover is upright and in sRGB, whatever the file was. A picture of more than `limits.FULL_SCALE` pixels is
decoded at half or a third of its scale.
"""

import errno
import hashlib
import logging
import stat
import threading
from collections import OrderedDict
from contextlib import nullcontext
from dataclasses import dataclass
from math import ceil, sqrt
from pathlib import Path

import numpy as np
from PIL import Image, ImageFile

from covergenre.errors import BadImage
from covergenre.images import audio, limits
from covergenre.images.colour import to_srgb
from covergenre.images.formats import readable_formats, why_unreadable

DECODER = 2
"""Incremented when files give other pixels than before, so that what was computed from them is computed again."""

CUT_SHORT = "the file is cut short: its picture may not be whole"

_log = logging.getLogger(__name__)

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_EOI = b"\xff\xd9"
_ERRORS_OF_DISKS = (
    *("EIO", "ESTALE", "ENOTCONN", "ETIMEDOUT", "EMFILE", "ENFILE"),
    *("ENOMEM", "EHOSTDOWN", "EHOSTUNREACH", "ENODEV", "ENXIO"),
)
_NOT_THE_FILE = frozenset(getattr(errno, name) for name in _ERRORS_OF_DISKS if hasattr(errno, name))
_MAX_RECENT = 96 * 2**20  # bytes of pictures cached by `decode_once`


@dataclass(frozen=True)
class Decoded:
    """A cover as pixels, and the properties of its file.

    `image` is RGB, upright, the first frame, with transparency on white. `width`, `height`, `mode` (Pillow's name) and
    `format` (one of `FORMATS`) are those of the file: a picture with EXIF rotation has `width` and `height` exchanged
    against `image.size`, and a very large picture has a smaller `image`. `note` is "" or a sentence on a defect of the
    file that did not prevent reading it.
    """

    image: Image.Image
    width: int
    height: int
    mode: str
    format: str
    note: str = ""


def read(path: Path) -> bytes:
    """The bytes of a cover's file, or of the cover in an audio file.

    BadImage when it is missing, empty, not a file, or larger than `limits.MAX_BYTES`, which is checked before reading.
    OSError when the disk or the machine fails: a cover must not count as damaged because a network share went away.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BadImage(f"{path.name or path} is not a file, and holds no cover: name the file of one")
        if path.suffix.lower() in audio.EXTENSIONS:
            return audio.embedded_cover(path)
        limits.check_length(status.st_size)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BadImage(f"there is no file {path}: check its name and folder") from error
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in _NOT_THE_FILE:
            raise
        raise BadImage(f"{path} can't be read ({error}): check its name and permissions") from error


def decode(data: bytes) -> Decoded:
    """The picture that the bytes of a file hold.

    A JPEG whose end is missing is decoded as far as it goes, with a `note`, if at least half of it is there. Raises
    BadImage, and nothing else, for bytes that are empty, not of `FORMATS`, damaged, or beyond the `limits`.
    """
    if audio.is_audio(data):
        data = audio.embedded_cover(data)
    limits.check_length(len(data))
    try:
        try:
            return _decode(data)
        except OSError as error:
            if not data.startswith(b"\xff\xd8\xff") or "truncated" not in str(error):
                raise
            return _decode(data + _EOI, CUT_SHORT)
    except BadImage:
        raise
    except Image.DecompressionBombError as error:
        raise limits.too_many_pixels() from error
    except Exception as error:  # Hostile bytes bring any exception out of a decoder: struct.error, MemoryError, ...
        reason = "its header makes no sense" if isinstance(error, Image.UnidentifiedImageError) else str(error)
        raise BadImage(why_unreadable(data, reason or type(error).__name__)) from error


def _decode(data: bytes, note: str = "") -> Decoded:
    with Image.open(limits.Source(data), formats=readable_formats(data)) as stored:
        width, height, mode = stored.width, stored.height, stored.mode
        # A JPEG that holds further pictures for other screens (MPO) is, in its first frame, a plain JPEG.
        name = "JPEG" if stored.format == "MPO" else stored.format or ""
        limits.check_size(name, width, height)
        _check_work(name, data, stored)
        rawmode = _rawmode(stored)
        with limits.ONE_LARGE if width * height > limits.FULL_SCALE else nullcontext():
            factor = ceil(sqrt(width * height / limits.FULL_SCALE))
            if factor > 1 and name == "JPEG":
                stored.draft(None, (width // factor, height // factor))
            stored.load()  # First, so that damaged pixels are not taken for damaged EXIF.
            image = to_srgb(stored, rawmode, ceil(sqrt(stored.width * stored.height / limits.FULL_SCALE)))
        if note:
            _check_half(image)
        return Decoded(_upright(image, _orientation(stored)), width, height, mode, name, note)


def _check_work(name: str, data: bytes, stored: Image.Image) -> None:
    if name == "JPEG":
        limits.check_scans(data, stored.width * stored.height)
    elif name == "TIFF" and stored.info.get("compression") == "jpeg" and b"\xff\xc2" in data:
        raise BadImage("this TIFF holds progressive JPEGs, which are not read: export it again as JPEG or PNG")


def _rawmode(stored: ImageFile.ImageFile) -> str:
    """How the pixels lie in the file, in Pillow's words; "" where it does not say."""
    args = stored.tile[0].args if stored.tile else ""
    first = args[0] if isinstance(args, tuple) and args else args
    return first if isinstance(first, str) else ""


def _check_half(image: Image.Image) -> None:
    """Refuse a picture whose lower half is missing: what is missing of a JPEG is one flat grey."""
    rows = np.asarray(image)
    came = np.flatnonzero((rows != rows[-1, -1]).any(axis=(1, 2)))
    if not len(came) or came[-1] < image.height / 2:
        raise BadImage("this JPEG is damaged, cut short or of a rare kind (less than half is there): fetch it again")


def _orientation(stored: Image.Image) -> int:
    """The EXIF orientation, 1-8, which alone counts, as in browsers."""
    try:
        if tags := getattr(stored, "tag_v2", None):
            return tags.get(_ORIENTATION, 1)
        exif = Image.Exif()
        exif.load(stored.info.get("exif") or b"")
        return exif.get(_ORIENTATION, 1)
    except Exception as error:  # EXIF is advice: when it is damaged, the picture itself is still good.
        _log.debug("orientation not read: %s", error)
        return 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


_recent: OrderedDict[bytes, Decoded] = OrderedDict()
_recent_lock = threading.Lock()


def decode_once(data: bytes) -> Decoded:
    """`decode` with a cache of the last pictures, which must not be changed."""
    key = hashlib.blake2b(data, digest_size=16).digest()
    with _recent_lock:
        if key in _recent:
            _recent.move_to_end(key)
            return _recent[key]
    decoded = decode(data)
    with _recent_lock:
        _recent[key] = decoded
        while sum(4 * each.image.width * each.image.height for each in _recent.values()) > _MAX_RECENT:
            _recent.popitem(last=False)
    return decoded
