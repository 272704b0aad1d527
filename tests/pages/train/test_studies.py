"""AppTests of the studies on the Train page; no process is started."""

from dataclasses import replace

import pytest
from apptests import click, open_app, page_text
from drawing import genre_folders
from finished_studies import outcome
from tiny import tiny_recipe

from covergenre import background
from covergenre.dataset.registry import register
from covergenre.runs import launch
from covergenre.studies.record import list_studies
from covergenre.studies.study import design, run_study, start_study
from pages.train import studies


@pytest.fixture
def started_study(monkeypatch) -> list:
    """The commands that would have been started."""
    commands = []
    monkeypatch.setattr(background, "start_worker", lambda log, *arguments: commands.append(arguments))
    monkeypatch.setattr(launch, "ensure_worker", lambda: None)
    return commands


@pytest.fixture
def mine(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 10))[0]


def test_a_study_needs_covers(starter, started_study):
    assert "There is no data set to train on yet" in page_text(open_app("train", view="Studies"))


def test_a_study_starts_in_a_separate_process(starter, started_study, mine):
    app = open_app("train", view="Studies")
    click(app, "Start")
    assert not app.exception
    (command,) = started_study
    (queued,) = list_studies()
    assert command == ("study", queued.folder.name)
    assert queued.dataset == "mine"
    assert {key.partition("/")[0] for key in queued.points} == {"ladder", "k", "variants", "methods"}


def test_a_study_that_ended_before_rendering_is_not_waited_for(starter, monkeypatch, mine):
    def end_at_once(queued):
        queued.prepare()
        for key in queued.points:
            queued.add(replace(outcome(key.partition("/")[0], "knn", 2), key=key))

    monkeypatch.setattr(studies, "start_study", end_at_once)
    app = open_app("train", view="Studies")
    click(app, "Start")
    assert "Starting" not in page_text(app)
    assert "More and more genres" in page_text(app)


def test_the_results_of_a_study_are_plotted_and_tabulated(starter, started_study, mine, tmp_path):
    run_study(design(mine, only=["ladder"], quick=True, recipe=tiny_recipe(tmp_path)))
    app = open_app("train", view="Studies")
    assert "More and more genres" in page_text(app)
    assert len(app.dataframe[0].value) == 2


def test_a_stopped_study_shows_its_progress(starter, started_study, mine, tmp_path):
    start_study(design(mine, only=["ladder"], recipe=tiny_recipe(tmp_path)))
    assert "Stopped at 0 of 2 points" in page_text(open_app("train", view="Studies"))
