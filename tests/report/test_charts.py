from datetime import UTC, datetime
from xml.etree import ElementTree

import numpy as np
import pytest
from finished_runs import confident_probabilities, finished_run

from covergenre.evaluation.intervals import wilson
from covergenre.evaluation.reliability import Bin, CoveragePoint
from covergenre.report.charts import COLOURS, coverage_chart, css_colour, reliability_chart, run_colours, swatch

BINS = (Bin(0.4, 0.5, 20, 0.45, wilson(8, 20)), Bin(0.8, 0.9, 5, 0.85, wilson(5, 5)))
POINTS = (CoveragePoint(0.9, 1, 0.1, wilson(1, 1)), CoveragePoint(0.5, 10, 1.0, wilson(6, 10)))


def _svg(text):
    return ElementTree.fromstring(text.replace("<svg ", '<svg xmlns:x="x" ', 1))


def _luminance(colour):
    values = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(values <= 0.03928, values / 12.92, ((values + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)


def _contrast(one, other):
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_calibrated_prediction_lies_on_the_diagonal():
    exact = (Bin(0.4, 0.5, 20, 0.4, wilson(8, 20)),)
    svg = _svg(reliability_chart(exact, (), 0))
    ideal = next(line for line in svg.iter("line") if line.get("class") == "ideal")
    x1, y1, x2, y2 = (float(ideal.get(name)) for name in ("x1", "y1", "x2", "y2"))
    dot = next(iter(svg.iter("circle")))
    along = (float(dot.get("cx")) - x1) / (x2 - x1)
    assert along == pytest.approx(0.4, abs=1e-3)
    assert (float(dot.get("cy")) - y1) / (y2 - y1) == pytest.approx(along, abs=1e-3)


def test_each_bin_has_a_labelled_dot_and_a_bar_for_its_covers():
    svg = _svg(reliability_chart(BINS, (), 0))
    titles = [title.text for title in svg.iter("title")]
    assert "45\u202f% sure, 40\u202f% right (22\u202f% to 61\u202f%), 20 covers" in titles
    heights = [float(bar.get("height")) for bar in svg.iter("rect")]
    assert heights[0] == pytest.approx(4 * heights[1], rel=0.01)


def test_uncalibrated_bins_are_drawn_as_rings():
    svg = _svg(reliability_chart(BINS, BINS[:1], 0))
    assert sum(circle.get("class") == "ring" for circle in svg.iter("circle")) == 1


def test_each_run_has_a_line_from_the_most_confident_covers_to_all():
    svg = _svg(coverage_chart({"a": POINTS, "b <i>": POINTS}, [0, 1]))
    lines = list(svg.iter("polyline"))
    assert len(lines) == 2
    assert len(lines[0].get("points").split()) == 2
    assert svg.get("aria-label").endswith("b <i>, all answered: 60\u202f% right")


def test_runs_differ_in_colour_and_dashes():
    assert len({swatch(number) for number in range(len(COLOURS))}) == len(COLOURS)
    assert css_colour(len(COLOURS)) == css_colour(0)


def test_a_run_keeps_its_colour_in_every_comparison():
    knn, later, logistic = (
        finished_run([0], confident_probabilities([0]), method, created=datetime(2026, 11, 22, hour, tzinfo=UTC))
        for hour, method in enumerate(("knn", "knn", "logistic"))
    )
    assert run_colours([logistic, knn]) == run_colours([later, logistic, knn])[1:]
    assert len(set(run_colours([later, logistic, knn]))) == 3
    assert run_colours([later]) == run_colours([knn])


@pytest.mark.parametrize("ink", COLOURS)
def test_text_colours_contrast_with_their_background(ink):
    assert _contrast(ink[0], "#fbfaf7") >= 4.5
    assert _contrast(ink[1], "#151412") >= 4.5
