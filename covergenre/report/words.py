"""What a comparison comes to, in plain English; and figures as people read them."""

from collections.abc import Iterator

from covergenre.evaluation.intervals import Interval
from covergenre.runs.comparison import ComparedRuns

_THIN = "\u202f"


def verdict(compared: ComparedRuns) -> str:
    """Which run is truly better than the others, or that none is, in a sentence or two."""
    runs, covers = len(compared.runs), f"{len(compared.covers):,} covers"
    if runs == 2:
        return compared.comparison.pairs[0].sentence
    if best := compared.comparison.best:
        return f"{best} is better than each of the other {runs - 1} runs on these {covers}."
    unbeaten = list(_unbeaten(compared))
    if len(unbeaten) == runs:
        return f"None of the {runs} runs is truly better than another on these {covers}."
    rest = f" Beaten by none: {', '.join(unbeaten)}." if unbeaten else ""
    return f"None of the {runs} runs is truly better than all the others on these {covers}.{rest}"


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
    """ "98 KB", "2.7 MB"; a dash when it isn't known."""
    if number is None:
        return "–"
    return f"{number / 1000:.0f}{_THIN}KB" if number < 10**6 else f"{number / 10**6:.1f}{_THIN}MB"


def _unbeaten(compared: ComparedRuns) -> Iterator[str]:
    beaten = set()
    for pair in compared.comparison.pairs:
        if pair.better:
            beaten.add(pair.b if pair.better == pair.a else pair.a)
    yield from (run.name for run in compared.runs if run.name not in beaten)
