"""Thresholds of the audit. Those changed for a data set are stored in its `thresholds.json`: {"outliers": 0.4}."""

from collections.abc import Mapping

from covergenre.audit.issues import THRESHOLDS
from covergenre.dataset.registry import Dataset, lock
from covergenre.errors import BadDataset, CoverGenreError
from covergenre.files import read_json, replace_json

_FILE = "thresholds.json"


def all_thresholds(changed: Mapping[str, float]) -> dict[str, float]:
    """The threshold of every issue, `changed` over the defaults.

    Raises CoverGenreError for an unknown issue or a value outside 0-1.
    """
    for name, value in changed.items():
        if name not in THRESHOLDS:
            raise CoverGenreError(f"there is no issue {name!r}: choose from {', '.join(THRESHOLDS)}")
        if not 0 <= value <= 1:
            raise CoverGenreError(f"{value} can't be the threshold of {name!r}: give a number from 0 to 1")
    return {**THRESHOLDS, **changed}


def read_thresholds(dataset: Dataset) -> dict[str, float]:
    """The thresholds of a data set that differ from the defaults, by issue; BadDataset if the file is damaged."""
    file = dataset.folder / _FILE
    try:
        stored = {str(issue): float(value) for issue, value in read_json(file).items()}
        all_thresholds(stored)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, CoverGenreError) as error:
        raise BadDataset(f"{file} is damaged ({error}): repair it, or delete it to use the defaults") from error
    return stored


def set_threshold(dataset: Dataset, issue: str, value: float) -> None:
    """Store the threshold of an issue for a data set. Raises CoverGenreError as `all_thresholds` does."""
    all_thresholds({issue: value})
    with lock():
        changed = {**read_thresholds(dataset), issue: value}
        replace_json(
            dataset.folder / _FILE,
            {name: changed[name] for name in THRESHOLDS if changed.get(name, THRESHOLDS[name]) != THRESHOLDS[name]},
        )
