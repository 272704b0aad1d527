"""Small pictures as `data:` addresses, which a page can contain."""

import base64
from functools import lru_cache
from pathlib import Path

from covergenre import images
from covergenre.errors import BadImage

_TILE_SIDE = 256
_SOFT_SIDE = 56


def data_address(jpeg: bytes) -> str:
    """The `data:` address of a JPEG."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"


def small(data: bytes, side: int) -> bytes:
    """The cover in these bytes as a JPEG of at most `side` pixels; BadImage as `images.decode` raises it."""
    return images.thumbnail(images.decode_once(data).image, side)


@lru_cache(maxsize=2048)
def soft_tile(signature: bytes) -> str:
    """The colours of a cover from its signature; small, because browsers enlarge smoothly."""
    return data_address(images.thumbnail(images.draw_signature(signature, _SOFT_SIDE)))


def tile_of_file(path: Path | None) -> str:
    """The thumbnail of a cover's file; "" if there is none or it can't be read."""
    try:
        return _tile_of_file(path, path.stat().st_mtime_ns) if path else ""
    except (BadImage, OSError):
        return ""


@lru_cache(maxsize=512)
def _tile_of_file(path: Path, _modified: int) -> str:
    return data_address(small(images.read(path), _TILE_SIDE))
