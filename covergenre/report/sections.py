"""The parts of a comparison as pieces of HTML, for a report and for a page alike.

Whatever comes from outside is escaped, and no piece has a line break: each is one block of Markdown too. The look is in
report.css and charts.css.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import chain

import numpy as np

from covergenre.comparison.comparison import ComparedRun, ComparedRuns, validation_predictions
from covergenre.comparison.slices import Slice
from covergenre.evaluation.agreement import in_top
from covergenre.evaluation.confusion import most_confused, order, shares
from covergenre.evaluation.intervals import Interval, wilson
from covergenre.evaluation.reliability import (
    Bin,
    CoveragePoint,
    accuracy_above,
    chance_calibration_error,
    confidence_threshold,
    coverage_curve,
    precision_recall,
    reliability_bins,
    undo_temperature,
)
from covergenre.formatting import counted, duration, milliseconds, percent, size, span
from covergenre.report.charts import coverage_chart, css_colour, precision_chart, reliability_chart, run_colours, swatch
from covergenre.report.markup import Scale, axis, common_scale, escape_line, figure, table
from covergenre.runs.notes import read_notes

FIGURES = (
    ("accuracy", "Accuracy", "how many answers are right"),
    ("balanced_accuracy", "Balanced accuracy", "the same, every genre counting alike"),
    ("f1_weighted", "F1, weighted", "precision and recall in one figure, by covers"),
    ("f1_macro", "F1, macro", "the same, every genre counting alike"),
    ("log_loss", "Log loss", "how surprising the true genre is to it; less is better"),
    ("calibration_error", "Calibration error", "how far its probabilities are from how often it is right"),
)
"""What stands in a headline: its name in an `Evaluation`, its title, and what it means."""


CALIBRATION_NOTE = (
    "The calibration error is the mean distance of the dots from the line, by covers. Chance alone moves them away: "
    "“by chance” is what a run would show on so many covers that is right just as often as it is sure. The interval "
    "takes off all that chance could have added, and so begins at 0 unless there are many covers or the error is large."
)

ABSTENTION_NOTE = (
    "Below some confidence a run may say “don’t know”. From which one on its answers are right as often as wanted is "
    "chosen on validation; how often they then are, and on how many covers, is read on test."
)

PRECISION_NOTE = (
    "Upwards how often it is right (precision), to the right how much of the genre is found (recall), in per cent, as "
    "ever less likely covers are called by the genre too."
)

_WANTED = (0.8, 0.9, 0.95)  # how often answers may be asked to be right
_TOP = 3  # genres that an answer may name
_MOST_CONFUSED = 10  # pairs of genres
_MEANS = ("accuracy", "balanced_accuracy", "f1_weighted", "f1_macro")
"""The figures that share one scale."""


@dataclass(frozen=True)
class Sections:
    """Pieces of HTML about compared runs. `genre` shows a genre, as HTML."""

    compared: ComparedRuns
    genre: Callable[[str], str] = escape_line

    def headline(self) -> str:
        """The figures of every run with their intervals, and what the run cost.

        A figure is marked only where its run is truly better in it than each of the others, and more accurate too: no
        mark may contradict the sentence above the table (see `conclusion`), which tells of balanced accuracy itself.
        """
        top = self._among_first() if len(self.compared.genres) > _TOP else []
        shares = common_scale([*top, *(each for name in _MEANS for each in self._intervals(name))])
        rows = [self._axis(shares)]
        for name, title, meaning in FIGURES:
            scale = shares if name in _MEANS else common_scale(self._intervals(name))
            rows += [] if name in _MEANS else [self._axis(scale, name != "log_loss")]
            rows.append([f"{title}<small>{meaning}</small>", *self._figures(name, scale)])
            if name == _MEANS[-1] and top:
                told = "Among the first three<small>how often the true genre is</small>"
                rows.append([told, *(figure(each, scale) for each in top)])
        costs = (
            ("Training<small>the whole run; vectors at hand cost nothing</small>", duration, "seconds"),
            ("Prediction<small>of a cover whose vector is at hand</small>", milliseconds, "prediction_ms"),
            ("Model<small>on the disk</small>", size, "model_bytes"),
        )
        for title, words, name in costs:
            known = [getattr(run, name) for run in self.compared.runs]
            rows += [[title, *map(words, known)]] if set(known) != {None} else []
        names = zip(self.run_headings(), self.compared.runs, strict=True)
        return table(("", *(f"{heading}{_told(run)}" for heading, run in names)), rows)

    def cautions(self) -> str:
        """What speaks against the figures of each run; "" where nothing does."""
        items = "".join(
            f"<li>{escape_line(run.name)}<small>{escape_line(each.words)}</small></li>"
            for run in self.compared.runs
            for each in run.cautions
        )
        return f'<ul class="pairs">{items}</ul>' if items else ""

    def pairs(self) -> str:
        """Every pair of runs in a sentence, the surest difference first, and how many covers only one gets right."""
        items = "".join(
            f"<li>{escape_line(pair.sentence)}<small>Only {escape_line(pair.a)} is right on {pair.only_a:,}, "
            f"only {escape_line(pair.b)} on {pair.only_b:,}.</small></li>"
            for pair in sorted(self.compared.comparison.pairs, key=lambda pair: pair.adjusted)
        )
        return f'<ul class="pairs">{items}</ul>'

    def one_genre(self, genre: str) -> str:
        """Precision, recall and F1 of a genre, a row a run."""
        position = self.compared.genres.index(genre)
        scores = [run.evaluation.by_genre[position] for run in self.compared.runs]
        rows = [[each.precision, each.recall, each.f1] for each in scores]
        scale = common_scale(chain.from_iterable(rows))
        cells = ([heading, *(figure(each, scale) for each in row)]
                 for heading, row in zip(self.run_headings(), rows, strict=True))  # fmt: skip
        marks = ["<small>per cent</small>", *[axis(scale)] * 3]
        return table(("Run", "Precision", "Recall", "F1"), [marks, *cells])

    def by_genre(self) -> str:
        """F1 of every genre, a column a run; recall and precision in small."""
        scale = common_scale(each.f1 for run in self.compared.runs for each in run.evaluation.by_genre if each.covers)
        rows = [self._axis(scale)]
        for position, genre in enumerate(self.compared.genres):
            scores = [run.evaluation.by_genre[position] for run in self.compared.runs]
            cells = (
                ("–" for _ in scores)
                if not scores[0].covers
                else (
                    f"{figure(each.f1, scale)}<small>precision {escape(percent(each.precision.value))}, "
                    f"recall {escape(percent(each.recall.value))}</small>"
                    for each in scores
                )
            )
            rows.append([f"{self.genre(genre)}<small>{counted(scores[0].covers, 'cover')}</small>", *cells])
        return table(("F1 by genre", *self.run_headings()), rows)

    def confused(self) -> str:
        """The genres most often taken for each other by all runs together, and by each."""
        matrices = [np.array(run.evaluation.confusion) for run in self.compared.runs]
        found = most_confused(np.sum(matrices, axis=0), _MOST_CONFUSED)
        if not found:
            return "<p>No run mistakes any genre for another.</p>"
        names = [self.genre(genre) for genre in self.compared.genres]
        taken = [[wilson(int(matrix[cell]), int(matrix[cell[0]].sum())) for matrix in matrices] for cell in found]
        scale = common_scale(chain.from_iterable(taken))
        rows = [self._axis(scale)]
        for cell, shares_taken in zip(found, taken, strict=True):
            cells = (
                f"{figure(share, scale)}<small>{counted(int(matrix[cell]), 'cover')}</small>"
                for share, matrix in zip(shares_taken, matrices, strict=True)
            )
            rows.append([f"{names[cell[0]]} taken for {names[cell[1]]}", *cells])
        return table(("", *self.run_headings()), rows)

    def slices(self, slices: Sequence[Slice]) -> str:
        """The accuracy of every run on each slice."""
        scale = common_scale(chain.from_iterable(each.accuracy for each in slices))
        rows = [self._axis(scale)]
        for each in slices:
            kind = escape_line(f"{each.fact.capitalize()}: {each.value}".replace("_", " "))
            accuracy = (figure(accuracy, scale) for accuracy in each.accuracy)
            rows.append([f"{kind}<small>{counted(each.covers, 'cover')}</small>", *accuracy])
        return table(("Accuracy", *self.run_headings()), rows)

    def matrix(self, run: ComparedRun, by: str = "similarity") -> str:
        """A confusion matrix: covers, shaded by their share of the true genre."""
        counts = np.array(run.evaluation.confusion)
        share, texts = shares(counts), [[f"{count:,}" if count else "" for count in row] for row in counts.tolist()]
        return self._shaded(texts, share, np.zeros_like(share), by)

    def difference(self, a: ComparedRun, b: ComparedRun, by: str = "similarity") -> str:
        """How many covers more `a` has in each cell than `b`: orange where it has more, blue where it has fewer."""
        apart = np.array(a.evaluation.confusion) - np.array(b.evaluation.confusion)
        strength = apart / max(1, np.abs(apart).max())
        texts = [[f"{count:+,}".replace("-", "−") if count else "" for count in row] for row in apart.tolist()]
        return self._shaded(texts, -np.minimum(strength, 0), np.maximum(strength, 0), by)

    def reliability(self, number: int) -> str:
        """The reliability diagram of a run, before and after its temperature, and what it comes to."""
        run, labels, genres = self.compared.runs[number], self.compared.labels, self.compared.genres
        before: tuple[Bin, ...] = ()
        told = ""
        if run.temperature is not None:
            before = reliability_bins(labels, undo_temperature(run.probabilities, run.temperature), genres)
            told = f" Before its temperature of {run.temperature:.2f} (rings): {_error_of(before)}."
        after, error = reliability_bins(labels, run.probabilities, genres), run.evaluation.calibration_error
        ink = self._inks[number]
        name = f'<strong style="color: {css_colour(ink)}">{escape_line(run.name)}</strong>'
        chance = escape(percent(chance_calibration_error(run.probabilities), 1))
        caption = (
            f"{name}: calibration error {escape(percent(error.value, 1))} ({span(error)}); {chance} by chance.{told}"
        )
        return f"<figure>{reliability_chart(after, before, ink)}<figcaption>{caption}</figcaption></figure>"

    def coverage(self) -> str:
        """Accuracy against coverage, a line a run."""
        labels, genres = self.compared.labels, self.compared.genres
        curves = {run.name: coverage_curve(labels, run.probabilities, genres) for run in self.compared.runs}
        legend = "".join(f"<li>{heading}</li>" for heading in self.run_headings())
        chart = coverage_chart(curves, self._inks)
        caption = f'<figcaption><ul class="legend">{legend}</ul></figcaption>'
        return f'<div class="wall"><figure>{chart}{caption}</figure></div>'

    def abstention(self) -> str:
        """What comes of saying "don't know" where a run is less sure than was chosen on validation; "" where no run
        held back covers to choose on."""
        rows = [(wanted, [self._answered(run, wanted) for run in self.compared.runs]) for wanted in _WANTED]
        known = [each.accuracy for _, answered in rows for each in answered if each]
        if not known:
            return ""
        scale = common_scale(known)
        cells = (
            [f"{percent(wanted)} right", *(_silent(each, scale) for each in answered)] for wanted, answered in rows
        )
        return table(("Wanted, on validation", *self.run_headings()), [self._axis(scale), *cells])

    def precision(self) -> str:
        """Precision against recall, a chart a genre and a line a run; those without a cover are left out."""
        labels, figures = self.compared.labels, []
        for position, genre in enumerate(self.compared.genres):
            curves = {run.name: precision_recall(labels, run.probabilities, position) for run in self.compared.runs}
            averages = ", ".join(escape(percent(average)) for *_, average in curves.values())
            if (labels == position).any():
                told = f"{self.genre(genre)}<small>average precision {averages}</small>"
                figures.append(
                    f"<figure>{precision_chart(curves, self._inks, genre)}<figcaption>{told}</figcaption></figure>"
                )
        return f'<div class="wall small">{"".join(figures)}</div>'

    def _answered(self, run: ComparedRun, wanted: float) -> CoveragePoint | None:
        genres = self.compared.genres
        labels, answers = validation_predictions(run.run, genres)
        sure = confidence_threshold(labels, answers, genres, wanted) if len(labels) else None
        told = None if sure is None else accuracy_above(self.compared.labels, run.probabilities, genres, sure)
        return told if told and told.covers else None

    def _intervals(self, name: str) -> list[Interval]:
        return [getattr(run.evaluation, name) for run in self.compared.runs]

    def _among_first(self) -> list[Interval]:
        labels = self.compared.labels
        found = [in_top(labels, run.probabilities, _TOP) for run in self.compared.runs]
        return [wilson(int(each.sum()), len(labels)) for each in found]

    def _axis(self, scale: Scale, share: bool = True) -> list[str]:
        """A row with the marks of the lines below it."""
        return [f"<small>{'per cent' if share else 'scale'}</small>", *[axis(scale, share)] * len(self.compared.runs)]

    def _figures(self, name: str, scale: Scale) -> Iterable[str]:
        shares, comparison = name != "log_loss", self.compared.comparison
        for run, interval in zip(self.compared.runs, self._intervals(name), strict=True):
            leader = comparison.best if name == "accuracy" else comparison.leaders.get(name)
            best = run.name == leader and (name == "balanced_accuracy" or leader == comparison.best)
            warned = [each.brief for each in run.cautions if each.grave and name == "accuracy"]
            told = "".join(f'<small class="caution">{escape_line(each)}</small>' for each in warned)
            yield figure(interval, scale, shares, ' <span class="best">best</span>' if best else "") + told

    @property
    def _inks(self) -> list[int]:
        return run_colours([run.run for run in self.compared.runs])

    def run_headings(self) -> list[str]:
        """The name of each run after its line."""
        lines = zip(map(swatch, self._inks), self.compared.runs, strict=True)
        return [f"{line} {escape_line(run.name)}" for line, run in lines]

    def _shaded(self, texts: Sequence[Sequence[str]], blue: np.ndarray, orange: np.ndarray, by: str) -> str:
        genres = self.compared.genres
        total = np.sum([run.evaluation.confusion for run in self.compared.runs], axis=0)
        places = order(total, genres, by)
        head = "".join(f'<th scope="col"><span>{self.genre(genres[place])}</span></th>' for place in places)
        rows = "".join(
            f'<tr><th scope="row">{self.genre(genres[row])}</th>'
            + "".join(
                f'<td style="--blue: {blue[row, column]:.3f}; --orange: {orange[row, column]:.3f}">'
                f"{texts[row][column]}</td>"
                for column in places
            )
            + "</tr>"
            for row in places
        )
        corner = "<th><small>true, down<br>predicted, across</small></th>"
        return f'<div class="scroll"><table class="matrix"><tr>{corner}{head}</tr>{rows}</table></div>'


def _told(run: ComparedRun) -> str:
    """Which run it is, and what somebody wanted to remember of it."""
    notes = read_notes(run.run)
    said = (run.id, run.run.spec.dataset, ", ".join(notes.tags), notes.note)
    return "".join(f"<small>{escape_line(each)}</small>" for each in said if each)


def _silent(told: CoveragePoint | None, scale: Scale) -> str:
    if not told:
        return "–<small>no answers of validation are</small>"
    share, sure = escape(percent(told.share)), escape(percent(told.confidence))
    return f"{figure(told.accuracy, scale)}<small>{share} of covers answered, those it is {sure} sure of</small>"


def _error_of(bins: Sequence[Bin]) -> str:
    """What `Evaluation.calibration_error` is, from the bins of a reliability diagram, as HTML."""
    apart = sum(each.covers * abs(each.confidence - each.accuracy.value) for each in bins)
    return escape(percent(apart / sum(each.covers for each in bins), 1))
