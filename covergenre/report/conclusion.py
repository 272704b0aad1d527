"""The verdict of a comparison, in plain English."""

from covergenre.comparison.comparison import ComparedRuns
from covergenre.formatting import listed, percent, span


def verdict(compared: ComparedRuns) -> str:
    """Which run is significantly more accurate, or that none is, in a sentence or two; the accuracy of one alone.

    A run that is significantly better by balanced accuracy is named, too.
    """
    balanced = compared.comparison.leaders.get("balanced_accuracy")
    if balanced in (None, compared.comparison.best):
        return _by_accuracy(compared)
    others = "the other" if len(compared.runs) == 2 else "each of the others"
    return f"{_by_accuracy(compared)} By balanced accuracy, {balanced} is better than {others}."


def _by_accuracy(compared: ComparedRuns) -> str:
    comparison, runs = compared.comparison, len(compared.runs)
    covers = f"these {len(compared.covers):,} covers"
    if runs == 1:
        (run,) = compared.runs
        found = run.evaluation.accuracy
        return f"{run.name} is right on {percent(found.value, 1)} ({span(found)}) of {covers}."
    if runs == 2:
        return comparison.pairs[0].sentence
    if comparison.best:
        return f"{comparison.best} is better than each of the other {runs - 1} runs on {covers}."
    first = max(compared.runs, key=lambda run: run.evaluation.accuracy.value)
    ahead = f"{first.name} is right most often, on {percent(first.evaluation.accuracy.value, 1)} of {covers}"
    if not any(pair.better for pair in comparison.pairs):
        return f"{ahead}, but that may be chance: none of the {runs} runs is significantly better than another."
    mine = [pair for pair in comparison.pairs if first.name in (pair.a, pair.b)]
    beaten, level = (
        [pair.b if pair.a == first.name else pair.a for pair in mine if (pair.better == first.name) is significant]
        for significant in (True, False)
    )
    if not beaten:
        return f"{ahead}, but its lead over each other run may be chance."
    return f"{ahead}: significantly more often than {listed(beaten)}. Its lead over {listed(level)} may be chance."
