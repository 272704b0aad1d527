import re
from html import unescape

import pytest
from finished_studies import outcome, saved_study

from covergenre.report.ladders import ladders, related_studies, study_title
from covergenre.studies.reference import LADDER


def circles(piece: str, kind: str) -> list[tuple[float, float]]:
    """Where the circles of a chart stand: "ring" what was published, "dot" what was found here."""
    marks = {"ring": r'<circle class="ring" ', "dot": r"<circle "}[kind]
    return [(float(x), float(y)) for x, y in re.findall(marks + r'cx="([\d.]+)" cy="([\d.]+)" r="[34]', piece)]


def test_each_method_has_a_chart_beside_the_published_one():
    piece = ladders(saved_study(*(outcome("ladder", method, x) for method in ("knn", "logistic") for x in (2, 5, 10))))
    assert piece.count("<svg") == 2
    assert len(circles(piece, "ring")) == len(LADDER["knn"]) + len(LADDER["logistic"])
    assert "published 94.7" in piece
    assert "published 58.4" in piece


def test_measured_and_published_points_share_positions():
    piece = ladders(saved_study(outcome("ladder", "knn", 2, 0.947), outcome("ladder", "knn", 10, 0.418)))
    rings, dots = circles(piece, "ring"), circles(piece, "dot")
    assert dots == [rings[0], rings[-1]]


def test_charts_of_a_part_share_a_scale():
    piece = ladders(
        saved_study(*(outcome("k", "knn", x, 0.5) for x in (1, 2, 4)), *(outcome("k", "other", x, 0.9) for x in (1, 4)))
    )
    knn, other = piece.split("<svg")[1:]
    assert circles(knn, "dot")[0][1] > circles(other, "dot")[0][1]
    one, two, four = (x for x, _ in circles(knn, "dot"))
    assert two - one == pytest.approx(four - two, abs=0.11)
    assert circles(knn, "ring")[0][0] == one


def test_a_point_has_a_label():
    piece = unescape(
        ladders(saved_study(outcome("variants", "boosting", 1, 0.6), outcome("variants", "boosting", 2, 0.62)))
    )
    assert "<title>2 variants: 62.0\u202f% (52.0–72.0), 200 covers</title>" in piece
    assert "<title>1: published 58.1\u202f%</title>" in piece


def test_a_part_with_one_point_is_only_a_table():
    piece = ladders(saved_study(outcome("methods", "knn", 0), outcome("finetune", "finetune", 0)))
    assert "<svg" not in piece
    assert "published 46.7" in piece
    assert "published 70.1" in piece


def test_a_missing_point_is_a_dash():
    piece = ladders(
        saved_study(outcome("ladder", "knn", 2), outcome("ladder", "knn", 3), outcome("ladder", "logistic", 3))
    )
    assert "<td>–</td>" in piece


def test_the_output_is_one_block_of_markdown():
    assert "\n" not in ladders(saved_study(outcome("ladder", "knn", 2), outcome("ladder", "knn", 3)))


def test_an_empty_study_has_no_output():
    assert ladders(saved_study()) == ""


def test_the_studies_of_a_comparison_are_those_of_its_data_sets(compared):
    saved_study(dataset="mine")
    saved_study(outcome("ladder", "knn", 2), dataset="other")
    assert related_studies(compared) == ()
    study = saved_study(outcome("ladder", "knn", 2))
    assert [each.folder for each in related_studies(compared)] == [study.folder]
    assert study_title(study) == "mine, 3 genres, honest split"
