from dataclasses import replace
from datetime import UTC, datetime

from covergenre.runs.names import run_names


def test_a_run_is_called_by_its_method(spec):
    assert run_names([spec, replace(spec, method="knn")]) == ("Logistic regression", "Nearest neighbours")


def test_an_ensemble_has_a_title_too(spec):
    assert run_names([replace(spec, method="ensemble")]) == ("Ensemble",)


def test_a_method_of_another_version_keeps_its_bare_name(spec):
    assert run_names([replace(spec, method="oracle")]) == ("oracle",)


def test_runs_of_one_method_are_told_apart_by_what_differs(spec):
    runs = [replace(spec, parameters={"c": c, "balance": 1.0}) for c in (0.1, 0.003)]
    assert run_names(runs) == ("Logistic regression (c 0.1)", "Logistic regression (c 0.003)")


def test_what_was_left_to_the_method_is_not_named(spec):
    runs = [replace(spec, parameters={"c": c}) for c in (None, 0.1)]
    assert run_names(runs) == ("Logistic regression", "Logistic regression (c 0.1)")


def test_runs_that_differ_in_nothing_are_told_apart_by_their_times(spec):
    runs = [replace(spec, created=datetime(2026, 11, 22, hour, 5, tzinfo=UTC)) for hour in (9, 10)]
    assert run_names(runs) == ("Logistic regression (22 Nov 09:05)", "Logistic regression (22 Nov 10:05)")


def test_runs_of_the_same_minute_are_numbered(spec):
    at = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)
    names = run_names([replace(spec, created=at), replace(spec, created=at)])
    assert names == ("Logistic regression (22 Nov 09:05, 1)", "Logistic regression (22 Nov 09:05, 2)")


def test_settings_too_long_for_a_name_are_no_name(spec):
    hours = {"a": datetime(2026, 1, 1, 0, tzinfo=UTC), "b": datetime(2026, 1, 1, 1, tzinfo=UTC)}
    runs = [replace(spec, dataset=name * 40, created=at) for name, at in hours.items()]
    assert run_names(runs) == ("Logistic regression (01 Jan 00:00)", "Logistic regression (01 Jan 01:00)")
