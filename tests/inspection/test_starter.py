import numpy as np
import pytest

from covergenre.dataset.registry import open_dataset
from covergenre.dataset.starter import STARTER, open_starter
from covergenre.dataset.table import COLUMNS
from covergenre.inspection.inspection import inspect_dataset


@pytest.fixture
def opened(starter):
    return open_starter(starter)


def test_the_starter_reads_as_a_data_set_with_its_own_parts(opened):
    inspected = inspect_dataset(open_dataset(STARTER))
    assert set(COLUMNS) <= set(inspected.dataset.manifest.columns)
    assert inspected.split.parts.tolist() == opened.covers["part"].tolist()
    np.testing.assert_allclose(np.linalg.norm(inspected.units, axis=1), 1, atol=1e-3)


def test_issues_that_need_pictures_are_skipped_with_a_reason(opened):
    report = inspect_dataset(open_dataset(STARTER)).audit
    assert "ships no pictures" in report.skipped["blurry"]
    assert "labels" in report.skipped["wrong labels"]
    judged = report.summary["issue"].tolist()
    assert judged == [
        "exact duplicates",
        "near duplicates",
        "contradicting labels",
        "leakage",
        "class imbalance",
        "outliers",
    ]
    assert report.covers == len(opened.covers)


def test_nothing_is_written_to_the_starter(opened, starter):
    before = sorted(file.name for file in starter.rglob("*"))
    inspect_dataset(open_dataset(STARTER))
    assert sorted(file.name for file in starter.rglob("*")) == before
