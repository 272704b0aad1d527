"""Reads the text on covers."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Self

import numpy as np
from PIL import Image

from covergenre import home
from covergenre.images import shrink
from covergenre.ocr.boxes import find_boxes
from covergenre.ocr.networks import Networks
from covergenre.ocr.text import CoverText, Line, TextStore
from covergenre.progress import SILENT, Monitor

VERSION = "ppocr4-384-1"
"""Names the cache of texts: changed whenever the same cover would give other lines than before."""

_SIDE = 384  # of the picture in which text is located
_LIMIT = 1280  # of the picture from which it is read
_HEIGHT = 48  # of a line, as the network reads it
_MAX_WIDTH = 640
_MAX_LINES = 8
_MIN_CONFIDENCE = 0.5
_BATCH = 64  # covers whose text is stored at once: what a kill can cost, some seconds of work


class Reader:
    """Reads covers. Thread-safe."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks

    @classmethod
    def open(cls) -> Self:
        """MissingPackage when the networks are not installed, NoWeights when they are damaged."""
        return cls(Networks.open())

    def read(self, image: Image.Image) -> CoverText:
        """The text on an RGB cover, which should not be shrunk before.

        The eight largest lines are read; doubtful ones are left out.
        """
        image = shrink(image, _LIMIT)
        boxes = sorted(self._boxes(image)[:_MAX_LINES], key=lambda box: (box[0, 1] + box[2, 1], box[0, 0]))
        lines = [self._line(_cut(image, box)) for box in boxes]
        return CoverText(tuple(line for line in lines if line.text and line.confidence >= _MIN_CONFIDENCE))

    def _boxes(self, image: Image.Image) -> np.ndarray:
        """The boxes of lines in pixels of the image."""
        scale = _SIDE / max(image.size)
        width, height = (max(round(side * scale / 32), 1) * 32 for side in image.size)
        lettering = self._networks.lettering(np.asarray(image.resize((width, height), Image.Resampling.BILINEAR)))
        return find_boxes(lettering) * (np.array(image.size) / (width, height))

    def _line(self, line: Image.Image) -> Line:
        steps = self._networks.characters(np.asarray(line))
        best = steps.argmax(axis=1)
        # Connectionist temporal classification: repeated outputs are one character, and blanks are dropped.
        kept = (best != 0) & (best != np.concatenate([[0], best[:-1]]))
        text = "".join(self._networks.alphabet[character] for character in best[kept]).strip()
        return Line(text, round(float(steps.max(axis=1)[kept].mean()), 3) if text else 0.0)


@lru_cache(maxsize=1)
def open_reader() -> Reader:
    """`Reader.open`, cached for the process."""
    return Reader.open()


def read_covers(covers: Mapping[str, Callable[[], Image.Image]], monitor: Monitor = SILENT) -> dict[str, CoverText]:
    """The text on covers, by content hash: `covers` maps it to a function that gives the RGB picture.

    What is cached under `home.texts()` is not read again; when all is cached, neither the networks nor a picture is
    opened. Work that was stopped or killed is resumed. Raises MissingPackage when covers have to be read and the
    networks are not installed, Cancelled when stopped, and what getting a picture raises.
    """
    store = TextStore(home.texts() / VERSION)
    held = store.get()
    missing = [key for key in covers if key not in held]
    if missing:
        reader = open_reader()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for start in range(0, len(missing), _BATCH):
                part = missing[start : start + _BATCH]
                monitor.check("reading was stopped; what was read is kept")
                texts = dict(zip(part, pool.map(lambda key: reader.read(covers[key]()), part), strict=True))
                store.put(texts)
                held |= texts
                monitor.report(start + len(part), len(missing), "reading words")
    return {key: held[key] for key in covers}


def _cut(image: Image.Image, box: np.ndarray) -> Image.Image:
    """The line in a box, made level, `_HEIGHT` pixels high and a multiple of 32 wide; vertical text is rotated."""
    upper_left, upper_right, lower_right, lower_left = box
    width, height = (
        max(round(np.linalg.norm(side)), 1) for side in (upper_right - upper_left, lower_left - upper_left)
    )
    corners = np.concatenate([upper_left, lower_left, lower_right, upper_right])
    line = image.transform((width, height), Image.Transform.QUAD, corners.tolist(), Image.Resampling.BICUBIC)
    if height >= 1.5 * width:
        line = line.transpose(Image.Transpose.ROTATE_90)
    wide = min(max(round(_HEIGHT * line.width / line.height), 1), _MAX_WIDTH)
    page = Image.new("RGB", (-(-wide // 32) * 32, _HEIGHT), (128, 128, 128))
    page.paste(line.resize((wide, _HEIGHT), Image.Resampling.BILINEAR))
    return page
