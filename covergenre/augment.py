"""The six named variants of a cover, as in the reference study."""

from PIL import Image, ImageEnhance, ImageOps

from covergenre.errors import CoverGenreError

_MAKERS = {
    "original": lambda image: image,
    "flip": ImageOps.mirror,
    "bri_2": lambda image: ImageEnhance.Brightness(image).enhance(2),
    "bri_0.5": lambda image: ImageEnhance.Brightness(image).enhance(0.5),
    "color": lambda image: ImageEnhance.Color(image).enhance(2.5),
    "gray": lambda image: ImageEnhance.Color(image).enhance(0),
}
VARIANTS = tuple(_MAKERS)


def apply(image: Image.Image, variant: str) -> Image.Image:
    """One variant of an RGB cover, of the same size and mode; the cover itself is not changed.

    "flip" is left-right; "bri_2" and "bri_0.5" double and halve the brightness; "color" multiplies the saturation by
    2.5 and "gray" takes it away. Raises CoverGenreError for any other name.
    """
    if variant not in _MAKERS:
        raise CoverGenreError(f"there is no variant {variant!r}: choose from {', '.join(VARIANTS)}")
    return _MAKERS[variant](image)
