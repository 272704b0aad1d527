"""Collecting covers on the Explore page, from a fake of the open sources."""

import pytest
from apptests import click, single_page
from streamlit.testing.v1 import AppTest

from benchmarks.fake_sources import albums
from covergenre.collecting import background
from covergenre.collecting.record import Plan
from covergenre.dataset.registry import names, open_dataset
from pages.explore.add_dataset import adding_job
from pages.widgets.watch import jobs

ADDING = "adding a data set"


@pytest.fixture
def world(world):
    world.albums = {genre: albums(genre, 9) for genre in ("jazz", "rap")}
    return world


@pytest.fixture
def page(world) -> AppTest:
    return single_page("explore").run()


def test_covers_of_the_chosen_genres_become_a_data_set(page):
    page.pills(key="collect genres").set_value(["jazz", "rap"])
    page.number_input(key="collect each").set_value(2)
    click(page, "Collect")
    jobs().get(ADDING).wait()
    page.run()
    assert open_dataset("collected").genres == ("jazz", "rap")
    assert page.selectbox(key="data").value == "collected"


def test_too_few_genres_are_rejected_with_advice(page):
    page.pills(key="collect genres").set_value(["jazz"])
    click(page, "Collect")
    assert "choose at least two" in page.error[0].value
    assert names() == ()


def test_a_collection_that_ends_as_the_page_looks_is_not_begun_again(world, monkeypatch):
    plan, looks = Plan("mine", ("jazz", "rap"), per_genre=2), iter([True])
    plan.prepare()
    background._write(plan, background.Status("stopped", error="stopped with 1 of 4 covers"))
    monkeypatch.setattr(Plan, "is_running", lambda _: next(looks, False))
    monkeypatch.setattr(background, "start", pytest.fail)
    job = adding_job()
    job.wait()
    assert (job.state, job.error) == ("stopped", "stopped with 1 of 4 covers")


def test_a_stopped_collection_can_be_resumed(world):
    Plan("mine", ("jazz", "rap"), per_genre=2).prepare()
    page = single_page("explore").run()
    click(page, "Continue")
    jobs().get(ADDING).wait()
    page.run()
    assert len(open_dataset("mine").manifest) == 4
    assert background.unfinished() == ()
