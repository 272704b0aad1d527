"""The six named variants of a cover, as in the reference study, and the views by which one is looked at."""

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

_LOOKS = {
    "cropped": lambda image: _trimmed(image, 0.03),
    "bordered": lambda image: ImageOps.expand(image, _border(image)),
}
VIEWS = ("original", *_LOOKS)
"""The cover, without 3 % at each edge, and with a black border of 3 %: averaged, their vectors move less when a cover
is cropped a little (`benchmarks/ACCURACY.md`)."""


def apply(image: Image.Image, variant: str) -> Image.Image:
    """One variant of an RGB cover, of the same size and mode; the cover itself is not changed.

    "flip" is left-right; "bri_2" and "bri_0.5" double and halve the brightness; "color" multiplies the saturation by
    2.5 and "gray" takes it away. Those of `VIEWS` may be asked for, too. Raises CoverGenreError for any other name.
    """
    makers = {**_MAKERS, **_LOOKS}
    if variant not in makers:
        raise CoverGenreError(f"there is no variant {variant!r}: choose from {', '.join(VARIANTS)}")
    return makers[variant](image)


def _trimmed(image: Image.Image, share: float) -> Image.Image:
    left, top = (round(share * side) for side in image.size)
    return image.crop((left, top, image.width - left, image.height - top))


def _border(image: Image.Image) -> int:
    return round(0.03 * image.width)
