"""From any mode that a file may have to plain sRGB on white, as a browser shows it.

The work is done in bands of rows, so that a large picture is not held three times over.
"""

import io
import logging
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

_log = logging.getLogger(__name__)

_BAND = 2_000_000  # pixels worked on at once
_VISIBLE = 5  # levels of 255 that a colour profile has to change a colour by to be applied
_MAX_PROFILE = 4 * 2**20
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_PHOTOMETRIC, _BITS = 262, 258
_GREY_STEP = {"1": 1, "L;2": 85, "L;4": 17}  # Pillow spreads few greys over 0-255, but not the transparent one


def to_srgb(stored: Image.Image, rawmode: str, factor: int) -> Image.Image:
    """The RGB image of a loaded file, its scale divided by `factor`.

    `rawmode` is Pillow's name for the pixels in the file. Transparency becomes white; a colour profile is applied if it
    changes a colour visibly; 16-bit greys keep their scale, 32-bit greys are stretched.
    """
    profile = stored.info.get("icc_profile", b"")
    to_8_bits = _to_8_bits(stored, rawmode)
    shown = Image.new("RGB", (-(-stored.width // factor), -(-stored.height // factor)))
    for top, band in _bands(stored, factor):
        plain = to_8_bits(band)
        if factor > 1:
            plain = plain.reduce(factor)
        shown.paste(_apply(profile, plain), (0, top // factor))
    return shown


def _bands(stored: Image.Image, factor: int) -> Iterator[tuple[int, Image.Image]]:
    width, height = stored.size
    rows = max(_BAND // width // factor, 1) * factor
    for top in range(0, height, rows):
        yield top, stored.crop((0, top, width, min(top + rows, height)))


def _to_8_bits(stored: Image.Image, rawmode: str) -> Callable[[Image.Image], Image.Image]:
    """A function that converts a band of the file to L, RGB or CMYK."""
    clear = stored.info.get("transparency")
    if stored.mode.startswith("I;16"):
        return lambda band: _from_16_bits(band, clear, *_grey_scale(stored))
    if stored.mode in ("I", "F"):
        low, high = _extent(stored)
        sign = -1 if _white_is_zero(stored) else 1
        return lambda band: _stretch(band, low, high, sign)
    if isinstance(clear, tuple) and rawmode.endswith(";16B"):
        return lambda band: _on_white(band, tuple(value >> 8 for value in clear))
    if isinstance(clear, int) and stored.mode == "L":
        return lambda band: _on_white(band, clear * _GREY_STEP.get(rawmode, 1))
    if stored.has_transparency_data:
        return lambda band: _on_white(band, clear)
    if stored.mode in ("L", "CMYK", "RGB"):
        return lambda band: band
    return lambda band: band.convert("L" if stored.mode == "1" else "RGB")


def _from_16_bits(band: Image.Image, clear: object, top: int, inverted: bool) -> Image.Image:
    values = np.asarray(band)
    greys = np.minimum(values.astype(np.uint32) * 255 // top, 255).astype(np.uint8)
    if inverted:
        greys = 255 - greys
    return Image.fromarray(np.where(values == clear, np.uint8(255), greys) if isinstance(clear, int) else greys)


def _grey_scale(stored: Image.Image) -> tuple[int, bool]:
    """The largest value that a 16-bit grey can have, and whether it stands for black."""
    tags = getattr(stored, "tag_v2", {})
    bits = tags.get(_BITS, (16,))[0]
    return 2**bits - 1 if 8 < bits < 16 else 65535, _white_is_zero(stored)


def _white_is_zero(stored: Image.Image) -> bool:
    return getattr(stored, "tag_v2", {}).get(_PHOTOMETRIC) == 0


def _extent(stored: Image.Image) -> tuple[float, float]:
    extents = [(values.min(), values.max()) for values in (_finite(band) for _, band in _bands(stored, 1))]
    lows, highs = zip(*extents, strict=True)
    return float(min(lows)), float(max(highs))


def _finite(band: Image.Image) -> np.ndarray:
    return np.nan_to_num(np.asarray(band, np.float64), posinf=0, neginf=0)


def _stretch(band: Image.Image, low: float, high: float, sign: int) -> Image.Image:
    """32-bit greys have no agreed white: their own smallest value becomes black, their largest white."""
    shares = (_finite(band) - low) * (255 / max(high - low, 1e-12))
    return Image.fromarray((shares if sign > 0 else 255 - shares).astype(np.uint8))


def _on_white(band: Image.Image, clear: object) -> Image.Image:
    if clear is not None:
        band.info["transparency"] = clear
    page = Image.new("RGBA", band.size, "white")
    page.alpha_composite(band.convert("RGBA"))
    return page.convert("RGB")


def _apply(profile: bytes, plain: Image.Image) -> Image.Image:
    """The band in sRGB; an invalid profile is ignored, as in browsers."""
    if not profile or len(profile) > _MAX_PROFILE:
        return plain.convert("RGB")
    try:
        mode = _profile_mode(profile)
        if mode == "L" and plain.mode == "RGB":
            plain = plain.convert("L")  # greys that were laid on white
        if mode != plain.mode or (transform := _transform(profile, mode)) is None:
            return plain.convert("RGB")
        return transform.apply(plain)
    except Exception as error:  # hostile bytes bring any exception out of a decoder
        _log.debug("colour profile not applied: %s", error)
        return plain.convert("RGB")


@lru_cache(maxsize=64)
def _profile_mode(profile: bytes) -> str:
    return _MODES.get(_opened(profile).profile.xcolor_space.strip(), "")


@lru_cache(maxsize=64)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From a profile to sRGB; None where the difference would be invisible, as for all kinds of sRGB."""
    transform = ImageCms.buildTransform(
        _opened(profile), ImageCms.createProfile("sRGB"), mode, "RGB", flags=ImageCms.Flags.NOCACHE
    )
    steps = np.arange(0, 256, 51 if mode != "L" else 5, dtype=np.uint8)
    colours = np.stack(np.meshgrid(*[steps] * len(mode)), axis=-1)
    palette = Image.frombytes(mode, (colours.size // len(mode), 1), colours.tobytes())
    shown, plain = (np.asarray(image, np.int16) for image in (transform.apply(palette), palette.convert("RGB")))
    return transform if np.abs(shown - plain).max() > _VISIBLE else None


def _opened(profile: bytes) -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(io.BytesIO(profile))
