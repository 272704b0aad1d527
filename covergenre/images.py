"""The only place where bytes become pixels: limits, decoding, hashes, small pictures.

A decoded cover is an RGB image that stands upright, whatever the file was. Colour profiles are not applied and no file
is decoded at a reduced scale, so equal files give equal pixels everywhere in the project. Images are never changed in
place.
"""

import hashlib
import io
import logging
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from covergenre.errors import BadImage

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
EXTENSIONS = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".tif", ".tiff"})

_log = logging.getLogger(__name__)

_ACCEPTED = "covers can be JPEG, PNG, WebP, GIF, BMP or TIFF"
_TOO_MANY_PIXELS = f"this picture declares more than the {MAX_PIXELS:,} pixels that are read: save it smaller"

_READABLE_KINDS = (
    (rb"\xff\xd8\xff", "JPEG"),
    (rb"\x89PNG\r\n\x1a\n", "PNG"),
    (rb"RIFF....WEBP", "WebP"),
    (rb"GIF8[79]a", "GIF"),
    (rb"BM", "BMP"),
    (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "TIFF"),
)
_OTHER_KINDS = (
    (rb"(?i).{0,1000}<svg", "an SVG drawing"),
    (rb"(?i)\W*<(!doctype html|html|head)", "a web page"),
    (rb"%PDF", "a PDF document"),
    (rb"8BPS", "a Photoshop document"),
    (rb"\0\0\x01\0", "an ICO icon"),
    (rb"....ftypavi[fs]", "an AVIF picture"),
    (rb"....ftyp(hei|hev|mif|msf)", "a HEIC picture"),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (rb"ID3|fLaC|OggS|RIFF....WAVE", "a sound file"),
    (rb"PK\x03\x04", "a ZIP archive"),
)

_LUMA_SIDE = 6
_CHROMA_SIDE = 3
SIGNATURE_LENGTH = _LUMA_SIDE**2 + 2 * _CHROMA_SIDE**2
_MAX_PADDED_SIDE = 2048
_HASH_SIDE = 32


@dataclass(frozen=True)
class Decoded:
    """A cover as pixels, and what its file said before anything was done to it.

    `image` is RGB, upright, the first frame, with transparency laid on white. `width`, `height`, `mode` (Pillow's name)
    and `format` (one of `FORMATS`) are what Pillow reports of the file before it is turned upright: a photo taken
    sideways has `width` and `height` exchanged against `image.size`.
    """

    image: Image.Image
    width: int
    height: int
    mode: str
    format: str


def read(path: Path) -> bytes:
    """The bytes of a cover's file; BadImage when it is missing, empty, not a file, or larger than `MAX_BYTES`.

    The size is checked before anything is read.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise BadImage(f"{path.name or path} is not a file: name the file of one cover")
        _check_length(status.st_size)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise BadImage(f"there is no file {path}: check its name and folder") from error
    except (OSError, ValueError) as error:
        raise BadImage(f"{path} can't be read ({error}): check its name and permissions") from error


def decode(data: bytes) -> Decoded:
    """The picture that the bytes of a file hold.

    Raises BadImage, and nothing else, for bytes that are empty or more than `MAX_BYTES`, not of `FORMATS`, damaged, or
    that declare more than `MAX_PIXELS` pixels (found out before any pixel is read).
    """
    _check_length(len(data))
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as stored:
            width, height, mode = stored.width, stored.height, stored.mode
            if width * height > MAX_PIXELS:
                raise BadImage(_TOO_MANY_PIXELS)
            # A JPEG that holds further pictures for other screens (MPO) is, in its first frame, a plain JPEG.
            name = "JPEG" if stored.format == "MPO" else stored.format
            stored.load()  # First, so that damaged pixels are not taken for damaged EXIF.
            _stand_upright(stored)
            return Decoded(_to_rgb(stored), width, height, mode, name)
    except BadImage:
        raise
    except Image.DecompressionBombError as error:
        raise BadImage(_TOO_MANY_PIXELS) from error
    except Exception as error:  # Hostile bytes bring any exception out of a decoder: struct.error, MemoryError, ...
        raise BadImage(_why_unreadable(data, error)) from error


def content_hash(image: Image.Image) -> str:
    """32 hex digits that are equal for equal pixels: blake2b of the size and the RGB values."""
    digest = hashlib.blake2b(b"%dx%d:" % image.size, digest_size=16)
    digest.update(image.tobytes())
    return digest.hexdigest()


def perceptual_hash(image: Image.Image) -> str:
    """16 hex digits whose Hamming distance is small between like pictures.

    The 64-bit pHash: which of the 8 x 8 lowest frequencies of the cosine transform of 32 x 32 greys lie above their
    median. The same digits as those of imagehash, which would import scipy, and prediction does without.
    """
    greys = np.asarray(image.convert("L").resize((_HASH_SIDE,) * 2, Image.Resampling.LANCZOS), np.float64)
    waves = 2 * np.cos(np.pi / _HASH_SIDE * np.outer(np.arange(8), np.arange(_HASH_SIDE) + 0.5))
    strengths = (waves @ greys @ waves.T).round(6)  # rounded: what is nothing has to be 0 and not 1e-13
    return np.packbits(strengths > np.median(strengths)).tobytes().hex()


def square(image: Image.Image) -> Image.Image:
    """The cover as a square, by one rule for the whole project.

    Up to 4:3 the centre is cut out: a scan's border goes, the artwork stays. Anything longer (a box, a banner) is kept
    whole on white, at most 2,048 px a side so that a thin strip can't ask for a gigantic square.
    """
    width, height = image.size
    short, long = min(image.size), max(image.size)
    if 3 * long > 4 * short:
        kept = shrink(image, _MAX_PADDED_SIDE)
        return ImageOps.pad(kept, (max(kept.size),) * 2, color="white")
    left, top = (width - short) // 2, (height - short) // 2
    return image.crop((left, top, left + short, top + short))


def shrink(image: Image.Image, limit: int) -> Image.Image:
    """The image with its longest side at most `limit` pixels, its proportions kept; never enlarged."""
    if max(image.size) <= limit:
        return image
    smaller = image.copy()
    smaller.thumbnail((limit, limit), Image.Resampling.LANCZOS)
    return smaller


def thumbnail(image: Image.Image, side: int = 256) -> bytes:
    """A JPEG of at most `side` pixels: WebP would be a quarter smaller and take four times as long to make."""
    buffer = io.BytesIO()
    shrink(image, side).save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def signature(image: Image.Image) -> bytes:
    """54 bytes that recall a cover's colours without holding its artwork.

    The squared cover in YCbCr: 6x6 of luma, then 3x3 of Cb and 3x3 of Cr, each row by row, one byte a value.
    """
    bands = square(image).convert("YCbCr").split()
    sides = (_LUMA_SIDE, _CHROMA_SIDE, _CHROMA_SIDE)
    return b"".join(
        band.resize((side, side), Image.Resampling.BOX).tobytes() for band, side in zip(bands, sides, strict=True)
    )


def draw_signature(signature: bytes, side: int) -> Image.Image:
    """A soft RGB tile of `side` x `side` pixels from the bytes of `signature`; BadImage when they are not 54."""
    if len(signature) != SIGNATURE_LENGTH:
        raise BadImage(f"a colour signature has {SIGNATURE_LENGTH} bytes, this one {len(signature)}: make it again")
    bands = [
        Image.fromarray(band[0]).resize((side, side), Image.Resampling.BICUBIC) for band in read_signatures([signature])
    ]
    return Image.merge("YCbCr", bands).convert("RGB")


def read_signatures(signatures: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The luma (n, 6, 6), Cb and Cr (n, 3, 3 each) of n signatures, uint8; each signature has to be 54 bytes long."""
    values = np.frombuffer(b"".join(signatures), np.uint8).reshape(len(signatures), SIGNATURE_LENGTH)
    luma, cb, cr = np.split(values, [_LUMA_SIDE**2, _LUMA_SIDE**2 + _CHROMA_SIDE**2], axis=1)
    return (
        luma.reshape(-1, _LUMA_SIDE, _LUMA_SIDE),
        cb.reshape(-1, _CHROMA_SIDE, _CHROMA_SIDE),
        cr.reshape(-1, _CHROMA_SIDE, _CHROMA_SIDE),
    )


def _check_length(length: int) -> None:
    if length == 0:
        raise BadImage("this file is empty: fetch or export it again")
    if length > MAX_BYTES:
        raise BadImage(
            f"this file has {length / 2**20:.1f} MB; at most {MAX_BYTES // 2**20} MB are read: save it smaller"
        )


def _stand_upright(image: Image.Image) -> None:
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except Exception as error:  # EXIF is advice: when it is damaged, the picture itself is still good.
        _log.debug("orientation not read: %s", error)


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):  # Pillow's own conversion clips at 255.
        return Image.fromarray((np.asarray(image) // 257).astype(np.uint8)).convert("RGB")
    if image.mode in ("I", "F"):
        return _stretch(np.asarray(image, np.float64)).convert("RGB")
    if image.has_transparency_data:
        page = Image.new("RGBA", image.size, "white")
        page.alpha_composite(image.convert("RGBA"))
        return page.convert("RGB")
    return image.convert("RGB")


def _stretch(values: np.ndarray) -> Image.Image:
    """32-bit greys have no agreed white: their own smallest value becomes black, their largest white."""
    values = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = values.min(), values.max()
    return Image.fromarray(((values - low) * (255 / max(high - low, 1e-12))).astype(np.uint8))


def _why_unreadable(data: bytes, error: Exception) -> str:
    kind = _kind(data, _READABLE_KINDS)
    if kind:
        reason = "its header makes no sense" if isinstance(error, Image.UnidentifiedImageError) else error
        return f"this {kind} is damaged, cut short or of a rare kind ({reason}): export it again as JPEG or PNG"
    other = _kind(data, _OTHER_KINDS)
    if other:
        return f"this file is {other}; {_ACCEPTED}: export it as one of these"
    return f"this file is not a picture; {_ACCEPTED}"


def _kind(data: bytes, kinds: tuple[tuple[bytes, str], ...]) -> str:
    return next((name for pattern, name in kinds if re.match(pattern, data[:2048], re.DOTALL)), "")
