"""The studies on the Train page, as streamlit runs it; no process is started."""

from pathlib import Path

import pytest
import streamlit as st
from drawing import genre_folders
from streamlit.testing.v1 import AppTest
from tiny import tiny_recipe

from covergenre.dataset.registry import register
from covergenre.runs import launch
from covergenre.studies.record import list_studies
from covergenre.studies.study import begin, design, study

APP = Path(__file__).parents[3] / "streamlit_app.py"


@pytest.fixture
def begun(monkeypatch) -> list:
    """The commands that would have been started."""
    st.cache_resource.clear()
    commands = []
    monkeypatch.setattr(launch, "detached", lambda command, log: commands.append(list(command)))
    monkeypatch.setattr(launch, "wake", lambda: None)
    return commands


@pytest.fixture
def mine(tmp_path):
    return register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 10))[0]


def opened() -> AppTest:
    app = AppTest.from_file(APP, default_timeout=60)
    app.run()
    app.switch_page("pages/train/train.py")
    app.query_params["view"] = "Studies"
    app.run()
    assert not app.exception
    return app


def test_without_covers_there_is_nothing_to_study(starter, begun):
    assert any("There is no data set to train on yet" in element.value for element in opened().markdown)


def test_a_study_is_begun_in_a_process_of_its_own(starter, begun, mine):
    app = opened()
    next(button for button in app.button if button.label == "Begin").click().run()
    assert not app.exception
    (command,) = begun
    (asked,) = list_studies()
    assert command[-3:] == ["covergenre.worker", "study", asked.folder.name]
    assert asked.dataset == "mine"
    assert {key.partition("/")[0] for key in asked.points} == {"ladder", "k", "variants", "methods"}


def test_what_a_study_found_is_drawn_and_told(starter, begun, mine, tmp_path):
    study(design(mine, only=["ladder"], quick=True, recipe=tiny_recipe(tmp_path)))
    app = opened()
    assert any("<h3>More and more genres</h3>" in element.value for element in app.markdown)
    assert len(app.dataframe[0].value) == 2


def test_a_study_that_was_stopped_says_how_far_it_came(starter, begun, mine, tmp_path):
    begin(design(mine, only=["ladder"], recipe=tiny_recipe(tmp_path)))
    assert any("Stopped at 0 of 2 points" in element.value for element in opened().caption)
