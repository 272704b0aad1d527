"""The two networks of PP-OCRv4 (PaddleOCR, Apache-2.0): one locates text, one reads it.

Their files come from the wheel rapidocr-onnxruntime and are run with OpenVINO, like all networks. The wheel's own code
is not imported: it would load OpenCV and a second inference library.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import numpy as np

from covergenre.errors import NoWeights
from covergenre.inference import load_openvino, settings
from covergenre.packages import missing, need

MODULE = "rapidocr_onnxruntime"
"""The module that contains the networks (see `covergenre.packages`)."""

_FINDER, _READER = "ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx"


def installed() -> bool:
    """Whether the wheel with the networks is installed; nothing of it is imported."""
    return not missing([MODULE])


@dataclass(frozen=True)
class Networks:
    """`alphabet`: the character of each output of the reader; "" for the blank of CTC."""

    finder: Any
    reader: Any
    alphabet: tuple[str, ...]

    @classmethod
    def open(cls) -> Self:
        """The networks; MissingPackage without the wheel, NoWeights when it is damaged.

        Each uses one thread: reading several covers at once on several cores is faster than one cover on all.
        """
        need("reading words", [MODULE])
        folder = _folder()
        core = load_openvino().Core()
        try:
            finder, reader = (core.read_model(folder / name) for name in (_FINDER, _READER))
            characters = reader.get_rt_info(["framework", "character"]).astype(str).split("\n")
            find, read = (core.compile_model(model, "CPU", settings(threads=1)) for model in (finder, reader))
        except RuntimeError as error:
            raise NoWeights(
                f"the networks in {folder} are missing or damaged: install rapidocr-onnxruntime again"
            ) from error
        outputs = read.output(0).partial_shape[2].get_length()
        alphabet = ("", *characters[: outputs - 2], " ")
        if len(alphabet) != outputs:
            raise NoWeights(
                f"the networks in {folder} are not those of rapidocr-onnxruntime 1.4.4: install that version"
            )
        return cls(find, read, alphabet)

    def lettering(self, pixels: np.ndarray) -> np.ndarray:
        """The probability of text at each pixel, float32 (height, width), of RGB uint8 (height, width, 3).

        Both sides have to be multiples of 32.
        """
        return self.finder.create_infer_request().infer(_prepared(pixels))[0][0, 0]

    def characters(self, pixels: np.ndarray) -> np.ndarray:
        """The probabilities of each character at each step, float32 (steps, alphabet), of a line 48 pixels high."""
        return self.reader.create_infer_request().infer(_prepared(pixels))[0][0]


def _prepared(pixels: np.ndarray) -> np.ndarray:
    # The networks expect OpenCV's order of the colours.
    return np.ascontiguousarray(pixels[np.newaxis, :, :, ::-1].transpose(0, 3, 1, 2), np.float32) / 127.5 - 1


def _folder() -> Path:
    spec = find_spec(MODULE)
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0] if folders else "", "models")
