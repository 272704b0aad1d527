"""The only place where bytes become pixels.

limits        how large and how costly to decode a picture may be, mostly checked before it is decoded
formats       file formats, recognised by their first bytes
audio         covers inside audio files
decoding      from bytes to an upright RGB image
colour        modes, transparency and colour profiles to plain sRGB
shapes        hashes, squares, thumbnails
signatures    54 bytes for the colours of a cover
palette       the colours of many covers
"""

from covergenre.images.decoding import DECODER, Decoded, decode, decode_once, read
from covergenre.images.formats import ACCEPTED, EXTENSIONS, FORMATS, detect_format
from covergenre.images.limits import MAX_BYTES, MAX_PIXELS, MAX_SIDE
from covergenre.images.shapes import content_hash, perceptual_hash, png, shrink, square, thumbnail
from covergenre.images.signatures import SIGNATURE_LENGTH, draw_signature, read_signatures, signature

__all__ = [
    "ACCEPTED",
    "DECODER",
    "EXTENSIONS",
    "FORMATS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "MAX_SIDE",
    "SIGNATURE_LENGTH",
    "Decoded",
    "content_hash",
    "decode",
    "decode_once",
    "detect_format",
    "draw_signature",
    "perceptual_hash",
    "png",
    "read",
    "read_signatures",
    "shrink",
    "signature",
    "square",
    "thumbnail",
]
