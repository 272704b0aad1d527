import shutil

import pytest
from drawing import genre_folders

from covergenre.audit import audit_dataset
from covergenre.audit.inspection import Inspection
from covergenre.dataset.registry import register
from covergenre.errors import CoverGenreError
from covergenre.inspection.proposal import health, propose
from covergenre.repair.repair import exclude, repaired


@pytest.fixture(scope="module")
def inspected(tmp_path_factory):
    """A data set in which one picture stands under two genres, and another twice under one; audited."""
    root = genre_folders(tmp_path_factory.mktemp("proposed") / "covers", ("jazz", "rap"), 6)
    shutil.copy(root / "jazz" / "000.jpg", root / "rap" / "both.jpg")
    shutil.copy(root / "jazz" / "001.jpg", root / "jazz" / "copy.jpg")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COVERGENRE_HOME", str(root.parent / "home"))
        dataset, _ = register("mine", root)
        return Inspection(dataset, audit_dataset(dataset), None, None)


def test_each_change_names_its_issue(inspected):
    proposal = propose(inspected.dataset.manifest, inspected, ["contradicting labels", "exact duplicates"], frozenset())
    notes = proposal.notes
    assert notes["jazz/copy.jpg"] == "exact duplicates"
    assert {notes.get(path, "") for path in ("jazz/000.jpg", "rap/both.jpg")} - {""} == {"contradicting labels"}
    assert all(edit.excluded and edit.genre is None for edit in proposal.plan.edits)


def test_its_effect_is_counted_and_nothing_is_changed_yet(inspected):
    manifest = inspected.dataset.manifest.copy()
    proposal = propose(inspected.dataset.manifest, inspected, ["contradicting labels", "exact duplicates"], frozenset())
    counts = {name: (before, after) for name, before, after in proposal.counts}
    out = len(proposal.plan.edits)
    assert counts["Covers in use"] == (14, 14 - out)
    assert counts["Pictures under two genres"] == (1, 0)
    assert (proposal.after["excluded"] != "").sum() == out
    assert inspected.dataset.manifest.equals(manifest)


def test_without_issues_nothing_changes(inspected):
    proposal = propose(inspected.dataset.manifest, inspected, [], frozenset())
    assert not proposal.plan.edits
    assert proposal.after.equals(inspected.dataset.manifest)


def test_an_issue_without_a_repair_is_refused(inspected):
    with pytest.raises(CoverGenreError, match="no repair is known"):
        propose(inspected.dataset.manifest, inspected, ["leakage"], frozenset())


def test_health_is_the_share_without_a_grave_defect(inspected):
    assert health(inspected, inspected.dataset.manifest) == pytest.approx(1 - 3 / 14)


def test_health_is_complete_once_the_copies_are_excluded(inspected):
    copies = exclude(["rap/both.jpg", "jazz/copy.jpg"], "a copy")
    assert health(inspected, repaired(inspected.dataset.manifest, copies)) == 1
