"""Reviewing doubtful labels on the Explore page; which ones are doubtful is given."""

import pytest
from apptests import press
from drawing import genre_folders
from exploring import open_at

from covergenre.audit import audit_dataset
from covergenre.audit.inspection import Inspection
from covergenre.dataset.registry import open_dataset, register, stamp
from covergenre.inspection.doubtful_labels import DoubtfulLabel
from covergenre.repair.repair import history
from covergenre.repair.review import confirmed_labels
from pages.explore import review
from pages.explore.workspace import save_inspection
from pages.widgets.watch import jobs

DOUBTED = ["jazz/000.jpg", "jazz/001.jpg", "jazz/002.jpg"]


@pytest.fixture
def page(tmp_path, monkeypatch):
    """The review of three covers of jazz that look like rap."""
    dataset = register("mine", genre_folders(tmp_path / "covers", ("jazz", "rap"), 4))[0]
    hashes = dataset.manifest.set_index("path")["content_hash"]
    found = tuple(DoubtfulLabel(path, (hashes[path], "jazz"), "rap", 0.9) for path in DOUBTED)
    monkeypatch.setattr(review, "doubtful_labels", lambda report, manifest: found)
    report = audit_dataset(dataset)
    report.skipped.pop("wrong labels")
    save_inspection("mine", stamp("mine"), Inspection(dataset, report, None, None))
    return open_at(see="Review")


def called(page):
    return [heading.value for heading in page.header][:1]


def test_each_decision_shows_the_next_cover_without_changing_anything(page):
    assert called(page) == ["000&#46;jpg"]
    press(page, "answer-A")
    assert called(page) == ["001&#46;jpg"]
    press(page, "answer-K")
    assert called(page) == ["002&#46;jpg"]
    assert history(open_dataset("mine")) == ()


def test_a_decision_can_be_undone_and_a_cover_skipped(page):
    press(page, "answer-A")
    press(page, "review-back")
    assert called(page) == ["000&#46;jpg"]
    press(page, "answer-L")
    assert called(page) == ["001&#46;jpg"]


def test_decisions_are_applied_as_one_repair_and_kept_labels_are_remembered(page):
    for answer in ("A", "K", "X"):
        press(page, f"answer-{answer}")
    assert page.success[0].value == "All 3 doubtful labels decided."
    press(page, "settle")
    manifest = open_dataset("mine").manifest.set_index("path")
    assert manifest.loc[DOUBTED, "genre"].tolist() == ["rap", "jazz", "jazz"]
    assert manifest.loc[DOUBTED[2], "excluded"] == "a wrong label"
    assert len(history(open_dataset("mine"))) == 1
    assert (manifest.loc[DOUBTED[1], "content_hash"], "jazz") in confirmed_labels(open_dataset("mine"))


def test_the_audit_does_not_rerun_during_review(page):
    press(page, "answer-A")
    assert jobs().get("work on mine", stamp("mine")) is None
