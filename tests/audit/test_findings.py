import errno
import json

import numpy as np
import pandas as pd
import pytest

from covergenre.audit import findings as module
from covergenre.audit.findings import COLUMNS, NO_GROUP, Audit, concat_findings, findings


def report_of(*found, thresholds=None, skipped=None):
    """A report of ten covers with these findings."""
    empty = pd.DataFrame()
    limits = thresholds or {"dark": 0.5, "near duplicates": 0.5}
    return Audit("mine", 10, pd.concat(found), limits, skipped or {}, empty, empty, empty)


dark = findings("dark", ["a", "b", "c"], [0.2, 0.6, 0.9], [False, True, True], ["rather", "very"])
near = findings(
    "near duplicates", list("dcbae"), [0.7, 0.9, 0.9, 0.7, 0.7], np.ones(5), [""] * 5, np.array([4, 7, 7, 4, 4])
)


def test_findings_have_fixed_columns_and_types():
    empty = findings("dark", [], [], [], [])
    for frame in (dark, near, empty):
        assert tuple(frame.columns) == COLUMNS
        assert [str(kind) for kind in frame.dtypes] == ["str", "str", "float64", "bool", "int64", "str"]


def test_details_are_assigned_to_the_flagged_covers_in_order():
    assert dark["detail"].tolist() == ["", "rather", "very"]
    assert set(dark["group"]) == {NO_GROUP}


def test_a_wrong_number_of_details_is_refused():
    with pytest.raises(ValueError, match="assign"):
        findings("dark", ["a", "b"], [1, 1], [True, True], ["one", "two", "three"])


def test_the_summary_counts_flagged_covers_of_each_issue_that_was_judged():
    report = report_of(dark, near, thresholds=dict.fromkeys(("dark", "near duplicates", "light", "leakage"), 0.5))
    assert report.summary.to_dict("list") == {
        "issue": ["dark", "near duplicates", "light", "leakage"],
        "count": [2, 5, 0, 0],
        "share": [0.2, 0.5, 0.0, 0.0],
    }
    skipped = report_of(dark, thresholds={"dark": 0.5, "leakage": 0.5}, skipped={"leakage": "no split"})
    assert skipped.summary["issue"].tolist() == ["dark"]


def test_flagged_covers_are_sorted_worst_first():
    assert report_of(dark, near).flagged("dark")["path"].tolist() == ["c", "b"]


def test_groups_are_sorted_worst_first():
    report = report_of(dark, near)
    assert report.flagged("near duplicates")["path"].tolist() == ["b", "c", "a", "d", "e"]
    assert report.groups("near duplicates") == (("b", "c"), ("a", "d", "e"))
    assert report.groups("dark") == ()


def test_a_report_converts_to_json():
    assert json.loads(json.dumps(report_of(dark, near).to_dict())) == {
        "covers": 10,
        "summary": [
            {"issue": "dark", "count": 2, "share": 0.2},
            {"issue": "near duplicates", "count": 5, "share": 0.5},
        ],
        "groups": [
            {"issue": "near duplicates", "paths": ["b", "c"]},
            {"issue": "near duplicates", "paths": ["a", "d", "e"]},
        ],
    }


class TestManyFindings:
    """Findings beyond what is held in memory."""

    @pytest.fixture(autouse=True)
    def _many(self, monkeypatch):
        monkeypatch.setattr(module, "MANY", 5)

    def test_are_read_back_from_a_file_unchanged(self, tmp_path):
        file = tmp_path / "findings.arrow"
        found = concat_findings([dark, findings("blank", [], [], [], []), near], file)
        pd.testing.assert_frame_equal(found, pd.concat([dark, near], ignore_index=True))
        assert file.exists()
        assert report_of(found).groups("near duplicates") == report_of(dark, near).groups("near duplicates")

    def test_stay_in_memory_where_no_file_can_be_written(self, tmp_path, monkeypatch):
        def refused(*_):
            raise PermissionError(errno.EACCES, "not here")

        monkeypatch.setattr(module, "write_arrow", refused)
        assert len(concat_findings([dark, near], tmp_path / "findings.arrow")) == 8

    def test_are_not_written_to_a_file_when_few(self, tmp_path):
        concat_findings([dark], tmp_path / "findings.arrow")
        assert not list(tmp_path.iterdir())
