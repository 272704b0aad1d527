import pytest
from finished_runs import finished_run, random_probabilities

from covergenre.runs.notes import Notes, write_notes
from covergenre.training.train import evaluate
from pages.train import run_summary
from pages.train.run_summary import RunSummary


@pytest.fixture
def run():
    labels = [0, 1, 2] * 10
    made = finished_run(labels, random_probabilities(labels))
    made.write_evaluation(evaluate(made))
    return made


def test_a_run_is_a_row_with_metrics_and_intervals(run):
    row = run_summary.frame([RunSummary.of(run)]).iloc[0]
    accuracy = run.evaluation().accuracy
    assert (row["name"], row["data set"], row["genres"], row["state"]) == ("Logistic regression", "mine", 3, "Done")
    assert row["accuracy"].startswith(f"{100 * accuracy.value:.1f}")
    assert f"{100 * accuracy.low:.1f}–{100 * accuracy.high:.1f}" in row["accuracy"]
    assert row["duration"] == "12\u202fs"


def test_the_run_in_use_is_marked_and_notes_are_shown(run):
    write_notes(run, Notes("At 150 px", ("talk", "small"), "the one for the talk"))
    row = run_summary.frame([RunSummary.of(run)], used=run.id).iloc[0]
    assert row["name"] == "At 150 px · in use"
    assert row["tags"] == "talk, small"
    assert row["note"] == "the one for the talk"


def test_a_run_without_an_evaluation_has_no_metrics(run):
    failed = finished_run([0, 1, 2], random_probabilities([0, 1, 2]), state="failed")
    assert run_summary.frame([RunSummary.of(failed)]).iloc[0]["accuracy"] == ""
    (run.folder / "evaluation.json").write_text("{")
    assert RunSummary.of(run).evaluation is None


def test_settings_are_escaped_in_html():
    run = finished_run([0, 1, 2], random_probabilities([0, 1, 2]), genres=("<b>", "jazz", "rap"))
    assert "<b>" not in run_summary.settings_table(run)
    assert "Jazz" in run_summary.settings_table(run)


def test_the_log_shows_its_last_lines(run):
    assert run_summary.tail(run.folder / "log.txt", 12) == ""
    (run.folder / "log.txt").write_text("\n".join(f"line {n}" for n in range(1000)))
    assert run_summary.tail(run.folder / "log.txt", 2).splitlines() == ["line 998", "line 999"]


def test_runs_are_found_by_their_settings(run):
    other = finished_run([0, 1, 2], random_probabilities([0, 1, 2]), method="knn", parameters={"k": 20}, seed=7)
    summaries = [RunSummary.of(each) for each in (other, run)]
    assert [each.run for each in run_summary.search(summaries, "seed 7", hidden=False)] == [other]
    assert [each.run for each in run_summary.search(summaries, "neighbours 20", hidden=False)] == [other]


def test_runs_are_grouped_under_the_name_of_their_group(run):
    later = [finished_run([0, 1, 2], random_probabilities([0, 1, 2]), method) for method in ("knn", "logistic")]
    summaries = [RunSummary.of(each) for each in (later[1], later[0], run)]
    together = run_summary.group_runs(summaries, "method")
    assert [each.run for each in together] == [later[1], run, later[0]]
    table = run_summary.frame(together, group="method")
    assert table.columns[0] == "method"
    assert table["method"].tolist() == ["Logistic regression", "", "Nearest neighbours"]
    assert run_summary.group_runs(summaries, "") == summaries


def test_settings_become_columns_and_empty_columns_are_omitted(run):
    columns = run_summary.frame([RunSummary.of(run)], columns=["Seed", "Split"]).columns.tolist()
    assert columns[:6] == ["name", "started", "data set", "genres", "Seed", "Split"]
    assert not {"tags", "note"} & set(columns)
