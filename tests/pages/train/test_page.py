"""AppTests of the Train page; no worker executes the queue."""

import json
import os
from dataclasses import replace
from html import unescape
from importlib.util import find_spec

import psutil
import pytest
from apptests import click, open_app, page_text, pending_job
from drawing import genre_folders
from finished_runs import finished_run, random_probabilities
from streamlit.testing.v1 import AppTest

from covergenre.audit import audit_dataset
from covergenre.audit.caveats import write_caveats
from covergenre.audit.inspection import Inspection
from covergenre.dataset import registry
from covergenre.dataset.registry import register
from covergenre.formatting import percent
from covergenre.methods.base import FINISH_FILE
from covergenre.runs import launch
from covergenre.runs.default import default_run
from covergenre.runs.notes import Notes, read_notes, write_notes
from covergenre.runs.record import Event, Status, list_runs
from covergenre.training.train import evaluate
from pages.train import form
from pages.widgets.watch import jobs


@pytest.fixture(autouse=True)
def no_work(monkeypatch):
    """Nobody starts to work."""
    monkeypatch.setattr(launch, "ensure_worker", lambda: None)


@pytest.fixture
def mine(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("disco", "jazz", "rap"), 8))[0]


@pytest.fixture
def done():
    labels = [0, 1, 2] * 10
    run = finished_run(labels, random_probabilities(labels), parameters={"c": 0.01, "balance": 0.5})
    run.write_evaluation(evaluate(run))
    return run


@pytest.fixture
def running_run():
    """A run whose process is that of the test."""
    process = psutil.Process()
    run = finished_run([0, 1, 2], random_probabilities([0, 1, 2]), method="boosting")
    for step in (1, 2, 3):
        run.append_event(Event("trees", step, 100, {"validation log loss": 2 - step / 10}))
    (run.folder / "log.txt").write_text("what it logged")
    run.write_status(
        Status("running", 250, 1000, "trees", 90.0, os.getpid(), process.create_time(), started=process.create_time())
    )
    return run


def test_without_a_data_set_the_page_says_how_to_add_one(starter):
    app = open_app("train")
    assert "There is no data set to train on yet" in page_text(app)
    click(app, "Add a data set")
    assert "Draw the demo" in [button.label for button in app.button]


def test_training_queues_the_settings_of_the_form(starter, mine):
    app = open_app("train")
    app.segmented_control(key="train_method").set_value("logistic").run()
    app.selectbox(key="train_logistic_c").set_value(0.01).run()
    app.get("pills")[0].set_value(["jazz", "rap"]).run()
    click(app, "Train")
    (run,) = launch.queued_runs()
    assert (run.spec.method, run.spec.genres, run.spec.parameters["c"]) == ("logistic", ("jazz", "rap"), 0.01)
    assert "Logistic regression on mine, 2 genres" in page_text(app)
    assert app.query_params["run"] == run.id


def test_audit_findings_are_shown_before_training_and_repaired_with_one_click(starter, mine):
    write_caveats(mine, audit_dataset(mine))
    file = mine.folder / "audit" / "facts.json"
    cues = {"cues": {"rap": {"resolution": 1.0}}, "side": 180}
    file.write_text(json.dumps({**json.loads(file.read_text()), **cues}))
    app = open_app("train")
    app.selectbox(key="train_limit").set_value("none").run()
    assert "rap by resolution (AUC 1.00)" in unescape(app.warning[0].value)
    app = click(app, "Shrink all to 150 px")
    assert not app.warning
    click(app, "Train")
    assert launch.queued_runs()[0].spec.recipe.limit == 150


def test_training_needs_two_genres(starter, mine):
    app = open_app("train")
    app.get("pills")[0].set_value(["jazz"]).run()
    assert next(button for button in app.button if button.label == "Train").disabled
    assert "Choose at least two genres" in page_text(app)


def test_a_method_with_a_missing_package_says_what_to_install(starter, mine, hide_packages):
    hide_packages("catboost")
    app = open_app("train")
    assert not app.info
    app.segmented_control(key="train_method").set_value("boosting").run()
    assert "pip install catboost" in unescape(app.info[0].value)
    click(app, "Train")
    assert "pip install catboost" in unescape(app.error[0].value)
    assert list_runs() == ()


@pytest.mark.skipif(find_spec("catboost") is None, reason="needs catboost")
def test_the_reference_preset_fills_the_form(starter, mine):
    app = open_app("train")
    app.segmented_control(key="train_method").set_value("boosting").run()
    app.segmented_control(key="train_preset_boosting").set_value("reference").run()
    click(app, "Train")
    fields = launch.queued_runs()[0].spec.parameters
    assert (fields["trees"], fields["depth"], fields["learning_rate"], fields["features"]) == (200, 6, 0.3, None)


def test_queued_runs_can_be_reordered_and_removed(starter, mine):
    app = open_app("train")
    click(click(app, "Train"), "Train")
    first, second = (run.id for run in launch.queued_runs())
    app.button(key=f"up-{second}").click().run()
    assert [run.id for run in launch.queued_runs()] == [second, first]
    app.button(key=f"out-{first}").click().run()
    assert [run.id for run in launch.queued_runs()] == [second]


def test_a_running_run_shows_progress_and_can_be_cancelled(starter, running_run):
    app = open_app("train")
    assert "Boosted trees on mine" in page_text(app)
    assert "processor cores" in page_text(app)
    assert "what it logged" in app.code[0].value
    assert len(app.get("vega_lite_chart")) == 1
    click(app, "Cancel")
    assert running_run.stop_requested()
    assert "Stop now" in [button.label for button in app.button]


def test_a_run_that_ends_during_rendering_is_shown_at_once(starter, mine, running_run, monkeypatch):
    real = form.choose_method

    def end_during_rendering():
        running_run.write_evaluation(evaluate(running_run))
        running_run.write_status(replace(running_run.status(), state="done"))
        return real()

    monkeypatch.setattr(form, "choose_method", end_during_rendering)
    assert "Use for predictions" in [button.label for button in open_app("train", run=running_run.id).button]


def test_the_end_of_a_run_is_announced_with_a_button_to_show_it(starter, mine, running_run):
    app = open_app("train")
    running_run.write_evaluation(evaluate(running_run))
    running_run.write_status(replace(running_run.status(), state="done"))
    app.run()
    right = percent(running_run.evaluation().accuracy.value, 1)
    words = f"**Boosted trees on mine** is done: {right} of the test covers right."
    assert [toast.value for toast in app.toast] == [words]
    app.run()
    assert not app.toast
    assert words in [each.value for each in app.markdown]
    click(app, "Show")
    assert "Use for predictions" in [button.label for button in app.button]


def test_a_run_with_a_checkpoint_can_be_finished_early(starter, running_run):
    assert "Finish now" not in [button.label for button in open_app("train").button]
    running_run.checkpoint.mkdir()
    (running_run.checkpoint / "snapshot").touch()
    app = click(open_app("train"), "Finish now")
    assert (running_run.checkpoint / FINISH_FILE).exists()
    assert "Finish now" not in [button.label for button in app.button]
    assert app.get("progress")[0].proto.text.endswith("finishing with the best state so far")


def test_starting_a_run_is_confirmed_wherever_the_page_is_scrolled(starter, mine):
    app = click(open_app("train"), "Train")
    assert [toast.value for toast in app.toast] == ["Nearest neighbours on mine added to the queue."]


@pytest.mark.skipif(find_spec("fastai") is None, reason="needs fastai")
def test_the_resolution_limit_applies_to_fine_tuning_too(starter, mine):
    app = open_app("train")
    app.segmented_control(key="train_method").set_value("finetune").run()
    app.selectbox(key="train_finetune_limit").set_value(150).run()
    click(app, "Train")
    (run,) = launch.queued_runs()
    assert (run.spec.parameters["limit"], run.spec.recipe.limit) == (150, 150)


def test_the_settings_of_a_run_from_an_older_version_can_be_reused(starter, mine):
    old = finished_run(
        [0, 1, 2], random_probabilities([0, 1, 2]), state="cancelled", method="finetune", parameters={"epochs": 3}
    )
    app = click(open_app("train", run=old.id), "Copy settings")
    assert app.selectbox(key="train_finetune_epochs").value == 3
    assert app.selectbox(key="train_finetune_side").value == 192


def test_the_run_in_the_url_is_opened_with_its_metrics(starter, mine, done):
    text = page_text(open_app("train", run=done.id))
    assert "Logistic regression on mine" in text
    assert "Balanced accuracy" in text
    assert "Recall" in text


def test_a_deleted_run_is_reported(starter):
    assert "no longer exists" in page_text(open_app("train", run="20261122-000000-knn-0000"))


def test_a_run_is_put_into_use_and_replaced_by_the_starter_again(starter, done):
    app = click(open_app("train", run=done.id), "Use for predictions")
    assert default_run() == done.id
    click(app, "Use the starter again")
    assert default_run() is None


def test_the_settings_of_a_run_can_be_reused(starter, mine, done):
    app = click(open_app("train", run=done.id), "Copy settings")
    assert app.segmented_control(key="train_method").value == "logistic"
    assert app.selectbox(key="train_logistic_c").value == 0.01
    assert app.selectbox(key="train_logistic_balance").value == 0.5


def test_a_name_and_a_note_are_saved(starter, done):
    app = open_app("train", run=done.id)
    app.text_input(key=f"name-{done.id}").set_value("At 150 px").run()
    app.text_area[0].set_value("for the talk").run()
    click(app, "Save")
    assert read_notes(done) == Notes("At 150 px", (), "for the talk")
    assert "for the talk" in page_text(app)
    assert "At 150 px on mine" in page_text(app)


def test_a_name_of_another_run_is_rejected(starter, done):
    app = open_app("train", run=done.id)
    app.text_input(key=f"name-{done.id}").set_value(" ").run()
    click(app, "Save")
    assert "no name was given" in app.error[0].value.lower()


def test_deleting_a_run_asks_for_confirmation(starter, done):
    app = open_app("train", run=done.id)
    assert "This deletes its model and its figures." in page_text(app)
    click(app, "Delete permanently")
    assert list_runs() == ()
    assert "run" not in app.query_params


def test_a_failed_run_shows_its_error_and_can_be_resumed(starter):
    run = finished_run([0, 1, 2], random_probabilities([0, 1, 2]), state="failed")
    run.write_status(Status("failed", error="OSError: No space left on device"))
    app = open_app("train", run=run.id)
    assert "No space left on device" in unescape(app.error[0].value)
    click(app, "Resume")
    assert [each.id for each in launch.queued_runs()] == [run.id]


def test_a_full_disk_is_reported_in_plain_words(starter, mine, monkeypatch):
    app = open_app("train")

    def full(_run):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(launch, "start", full)
    click(app, "Train")
    assert not app.exception
    assert "No space left on device" in unescape(app.error[0].value)


def test_a_stronger_network_shows_its_licence_and_download(mine):
    app = open_app("train")
    app.selectbox(key="train_backbone").select("timm:vit_small_patch14_dinov2.lvd142m").run()
    assert "142 million pictures" in page_text(app)
    assert "Licence: Apache-2.0" in page_text(app)
    assert "Its weights (88 MB) are downloaded when training starts" in page_text(app)


# --- finding runs


def names(app: AppTest) -> list[str]:
    return app.dataframe[0].value["name"].tolist()


@pytest.fixture
def three():
    """Two runs of one task and one of another, all with figures."""
    labels, runs = [0, 1, 2] * 10, []
    for method, fields in (("logistic", {}), ("knn", {}), ("knn", {"seed": 7})):
        runs.append(
            finished_run(labels, random_probabilities(labels, skill=2 if method == "knn" else 5), method, **fields)
        )
        runs[-1].write_evaluation(evaluate(runs[-1]))
    return runs


def test_an_audit_runs_on_the_page_and_shows_its_findings(starter, mine, monkeypatch):
    def inspect_dataset(dataset, *_):
        write_caveats(dataset, audit_dataset(dataset))
        return Inspection(dataset, audit_dataset(dataset), None, None)

    monkeypatch.setattr("pages.explore.workspace.inspect_dataset", inspect_dataset)
    app = click(open_app("train"), "Look for defects first")
    jobs().get(f"work on {mine.name}", registry.stamp(mine.name)).wait()
    assert "Look for defects first" not in [button.label for button in app.run().button]


def test_an_audit_that_ends_during_rendering_is_shown_at_once(starter, mine, monkeypatch):
    (_, end), real = pending_job(f"work on {mine.name}", registry.stamp(mine.name)), form.read_caveats

    def too_early(dataset):
        found = real(dataset)
        if not found:
            write_caveats(dataset, audit_dataset(dataset))
            end()
        return found

    monkeypatch.setattr(form, "read_caveats", too_early)
    assert "Look for defects first" not in [button.label for button in open_app("train").button]


def test_runs_are_grouped_by_the_chosen_field(starter, three):
    app = open_app("train")
    app.selectbox(key="train_group").set_value("method").run()
    assert app.dataframe[0].value.columns[0] == "method"


def test_the_search_for_runs_is_in_the_url(starter, three):
    write_notes(three[1], replace(read_notes(three[1]), tags=("talk",)))
    app = open_app("train")
    assert len(names(app)) == 3
    app.text_input(key="at find").set_value("TALK nearest").run()
    assert names(app) == ["Nearest neighbours"]
    assert app.query_params["find"] in ("TALK nearest", ["TALK nearest"])
    app.text_input(key="at find").set_value("nothing like it").run()
    assert "No runs match this search" in page_text(app)


def test_hidden_runs_are_shown_on_request(starter, three):
    app = click(open_app("train", run=three[0].id), "Hide")
    assert "Logistic regression" not in names(app)
    app.toggle(key="train_hidden").set_value(True).run()
    assert "Logistic regression" in names(app)


def test_runs_of_one_task_are_compared_with_a_baseline_and_settings_are_columns(starter, three):
    app = open_app("train")
    app.selectbox(key="at baseline").set_value(three[1].id).run()
    app.multiselect(key="train_columns").set_value(["Seed"]).run()
    table = app.dataframe[0].value.set_index("name")
    gains = table["against Nearest neighbours"]
    apart = three[0].evaluation().accuracy.value - three[1].evaluation().accuracy.value
    assert gains["Logistic regression"] == f"{100 * apart:+.1f}".replace("-", "−")
    assert gains["Nearest neighbours 2"] == ""
    assert table["Seed"].to_dict()["Nearest neighbours 2"] == "7"


def test_one_click_trains_all_methods_as_a_group(starter, mine, three, hide_packages):
    hide_packages("catboost")
    app = click(open_app("train"), "Train all methods")
    assert {run.spec.method for run in launch.queued_runs()} == {"knn", "logistic"}
    assert sorted(names(app)) == ["Logistic regression 2", "Nearest neighbours 3"]


def test_repeats_over_seeds_show_their_spread(starter, three):
    app = open_app("train", run=three[1].id)
    assert "Accuracy with 2 seeds" in page_text(app)
    assert "standard deviation" not in page_text(open_app("train", run=three[0].id))


def test_a_run_by_the_reference_protocol_is_marked(starter):
    labels = [0, 1, 2] * 10
    run = finished_run(labels, random_probabilities(labels), split="reference")
    run.write_evaluation(evaluate(run))
    app = open_app("train", run=run.id)
    assert names(app) == ["Logistic regression · reference protocol"]
    assert "reference study" in page_text(app)
