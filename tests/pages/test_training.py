"""The notice on every page that a run is training."""

import os
from pathlib import Path

import psutil
import pytest
from finished_runs import finished_run, random_probabilities
from streamlit.testing.v1 import AppTest
from workers import TIMEOUT

from covergenre.runs import launch
from covergenre.runs.record import Status

APP = Path(__file__).parents[2] / "streamlit_app.py"


@pytest.fixture
def running_run():
    """A running run, whose process is that of the test."""
    process, run = psutil.Process(), finished_run([0, 1, 2], random_probabilities([0, 1, 2]))
    began = process.create_time()
    run.write_status(Status("running", 420, 1000, "trees", 90.0, os.getpid(), began, started=began))
    with launch.turn_lock():
        yield run


def lines(page: str) -> list[str]:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT)
    app.switch_page(f"pages/{page}/{page}.py")
    app.run()
    assert not app.exception
    return [caption.value for caption in app.caption if caption.value.startswith("Training Log")]


def test_every_other_page_says_that_a_run_is_training(starter, running_run):
    (line,) = lines("compare")
    assert "Logistic regression on mine: 42\u202f%" in line
    assert lines("train") == []


def test_no_notice_is_shown_while_nothing_trains(starter):
    assert lines("compare") == []
