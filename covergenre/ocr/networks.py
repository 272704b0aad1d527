"""The two networks of PP-OCRv4 (PaddleOCR, Apache-2.0): where lettering is, and what it says.

They are taken as files out of the wheel rapidocr-onnxruntime and run by OpenVINO, as all networks are here. The wheel's
own code is not imported: it would bring OpenCV and a second inference library into the process.
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
"""The package that brings the networks, as it is imported (see `covergenre.packages`)."""

_FINDER, _READER = "ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx"


def installed() -> bool:
    """Whether the wheel with the networks is there; nothing of it is imported."""
    return not missing([MODULE])


@dataclass(frozen=True)
class Networks:
    """`alphabet`: the character that each output of the reader stands for; "" for the blank of CTC."""

    finder: Any
    reader: Any
    alphabet: tuple[str, ...]

    @classmethod
    def open(cls) -> Self:
        """The networks, one thread each, in about half a second; MissingPackage without the wheel, NoWeights when it is
        damaged.

        One thread, so that several covers are read at once on several cores, which was measured the faster way.
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
        """How likely each pixel is lettering, float32 (height, width), of RGB uint8 (height, width, 3), both sides a
        multiple of 32."""
        return self.finder.create_infer_request().infer(_prepared(pixels))[0][0, 0]

    def characters(self, pixels: np.ndarray) -> np.ndarray:
        """The probabilities of each character at each step, float32 (steps, alphabet), of a line 48 pixels high."""
        return self.reader.create_infer_request().infer(_prepared(pixels))[0][0]


def _prepared(pixels: np.ndarray) -> np.ndarray:
    # The networks were trained on OpenCV's order of the colours.
    return np.ascontiguousarray(pixels[np.newaxis, :, :, ::-1].transpose(0, 3, 1, 2), np.float32) / 127.5 - 1


def _folder() -> Path:
    spec = find_spec(MODULE)
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0] if folders else "", "models")
