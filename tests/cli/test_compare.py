import csv
import json

import pytest
from finished_runs import confident_probabilities, finished_run, random_probabilities

from covergenre.dataset.starter import open_starter
from covergenre.evaluation.compare import mcnemar

LABELS = [0, 1, 2] * 30


@pytest.fixture
def runs():
    """A good run, a poor one and one between them, on the same 90 covers."""
    skills = {"logistic": 4, "knn": 0, "other": 2}
    return [
        finished_run(LABELS, random_probabilities(LABELS, skill=skill, seed=skill), method).id
        for method, skill in skills.items()
    ]


def test_json_contains_runs_and_pairs(covergenre, runs):
    (result,) = covergenre("compare", *runs[:2], "--json").lines
    assert set(result) == {"covers", "runs", "pairs"}
    assert result["covers"] == 90
    assert [run["id"] for run in result["runs"]] == runs[:2]
    assert [run["method"] for run in result["runs"]] == ["logistic", "knn"]
    for run in result["runs"]:
        assert set(run) == {"id", "method", "metrics", "confusion", "genres"}
        assert run["genres"] == ["country", "jazz", "rap"]
        assert sum(map(sum, run["confusion"])) == 90
        assert set(run["metrics"]) == {
            *("accuracy", "balanced_accuracy", "f1_weighted", "f1_macro", "log_loss", "calibration_error")
        }
        assert all(set(interval) == {"value", "low", "high"} for interval in run["metrics"].values())


def test_json_names_the_runs_of_a_pair_by_their_ids(covergenre, runs):
    (result,) = covergenre("compare", *runs[:2], "--json").lines
    (pair,) = result["pairs"]
    assert set(pair) == {"a", "b", "only_a", "only_b", "p", "difference", "low", "high"}
    assert (pair["a"], pair["b"]) == tuple(runs[:2])
    assert pair["difference"] == pytest.approx((pair["only_a"] - pair["only_b"]) / 90)
    assert pair["low"] <= pair["difference"] <= pair["high"]
    assert pair["p"] == pytest.approx(mcnemar(pair["only_a"], pair["only_b"]))


def test_p_allows_for_the_number_of_pairs(covergenre, runs):
    (result,) = covergenre("compare", *runs, "--json").lines
    plain = sorted(mcnemar(pair["only_a"], pair["only_b"]) for pair in result["pairs"])
    assert min(pair["p"] for pair in result["pairs"]) == pytest.approx(3 * plain[0])


def test_the_default_output_is_sentences(covergenre, runs):
    result = covergenre("compare", *runs)
    assert result.code == 0
    assert "Logistic regression *" in result.out
    assert "Logistic regression is better than each of the other 2 runs on these 90 covers." in result.out
    assert "Logistic regression is better than Nearest neighbours on these 90 covers" in result.out


def test_a_report_is_written_with_its_tables_beside_it(covergenre, runs, tmp_path):
    result = covergenre("compare", *runs, "--html", tmp_path / "report.html", "--json")
    assert len(result.lines) == 1
    assert (tmp_path / "report.html").read_text().startswith("<!doctype html>")
    assert {path.name for path in tmp_path.glob("*.csv")} == {
        f"report-{name}.csv" for name in ("figures", "pairs", "genres", "confusion", "covers")
    }
    with (tmp_path / "report-covers.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 90


def test_a_report_that_cannot_be_written_is_one_line_of_error(covergenre, runs, tmp_path):
    result = covergenre("compare", *runs, "--html", tmp_path / "missing" / "report.html")
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "can't be written" in result.err


def test_excluded_covers_are_reported(covergenre):
    runs = [
        finished_run(LABELS[:60], confident_probabilities(LABELS[:60]), "knn").id,
        finished_run(LABELS, confident_probabilities(LABELS)).id,
    ]
    result = covergenre("compare", *runs)
    assert "They are compared on the 60 that they share; left out: 30 of Logistic regression." in result.out


def test_an_unknown_or_unfinished_run_is_rejected(covergenre, runs):
    result = covergenre("compare", runs[0], "20200101-000000-knn-0000")
    assert (result.code, result.out) == (1, "")
    assert "There is no run '20200101-000000-knn-0000'" in result.err
    waiting = finished_run(LABELS, confident_probabilities(LABELS), state="queued").id
    assert "is queued: compare only runs that are done" in covergenre("compare", runs[0], waiting).err


def test_the_starter_is_compared_by_its_methods(covergenre, starter):
    (result,) = covergenre("compare", "starter", "starter-logistic", "--json").lines
    card = open_starter().card
    assert [run["id"] for run in result["runs"]] == [f"starter-{card.default}", "starter-logistic"]
    figures = {method.name: method.test.to_dict() for method in card.methods}
    for run in result["runs"]:
        expected = {name: figures[run["method"]][name]["value"] for name in run["metrics"]}
        assert {name: each["value"] for name, each in run["metrics"].items()} == pytest.approx(expected, abs=1e-6)


def test_a_method_missing_from_the_starter_is_rejected(covergenre, runs, starter):
    result = covergenre("compare", runs[0], "starter-magic")
    assert (result.code, result.out) == (1, "")
    assert all(f"starter-{method.name}" in result.err for method in open_starter().card.methods)


def test_a_single_run_prints_its_metrics(covergenre, runs):
    result = covergenre("compare", runs[0])
    assert "Logistic regression" in result.out
    assert "better" not in result.out


def test_the_same_comparison_prints_the_same(covergenre, runs):
    first, second = (covergenre("compare", *runs, "--json").out for _ in range(2))
    assert json.loads(first) == json.loads(second)
