"""Views of a data set that somebody gave a name: `views.json` in its folder, {"dark jazz": {"from_genre": ["jazz"]}}.

A view is what a page's address told, by name. Who reads one has to check that what it names is still there.
"""

from collections.abc import Mapping

from covergenre.dataset.registry import Dataset, lock
from covergenre.errors import BadDataset, CoverGenreError
from covergenre.files import read_json, replace_json

View = Mapping[str, list[str]]

LONGEST = 40
"""Characters of a name."""

_FILE = "views.json"


def read_views(dataset: Dataset) -> dict[str, View]:
    """The views by name, as they were saved; BadDataset when the file is damaged."""
    file = dataset.folder / _FILE
    try:
        views = read_json(file)
        if not all(isinstance(view, dict) and all(map(_is_told, view.values())) for view in views.values()):
            raise TypeError("a view has to be lists of texts by name")
        return views
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadDataset(f"{file} is damaged ({error}): mend it, or delete it; the views are gone then") from error


def save_view(dataset: Dataset, name: str, view: View) -> None:
    """Keep a view under a name, in place of the one that had it; CoverGenreError for a name that can't be."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST:
        raise CoverGenreError(f"a view needs a name of 1 to {LONGEST} characters, found {len(name)}")
    with lock():
        _write(dataset, {**read_views(dataset), name: view})


def drop_view(dataset: Dataset, name: str) -> None:
    """Forget a view."""
    with lock():
        _write(dataset, {other: view for other, view in read_views(dataset).items() if other != name})


def _is_told(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _write(dataset: Dataset, views: Mapping[str, View]) -> None:
    replace_json(dataset.folder / _FILE, views)
