import re

import pytest
from finished_runs import finished_run, random_probabilities
from finished_studies import outcome, saved_study

from covergenre.comparison.comparison import compare_runs
from covergenre.comparison.slices import compute_slices
from covergenre.report import document
from covergenre.report.document import html_report
from covergenre.report.ladders import CAVEAT, related_studies, study_title


def _undated(compared):
    return html_report(compared, (), None, ()).partition("<footer>")[0]


def test_a_report_is_self_contained(compared):
    report = html_report(compared, compute_slices(compared), True, ())
    assert "<script" not in report
    addresses = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]+)""", report)
    assert addresses
    assert all(address.startswith("data:image/jpeg;base64,") for address in addresses)
    assert "@import" not in report


def test_a_report_contains_every_section(compared):
    report = html_report(compared, compute_slices(compared), False, ())
    titles = re.findall(r"<h2>([^<]*)</h2>", report)
    assert titles[:8] == [
        *("Figures", "Pairs", "By genre", "Confusion", "Most confused", "Slices"),
        *("Calibration", "Accuracy against coverage"),
    ]
    assert titles[-1] == "The runs"
    assert all(run.id in report for run in compared.runs)


def test_a_report_without_slices_has_no_empty_section(compared):
    assert "<h2>Slices</h2>" not in html_report(compared, (), None, ())


def test_ladders_are_part_of_it(compared):
    study = saved_study(outcome("ladder", "knn", 2), outcome("ladder", "knn", 3))
    report = html_report(compared, (), None, related_studies(compared))
    assert f"<h2>Ladders: {study_title(study)}</h2>" in report
    assert CAVEAT in report
    assert "More and more genres" in report


def test_pictures_are_included_as_requested(compared):
    assert "<img" in html_report(compared, (), True, ())
    assert "<img" not in html_report(compared, (), False, ())


def test_many_pictures_are_omitted(compared, monkeypatch):
    assert "<img" in html_report(compared, (), None, ())
    monkeypatch.setattr(document, "MOST_PICTURES", 3)
    assert "<img" not in html_report(compared, (), None, ())


def test_a_missing_picture_is_omitted(compared):
    for row in range(len(compared.covers)):
        compared.covers.file(row).unlink()
    assert "<img" not in html_report(compared, (), True, ())


@pytest.mark.parametrize("runs", [2, 4])
def test_galleries_are_omitted_for_many_pairs(runs):
    labels = [0, 1, 2] * 5
    several = [finished_run(labels, random_probabilities(labels, skill=0, seed=n), f"m{n}") for n in range(runs)]
    report = html_report(compare_runs(several, resamples=50), (), None, ())
    assert ("Both wrong" in report) == (runs == 2)
    assert "Hardest for all" in report


def test_the_same_comparison_gives_the_same_report(compared):
    assert _undated(compared) == _undated(compared)
