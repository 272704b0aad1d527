import csv
import io

from finished_runs import confident_probabilities, finished_run
from finished_studies import outcome, saved_study

from covergenre.comparison.comparison import compare_runs
from covergenre.comparison.slices import compute_slices
from covergenre.formatting import as_csv
from covergenre.report.tables import comparison_tables


def _rows(table):
    return list(csv.DictReader(io.StringIO(table)))


def _named(compared, name):
    return _rows(comparison_tables(compared, compute_slices(compared))[name])


def test_every_table_has_as_many_cells_as_columns(compared):
    for table in comparison_tables(compared, compute_slices(compared)).values():
        assert len({len(row) for row in csv.reader(io.StringIO(table))}) == 1


def test_metrics_have_intervals(compared):
    accuracy = next(row for row in _named(compared, "figures") if row["figure"] == "accuracy")
    expected = compared.runs[0].evaluation.accuracy
    assert [float(accuracy[name]) for name in ("value", "low", "high")] == [expected.value, expected.low, expected.high]


def test_every_prediction_is_listed(compared):
    rows = _named(compared, "covers")
    run = compared.runs[1]
    assert [row["path"] for row in rows] == list(compared.covers.paths)
    predicted = [compared.genres[column] for column in run.probabilities.argmax(axis=1)]
    assert [row[f"predicted: {run.name}"] for row in rows] == predicted


def test_confusion_cells_count_every_cover_of_a_run(compared):
    rows = [row for row in _named(compared, "confusion") if row["run"] == compared.runs[0].id]
    assert len(rows) == 9
    assert sum(int(row["covers"]) for row in rows) == len(compared.covers)


def test_slices_are_omitted_where_there_are_none(compared):
    assert "slices" not in comparison_tables(compared)


def test_points_of_studies_have_their_published_values(compared):
    study = saved_study(outcome("ladder", "knn", 2, 0.75), outcome("ladder", "knn", 40, 0.25))
    first, second = _rows(comparison_tables(compared, studies=[study])["ladders"])
    assert (first["data set"], first["method"], first["x"]) == ("mine", "knn", "2")
    assert (float(first["accuracy"]), float(first["published"])) == (0.75, 0.947)
    assert second["published"] == ""


def test_a_path_that_looks_like_a_formula_is_escaped():
    runs = [
        finished_run([0, 1], confident_probabilities([0, 1]), method, paths=["=cmd()", "b.jpg"])
        for method in ("knn", "logistic")
    ]
    assert _named(compare_runs(runs), "covers")[0]["path"] == "'=cmd()"


def test_negative_numbers_stay_numbers():
    assert as_csv(("difference",), [(-0.5,)]).splitlines()[1] == "-0.5"
