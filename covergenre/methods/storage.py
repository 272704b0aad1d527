"""The files of a trained head: arrays in head.npz, choices in choices.json. Reading them executes nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from covergenre.errors import BadRun, CoverGenreError
from covergenre.files import read_json, replace_arrays, replace_json
from covergenre.methods.base import Choices

_ARRAYS, _CHOICES = "head.npz", "choices.json"


def save_head(folder: Path, arrays: Mapping[str, np.ndarray], choices: Choices) -> None:
    """Write a head into `folder`, made if it isn't there; each file appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_arrays(folder / _ARRAYS, **arrays)
    save_choices(folder, choices)


def save_choices(folder: Path, choices: Choices) -> None:
    """Write the choices of a head into `folder`, whole or not at all."""
    replace_json(folder / _CHOICES, dict(choices))


def load_head(folder: Path, optional: Sequence[str] = (), **dimensions: int) -> tuple[dict[str, np.ndarray], Choices]:
    """The arrays and choices that `save_head` wrote. `dimensions`: the number of axes of each array by name.

    Arrays in `optional` may be missing. BadRun when a file is missing or unreadable, an array is unexpected or holds a
    NaN or infinity, or the temperature is not a number above 0.
    """
    try:
        with np.load(folder / _ARRAYS, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except Exception as error:  # A damaged archive brings any exception out of its reader.
        raise damaged_head(folder, f"it can't be read ({type(error).__name__})") from error
    needed = {name: axes for name, axes in dimensions.items() if name in arrays or name not in optional}
    if {name: array.ndim for name, array in arrays.items()} != needed:
        raise damaged_head(folder, f"it should hold the arrays {', '.join(dimensions)}")
    if not all(_finite(array) for array in arrays.values()):
        raise damaged_head(folder, "a value in it is not a finite number")
    return arrays, load_choices(folder)


def load_choices(folder: Path) -> Choices:
    """The choices that `save_choices` wrote; BadRun when they, their temperature or its spread are invalid."""
    try:
        choices = read_json(folder / _CHOICES)
    except (OSError, ValueError, RecursionError) as error:
        raise damaged_head(folder, f"it can't be read ({type(error).__name__})") from error
    if not isinstance(choices, dict) or not _positive(choices.get("temperature")):
        raise damaged_head(folder, "its temperature is not a number above 0")
    if "spread" in choices and not _positive(choices["spread"]):
        raise damaged_head(folder, "the spread of its temperature is not a number above 0")
    return choices


def write_error(error: Exception) -> CoverGenreError:
    """The error of a checkpoint that can't be written, as on a full disk."""
    return CoverGenreError(
        f"what was learned could not be written ({error}): make room on the disk, then resume the run"
    )


def damaged_head(folder: Path, why: str) -> BadRun:
    """The error for a head that is not as it was saved."""
    return BadRun(f"the head in {folder} is missing or damaged: {why}. Train again, or restore the folder")


def _finite(array: np.ndarray) -> bool:
    return (
        array.size > 0 and array.dtype.kind in "SfiuU" and (array.dtype.kind in "SU" or bool(np.isfinite(array).all()))
    )


def _positive(value: object) -> bool:
    return isinstance(value, float) and 0 < value < np.inf
