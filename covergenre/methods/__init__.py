"""The methods by name. Nothing of a method is imported before it is asked for."""

from importlib import import_module

from covergenre.errors import CoverGenreError
from covergenre.methods.base import Context, Covers, Fitted, Method
from covergenre.methods.spec import TrainSpec

__all__ = ["METHODS", "Context", "Covers", "Fitted", "Method", "TrainSpec", "method"]

METHODS = {
    "knn": "covergenre.methods.knn:NearestNeighbours",
    "logistic": "covergenre.methods.logistic:Logistic",
    "boosting": "covergenre.methods.boosting:Boosting",
    "words": "covergenre.methods.words:Words",
    "finetune": "covergenre.methods.finetune:FineTuning",
}
"""The name of each method that can be trained, and where it is, as module:class."""

_COMBINED = {"ensemble": "covergenre.methods.ensemble:Ensemble"}


def method(name: str) -> Method:
    """The method of a name in `METHODS`, or the ensemble; CoverGenreError when there is none."""
    if name not in METHODS and name not in _COMBINED:
        raise CoverGenreError(f"there is no method {name!r}: choose from {', '.join(METHODS)}")
    module, _, kind = {**METHODS, **_COMBINED}[name].partition(":")
    return getattr(import_module(module), kind)()
