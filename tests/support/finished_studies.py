"""Finished studies, made without training."""

from covergenre.embedding.recipe import Recipe
from covergenre.evaluation.intervals import Interval
from covergenre.studies.record import Outcome, Study


def outcome(part: str, method: str, x: int, accuracy: float = 0.5) -> Outcome:
    """An outcome of 200 covers."""
    share = Interval(accuracy, max(0.0, accuracy - 0.1), min(1.0, accuracy + 0.1))
    what = {"ladder": f"{x} genres", "k": f"k = {x}", "variants": f"{x} variants"}.get(part, "all genres")
    return Outcome(f"{part}/{method}/{x}", part, method, x, what, 200, share, share, share, 1.0)


def saved_study(*points: Outcome, dataset: str = "mine") -> Study:
    """A study with these outcomes, saved in the home."""
    genres, keys = ("country", "jazz", "rap"), tuple(each.key for each in points)
    study = Study(dataset, "0123456789abcdef", "honest", 42, genres, Recipe(), keys)
    study.prepare()
    for each in points:
        study.add(each)
    return study
