"""What a comparison comes to, in plain English; and figures as people read them."""

from collections.abc import Sequence

from covergenre.evaluation.intervals import Interval
from covergenre.runs.comparison import ComparedRuns

_THIN = "\u202f"


def verdict(compared: ComparedRuns) -> str:
    """Which run is truly better than the others, or that none is, in a sentence or two.

    That is by accuracy; where another leads truly once every genre counts alike, that is said too.
    """
    balanced = compared.comparison.leaders.get("balanced_accuracy")
    if balanced in (None, compared.comparison.best):
        return _by_accuracy(compared)
    others = "the other" if len(compared.runs) == 2 else "each of the others"
    return f"{_by_accuracy(compared)} With every genre counting alike, {balanced} is better than {others}."


def percent(share: float, digits: int = 1) -> str:
    """ "48.7 %", with a thin space that doesn't break."""
    return f"{100 * share:.{digits}f}{_THIN}%"


def span(interval: Interval, scale: float = 100, digits: int = 1) -> str:
    """The interval to read: "45.2–52.1"."""
    return f"{scale * interval.low:.{digits}f}–{scale * interval.high:.{digits}f}"


def duration(seconds: float | None) -> str:
    """ "0.8 s", "14 s", "3 min 20 s", "1 h 5 min"; a dash when it isn't known."""
    if seconds is None:
        return "–"
    if seconds < 9.95:
        return f"{seconds:.1f}{_THIN}s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (rest, "s"))
    return (
        " ".join(f"{number}{_THIN}{unit}" for number, unit in parts if number)
        if not hours
        else (f"{hours}{_THIN}h {minutes}{_THIN}min")
    )


def milliseconds(value: float | None) -> str:
    """ "0.25 ms", "12 ms"; a dash when it isn't known."""
    return "–" if value is None else f"{value:.2g}{_THIN}ms" if value < 10 else f"{value:.0f}{_THIN}ms"


def size(number: int | None) -> str:
    """ "98 KB", "2.7 MB", "3.1 GB"; a dash when it isn't known."""
    if number is None:
        return "–"
    if number < 10**6:
        return f"{number / 10**3:.0f}{_THIN}KB"
    return f"{number / 10**6:.1f}{_THIN}MB" if number < 10**9 else f"{number / 10**9:.1f}{_THIN}GB"


def listed(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(items[:-1]), *items[-1:]) if part)


def _by_accuracy(compared: ComparedRuns) -> str:
    comparison, runs = compared.comparison, len(compared.runs)
    covers = f"these {len(compared.covers):,} covers"
    if runs == 2:
        return comparison.pairs[0].sentence
    if comparison.best:
        return f"{comparison.best} is better than each of the other {runs - 1} runs on {covers}."
    first = max(compared.runs, key=lambda run: run.evaluation.accuracy.value)
    ahead = f"{first.name} is right most often, on {percent(first.evaluation.accuracy.value)} of {covers}"
    if not any(pair.better for pair in comparison.pairs):
        return f"{ahead}, but that may be chance: none of the {runs} runs is truly better than another."
    mine = [pair for pair in comparison.pairs if first.name in (pair.a, pair.b)]
    beaten, level = (
        [pair.b if pair.a == first.name else pair.a for pair in mine if (pair.better == first.name) is truly]
        for truly in (True, False)
    )
    if not beaten:
        return f"{ahead}, but its lead over each other run may be chance."
    return f"{ahead}: truly more often than {listed(beaten)}. Its lead over {listed(level)} may be chance."
