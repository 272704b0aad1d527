"""The sections of a comparison as pieces of HTML, for reports and pages.

Texts from users are escaped. No piece has a line break, so each is one block of Markdown, too. The styles are in
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
    ("balanced_accuracy", "Balanced accuracy", "the same, all genres weighted equally"),
    ("f1_weighted", "F1, weighted", "precision and recall in one figure, by covers"),
    ("f1_macro", "F1, macro", "the same, all genres weighted equally"),
    ("log_loss", "Log loss", "how improbable it finds the true genre; lower is better"),
    ("calibration_error", "Calibration error", "how far its probabilities are from how often it is right"),
)
"""The headline figures: name in an `Evaluation`, title, and meaning."""

CALIBRATION_NOTE = (
    "The calibration error is the mean distance of the dots from the diagonal, weighted by covers. “By chance” is the "
    "error that a perfectly calibrated run would show on as many covers. The interval allows for it, and so begins at "
    "0 unless there are many covers or the error is large."
)

ABSTENTION_NOTE = (
    "Below a confidence threshold a run may abstain (“don’t know”). The threshold for a target accuracy is chosen on "
    "validation; the accuracy and coverage that it gives are read on test."
)

PRECISION_NOTE = (
    "Precision (upwards) is the share of covers called by a genre that are of it, recall (to the right) the share of "
    "its covers that are found, both in per cent, as the threshold falls."
)

_WANTED = (0.8, 0.9, 0.95)  # accuracies to choose thresholds for
_TOP = 3  # genres that an answer may name
_MOST_CONFUSED = 10  # pairs of genres
_SHARED_SCALE = ("accuracy", "balanced_accuracy", "f1_weighted", "f1_macro")


@dataclass(frozen=True)
class Sections:
    """Pieces of HTML about compared runs. `genre` shows a genre, as HTML."""

    compared: ComparedRuns
    genre: Callable[[str], str] = escape_line

    def headline(self) -> str:
        """The metrics of every run with their intervals, and what the run cost.

        A metric is marked best only where its run is significantly better in it than all others, and more accurate:
        no mark may contradict the verdict above the table (see `conclusion`), which names balanced accuracy itself.
        """
        top = self._top_accuracy() if len(self.compared.genres) > _TOP else []
        shared = common_scale([*top, *(each for name in _SHARED_SCALE for each in self._intervals(name))])
        rows = [self._axis(shared)]
        for name, title, meaning in FIGURES:
            scale = shared if name in _SHARED_SCALE else common_scale(self._intervals(name))
            rows += [] if name in _SHARED_SCALE else [self._axis(scale, name != "log_loss")]
            rows.append([f"{title}<small>{meaning}</small>", *self._metric(name, scale)])
            if name == _SHARED_SCALE[-1] and top:
                first = "Among the first three<small>how often the true genre is</small>"
                rows.append([first, *(figure(each, scale) for each in top)])
        for title, words, name in (
            ("Training<small>the whole run; stored vectors cost nothing</small>", duration, "seconds"),
            ("Prediction<small>of a cover whose vector is computed</small>", milliseconds, "prediction_ms"),
            ("Model<small>on the disk</small>", size, "model_bytes"),
        ):
            costs = [getattr(run, name) for run in self.compared.runs]
            rows += [[title, *map(words, costs)]] if set(costs) != {None} else []
        names = zip(self.run_headings(), self.compared.runs, strict=True)
        return table(("", *(f"{heading}{_notes(run)}" for heading, run in names)), rows)

    def cautions(self) -> str:
        """What speaks against the figures of each run; "" where nothing does."""
        return _listed(
            f"{escape_line(run.name)}<small>{escape_line(each.message)}</small>"
            for run in self.compared.runs
            for each in run.cautions
        )

    def pairs(self) -> str:
        """Every pair of runs in a sentence, by p-value, and how many covers only one gets right."""
        return _listed(
            f"{escape_line(pair.sentence)}<small>Only {escape_line(pair.a)} is right on {pair.only_a:,}, "
            f"only {escape_line(pair.b)} on {pair.only_b:,}.</small>"
            for pair in sorted(self.compared.comparison.pairs, key=lambda pair: pair.adjusted)
        )

    def one_genre(self, genre: str) -> str:
        """Precision, recall and F1 of a genre, a row a run."""
        position = self.compared.genres.index(genre)
        scores = [run.evaluation.by_genre[position] for run in self.compared.runs]
        rows = [[each.precision, each.recall, each.f1] for each in scores]
        scale = common_scale(chain.from_iterable(rows))
        marks = ["<small>per cent</small>", *[axis(scale)] * 3]
        cells = ([figure(each, scale) for each in row] for row in rows)
        named = ([heading, *row] for heading, row in zip(self.run_headings(), cells, strict=True))
        return table(("Run", "Precision", "Recall", "F1"), [marks, *named])

    def by_genre(self) -> str:
        """F1 of every genre, a column a run, with precision and recall."""
        scale = common_scale(each.f1 for run in self.compared.runs for each in run.evaluation.by_genre if each.covers)
        rows = [self._axis(scale)]
        for position, genre in enumerate(self.compared.genres):
            scores = [run.evaluation.by_genre[position] for run in self.compared.runs]
            cells = (
                f"{figure(each.f1, scale)}<small>precision {escape(percent(each.precision.value))}, "
                f"recall {escape(percent(each.recall.value))}</small>"
                if each.covers
                else "–"
                for each in scores
            )
            rows.append([f"{self.genre(genre)}<small>{counted(scores[0].covers, 'cover')}</small>", *cells])
        return self._table("F1 by genre", rows)

    def confused(self) -> str:
        """The genres most often taken for each other by all runs together, and by each."""
        matrices = [np.array(run.evaluation.confusion) for run in self.compared.runs]
        cells = most_confused(np.sum(matrices, axis=0), _MOST_CONFUSED)
        if not cells:
            return "<p>No run mistakes any genre for another.</p>"
        names = [self.genre(genre) for genre in self.compared.genres]
        shares = [[wilson(int(matrix[cell]), int(matrix[cell[0]].sum())) for matrix in matrices] for cell in cells]
        scale = common_scale(chain.from_iterable(shares))
        rows = [self._axis(scale)]
        for cell, row in zip(cells, shares, strict=True):
            figures = (
                f"{figure(share, scale)}<small>{counted(int(matrix[cell]), 'cover')}</small>"
                for share, matrix in zip(row, matrices, strict=True)
            )
            rows.append([f"{names[cell[0]]} taken for {names[cell[1]]}", *figures])
        return self._table("", rows)

    def slices(self, slices: Sequence[Slice]) -> str:
        """The accuracy of every run on each slice."""
        scale = common_scale(chain.from_iterable(each.accuracy for each in slices))
        rows = [self._axis(scale)]
        for each in slices:
            kind = escape_line(f"{each.fact.capitalize()}: {each.value}".replace("_", " "))
            accuracy = (figure(accuracy, scale) for accuracy in each.accuracy)
            rows.append([f"{kind}<small>{counted(each.covers, 'cover')}</small>", *accuracy])
        return self._table("Accuracy", rows)

    def matrix(self, run: ComparedRun, by: str = "similarity") -> str:
        """A confusion matrix: covers, shaded by their share of the true genre."""
        counts = np.array(run.evaluation.confusion)
        share, texts = shares(counts), [[f"{count:,}" if count else "" for count in row] for row in counts.tolist()]
        return self._shaded(texts, share, np.zeros_like(share), by)

    def difference(self, a: ComparedRun, b: ComparedRun, by: str = "similarity") -> str:
        """How many covers more `a` has in each cell than `b`: orange where it has more, blue where it has fewer."""
        gap = np.array(a.evaluation.confusion) - np.array(b.evaluation.confusion)
        strength = gap / max(1, np.abs(gap).max())
        texts = [[f"{count:+,}".replace("-", "−") if count else "" for count in row] for row in gap.tolist()]
        return self._shaded(texts, -np.minimum(strength, 0), np.maximum(strength, 0), by)

    def reliability(self, number: int) -> str:
        """The reliability diagram of a run, before and after calibration, and its calibration error."""
        run, labels, genres = self.compared.runs[number], self.compared.labels, self.compared.genres
        before: tuple[Bin, ...] = ()
        earlier = ""
        if run.temperature is not None:
            before = reliability_bins(labels, undo_temperature(run.probabilities, run.temperature), genres)
            gap = sum(each.covers * abs(each.confidence - each.accuracy.value) for each in before) / len(labels)
            earlier = f" Before its temperature of {run.temperature:.2f} (rings): {escape(percent(gap, 1))}."
        after, error = reliability_bins(labels, run.probabilities, genres), run.evaluation.calibration_error
        colour = self._colours[number]
        name = f'<strong style="color: {css_colour(colour)}">{escape_line(run.name)}</strong>'
        chance = escape(percent(chance_calibration_error(run.probabilities), 1))
        found = f"calibration error {escape(percent(error.value, 1))} ({span(error)}); {chance} by chance"
        caption = f"<figcaption>{name}: {found}.{earlier}</figcaption>"
        return f"<figure>{reliability_chart(after, before, colour)}{caption}</figure>"

    def coverage(self) -> str:
        """Accuracy against coverage, a line a run."""
        labels, genres = self.compared.labels, self.compared.genres
        curves = {run.name: coverage_curve(labels, run.probabilities, genres) for run in self.compared.runs}
        legend = "".join(f"<li>{heading}</li>" for heading in self.run_headings())
        caption = f'<figcaption><ul class="legend">{legend}</ul></figcaption>'
        return f'<div class="wall"><figure>{coverage_chart(curves, self._colours)}{caption}</figure></div>'

    def abstention(self) -> str:
        """Accuracy and coverage when runs abstain below a confidence chosen on validation.

        "" where no run held back covers to choose on.
        """
        rows = [(wanted, [self._abstaining(run, wanted) for run in self.compared.runs]) for wanted in _WANTED]
        known = [point.accuracy for _, points in rows for point in points if point]
        if not known:
            return ""
        scale = common_scale(known)
        cells = ([f"{percent(wanted)} right", *(_coverage(each, scale) for each in points)] for wanted, points in rows)
        return self._table("Target on validation", [self._axis(scale), *cells])

    def precision(self) -> str:
        """Precision against recall, a chart a genre and a line a run; genres without a cover are left out."""
        labels, figures = self.compared.labels, []
        for position in np.unique(labels):
            genre = self.compared.genres[position]
            curves = {run.name: precision_recall(labels, run.probabilities, position) for run in self.compared.runs}
            averages = ", ".join(escape(percent(average)) for *_, average in curves.values())
            caption = f"<figcaption>{self.genre(genre)}<small>average precision {averages}</small></figcaption>"
            figures.append(f"<figure>{precision_chart(curves, self._colours, genre)}{caption}</figure>")
        return f'<div class="wall small">{"".join(figures)}</div>'

    def run_headings(self) -> list[str]:
        """The name of each run after its line."""
        lines = zip(map(swatch, self._colours), self.compared.runs, strict=True)
        return [f"{line} {escape_line(run.name)}" for line, run in lines]

    @property
    def _colours(self) -> list[int]:
        return run_colours([run.run for run in self.compared.runs])

    def _table(self, first: str, rows: Iterable[Sequence[str]]) -> str:
        return table((first, *self.run_headings()), rows)

    def _axis(self, scale: Scale, share: bool = True) -> list[str]:
        """A row with the marks of the lines below it."""
        return [f"<small>{'per cent' if share else 'scale'}</small>", *[axis(scale, share)] * len(self.compared.runs)]

    def _intervals(self, name: str) -> list[Interval]:
        return [getattr(run.evaluation, name) for run in self.compared.runs]

    def _top_accuracy(self) -> list[Interval]:
        labels = self.compared.labels
        return [wilson(in_top(labels, run.probabilities, _TOP).sum(), len(labels)) for run in self.compared.runs]

    def _metric(self, name: str, scale: Scale) -> Iterable[str]:
        shares, comparison = name != "log_loss", self.compared.comparison
        for run, interval in zip(self.compared.runs, self._intervals(name), strict=True):
            leader = comparison.best if name == "accuracy" else comparison.leaders.get(name)
            best = run.name == leader and (name == "balanced_accuracy" or leader == comparison.best)
            warnings = [each.summary for each in run.cautions if each.serious and name == "accuracy"]
            remarks = "".join(f'<small class="caution">{escape_line(each)}</small>' for each in warnings)
            yield figure(interval, scale, shares, ' <span class="best">best</span>' if best else "") + remarks

    def _abstaining(self, run: ComparedRun, wanted: float) -> CoveragePoint | None:
        """What a run does on test at the threshold that gives the `wanted` accuracy on validation; None without one."""
        genres = self.compared.genres
        labels, answers = validation_predictions(run.run, genres)
        threshold = confidence_threshold(labels, answers, genres, wanted) if len(labels) else None
        if threshold is None:
            return None
        point = accuracy_above(self.compared.labels, run.probabilities, genres, threshold)
        return point if point.covers else None

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


def _listed(items: Iterable[str]) -> str:
    entries = "".join(f"<li>{item}</li>" for item in items)
    return f'<ul class="pairs">{entries}</ul>' if entries else ""


def _notes(run: ComparedRun) -> str:
    """The id and data set of a run, and what its user noted of it."""
    notes = read_notes(run.run)
    parts = (run.id, run.run.spec.dataset, ", ".join(notes.tags), notes.note)
    return "".join(f"<small>{escape_line(each)}</small>" for each in parts if each)


def _coverage(point: CoveragePoint | None, scale: Scale) -> str:
    if not point:
        return "–<small>not reached on validation</small>"
    share, sure = escape(percent(point.share)), escape(percent(point.confidence))
    return f"{figure(point.accuracy, scale)}<small>{share} of covers answered, those it is {sure} sure of</small>"
