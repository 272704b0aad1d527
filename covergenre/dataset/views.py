"""Saved views of a data set: `views.json` in its folder, {"dark jazz": {"from_genre": ["jazz"]}}.

A view holds the URL parameters of a page. Its genres, tags and so on may no longer exist when it is read.
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
    """The saved views by name; BadDataset when the file is damaged."""
    file = dataset.folder / _FILE
    try:
        views = read_json(file)
        values = [value for view in views.values() for value in view.values()]
        if not all(isinstance(value, list) and all(isinstance(text, str) for text in value) for value in values):
            raise TypeError("a view has to be lists of texts by name")
        return views
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BadDataset(f"{file} is damaged ({error}): repair it, or delete it and lose the views") from error


def save_view(dataset: Dataset, name: str, view: View) -> None:
    """Save a view under a name, replacing one of that name; CoverGenreError for an invalid name."""
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST:
        raise CoverGenreError(f"a view needs a name of 1 to {LONGEST} characters, found {len(name)}")
    with lock():
        _write(dataset, {**read_views(dataset), name: view})


def drop_view(dataset: Dataset, name: str) -> None:
    """Delete a view."""
    with lock():
        _write(dataset, {other: view for other, view in read_views(dataset).items() if other != name})


def _write(dataset: Dataset, views: Mapping[str, View]) -> None:
    replace_json(dataset.folder / _FILE, views)
