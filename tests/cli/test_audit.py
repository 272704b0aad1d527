import json
import shutil

import pytest
from drawing import genre_folders

from covergenre.dataset.registry import open_dataset


@pytest.fixture
def scanned(covergenre, tmp_path):
    """A data set with one picture twice in jazz, and one truncated file."""
    root = genre_folders(tmp_path / "covers", ("jazz", "rap"), 8)
    shutil.copy(root / "jazz" / "000.jpg", root / "jazz" / "copy.jpg")
    (root / "rap" / "torn.jpg").write_bytes(b"\xff\xd8\xff torn")
    covergenre("scan", root, "--name", "mine")
    return root


def audited(covergenre, *options):
    result = covergenre("audit", "mine", "--no-vectors", "--json", *options)
    assert result.code == 0
    (answer,) = result.lines
    return answer


def test_audit_counts_each_issue_and_names_its_groups(covergenre, scanned):
    answer = audited(covergenre)
    counts = {row["issue"]: row["count"] for row in answer["summary"]}
    assert answer["covers"] == 18
    assert (counts["unreadable"], counts["exact duplicates"]) == (1, 2)
    assert {"issue": "exact duplicates", "paths": ["jazz/000.jpg", "jazz/copy.jpg"]} in answer["groups"]


def test_suggested_repairs_are_written_and_can_be_applied(covergenre, scanned, tmp_path):
    file = tmp_path / "repairs.json"
    audited(covergenre, "--suggest", file)
    assert [edit["path"] for edit in json.loads(file.read_text())["edits"]] == ["jazz/copy.jpg"]
    answer = audited(covergenre, "--apply", file)
    assert answer["covers"] == 17
    assert not [group for group in answer["groups"] if group["issue"] == "exact duplicates"]
    assert open_dataset("mine").manifest.set_index("path").loc["jazz/copy.jpg", "excluded"]
    assert (scanned / "jazz" / "copy.jpg").exists()


def test_audit_prints_a_table_for_people(covergenre, scanned):
    result = covergenre("audit", "mine", "--no-vectors")
    assert "exact duplicates" in result.out
    assert "not judged, wrong labels, outliers: no vectors were given" in result.out
    assert "mine: 18 covers" in result.out


@pytest.mark.parametrize("text", ["", "[]", '{"why": "x"}', '{"why": "x", "edits": [{"path": "no/such.jpg"}]}'])
def test_a_file_without_repairs_is_rejected_and_nothing_changes(covergenre, scanned, tmp_path, text):
    file = tmp_path / "repairs.json"
    file.write_text(text)
    before = open_dataset("mine").manifest
    result = covergenre("audit", "mine", "--apply", file)
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert open_dataset("mine").manifest.equals(before)


def test_a_missing_data_set_is_reported(covergenre):
    result = covergenre("audit", "nothing")
    assert (result.code, result.err.count("\n")) == (1, 1)


def test_the_starter_is_audited_as_far_as_possible_and_never_repaired(covergenre, starter, tmp_path):
    result = covergenre("audit", "starter", "--json")
    assert result.code == 0
    assert "blurry" not in {row["issue"] for row in result.lines[0]["summary"]}
    refused = covergenre("audit", "starter", "--suggest", tmp_path / "repairs.json")
    assert refused.code == 1
