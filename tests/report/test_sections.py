import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest
from finished_runs import confident_probabilities, finished_run
from hypothesis import given
from hypothesis import strategies as st

from covergenre.comparison.comparison import compare_runs
from covergenre.comparison.slices import compute_slices
from covergenre.evaluation.intervals import Interval
from covergenre.report.markup import Scale, axis, common_scale, figure, table
from covergenre.report.sections import Sections

_VOID = {"br", "img", "meta"}


class _Nesting(HTMLParser):
    """Fails on a tag that is closed in the wrong place or not at all."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def _well_formed(html):
    parser = _Nesting()
    parser.feed(html)
    assert parser.open == []


def _text(html):
    return unescape(re.sub(r"<[^>]*>", " ", html))


def test_every_section_is_well_formed(compared):
    parts = Sections(compared)
    a, b = compared.runs
    pieces = [parts.headline(), parts.pairs(), parts.one_genre("jazz"), parts.by_genre(), parts.confused()]
    pieces += [parts.slices(compute_slices(compared)), parts.matrix(a), parts.difference(a, b)]
    pieces += [parts.reliability(0), parts.coverage(), parts.precision()]
    for piece in pieces:
        _well_formed(piece)


def test_the_best_run_is_marked_only_if_the_difference_is_significant(compared):
    assert compared.comparison.best == "Logistic regression"
    assert Sections(compared).headline().count('class="best"') == 1 + len(compared.comparison.leaders) == 5
    apart = [replace(pair, adjusted=0.2) for pair in compared.comparison.pairs]
    told = replace(compared, comparison=replace(compared.comparison, pairs=tuple(apart)))
    assert Sections(told).headline().count('class="best"') == 1  # balanced accuracy, of which the verdict tells
    alike = [
        finished_run([0, 1, 2], confident_probabilities([0, 1, 2])),
        finished_run([0, 1, 2], confident_probabilities([0, 1, 1]), "knn"),
    ]
    assert 'class="best"' not in Sections(compare_runs(alike)).headline()


def test_a_pair_counts_covers_that_only_one_run_gets_right(compared):
    (pair,) = compared.comparison.pairs
    text = _text(Sections(compared).pairs())
    assert pair.sentence in text
    assert f"Only {pair.a} is right on {pair.only_a}" in text


def test_a_genre_has_one_row_per_run(compared):
    text = Sections(compared).one_genre("jazz")
    assert text.count("<tr>") == 2 + len(compared.runs)  # the headings, the scale


def test_the_matrix_shows_counts_in_the_requested_order(compared):
    text = Sections(compared).matrix(compared.runs[0], "alphabet")
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", text)
    counts = np.array([int(cell or 0) for cell in cells]).reshape(3, 3)
    assert counts.tolist() == [list(row) for row in compared.runs[0].evaluation.confusion]


def test_the_difference_matrix_sums_to_zero(compared):
    text = Sections(compared).difference(*compared.runs)
    cells = [cell.replace("−", "-") for cell in re.findall(r"<td[^>]*>([^<]*)</td>", text)]
    assert sum(int(cell or 0) for cell in cells) == 0


def test_mistakes_shared_by_all_runs_come_first():
    runs = [
        finished_run([0, 0, 1, 2], confident_probabilities(text), method)
        for method, text in (("knn", [1, 1, 1, 0]), ("logistic", [1, 0, 1, 2]))
    ]
    text = _text(Sections(compare_runs(runs)).confused())
    assert text.index("country taken for jazz") < text.index("rap taken for country")


def test_perfect_runs_have_no_confusions():
    runs = [finished_run([0, 1, 2], confident_probabilities([0, 1, 2]), method) for method in ("knn", "logistic")]
    assert "No run mistakes" in Sections(compare_runs(runs)).confused()


def test_calibration_is_reported_before_and_after_the_temperature(compared):
    assert "Before its temperature of 1.50" in _text(Sections(compared).reliability(0))


def test_without_a_temperature_only_one_calibration_is_reported():
    runs = [
        finished_run([0, 1, 2], confident_probabilities([0, 1, 2]), method, temperature=None)
        for method in ("knn", "logistic")
    ]
    text = Sections(compare_runs(runs)).reliability(0)
    assert "Before" not in text
    assert 'class="ring"' not in text


def test_abstention_is_chosen_on_validation_and_reported_on_test():
    answered = np.vstack(
        [confident_probabilities([0] * 15, confidence=0.9), confident_probabilities([0] * 15, confidence=0.5)]
    )
    run = finished_run([0] * 30, answered)
    told = run.predictions()
    told.loc[told["part"] == "test", "part"] = ["validation"] * 10 + ["test"] * 5 + ["validation"] * 10 + ["test"] * 5
    told.loc[told["path"].isin([f"country/{n:04}.jpg" for n in range(15, 25)]), "genre"] = "jazz"
    run.write_predictions(told)
    text = " ".join(_text(Sections(compare_runs([run])).abstention()).split())
    assert "95 % right 100.0 %" in text
    assert "50 % of covers answered, those it is 80 % sure of" in text


def test_abstention_is_omitted_without_validation_covers():
    run = finished_run([0, 1, 2], confident_probabilities([0, 1, 2]))
    told = run.predictions()
    run.write_predictions(told[told["part"] == "test"])
    assert Sections(compare_runs([run])).abstention() == ""


def test_untrusted_names_are_escaped():
    genres = ("<b>jazz</b>", "pop", "rap")
    runs = [
        finished_run([0, 1, 2], confident_probabilities([1, 0, 2]), method, genres=genres)
        for method in ("<i>", "logistic")
    ]
    parts = Sections(compare_runs(runs))
    for piece in (
        parts.headline(),
        parts.pairs(),
        parts.by_genre(),
        parts.confused(),
        parts.matrix(parts.compared.runs[0]),
        parts.precision(),
    ):
        assert "<i>" not in piece
        assert "<b>" not in piece
    _well_formed(parts.coverage())


@pytest.mark.parametrize("value", [0.2, 0.5, 0.8])
def test_a_figure_is_placed_on_its_scale(value):
    interval = Interval(value, value - 0.1, value + 0.1)
    found = re.findall(r"--(\w+): ([-\d.]+)%", figure(interval, Scale(0, 1, 0.2)))
    assert {name: float(place) for name, place in found} == pytest.approx(
        {"value": 100 * value, "low": 100 * (value - 0.1), "high": 100 * (value + 0.1), "step": 20}
    )


@given(st.lists(st.tuples(*[st.floats(0, 30)] * 3).map(sorted), min_size=1, max_size=5))
def test_a_scale_covers_all_intervals_with_few_ticks(bounds):
    scale = common_scale([Interval(value, low, high) for low, value, high in bounds])
    assert scale.low <= min(low for low, _, _ in bounds) + 1e-6
    assert scale.high >= max(high for _, _, high in bounds) - 1e-6
    assert axis(scale).count("<i ") <= 8


def test_shares_from_40_to_90_have_round_ticks():
    scale = common_scale([Interval(0.5, 0.43, 0.6), Interval(0.7, 0.65, 0.87)])
    assert re.findall(r">([\d.]+)</i>", axis(scale)) == ["40", "50", "60", "70", "80", "90"]


def test_all_shares_use_one_scale(compared):
    headline = Sections(compared).headline()
    assert headline.count('class="axis"') == 3 * 2  # of the shares, of log loss, of calibration: a run each
    assert len(set(re.findall(r"--step: ([\d.]+)%", Sections(compared).by_genre()))) == 1


def test_a_table_names_its_rows_and_columns():
    text = table(("", "a"), [["row", "1"]])
    assert '<th scope="row">row</th><td>1</td>' in text
    assert '<th scope="col">a</th>' in text
