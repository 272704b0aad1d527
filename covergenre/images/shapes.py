"""Hashes, squares and thumbnails of a decoded cover. Images are never changed in place."""

import hashlib
import io

import numpy as np
from PIL import Image, ImageOps

_MAX_PADDED_SIDE = 2048
_HASH_SIDE = 32


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
    strengths = (waves @ greys @ waves.T).round(6)  # so that zeros are 0 and not 1e-13
    return np.packbits(strengths > np.median(strengths)).tobytes().hex()


def square(image: Image.Image) -> Image.Image:
    """The cover as a square, by one rule for the whole project.

    Up to 4:3 it is cropped to the centre, which drops the border of a scan. Anything longer (a box, a banner) is padded
    with white, at most 2,048 px a side, so that a thin strip doesn't become a gigantic square.
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


def png(image: Image.Image) -> bytes:
    """The picture as a PNG file."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
