"""What the reference study published: accuracies on its own ten genres of 7,554 covers, which nobody else has.

They are for orientation only: its covers are other ones, and its k, variants and epochs were chosen on its test covers,
so a difference of a few points says nothing.
"""

from collections.abc import Mapping, Sequence

GENRES = ("anime", "black metal", "classical", "country", "disco", "edm", "jazz", "pop", "rap", "reggae")
"""Its genres in the order in which its ladders take them."""

LADDER: Mapping[str, Sequence[float]] = {
    "knn": (0.947, 0.850, 0.703, 0.625, 0.589, 0.489, 0.460, 0.437, 0.418),
    "logistic": (0.964, 0.926, 0.834, 0.775, 0.734, 0.654, 0.617, 0.601, 0.584),
}
"""By method, the accuracy with its first 2, 3, ... 10 genres; of nearest neighbours with k = 4."""

VARIANTS: Mapping[str, Sequence[float]] = {
    "knn": (0.456, 0.455, 0.455, 0.458, 0.467, 0.467),
    "logistic": (0.584, 0.580, 0.559, 0.572, 0.571, 0.561),
    "boosting": (0.581, 0.574, 0.574, 0.571, 0.577, 0.565),
}
"""By method, the accuracy with the first 1, 2, ... 6 variants in training; of nearest neighbours with k = 1."""

METHODS: Mapping[str, float] = {"knn": 0.467, "logistic": 0.584, "boosting": 0.581, "finetune": 0.701}
"""The best accuracy of each method with all genres; nearest neighbours' was with k = 1 and all variants."""


def reference_curve(part: str, method: str) -> dict[int, float]:
    """The accuracies published for a method in a part of a study (see `study`), by the points' x."""
    match part:
        case "ladder":
            return dict(enumerate(LADDER.get(method, ()), 2))
        case "variants":
            return dict(enumerate(VARIANTS.get(method, ()), 1))
        case "k":
            return {1: METHODS["knn"]}
        case _:
            return {0: METHODS[method]} if method in METHODS else {}


def reference_accuracy(part: str, method: str, x: int) -> float | None:
    """The accuracy published for a point of a study; None when there is none."""
    return reference_curve(part, method).get(x)
