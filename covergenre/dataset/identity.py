"""The id of a data set, which it keeps when it is renamed and no other ever gets."""

from covergenre import home
from covergenre.files import read_json


def id_of(name: str) -> str:
    """The id of the data set with this name; "" when there is none, or it was stored before there were ids."""
    try:
        record = read_json(home.datasets() / name / "dataset.json")
        return str(record.get("id") or "")
    except (OSError, ValueError, AttributeError):  # none, or damaged: whoever opens it says so
        return ""


def name_of(dataset_id: str, name: str) -> str:
    """The current name of the data set with this id, once called `name`; `name` itself when it is unknown or gone."""
    if not dataset_id or id_of(name) == dataset_id:
        return name
    others = (record.parent.name for record in home.datasets().glob("*/dataset.json"))
    return next((other for other in others if id_of(other) == dataset_id), name)
