"""AppTests of the Compare page."""

import io
import shutil
import zipfile
from functools import partial
from html import unescape

import grids
import pytest
from apptests import open_app, page_text
from finished_runs import GENRES, finished_run, random_probabilities, runs_on_drawn_covers
from finished_studies import outcome, saved_study
from streamlit.testing.v1 import AppTest

from covergenre.comparison.comparison import compare_runs
from covergenre.comparison.galleries import galleries
from covergenre.dataset.manifest import write_manifest
from covergenre.dataset.registry import open_dataset
from covergenre.dataset.starter import open_starter
from covergenre.evaluation.agreement import mistakes
from covergenre.report.conclusion import verdict
from covergenre.report.tables import comparison_tables, zip_tables

visit = partial(open_app, "compare")


@pytest.fixture
def runs(tmp_path):
    return runs_on_drawn_covers(tmp_path / "covers", 12)


def tiles(app: AppTest) -> int:
    return len(grids.tiles(app, "compared"))


def test_without_runs_the_methods_of_the_starter_are_compared(starter):
    app = visit()
    assert set(app.multiselect[0].value) == {f"starter-{method.name}" for method in open_starter().card.methods}
    assert "Nearest neighbours (starter)" in page_text(app)


def test_covers_of_the_starter_are_shown_as_colours(starter):
    app = visit(tab="Covers", show="typical")
    pictures = [tile["face"].count('src="data:image/jpeg') for tile in grids.tiles(app, "compared")]
    assert pictures == [1] * len(pictures) != []


def test_without_runs_and_starter_the_page_says_what_to_do(starter):
    shutil.rmtree(starter / "runs")
    app = visit()
    assert "There are no finished runs yet." in page_text(app)
    assert "covergenre train demo --method knn" in app.code[0].value
    finished_run([0, 1, 2], random_probabilities([0, 1, 2]))
    assert " is right on " in page_text(visit())


def test_unfinished_runs_are_not_offered(runs):
    waiting = finished_run([0, 1, 2], random_probabilities([0, 1, 2]), state="queued")
    assert waiting.id not in visit().multiselect[0].value
    assert "Unfinished or deleted" in page_text(visit(run=[runs[0].id, runs[1].id, waiting.id]))


def test_metrics_and_verdict_match_the_library(runs):
    text = page_text(visit(run=[run.id for run in runs]))
    compared = compare_runs(runs)
    assert compared.comparison.pairs[0].sentence in text
    assert all(run.name in text for run in compared.runs)
    assert f"{100 * compared.runs[0].evaluation.accuracy.value:.1f}" in text


def test_selecting_other_runs_updates_the_url(runs):
    third = finished_run(
        [0, 1, 2], random_probabilities([0, 1, 2]), "other", paths=["country/000.jpg", "jazz/000.jpg", "rap/000.jpg"]
    )
    app = visit(run=[run.id for run in runs])
    app.multiselect[0].set_value([runs[0].id, third.id]).run()
    assert app.query_params["run"] == [runs[0].id, third.id]
    assert "They are compared on the 3 that they share" in page_text(app)


def test_a_single_run_is_shown_in_detail(runs):
    poor, alone = runs[1], compare_runs(runs[1:])
    (run,) = alone.runs
    text = page_text(visit(run=[poor.id]))
    assert text.startswith("Nearest neighbours")
    assert verdict(alone).split(" of ")[0] in text
    assert "marked best" not in text
    app = visit(run=[poor.id], tab="Confusion", true="jazz", predicted="rap", of=poor.id)
    assert len(app.get("vega_lite_chart")) == 1
    assert tiles(app) == run.evaluation.confusion[1][2]
    assert tiles(visit(run=[poor.id], tab="Covers")) == min(24, len(mistakes(alone.labels, run.probabilities)))
    assert "right 7 times out of 10" in page_text(visit(run=[poor.id], tab="Calibration"))


def test_only_settings_that_differ_are_compared(runs):
    text = page_text(visit(run=[run.id for run in runs], tab="Settings"))
    assert "Nearest neighbours" in text
    assert "Seed" not in text
    app = visit(run=[runs[0].id], tab="Settings")
    assert "Seed" in page_text(app)


def test_without_a_selected_run_nothing_is_shown(runs):
    app = visit(run=[runs[0].id])
    app.multiselect[0].set_value([]).run()
    assert "Choose one run" in page_text(app)


def test_a_run_that_changes_is_reloaded(runs):
    address = {"run": [run.id for run in runs]}
    before = page_text(visit(**address))
    good, poor = (run.predictions() for run in runs)
    runs[0].write_predictions(poor)
    runs[1].write_predictions(good)
    after = page_text(visit(**address))
    assert "Logistic regression is better than Nearest neighbours" in before
    assert "Nearest neighbours is better than Logistic regression" in after


@pytest.mark.parametrize("name", ["run.json", "status.json"])
def test_a_run_damaged_meanwhile_is_no_longer_offered(runs, name):
    third = finished_run([0, 1, 2], random_probabilities([0, 1, 2]), "other")
    visit(run=[run.id for run in runs])
    (third.folder / name).write_text("{}")
    app = visit(run=[*(run.id for run in runs), third.id])
    assert app.multiselect[0].value == [run.id for run in runs]
    assert f"Unfinished or deleted: {third.id}" in page_text(app)


def test_a_run_with_damaged_predictions_is_reported(runs):
    address = {"run": [run.id for run in runs]}
    visit(**address)
    (runs[1].folder / "predictions.parquet").write_bytes(b"PAR1 no more")
    app = visit(**address)
    assert not app.exception
    assert f"of the run {runs[1].id} is damaged" in unescape(app.error[0].value)


def test_incomparable_runs_say_why(runs):
    elsewhere = finished_run(
        [0, 1], random_probabilities([0, 1]), paths=["a.jpg", "b.jpg"], dataset_hash=runs[0].spec.dataset_hash
    )
    app = visit(run=[runs[0].id, elsewhere.id])
    assert not app.exception
    assert "were not tested on any cover in common" in unescape(app.error[0].value)


def test_the_cell_in_the_url_shows_its_covers(runs):
    app = visit(run=[run.id for run in runs], tab="Confusion", of=runs[1].id, true="jazz", predicted="jazz")
    counts = compare_runs(runs).runs[1].evaluation.confusion
    assert "Jazz, correct" in page_text(app)
    assert tiles(app) == counts[1][1]


def test_a_cell_can_be_chosen_in_the_select_boxes(runs):
    app = visit(run=[run.id for run in runs], tab="Confusion")
    assert tiles(app) == 0
    app.selectbox(key="compare_true").select("rap").run()
    assert app.query_params["true"] == "rap"
    assert tiles(app) == 12
    app.selectbox(key="compare_predicted").select("rap").run()
    assert tiles(app) == compare_runs(runs).runs[0].evaluation.confusion[2][2]
    app.selectbox(key="compare_of").select(runs[1].id).run()
    assert tiles(app) == compare_runs(runs).runs[1].evaluation.confusion[2][2]


def test_a_genre_shows_precision_recall_and_f1_of_every_run(runs):
    text = page_text(visit(run=[run.id for run in runs], tab="Confusion", of=runs[0].id, true="jazz"))
    assert "Precision" in text
    assert f"{100 * compare_runs(runs).runs[1].evaluation.by_genre[1].f1.value:.1f}" in text


def test_the_difference_of_two_matrices_is_explained(runs):
    app = visit(run=[run.id for run in runs], tab="Confusion")
    app.get("segmented_control")[0].set_value("Difference").run()
    assert "orange for more" in page_text(app)


def test_two_of_three_runs_can_be_chosen_as_the_pair(runs):
    paths = [f"{genre}/{n:03}.jpg" for n in range(12) for genre in GENRES]
    third = finished_run([0, 1, 2] * 12, random_probabilities([0, 1, 2] * 12), "other", paths=paths)
    app = visit(run=[*(run.id for run in runs), third.id], tab="Covers")
    app.selectbox(key="at b").select(third.id).run()
    assert app.query_params["b"] == third.id
    assert "Only other is right" in unescape(" ".join(app.get("pills")[0].options))


@pytest.mark.parametrize("key", ["only-b", "neither", "losses-a", "losses-b", "hardest", "typical"])
def test_a_gallery_shows_as_many_covers_as_it_states(runs, key):
    app = visit(run=[run.id for run in runs], tab="Covers")
    app.get("pills")[0].set_value(key).run()
    assert app.query_params["show"] == key
    compared = compare_runs(runs)
    found = {gallery.key: gallery for gallery in galleries(compared, *compared.runs)}
    assert tiles(app) == min(24, len(found[key].rows))
    assert found[key].meaning in page_text(app)


def test_at_first_a_gallery_is_shown_that_has_covers(starter):
    alike = [finished_run([0, 1, 2], random_probabilities([0, 1, 2]), name) for name in ("one", "other")]
    app = visit(run=[run.id for run in alike], tab="Covers")
    assert "Only" not in app.get("pills")[0].value
    assert tiles(app) > 0


def test_a_gallery_can_be_filtered_by_genre(runs):
    app = visit(run=[run.id for run in runs], tab="Covers", show="losses-b")
    every = tiles(app)
    app.selectbox(key="compare_genre").select("jazz").run()
    assert 0 < tiles(app) < every


def test_weak_spots_name_confused_genres_and_kinds_of_covers(runs):
    text = page_text(visit(run=[run.id for run in runs], tab="Weak spots"))
    assert "taken for" in text
    assert "The split is honest" in text


def test_calibration_tab_plots_every_run_the_coverage_and_precision_by_genre(runs):
    app = visit(run=[run.id for run in runs], tab="Calibration")
    assert sum(element.value.count('class="chart"') for element in app.markdown) == 2 + 1 + 3


def test_without_a_study_the_page_says_how_to_run_one(runs):
    assert "There are no studies yet." in page_text(visit(run=[run.id for run in runs], tab="Ladders"))


def test_a_study_is_shown_beside_the_published_results(runs):
    saved_study(outcome("ladder", "knn", 2), outcome("ladder", "knn", 3))
    app = visit(run=[run.id for run in runs], tab="Ladders")
    assert "Dashed is what the reference study published" in page_text(app)
    assert "More and more genres" in page_text(app)
    assert "published 94.7" in page_text(app)


def test_an_invalid_url_is_ignored(runs):
    app = visit(run=["nonsense", "<b>"], tab="nowhere", of="x", true="y", show="z", a="q")
    assert "Which run is better?" in page_text(app)


def test_the_compared_runs_are_in_the_url_and_stay_when_other_runs_end(runs):
    app = visit()
    shown = app.multiselect[0].value
    assert app.query_params["run"] == shown
    finished_run([0, 1, 2], random_probabilities([0, 1, 2]), "other")
    assert app.run().multiselect[0].value == shown


def test_deleted_runs_are_not_replaced_by_others(runs):
    app = visit(run=["20200101-000000-knn-0000"])
    assert app.multiselect[0].value == []
    assert "20200101-000000-knn-0000" in page_text(app)


def test_a_run_that_ended_meanwhile_is_offered(runs):
    app = visit(run=[run.id for run in runs])
    finished_run([0, 1, 2], random_probabilities([0, 1, 2]), "other")
    assert "other · mine" in app.run().multiselect[0].options


def test_later_changes_of_the_data_set_are_shown(runs):
    app = visit(run=[run.id for run in runs], tab="Covers", show="typical")
    assert not any("Ada Lane" in tile["label"] for tile in grids.tiles(app, "compared"))
    dataset = open_dataset("mine")
    write_manifest(dataset.manifest.assign(artist="Ada Lane", album="Blue"), dataset.folder / "manifest.csv")
    assert all("Ada Lane" in tile["label"] for tile in grids.tiles(app.run(), "compared"))


def test_a_damaged_run_is_reported(runs):
    (runs[0].folder / "predictions.parquet").write_bytes(b"no")
    app = visit(run=[run.id for run in runs])
    assert "predictions.parquet" in unescape(app.error[0].value)


def test_report_and_tables_can_be_downloaded(runs):
    archive = zipfile.ZipFile(io.BytesIO(zip_tables(comparison_tables(compare_runs(runs)))))
    assert set(archive.namelist()) == {f"{name}.csv" for name in ("figures", "pairs", "genres", "confusion", "covers")}
    labels = [button.label for button in visit(run=[run.id for run in runs]).get("download_button")]
    assert labels == ["Report (HTML)", "Tables (CSV)"]
