"""Signatures: 54 bytes for the colours of a cover, and the soft tile that is drawn from them."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from covergenre.errors import BadImage
from covergenre.images.shapes import square

_LUMA_SIDE = 6
_CHROMA_SIDE = 3
SIGNATURE_LENGTH = _LUMA_SIDE**2 + 2 * _CHROMA_SIDE**2


def signature(image: Image.Image) -> bytes:
    """54 bytes for a cover's colours, from which the artwork can't be recovered.

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
