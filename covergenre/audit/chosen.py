"""The thresholds that somebody chose for a data set: `thresholds.json` in its folder, {"outliers": 0.4}.

Only those that differ from the audit's own are kept; without the file there are none.
"""

from covergenre.audit.issues import THRESHOLDS, thresholds
from covergenre.dataset.registry import Dataset, lock
from covergenre.errors import BadDataset, CoverGenreError
from covergenre.files import read_json, replace_json

_FILE = "thresholds.json"


def chosen_thresholds(dataset: Dataset) -> dict[str, float]:
    """By issue, the thresholds that differ from `issues.THRESHOLDS`; BadDataset when the file is damaged."""
    file = dataset.folder / _FILE
    try:
        chosen = {str(issue): float(value) for issue, value in read_json(file).items()}
        thresholds(chosen)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, CoverGenreError) as error:
        raise BadDataset(f"{file} is damaged ({error}): mend it, or delete it for the usual thresholds") from error
    return chosen


def choose_threshold(dataset: Dataset, issue: str, value: float) -> None:
    """Flag an issue from this score on, for everybody who looks at the data set; CoverGenreError for what can't be."""
    thresholds({issue: value})
    with lock():
        chosen = {**chosen_thresholds(dataset), issue: value}
        kept = {name: chosen[name] for name in THRESHOLDS if chosen.get(name, THRESHOLDS[name]) != THRESHOLDS[name]}
        replace_json(dataset.folder / _FILE, kept)
