from datetime import UTC, datetime, timedelta

import pytest
from finished_runs import GENRES, confident_probabilities, finished_run, random_probabilities

from covergenre.comparison.comparison import compare_runs
from covergenre.runs.record import list_runs
from pages.compare.selection import MOST_RUNS, Cell, cell, chosen_runs, pair

LABELS = [0, 1, 2]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def trained(*specs: dict) -> list[str]:
    """The ids of runs that were finished one after the other."""
    return [
        finished_run(LABELS, confident_probabilities(LABELS), created=NOON + timedelta(minutes=number), **each).id
        for number, each in enumerate(specs)
    ]


@pytest.fixture
def compared():
    return compare_runs(
        [finished_run(LABELS * 5, random_probabilities(LABELS * 5), method) for method in ("knn", "logistic", "other")]
    )


def test_runs_in_the_url_are_compared_in_order_without_duplicates():
    ids = trained({"method": "knn"}, {"method": "logistic"}, {"method": "other"})
    assert chosen_runs([ids[2], ids[0], ids[2]], list_runs()) == (ids[2], ids[0])


def test_deleted_runs_in_the_url_are_skipped():
    ids = trained({"method": "knn"}, {"method": "logistic"})
    assert chosen_runs([ids[0], "20200101-000000-knn-0000"], list_runs()) == (ids[0],)


def test_the_number_of_compared_runs_is_limited():
    ids = trained(*({"seed": seed} for seed in range(MOST_RUNS + 1)))
    assert len(chosen_runs(ids, list_runs())) == MOST_RUNS


def test_by_default_the_newest_run_of_each_method_is_compared():
    _, knn, logistic = trained({"method": "knn"}, {"method": "knn"}, {"method": "logistic"})
    assert chosen_runs([], list_runs()) == (logistic, knn)


def test_by_default_only_runs_of_one_task_are_compared():
    knn, logistic, _ = trained({"method": "knn"}, {"method": "logistic"}, {"method": "other", "seed": 7})
    assert chosen_runs([], list_runs()) == (logistic, knn)


def test_runs_of_one_method_are_compared_if_there_is_no_other():
    first, second, _ = trained({}, {}, {"dataset_hash": "f" * 16})
    assert chosen_runs([], list_runs()) == (second, first)


def test_runs_of_different_tasks_are_compared_if_there_are_no_others():
    first, second = trained({"seed": 1}, {"seed": 2})
    assert chosen_runs([], list_runs()) == (second, first)


def test_two_of_several_runs_are_selected_for_the_pair(compared):
    a, b, c = compared.runs
    assert pair({}, compared) == (a, b)
    assert pair({"a": c.id, "b": b.id}, compared) == (c, b)
    assert pair({"a": "gone"}, compared) == (a, b)


def test_a_run_is_never_paired_with_itself(compared):
    a, b, _ = compared.runs
    assert pair({"a": b.id}, compared) == (b, a)


def test_the_cell_in_the_url_is_selected(compared):
    a, b, _ = compared.runs
    assert cell({"of": b.id, "true": "jazz", "predicted": "rap"}, compared, a, b) == Cell(b, "jazz", "rap")
    assert cell({"true": GENRES[0]}, compared, a, b) == Cell(a, GENRES[0], "")


def test_an_invalid_url_selects_no_genre(compared):
    a, b, _ = compared.runs
    assert cell({"of": "gone", "true": "<b>", "predicted": "polka"}, compared, a, b) == Cell(a, "", "")
