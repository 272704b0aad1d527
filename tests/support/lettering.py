"""Covers with text on them."""

from PIL import Image, ImageDraw, ImageFont


def cover_with_text(
    *lines: str, side: int = 300, ink: str = "white", ground: str = "#204060", size: int = 40
) -> Image.Image:
    """A cover with these lines of text, one below the other."""
    image = Image.new("RGB", (side, side), ground)
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((side // 10, side // 10 + 2 * size * number), line, ink, ImageFont.load_default(size))
    return image
